"""The parent's side of our own converters: one warm confined process, one file at a time."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

from jingui.adapters.examination.confinement import Confinement
from jingui.adapters.examination.process_pool import ProcessLostError, ProcessPool
from jingui.domain.errors import PermanentFailure
from jingui.domain.preservation.migration import ConverterName
from jingui.formats.conversion import Converted
from jingui.ports import ConversionTask

MODULE = "jingui.adapters.conversion.conversion_process"
OFFICE_COPY = "office_copy"
BOUNDS = Confinement(cpu_seconds=120, wall_seconds=180.0, files_per_process=500)
PACKAGES = {
    ConverterName.IMAGE_PDF: ("img2pdf", "pikepdf"),
    ConverterName.TEXT_PDF: ("typst",),
    ConverterName.DRAWING_PDF: ("typst",),
    ConverterName.PICTURE: ("pillow",),
}


class OwnConverter:
    """Implements ``ports.FormatConverter`` for what our own process converts. Several threads may share one."""

    is_available = True

    def __init__(self, *, bounds: Confinement = BOUNDS) -> None:
        """Start nothing yet."""
        self._pool = ProcessPool(MODULE, size=1, bounds=bounds)

    def version(self, converter: ConverterName) -> str:
        """Name the packages that do the work, with their versions."""
        return ", ".join(f"{name} {version(name)}" for name in PACKAGES[converter])

    def convert(self, path: Path, task: ConversionTask) -> Converted:
        """Convert a file.

        Raises:
            PermanentFailure: why it cannot be, or that the process was lost over it.
            TransientFailure: no process could be started.
        """
        return self._made(path, task, task.converter.value)

    def office_copy(self, path: Path, task: ConversionTask) -> Converted:
        """Return the copy of a document that an office is to be given, so that it shows what is stored.

        Raises:
            PermanentFailure: why there is none, or that the process was lost over it.
            TransientFailure: no process could be started.
        """
        return self._made(path, task, OFFICE_COPY)

    def _made(self, path: Path, task: ConversionTask, converter: str) -> Converted:
        item = {
            "path": os.fsencode(path.absolute()).hex(),
            "converter": converter,
            "format": task.format_name,
            "target": task.target,
            "title": task.title,
            "dated": task.dated.isoformat(),
        }
        try:
            with self._pool.leased() as process:
                process.send([item])
                message, data = process.receive()
        except ProcessLostError as error:
            raise PermanentFailure(error.code, error.detail) from None
        if "failure" in message:
            raise PermanentFailure(message["failure"], message["detail"])
        before, after = message["sizes"]
        return Converted(data, (tuple(before), tuple(after)), message["are_pixels_same"], tuple(message["remarks"]))

    def close(self) -> None:
        """End the process."""
        self._pool.close()
