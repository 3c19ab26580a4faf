"""Backups in folders: written whole or not at all, digested, with private keys only under a passphrase."""
