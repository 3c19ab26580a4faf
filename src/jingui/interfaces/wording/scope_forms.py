"""The scope-and-retention table as the form that is printed for approval, from its head and rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from jingui.domain.catalogue.planning.scope_tables import ScopeHead
from jingui.formats.plans import ScopeForm, ScopeLine, scope_pdf
from jingui.interfaces.wording.scope_lines import WordedRow, state_text


def scope_form_pdf(head: ScopeHead, rows: Iterable[WordedRow], *, printed_on: date) -> bytes:
    """Return the form as a PDF."""
    form = ScopeForm(
        agency=head.agency_name,
        fonds=head.fonds,
        version=head.version or "—",
        state=state_text(head),
        effective_on=head.effective_on.isoformat() if head.effective_on else "—",
        printed_on=printed_on.isoformat(),
        opinion=head.opinion,
        document_number=head.document_number,
        examiner=head.examiner,
        examined_on=head.examined_on.isoformat() if head.examined_on else "",
    )
    return scope_pdf(form, (_line(row) for row in rows))


def _line(line: WordedRow) -> ScopeLine:
    row = line.row
    return ScopeLine(row.number, row.item_name, row.item_code, line.scope, line.periods, line.remark)
