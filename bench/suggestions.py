"""How right suggested materials are: on real material lists, disturbed file names, real forms, and scans of them.

    python bench/suggestions.py               the half of the items that no number was fitted on
    python bench/suggestions.py --fit         fit the confidence on the other half and print its numbers
    python bench/suggestions.py --ocr 12      also draw so many forms as scans and recognise their headings
    python bench/suggestions.py --wrong 20    also show so many wrong suggestions

How the cases are made stands in ``suggestion_cases.py``. Items are parted by a digest of their names; the tables of
words are general Chinese and were not fitted. What the figures cannot show stands in ``docs/guides/scans.md``. Exit code
1 if more than 2 % of what would be accepted at 0.9 is wrong.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter, ImageFont

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.suggestion_cases import (
    Filed,
    Form,
    Trial,
    form_trials,
    named_trials,
    own_form_trials,
    read_forms,
    read_items,
)

from jingui.adapters.recognition import choose_recogniser
from jingui.adapters.rendering.fonts import SERIF
from jingui.domain.capture.pages import PagePart
from jingui.domain.capture.suggesting import METHOD, Method, Suggestion, confidence_of, suggest_materials

THRESHOLDS = (0.8, 0.9, 0.95)
MOST_WRONG = 0.02
ALIEN_WEIGHT = 2  # a paper of another item put into the file is worse than one left to a person


@dataclass(frozen=True, slots=True)
class Judged:
    """A suggestion beside what the file is."""

    filed: Filed
    suggestion: Suggestion
    item: str

    @property
    def is_right(self) -> bool:
        return bool(self.suggestion.material_code == self.filed.truth)

    @property
    def is_among_three(self) -> bool:
        return self.is_right or self.filed.truth in [other.material_code for other in self.suggestion.alternatives]


def judged(trials: Iterable[Trial]) -> list[Judged]:
    """Suggest for every case."""
    found = []
    for trial in trials:
        made = suggest_materials([filed.file for filed in trial.files], trial.materials)
        found += [Judged(filed, one, trial.item) for filed, one in zip(trial.files, made, strict=True)]
    return found


def line(title: str, rows: Sequence[Judged]) -> str:
    """Return one line of the table: files of materials, then strangers, then what would be accepted."""
    real = [row for row in rows if row.filed.truth]
    strange = [row for row in rows if not row.filed.truth]
    first = sum(row.is_right for row in real) / max(1, len(real))
    three = sum(row.is_among_three for row in real) / max(1, len(real))
    cells = [f"{title:<22}{len(real):>6}{len(strange):>6}{first:>8.1%}{three:>8.1%}"]
    for threshold in THRESHOLDS:
        taken = [row for row in rows if row.suggestion.material_code and row.suggestion.confidence >= threshold]
        wrong = sum(not row.is_right for row in taken)
        covered = sum(1 for row in taken if row.filed.truth) / max(1, len(real))
        cells.append(f"{covered:>9.1%}{wrong:>5}{wrong / max(1, len(taken)):>7.1%}")
    return "".join(cells)


def calibration(rows: Sequence[Judged]) -> list[str]:
    """Compare the confidence with how often it was right, in tenths."""
    said = [row for row in rows if row.suggestion.material_code]
    lines = []
    for tenth in range(10):
        part = [row for row in said if min(9, int(row.suggestion.confidence * 10)) == tenth]
        if part:
            right = sum(row.is_right for row in part) / len(part)
            mean = sum(row.suggestion.confidence for row in part) / len(part)
            lines.append(
                f"  {tenth / 10:.1f}-{(tenth + 1) / 10:.1f}  n {len(part):>5}  said {mean:.2f}  right {right:.2f}"
            )
    return lines


def fitted_method(rows: Sequence[Judged]) -> Method:
    """Fit the logistic numbers by gradient descent on likeness and lead of what was suggested."""
    samples = [
        (*_sample(row), 1 if row.filed.truth else ALIEN_WEIGHT)
        for row in rows
        if row.suggestion.material_code and row.suggestion.alternatives
    ]
    weights = [0.0, 0.0, 0.0, 0.0]
    for _ in range(4_000):
        slopes = [0.0, 0.0, 0.0, 0.0]
        for values, is_right, weight in samples:
            guess = 1 / (1 + math.exp(-sum(w * v for w, v in zip(weights, values, strict=True))))
            for at, value in enumerate(values):
                slopes[at] += weight * (guess - is_right) * value
        weights = [w - 4.0 * s / len(samples) - 0.0005 * w for w, s in zip(weights, slopes, strict=True)]
    numbers: dict[str, Any] = dict(
        zip(("constant", "per_likeness", "per_lead", "per_both"), (round(w, 2) for w in weights), strict=True)
    )
    return replace(METHOD, **numbers)


def _sample(row: Judged) -> tuple[tuple[float, float, float, float], float]:
    chosen = [a.likeness for a in row.suggestion.alternatives if a.material_code == row.suggestion.material_code]
    rivals = [a.likeness for a in row.suggestion.alternatives if a.material_code != row.suggestion.material_code]
    likeness = chosen[0] if chosen else 0.0
    lead = likeness - (rivals[0] if rivals else 0.0)
    return (1.0, likeness, lead, likeness * lead), float(row.is_right)


def with_method(rows: Sequence[Judged], method: Method) -> list[Judged]:
    """Return the same suggestions with the confidence of another fit."""
    made = []
    for row in rows:
        _, likeness, lead, _ = _sample(row)[0] if row.suggestion.alternatives else (0, 0.0, 0.0, 0)
        confidence = (
            confidence_of(likeness, lead, method=method) if row.suggestion.alternatives else row.suggestion.confidence
        )
        made.append(replace(row, suggestion=replace(row.suggestion, confidence=confidence)))
    return made


def drawn(form: Form) -> bytes:
    """Draw a form as a 200 dpi scan: a ruled table with some hand-entered values, a slight turn, grain, JPEG."""
    pick = random.Random(form.title)
    width, height = 1654, 2339
    page = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(page)
    size = min(56, int(1300 / max(1, len(form.title))))
    title, small = ImageFont.truetype(str(SERIF), size), ImageFont.truetype(str(SERIF), 32)
    draw.text(((width - draw.textlength(form.title, font=title)) / 2, 180), form.title, font=title, fill=10)
    for row, label in enumerate(form.labels[:28]):
        top = 320 + row * 64
        draw.line((160, top, width - 160, top), fill=0, width=2)
        draw.text((170, top + 12), label[:14], font=small, fill=20)
        draw.text((620, top + 12), pick.choice(("张某某", "云泽市人民路五号", "", "有限公司")), font=small, fill=60)
    draw.line((600, 320, 600, 320 + 64 * min(28, len(form.labels))), fill=0, width=2)
    turned = page.rotate(pick.uniform(-1.2, 1.2), Image.Resampling.BICUBIC, fillcolor=255)
    grain = Image.effect_noise(turned.size, 40)
    target = BytesIO()
    Image.blend(turned.filter(ImageFilter.GaussianBlur(0.8)), grain, 0.06).save(target, "JPEG", quality=60)
    return target.getvalue()


def recognised(pairs: Iterable[tuple[Trial, Form]], count: int) -> tuple[list[Trial], float]:
    """Replace the text of so many forms by what is read from the heading of their scan; and the seconds per page."""
    recogniser = choose_recogniser(is_wanted=True)
    if not recogniser.is_available:
        raise SystemExit("rapidocr is not installed (requirements/ocr.in); run without --ocr")
    trials = []
    chosen = [pair for pair in pairs if not pair[0].is_tuning][:count]
    recogniser.recognise(drawn(chosen[0][1]), part=PagePart.HEADING)  # the models are loaded with the first page
    started = time.perf_counter()
    for trial, form in chosen:
        text = recogniser.recognise(drawn(form), part=PagePart.HEADING).text
        filed = trial.files[0]
        file = replace(filed.file, text=text, is_recognised=True)
        trials.append(replace(trial, files=(replace(filed, file=file, kind="scan"),)))
    seconds = (time.perf_counter() - started) / len(chosen)
    recogniser.close()
    return trials, seconds


def main() -> int:
    """Print the table."""
    choice = arguments()
    items, forms = read_items(), read_forms()
    written, everyday = list(named_trials(items, "written")), list(named_trials(items, "everyday"))
    other, own = list(form_trials(items, forms)), list(own_form_trials(items, forms))
    groups: dict[str, list[Trial]] = {
        "names, written": written, "names, everyday": everyday,
        "form text, own plan": [trial for trial, _ in own], "form text, other plan": [trial for trial, _ in other],
    }  # fmt: skip
    print(f"{len(items)} items with material lists, {len(forms)} forms; half of them kept for fitting")
    if choice.fit:
        tuned = judged(trial for trials in groups.values() for trial in trials if trial.is_tuning)
        method = fitted_method(tuned)
        print({name: getattr(method, name) for name in ("constant", "per_likeness", "per_lead", "per_both")})
        results = {name: judged(t for t in trials if t.is_tuning) for name, trials in groups.items()}
        return report({name: with_method(rows, method) for name, rows in results.items()}, 0.0, choice.wrong)
    started = time.process_time()
    results = {name: judged(t for t in trials if not t.is_tuning) for name, trials in groups.items()}
    spent = time.process_time() - started
    if choice.ocr:
        for name, pairs in (("scan heading, own", own), ("scan heading, other", other)):
            trials, seconds = recognised(pairs, choice.ocr)
            results[name] = judged(trials)
            print(f"{name}: {seconds:.2f} s per heading")
    return report(results, spent, choice.wrong)


def report(results: dict[str, list[Judged]], spent: float, shown: int) -> int:
    """Print the table, the calibration and some of what went wrong."""
    print(
        f"{'':<22}{'files':>6}{'alien':>6}{'top 1':>8}{'top 3':>8}"
        + "".join(f"{f'>= {t}: taken wrong':>21}" for t in THRESHOLDS)
    )
    for name, rows in results.items():
        print(line(name, rows))
    everything = [row for rows in results.values() for row in rows]
    print(line("all", everything))
    print("confidence said and found:", *calibration(everything), sep="\n")
    print(f"{1e6 * spent / len(everything):.0f} us per file")
    wrong = sorted((row for row in everything if not row.is_right), key=lambda row: -row.suggestion.confidence)
    for row in wrong[:shown]:
        print(
            f"  {row.suggestion.confidence:.2f} {row.filed.file.name} is {row.filed.truth or 'alien'}: {row.suggestion}"
        )
    taken = [row for row in everything if row.suggestion.confidence >= THRESHOLDS[1]]
    return int(sum(not row.is_right for row in taken) > MOST_WRONG * len(taken))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--ocr", type=int, default=0)
    parser.add_argument("--wrong", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
