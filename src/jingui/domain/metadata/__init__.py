"""Metadata elements, their values, and the reading and counting that several functions share."""

from __future__ import annotations

from jingui.domain.metadata.base_information import RecordCodes, base_values, value_text
from jingui.domain.metadata.elements import BY_IDENTIFIER, ELEMENTS, DataType, Element, Phase
from jingui.domain.metadata.profile import MetadataProfile

__all__ = [
    "BY_IDENTIFIER",
    "ELEMENTS",
    "DataType",
    "Element",
    "MetadataProfile",
    "Phase",
    "RecordCodes",
    "base_values",
    "value_text",
]
