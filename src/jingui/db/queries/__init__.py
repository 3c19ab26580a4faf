"""Reads for screens, API, reports and use cases; who may see what is part of each query."""
