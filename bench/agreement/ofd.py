"""Signatures and seals of OFD files: count, digests of references, entries left out, values, beside another checker's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.agreement import Pick, Row

from jingui.adapters.examination import ProcessExaminer
from jingui.domain.records.facts import SignatureFact
from jingui.domain.records.signatures import flaws_in

FOLDER = "ofd"
TITLE = "signatures and seals"
_BAD_VALUES = frozenset({"value_wrong", "seal_value_wrong", "list_wrong", "unreadable"})


def rows(folder: Path, pick: Pick) -> Iterator[Row]:
    """Compare every file that is expected to be there."""
    entries = json.loads((folder / "expectations.json").read_text(encoding="utf-8"))["files"]
    chosen = [entry for entry in entries if pick(_name(entry))]
    with ProcessExaminer(processes=1) as examiner:
        readings = examiner.examine((folder / _name(entry), _name(entry)) for entry in chosen)
        for entry, (reading, _text) in zip(chosen, readings, strict=True):
            yield from _compare(entry, reading.signatures or ())


def _name(entry: dict[str, Any]) -> str:
    return str(entry["file"]).partition("ofd/")[2]


def _compare(entry: dict[str, Any], found: Sequence[SignatureFact]) -> Iterator[Row]:
    name = _name(entry)
    expected = [row for document in entry.get("docs", ()) for row in document.get("signatures", ())]
    yield Row(f"{name} [count]", str(len(expected)), str(len(found)), len(expected) == len(found))
    verdicts = entry.get("verdicts", [])
    for number, (row, fact) in enumerate(zip(expected, found, strict=False)):
        place = f"{name} #{row['id']}"
        codes = [code for code, _ in flaws_in(fact.detail)]
        bad, bare = codes.count("digest_wrong") + codes.count("part_missing"), codes.count("parts_uncovered")
        yield _number(f"{place} [bad digests]", row.get("references_bad_n", 0), bad)
        yield _number(f"{place} [left out]", row["entries_not_covered"], bare)
        if "sm2_signature_valid" in row:
            is_held = not _BAD_VALUES.intersection(codes)
            yield Row(
                f"{place} [value]", str(row["sm2_signature_valid"]), str(is_held), is_held == row["sm2_signature_valid"]
            )
        if number < len(verdicts):
            yield _verdict(f"{place} [verdict]", verdicts[number], fact)


def _number(place: str, expected: int, found: int) -> Row:
    return Row(place, str(expected), str(found), expected == found)


def _verdict(place: str, expected: str, fact: SignatureFact) -> Row:
    changed = fact.verdict.value == "content_changed"
    said = "content-modified" if changed else "digests-ok" if expected.startswith("digests-ok") else "integrity-ok"
    is_sound = changed or not _BAD_VALUES.intersection(code for code, _ in flaws_in(fact.detail))
    return Row(place, expected, f"{said} ({fact.verdict.value})", is_sound and expected.startswith(said))
