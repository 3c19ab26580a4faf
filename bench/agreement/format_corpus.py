"""The format corpus: what independent tools observed, and what the names of hand-made files say is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bench.agreement import Pick, Row
from bench.agreement._profiles import profile_rows
from bench.agreement._readings import codes, read_all

FOLDER = "format-corpus"
TITLE = "facts of independent tools, and intended defects"

# Names of files by what their makers say is wrong with them → any of the codes that must be told.
INTENDED: tuple[tuple[str, frozenset[str]], ...] = (
    (r"encryption_\w+\.pdf", frozenset({"encrypted"})),
    (r"javascript\.pdf", frozenset({"javascript"})),
    (r"fileAttachment\w*\.pdf", frozenset({"attachments"})),
    (r"(?:text_only_fontsNotEmbedded|test_fontArialNotEmbedded|calistoMTNoFontsEmbedded)\.pdf", frozenset({"fonts_not_embedded"})),
    (r"(?:externalLink|webCapture)\.pdf", frozenset({"external_links"})),
    (r"embedded_video_\w+\.pdf|digitally_signed_3D_Portfolio\.pdf", frozenset({"multimedia", "attachments"})),
    (r"corruptionOneByteMissing\.pdf", frozenset({"needs_repair", "pdfa_fault"})),
    (r"balloon_a1b_jp2k\.pdf", frozenset({"pdfa_fault"})),
    (r"veraPDFHiRes(?:ChangedHeight|WrongObjectID)\.pdf", frozenset({"needs_repair", "damaged_structure", "pdfa_fault"})),
    (r"pdf-17-header18\.pdf", frozenset({"needs_repair"})),
    (r"T\d\d.*\.pdf", frozenset({"needs_repair", "damaged_structure", "truncated", "page_missing", "trailing_data",
                                "extension_mismatch", "no_pages"})),
    (r"balloon_trunc\d*\.jp2", frozenset({"truncated", "damaged_structure"})),
)  # fmt: skip
SOUND = re.compile(r"(?:hello_world|text_only_fontsEmbedded(?:All|Subset)|text_only_pdfa1b|veraPDFHiRes)\.pdf")


def rows(folder: Path, pick: Pick) -> Iterator[Row]:
    """Compare every fact, then every intention."""
    yield from profile_rows(folder, pick)
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    meant = [name for name in names if pick(name) and (_intended(name) or SOUND.fullmatch(Path(name).name))]
    for name, reading in read_all(folder, meant):
        wanted, told = _intended(name), codes(reading)
        if wanted:
            found = sorted(told & wanted)
            yield Row(
                f"{name} · intended",
                " or ".join(sorted(wanted)),
                ", ".join(found) or ", ".join(sorted(told)),
                bool(found),
            )
        else:
            faults = sorted(code for code, _ in reading.defects)
            yield Row(f"{name} · intended", "sound", ", ".join(faults) or "sound", not faults)


def _intended(name: str) -> frozenset[str]:
    return next((found for pattern, found in INTENDED if re.fullmatch(pattern, Path(name).name)), frozenset())
