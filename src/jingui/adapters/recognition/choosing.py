"""Which recogniser this installation has."""

from __future__ import annotations

from importlib.util import find_spec

from jingui.adapters.recognition.no_recogniser import NoRecogniser
from jingui.adapters.recognition.process_recogniser import ProcessRecogniser

OCR_PACKAGES = ("rapidocr", "onnxruntime", "cv2")


def choose_recogniser(*, is_wanted: bool) -> ProcessRecogniser | NoRecogniser:
    """Return the recogniser if it is wanted and its packages are installed; otherwise one that says it is not there.

    Nothing is loaded and no process started before the first page.
    """
    if is_wanted and all(find_spec(name) for name in OCR_PACKAGES):
        return ProcessRecogniser()
    return NoRecogniser()
