"""Capture (捕获): what source systems may tell us about cases, and what of a case is there."""
