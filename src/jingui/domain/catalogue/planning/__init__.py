"""Planning (归档配置的编制): layers that make up a plan, its proof before it comes into force, and its examination."""

from __future__ import annotations
