"""Checks what one layer states before it is kept. What only all layers together can show, the compiler finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jingui.domain.catalogue.planning.layers import FIXED, KEYED, REMOVED, SETTINGS, UNITED
from jingui.domain.catalogue.plans import PlanBasis, read_plan
from jingui.domain.errors import Invalid, Problem
from jingui.domain.metadata.fields import FieldReader, printable_name
from jingui.domain.records.terms import Retention

LAYER_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "fixed_unknown": ("name",),
    "row_without_name": (),
}
"""Codes of problems with layers, beside those of plans and rules."""

_ALLOWED = {*SETTINGS, *KEYED, *UNITED, FIXED}
_FIXED_LIMIT = 500


def check_layer_content(raw: object) -> dict[str, Any]:
    """Return the content of a layer, checked.

    Raises:
        Invalid: with every problem.
    """
    fields = FieldReader(raw)
    content = dict(raw) if isinstance(raw, Mapping) else {}
    for name in content:
        if name not in _ALLOWED:
            fields.fault(printable_name(name), "unknown_field")
    _check_fixed(fields)
    rows = {name: _standing_rows(fields, name, content.get(name)) for name in KEYED if name in content}
    if not fields.problems:
        stated = {name: value for name, value in content.items() if name != FIXED} | rows
        fields = FieldReader(stated, problems=fields.problems)
        read_plan(fields, PlanBasis("x", 1, "x", retention=Retention.PERMANENT))
    if fields.problems:
        raise Invalid(tuple(fields.problems))
    return content


def _check_fixed(fields: FieldReader) -> None:
    known = {*SETTINGS, *KEYED}
    for place in fields.texts(FIXED, limit=200, count=_FIXED_LIMIT):
        if place.partition(".")[0] not in known:
            fields.fault(FIXED, "fixed_unknown", name=place)


def _standing_rows(fields: FieldReader, name: str, value: object) -> object:
    """Return the rows that state something; rows that only take one out need nothing but its name."""
    if not isinstance(value, list):
        return value
    standing = []
    for index, row in enumerate(value):
        if not isinstance(row, Mapping) or not isinstance(row.get(KEYED[name]), str):
            fields.problems.append(Problem(f"{name}[{index}]", "row_without_name"))
        elif not row.get(REMOVED):
            standing.append({key: cell for key, cell in row.items() if key != REMOVED})
    return standing
