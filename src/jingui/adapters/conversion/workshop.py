"""All converters of this machine behind one door."""

from __future__ import annotations

from pathlib import Path

from jingui.adapters.conversion.office import OfficeConverter
from jingui.adapters.conversion.own import OwnConverter
from jingui.domain.preservation.migration import ConverterName
from jingui.formats.conversion import Converted
from jingui.ports import ConversionTask


class Workshop:
    """Implements ``ports.FormatConverter``: each task goes to the converter it names."""

    def __init__(self, *, own: OwnConverter | None = None, office: OfficeConverter | None = None) -> None:
        """Use the converters given, else those of this machine."""
        self._own = own or OwnConverter()
        self._office = office or OfficeConverter(own=self._own)

    def is_there(self, converter: ConverterName) -> bool:
        """Say whether this machine has the converter."""
        return self._of(converter).is_available

    def version(self, converter: ConverterName) -> str:
        """Return the version of a converter, empty if it is not there."""
        return self._of(converter).version(converter)

    def convert(self, path: Path, task: ConversionTask) -> Converted:
        """Convert a file. Raises what its converter raises."""
        return self._of(task.converter).convert(path, task)

    def close(self) -> None:
        """End what is running."""
        self._own.close()
        self._office.close()

    def _of(self, converter: ConverterName) -> OwnConverter | OfficeConverter:
        return self._office if converter is ConverterName.OFFICE else self._own
