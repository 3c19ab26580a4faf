"""REST for business systems under /api/v1: the only package that imports ninja."""
