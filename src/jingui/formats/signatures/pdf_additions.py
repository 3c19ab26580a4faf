"""What a signature of a PDF leaves out: bytes between its ranges, and what was added behind them."""

from __future__ import annotations

import mmap
import re
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import pikepdf

from jingui.domain.records.signatures import Flaw
from jingui.formats.signatures.assessment import Assessment
from jingui.formats.signatures.pdf_dictionaries import MAX_CONTENTS_BYTES, SignatureEntry
from jingui.formats.signatures.pdf_pages import MAX_REVISION_BYTES, Changes, Comparison

Data = mmap.mmap | bytes
BLOCK = 1 << 20
NONSTANDARD = "nonstandard"
PERMITTED = frozenset({"none", "permitted", "form"})
CHANGED = frozenset({"annotations", "other"})
TIMESTAMP_KINDS = frozenset({"/ETSI.RFC3161"})
NO_CHANGES = 1
_EMPTY = b" \t\r\n\0\f"
_HEX = re.compile(rb"[\s\0]*<[0-9A-Fa-f\s]*>[\s\0]*")


@dataclass(slots=True)
class Document:
    """A PDF with its signatures while they are checked; what is learned of later changes is learned once."""

    data: Data
    pdf: pikepdf.Pdf | None
    entries: list[SignatureEntry]
    _comparison: Comparison | None = None
    _judged: dict[tuple[int, ...], str] | None = field(default=None)

    def changes_since(self, entry: SignatureEntry) -> Changes | None:
        """Compare with the signed revision; ``None``: that cannot be said."""
        if self.pdf is None or entry.end > MAX_REVISION_BYTES:
            return None
        if self._comparison is None:
            self._comparison = Comparison(self.pdf)
        return self._comparison.since(self.data[: entry.end], entry)

    def kind_of_change(self, entry: SignatureEntry) -> str:
        """Ask pyHanko what kind of change came after a signature; ``unknown`` where it does not know."""
        if self._judged is None:
            if len(self.data) > MAX_REVISION_BYTES:
                return "unknown"
            # Loading pyHanko costs seconds, so only a file that was changed after a signature pays for it.
            module: Any = import_module("jingui.formats.signatures.pdf_differences")
            self._judged = module.judge_changes(self.data[:])
        return self._judged.get(entry.ranges, "unknown")


def value_in_gap(entry: SignatureEntry, data: Data) -> bytes | None:
    """Return the value between the ranges of a signature, ``None`` where something else stands there or more."""
    gap = _gap(entry, data)
    if not _HEX.fullmatch(gap):
        return None
    digits = b"".join(gap.strip(_EMPTY)[1:-1].split())
    # An odd number of digits is completed by a zero (ISO 32000-2 §7.3.4.3).
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def is_whole(entry: SignatureEntry, data: Data) -> bool:
    """Say whether the ranges cover all from the start of the file to their end but for the value of the signature."""
    ranges = entry.ranges
    return len(ranges) == 4 and ranges[0] == 0 and entry.end <= len(data) and bool(_HEX.fullmatch(_gap(entry, data)))  # noqa: PLR2004


def _gap(entry: SignatureEntry, data: Data) -> bytes:
    ranges = entry.ranges
    if len(ranges) != 4 or not ranges[1] <= ranges[2] <= ranges[1] + MAX_CONTENTS_BYTES * 2:  # noqa: PLR2004
        return b""
    return data[ranges[0] + ranges[1] : ranges[2]]


def check_coverage(entry: SignatureEntry, document: Document, row: Assessment) -> None:
    """Say what the signature leaves out: bytes between its ranges, or what was added behind them."""
    data = document.data
    if entry.end > len(data):
        row.flaw(Flaw.DIGEST_WRONG, "签名范围超出文件末尾，文件可能被截断")
        return
    if not is_whole(entry, data):
        # ISO 32000-2 §12.8.1: all but the value is covered. What stands in a wider gap may be all that a reader shows.
        _note_gap(row, "签名范围漏掉了签名值以外的字节")
        return
    if is_another_value(entry, document):
        _note_gap(row, "签名范围留出的不是这个签名的值")
    if not _has_more(data, entry.end):
        row.covered = "全文"
        return
    # Rights that the writer of a form granted to its readers say nothing of what they fill in.
    if row.has(Flaw.UNREADABLE, Flaw.DIGEST_WRONG) or entry.is_usage_right:
        return
    _judge_additions(entry, document, row)


