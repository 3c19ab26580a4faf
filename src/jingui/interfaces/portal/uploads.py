"""An uploaded file that is only looked at: each piece goes through the comparer and is let go, on no disk and in no list."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers

from jingui.usecases.access.verifying import Comparison, FileComparer

FIELD = "file"
MAX_BYTES = 64 * 2**20


class ComparedFile(UploadedFile):  # type: ignore[type-arg]  # generic in its stubs only
    """What is left of an upload: its name, its size and what it is. ``result`` is nothing for a file that is too large."""

    def __init__(self, *, name: str, size: int, result: Comparison | None) -> None:
        """Keep the answer."""
        super().__init__(file=None, name=name, size=size)
        self.result = result


class ComparingHandler(FileUploadHandler):
    """Feeds the first file of the field to a comparer; other files of the form are passed over."""

    chunk_size = 2**18

    def __init__(self, comparer: FileComparer) -> None:
        """Take the comparer of one request."""
        super().__init__()
        self._comparer: FileComparer | None = comparer
        self._is_ours = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's own signature
        """Begin with a file; no other handler gets it."""
        super().new_file(*args, **kwargs)
        self._is_ours = self.field_name == FIELD and self._comparer is not None
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Look at a piece. Beyond the limit pieces are only counted."""
        if self._is_ours and self._comparer and start < MAX_BYTES:
            self._comparer.update(raw_data)

    def file_complete(self, file_size: int) -> ComparedFile | None:
        """Give what the file is; an empty choice is none."""
        if not self._is_ours or self._comparer is None or not self.file_name:
            return None
        result = self._comparer.finish() if file_size <= MAX_BYTES else None
        self._comparer = None
        return ComparedFile(name=self.file_name, size=file_size, result=result)
