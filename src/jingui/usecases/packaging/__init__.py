"""Packaging (封装): the archival package of a case is laid out, inspected, signed and built."""
