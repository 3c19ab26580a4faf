"""The parent's side of recognition: one warm process, one page at a time."""

from __future__ import annotations

from functools import cached_property
from importlib.metadata import version

from jingui.adapters.examination.confinement import Confinement
from jingui.adapters.examination.process_pool import ProcessLostError, ProcessPool
from jingui.adapters.recognition.lines import text_from_message
from jingui.domain.capture.pages import PagePart, RecognisedText
from jingui.domain.errors import PermanentFailure

OCR_MODULE = "jingui.adapters.recognition.ocr_process"
MAX_IMAGE_BYTES = 64 * 1024**2
# Loading the models takes 2 to 6 s of processor time, a full page about 4 s; address space is far above what is used.
OCR_BOUNDS = Confinement(memory_bytes=6 * 1024**3, cpu_seconds=120, wall_seconds=300.0, files_per_process=2_000)


class ProcessRecogniser:
    """Implements ``ports.TextRecogniser``. The models (about 1 GB of memory) are loaded with the first page."""

    engine = "rapidocr"
    is_available = True

    def __init__(self, *, bounds: Confinement = OCR_BOUNDS) -> None:
        """Start nothing yet."""
        self._pool = ProcessPool(OCR_MODULE, size=1, bounds=bounds)

    @cached_property
    def version(self) -> str:
        """Version of the package; its models come inside it."""
        return version("rapidocr")

    def recognise(self, image: bytes, *, part: PagePart) -> RecognisedText:
        """Read a JPEG or PNG.

        Raises:
            PermanentFailure: the picture cannot be read (``page_not_recognised``) or the process was lost over it.
            TransientFailure: no process could be started.
        """
        if len(image) > MAX_IMAGE_BYTES:
            raise PermanentFailure("page_not_recognised", f"{len(image)} bytes")
        try:
            with self._pool.leased() as process:
                process.send([{"image": image.hex(), "part": part.value}])
                message, _ = process.receive()
        except ProcessLostError as error:
            raise PermanentFailure(error.code, error.detail) from None
        if "failure" in message:
            raise PermanentFailure("page_not_recognised", message["failure"])
        return text_from_message(message, engine=self.engine, version=self.version, part=part)

    def close(self) -> None:
        """End the process."""
        self._pool.close()
