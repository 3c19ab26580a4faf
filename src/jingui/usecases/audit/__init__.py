"""Audit and evidence (审计与存证): sealing the journal and verifying all holdings."""
