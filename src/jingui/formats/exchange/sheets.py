"""Checks a hand-over batch of the city profile: the sheet, and every package it names beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.domain.packaging.packages import PackageFinding
from jingui.formats.digests import digest_file
from jingui.formats.exchange.reading import refusal_findings
from jingui.formats.handover import city_profile as profile
from jingui.formats.handover.city_package import read_package
from jingui.formats.handover.documents import DocumentRefusedError
from jingui.formats.handover.problems import problem
from jingui.formats.handover.sheets import SheetEntry, read_sheet
from jingui.formats.handover.trees import opened_tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HEAD_BYTES = 4096


def is_sheet(path: Path) -> bool:
    """Say whether a file begins as a hand-over sheet does."""
    with path.open("rb") as stream:
        start = stream.read(_HEAD_BYTES)
    return f"<{profile.SHEET_ROOT}".encode() in start or f"<{profile.SHEET_TITLE}".encode() in start


def check_batch(path: Path) -> Iterator[PackageFinding]:
    """Check the sheet and its packages, one after the other."""
    try:
        sheet = read_sheet(path)
    except DocumentRefusedError as refused:
        yield from refusal_findings(refused)
        return
    for entry in sheet.entries():
        try:
            _check_entry(path.parent / entry.file_name, entry)
        except DocumentRefusedError as refused:
            for finding in refusal_findings(refused):
                yield PackageFinding(finding.code, f"{entry.file_name}!/{finding.path}", finding.detail)


def _check_entry(path: Path, entry: SheetEntry) -> None:
    if path.is_symlink() or not path.is_file():
        raise DocumentRefusedError(problem("package_missing"))
    size = path.stat().st_size
    if size != entry.bytes:
        raise DocumentRefusedError(problem("package_size_wrong", expected=entry.bytes, found=size))
    found = digest_file(path, [entry.algorithm])[entry.algorithm]
    if found != entry.digest:
        told = {"algorithm": entry.algorithm, "expected": entry.digest, "found": found}
        raise DocumentRefusedError(problem("package_digest_wrong", **told))
    with opened_tree(path, marker=profile.BASE_INFORMATION) as tree:
        read_package(tree, entry=entry.values)
