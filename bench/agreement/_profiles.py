"""Facts that independent tools observed in real files, beside what the readers say; one row per fact."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.agreement import Pick, Row
from bench.agreement._readings import codes, read_all

from jingui.domain.records.facts import Reading

# Names of libmagic for what the readers (by PRONOM's names) call otherwise.
SAME_TYPES: dict[str, tuple[str, ...]] = {
    "text/xml": ("application/xml",),
    "text/rtf": ("application/rtf",),
    "text/plain": ("text/plain", "text/markdown", "text/csv", "message/rfc822"),
    "application/x-rar": ("application/vnd.rar",),
    "audio/x-m4a": ("video/mp4", "audio/mp4"),
    "application/epub+zip": ("application/epub+zip", "application/zip"),
    "application/vnd.ms-office": ("application/x-ole-storage", "application/vnd.ms-excel", "application/msword"),
    "image/vnd.dwg": ("image/vnd.dwg",),
    "image/vnd.dxf": ("image/vnd.dxf", "text/plain"),
}
Told = Callable[[Reading], str]


def _yes(is_so: object) -> str:
    return "yes" if is_so else "no"


def _has(*names: str) -> Told:
    return lambda reading: _yes(codes(reading) & set(names))


def _note(code: str) -> Told:
    def told(reading: Reading) -> str:
        return next((note.partition(": ")[2] for note in reading.notes if note.startswith(f"{code}:")), "0")

    return told


# Fact of the profile → how the expected value is written, and what the reader says of it.
PDF_FACTS: dict[str, tuple[Callable[[Any], str], Told]] = {
    "pages": (str, lambda reading: str(reading.page_count)),
    "encrypted": (_yes, lambda reading: _yes(reading.is_encrypted)),
    "javascript": (_yes, _has("javascript")),
    "embedded_files": (_yes, _has("attachments")),
    "pdfa_claim": (_yes, lambda reading: _yes(reading.format_name == "pdfa")),
    "signature_dicts": (_yes, lambda reading: _yes(reading.signatures)),
    "pypdf_error": (lambda _error: "yes", lambda reading: _yes(reading.defects)),
}
ZIP_FACTS: dict[str, tuple[Callable[[Any], str], Told]] = {
    "encrypted": (_yes, lambda reading: _yes(reading.is_encrypted)),
    "nested": (_yes, _has("nested_archives", "zip_bomb")),
    "crc_ok": (lambda is_ok: _yes(not is_ok), _has("checksum_mismatch", "damaged_structure", "truncated")),
    "error": (lambda _error: "yes", lambda reading: _yes(reading.defects)),
}
FACTS: dict[str, tuple[Callable[[Any], str], Told]] = {
    "macros": (_yes, _has("macros")),
    "ooxml_encrypted": (_yes, lambda reading: _yes(reading.is_encrypted)),
    "external_refs": (_yes, _has("external_links")),
    "ooxml_signature": (_yes, _has("signature")),
    "embedded_objects": (_yes, _has("attachments")),
    "password": (lambda _word: "yes", lambda reading: _yes(reading.is_encrypted)),
}


def profile_rows(folder: Path, pick: Pick) -> Iterator[Row]:
    """Compare every fact of every file of a ``profile.json``."""
    facts = json.loads((folder / "profile.json").read_text())["files"]
    for name, reading in read_all(folder, [name for name in facts if pick(name)]):
        yield _type_row(name, facts[name]["mime_libmagic"], reading)
        yield from _rows(name, facts[name], FACTS, reading)
        yield from _rows(name, facts[name].get("pdf", {}), PDF_FACTS, reading)
        yield from _rows(name, facts[name].get("zip", {}), ZIP_FACTS, reading)


def _rows(
    name: str, facts: dict[str, Any], known: dict[str, tuple[Callable[[Any], str], Told]], reading: Reading
) -> Iterator[Row]:
    for fact, (written, told) in known.items():
        if fact in facts:
            expected, found = written(facts[fact]), told(reading)
            yield Row(f"{name} · {fact}", expected, found, expected == found)


def _type_row(name: str, expected: str, reading: Reading) -> Row:
    found = "inode/x-empty" if "empty_file" in codes(reading) else reading.mime_type
    allowed = (expected, *SAME_TYPES.get(expected, ()))
    return Row(f"{name} · type", expected, f"{found} ({reading.format_name})", found in allowed)
