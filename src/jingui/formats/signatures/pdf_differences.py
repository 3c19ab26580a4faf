"""What was added to a PDF after a signature, judged by pyHanko's difference analysis. Imported only for such a PDF."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from types import FrameType
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import SignatureCoverageLevel
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

SECONDS = 10.0
Judged = dict[tuple[int, ...], str]
_LEVELS = {
    ModificationLevel.NONE: "none",
    ModificationLevel.LTA_UPDATES: "permitted",
    ModificationLevel.FORM_FILLING: "form",
    ModificationLevel.ANNOTATIONS: "annotations",
    ModificationLevel.OTHER: "other",
}
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)


class OutOfTimeError(Exception):
    """The analysis took longer than it may."""


def judge_changes(data: bytes) -> Judged:
    """Say per byte range what kind of change came after it.

    ``none``, ``permitted``, ``form``, ``annotations``, ``other``; ``nonstandard``: the ranges do not end with a revision.
    A signature that pyHanko cannot find or judge is not in the answer, or has the kind ``unknown``.
    """
    judged: Judged = {}
    try:
        with _within(SECONDS):
            for signature in PdfFileReader(BytesIO(data), strict=False).embedded_signatures:
                ranges = tuple(int(number) for number in signature.byte_range)
                judged[ranges] = _judge(signature)
    except Exception:  # noqa: BLE001 - hostile bytes may raise anything here; nothing is known then
        return judged
    return judged


def _judge(signature: EmbeddedPdfSignature) -> str:
    try:
        signature.compute_integrity_info()  # type: ignore[no-untyped-call]
        may_be = signature.summarise_integrity_info().get("docmdp_ok")
        result: Any = signature.diff_result
        level = getattr(result, "modification_level", None)
        if signature.coverage not in (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION):
            return "nonstandard"
        if level is None:
            return "other"
        return "other" if may_be is False else _LEVELS[level]
    except OutOfTimeError:
        raise
    except Exception:  # noqa: BLE001
        return "unknown"


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Break off after seconds of processor time, where this thread can be interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise OutOfTimeError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
