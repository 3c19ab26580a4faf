"""What stands in where nothing can be recognised: it says so."""

from __future__ import annotations

from jingui.domain.capture.pages import PagePart, RecognisedText
from jingui.domain.errors import PermanentFailure


class NoRecogniser:
    """Implements ``ports.TextRecogniser`` by having none."""

    engine = "none"
    version = ""
    is_available = False

    def recognise(self, image: bytes, *, part: PagePart) -> RecognisedText:
        """Raise PermanentFailure (``recogniser_missing``)."""
        raise PermanentFailure("recogniser_missing", f"{len(image)} bytes, {part.value}")

    def close(self) -> None:
        """Hold nothing, so end nothing."""
