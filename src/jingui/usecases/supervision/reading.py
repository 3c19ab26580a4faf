"""Lines of a ledger from its bytes, checked; the same for a message that comes in and for one that is kept."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator

from jingui.db.models import Ledger, LedgerBlock, LedgerPart
from jingui.db.queries.paging import in_pages
from jingui.domain.errors import Invalid, PermanentFailure, Problem
from jingui.domain.supervision.ledgers import MAX_PROBLEMS, LedgerLine, check_ledger_line
from jingui.domain.supervision.terms import LedgerForm
from jingui.formats.ledgers import read_rows

BLOCK_BYTES = 64 << 10
PAGE_BLOCKS = 20


def check_lines(form: LedgerForm, pieces: Iterable[bytes], *, agency_codes: tuple[str, ...] = ()) -> int:
    """Check every line of a message and count them; nothing is kept.

    Raises:
        Invalid: with the problems of all lines, at most ``MAX_PROBLEMS``, or of a form that cannot be read on.
    """
    problems: list[Problem] = []
    count = 0
    for row in read_rows(form, pieces):
        count += 1
        if row.fault:
            problems.append(row.fault)
        else:
            try:
                check_ledger_line(row.value, place=row.place, agency_codes=agency_codes)
            except Invalid as invalid:
                problems += invalid.problems
        if len(problems) >= MAX_PROBLEMS:
            break
    if problems:
        raise Invalid(tuple(problems[:MAX_PROBLEMS]))
    return count


def kept_lines(ledger: Ledger) -> Iterator[LedgerLine]:
    """Stream the lines of a ledger from its kept blocks, part after part.

    Raises:
        PermanentFailure: ``ledger_damaged``; what is kept is no longer what was taken.
    """
    for part in LedgerPart.objects.filter(ledger=ledger).order_by("number"):
        try:
            for row in read_rows(LedgerForm(part.form), _bytes_of(part)):
                yield check_ledger_line(row.value, place=row.place)
        except (Invalid, zlib.error) as error:
            raise PermanentFailure("ledger_damaged", f"part {part.number}") from error


def _bytes_of(part: LedgerPart) -> Iterator[bytes]:
    """Yield the bytes of a part; what they digest to is known at the end, before anything is certified."""
    digest = hashlib.sha256()
    blocks = LedgerBlock.objects.filter(part=part)
    for block in (block for page in in_pages(blocks, "number", size=PAGE_BLOCKS) for block in page):
        piece = zlib.decompress(bytes(block.content))
        digest.update(piece)
        yield piece
    if digest.hexdigest() != part.sha256:
        raise PermanentFailure("ledger_damaged", f"part {part.number}")
