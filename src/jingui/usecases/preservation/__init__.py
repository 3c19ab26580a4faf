"""Keeping (保存): moving packages into the store, copying them to further roots, auditing and mending the copies."""
