"""Reading page pictures (OCR): rapidocr in a confined process of its own, or nothing where it is not installed."""

from __future__ import annotations

from jingui.adapters.recognition.choosing import choose_recogniser
from jingui.adapters.recognition.no_recogniser import NoRecogniser
from jingui.adapters.recognition.process_recogniser import ProcessRecogniser

__all__ = ["NoRecogniser", "ProcessRecogniser", "choose_recogniser"]
