"""Readers of sources: one module per kind of connection; ``kinds`` lists them."""
