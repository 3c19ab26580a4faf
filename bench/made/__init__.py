"""Makers of sound files: each module offers ``made()``, which yields names and bytes."""
