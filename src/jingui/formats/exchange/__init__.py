"""Records in the package forms of others, both ways: writing, reading and checking each of them.

Nothing of a package is trusted: it is seen through ``handover.trees`` (no links, no escape, no bombs), its XML through
``packages.elements`` (no document types, no entities, no network).
"""
