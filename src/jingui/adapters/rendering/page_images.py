"""The parent's side of page drawing."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from jingui.adapters.examination.confinement import Confinement
from jingui.adapters.examination.process_pool import ProcessLostError, ProcessPool
from jingui.domain.errors import PermanentFailure

PAGE_MODULE = "jingui.adapters.rendering.page_process"
PAGE_BOUNDS = Confinement(cpu_seconds=30, wall_seconds=60.0, files_per_process=1_000)


class PageImages:
    """Implements ``ports.PageRenderer``. Safe for threads; ``processes`` pages are drawn at once."""

    def __init__(self, *, processes: int = 1, bounds: Confinement = PAGE_BOUNDS) -> None:
        """Start nothing yet."""
        self._pool = ProcessPool(PAGE_MODULE, size=processes, bounds=bounds)

    def render(self, path: Path, format_name: str, *, page: int, width: int) -> bytes:
        """Return a PNG of a page (from 0), ``width`` pixels wide but at most ``MAX_WIDTH``, less for very tall pages.

        Raises:
            PermanentFailure: ``format_not_rendered``, ``no_such_page``, ``encrypted``, ``page_not_drawn`` or the
                code for which the drawing process was lost.
            TransientFailure: no process could be started.
        """
        location = os.fsencode(path.absolute()).hex()
        item = {"path": location, "format_name": format_name, "page": page, "width": width}
        try:
            with self._pool.leased() as process:
                process.send([item])
                message, image = process.receive()
        except ProcessLostError as error:
            raise PermanentFailure(error.code, error.detail) from None
        if "failure" in message:
            raise PermanentFailure(message["failure"], message["detail"])
        return image

    def close(self) -> None:
        """End the drawing processes."""
        self._pool.close()

    def __enter__(self) -> PageImages:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
