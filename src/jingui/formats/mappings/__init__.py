"""Turning the documents of sources into messages by a mapping of configuration."""

from __future__ import annotations

from jingui.formats.mappings.applying import MappedMessage, Trial, apply_mapping, arrivals_of, compile_mapping

__all__ = ["MappedMessage", "Trial", "apply_mapping", "arrivals_of", "compile_mapping"]