def _note_gap(row: Assessment, text: str) -> None:
    row.flaw(Flaw.BYTES_UNCOVERED if row.has(Flaw.DIGEST_WRONG) else Flaw.UNREADABLE, text)


def is_another_value(entry: SignatureEntry, document: Document) -> bool:
    """Say whether the dictionary holds another value than the one its ranges leave out."""
    if document.pdf is None or document.pdf.is_encrypted:
        return False
    value = value_in_gap(entry, document.data)
    return value is None or value.rstrip(b"\0") != entry.contents.rstrip(b"\0")


def _has_more(data: Data, end: int) -> bool:
    """Say whether anything but white space lies behind the ranges."""
    return len(data) - end > BLOCK or bool(data[end:].strip(_EMPTY))


def _judge_additions(entry: SignatureEntry, document: Document, row: Assessment) -> None:
    changes = document.changes_since(entry)
    if changes is None:
        _judge_unseen(entry, document, row)
        return
    if changes.has_signature and not changes.is_said_again:
        row.flaw(Flaw.CHANGED_AFTER, "签名字典（签名人、时间、理由等）与签名时不同")
    if _has_later_signature(entry, document):
        row.flaw(Flaw.CHANGED_AFTER, "认证签名不许任何更改，其后又有签名")
    what = "、".join(_words(changes))
    if (changes.pages or changes.fields) and not _is_allowed(entry, document, changes):
        row.flaw(Flaw.CHANGED_AFTER, what)
    elif what:
        row.flaw(Flaw.BYTES_UNCOVERED, f"{what}在签名后补充或填写")
    elif _ends_inside(entry, document, changes):
        row.flaw(Flaw.BYTES_UNCOVERED, "签名范围停在一次修订的中间")


def _judge_unseen(entry: SignatureEntry, document: Document, row: Assessment) -> None:
    """Judge additions where the signed revision cannot be compared, by what pyHanko makes of them."""
    kind = document.kind_of_change(entry)
    if kind in CHANGED:
        row.flaw(Flaw.CHANGED_AFTER, "签名后有不允许的更改")
    elif kind not in PERMITTED:
        row.flaw(Flaw.BYTES_UNCOVERED, "其后的内容与签名时的版本比不出来")


def _words(changes: Changes) -> list[str]:
    fields = [f"表单域 {name}" for name in changes.fields if "#" not in name]
    return [f"第 {number} 页" for number in changes.pages[:20]] + fields[:20] + list(changes.entries[:20])


def _has_later_signature(entry: SignatureEntry, document: Document) -> bool:
    """Say whether somebody signed after a certification that allows nothing; time-stamps and evidence are no change."""
    later = (one for one in document.entries if one.end > entry.end and one.kind not in TIMESTAMP_KINDS)
    return entry.permission == NO_CHANGES and next(later, None) is not None


def _is_allowed(entry: SignatureEntry, document: Document, changes: Changes) -> bool:
    """Say whether what changed is filling in that nobody forbade, by our own comparison or by pyHanko's."""
    if changes.is_filled and all(one.permission != NO_CHANGES for one in document.entries):
        names = {name.partition("#")[0] for name in changes.fields}
        if names and not any(lock.holds(name) for lock in entry.locks for name in names):
            return True
    return document.kind_of_change(entry) in PERMITTED


def _ends_inside(entry: SignatureEntry, document: Document, changes: Changes) -> bool:
    """Say whether the signed bytes are no revision of their own, or one that does not have the signature."""
    if changes.is_revision or not changes.has_signature:
        return not changes.has_signature
    return document.kind_of_change(entry) == NONSTANDARD
