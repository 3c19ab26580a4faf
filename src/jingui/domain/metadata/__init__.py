"""Metadata elements, their values, and the reading and counting that several functions share."""
