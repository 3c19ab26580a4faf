"""The engine itself: detection, line direction and recognition with the models inside the rapidocr package.

Imported only by the recognising process, since its packages are an optional set.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image
from rapidocr import RapidOCR

from jingui.domain.capture.pages import PagePart, RecognisedLine
from jingui.formats.scanning.opening import fitted

HEADING_SHARE = 0.3  # of a page's height: title, form number and the first lines
HEADING_WIDTH = 1_100  # pixels; a title stays legible and detection takes half the time
PAGE_SIDE = 2_000
ONE_THREAD = {
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Global.log_level": "critical",
}
Read = tuple[tuple[RecognisedLine, ...], bool]


class RapidEngine:
    """One warm engine with one thread: more of both gain little and starve what else runs."""

    def __init__(self) -> None:
        """Make the engine; models are loaded when first used."""
        self._engine: Any = RapidOCR(params=ONE_THREAD)

    def read(self, page: Image.Image, part: PagePart) -> Read:
        """Read a page, or its heading. A page on its head is read the right way round and told so."""
        if part is PagePart.WHOLE:
            return self._lines(fitted(page, PAGE_SIDE))
        lines, is_upside_down = self._heading(page)
        if lines and not is_upside_down:
            return lines, False
        turned, still_upside_down = self._heading(page.transpose(Image.Transpose.ROTATE_180))
        return (turned, True) if turned and not still_upside_down else (lines, is_upside_down)

    def _heading(self, page: Image.Image) -> Read:
        strip = page.crop((0, 0, page.width, max(1, round(page.height * HEADING_SHARE))))
        if strip.width > HEADING_WIDTH:
            size = (HEADING_WIDTH, max(1, strip.height * HEADING_WIDTH // strip.width))
            strip = strip.resize(size, Image.Resampling.LANCZOS)
        lines, is_upside_down = self._lines(strip)
        return tuple(_within(line) for line in lines), is_upside_down

    def _lines(self, image: Image.Image) -> Read:
        pixels = np.ascontiguousarray(np.asarray(image)[:, :, ::-1])
        self._engine.update_params(use_det=True, use_cls=True, use_rec=True)
        prepared, record = self._engine.preprocess_img(pixels)
        found, directions, read, cropped = self._engine.run_ocr_steps(prepared, record)
        turned = [label == "180" for label, _ in directions.cls_res or ()]
        result = self._engine.build_final_output(pixels, found, directions, read, cropped, record)
        is_upside_down = sum(turned) * 2 > len(turned)
        lines = _collected(result, image.size, is_upside_down=is_upside_down)
        return lines, is_upside_down


def _within(line: RecognisedLine) -> RecognisedLine:
    """Translate shares of the strip into shares of the page."""
    left, top, right, bottom = line.box
    return RecognisedLine(line.text, (left, top * HEADING_SHARE, right, bottom * HEADING_SHARE), line.confidence)


def _collected(result: Any, size: tuple[int, int], *, is_upside_down: bool) -> tuple[RecognisedLine, ...]:  # noqa: ANN401
    if result.boxes is None or result.txts is None:
        return ()
    lines = []
    for corners, text, confidence in zip(result.boxes, result.txts, result.scores, strict=True):
        across, down = [float(x) / size[0] for x, _ in corners], [float(y) / size[1] for _, y in corners]
        box = (_share(min(across)), _share(min(down)), _share(max(across)), _share(max(down)))
        lines.append(RecognisedLine(text, _flipped(box) if is_upside_down else box, float(confidence)))
    return tuple(reversed(lines)) if is_upside_down else tuple(lines)


def _flipped(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return 1 - right, 1 - bottom, 1 - left, 1 - top


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
