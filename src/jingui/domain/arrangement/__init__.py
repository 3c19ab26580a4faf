"""Arrangement (整理): order, names and codes of a record."""
