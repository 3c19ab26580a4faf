"""Stores: where bytes rest before (staging) and after (preservation) they are archived."""
