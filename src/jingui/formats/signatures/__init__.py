"""Signatures and seals in files: whether they hold, over what, by whom, and whether that was valid then.

Everything here reads hostile bytes: it runs in a confined process. A bad signature is a verdict, never an exception.
"""
