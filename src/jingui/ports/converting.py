"""Converting files into other formats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from jingui.domain.preservation.migration import ConverterName
from jingui.formats.conversion import Converted


@dataclass(frozen=True, slots=True)
class ConversionTask:
    """What is to be done with a file: from which format to which, by which converter.

    ``title`` and ``dated`` are what the result says of itself; the same file and task give the same bytes where the
    converter is ours.
    """

    converter: ConverterName
    format_name: str
    target: str
    title: str
    dated: datetime


class FormatConverter(Protocol):
    """Converts files; hostile bytes are opened in confined processes only."""

    def is_there(self, converter: ConverterName) -> bool:
        """Say whether this machine has the converter."""
        ...

    def version(self, converter: ConverterName) -> str:
        """Return name and version of what does the work, empty if it is not there."""
        ...

    def convert(self, path: Path, task: ConversionTask) -> Converted:
        """Convert a file.

        Raises:
            PermanentFailure: why it cannot be converted.
            TransientFailure: trying again may help.
        """
        ...
