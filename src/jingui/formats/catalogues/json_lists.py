"""Reads JSON catalogues: our own form, and lists of items as service portals publish them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from jingui.domain.catalogue import RawRow, SourceRow
from jingui.domain.errors import Invalid, Problem
from jingui.domain.metadata.fields import printable_name
from jingui.formats.catalogues.published import is_published_list, read_published_list

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CATALOGUE_FORMAT = "jingui-catalogue/1"
JSON_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "not_json": (),
    "unknown_catalogue_format": ("known",),
    "not_a_list": (),
    "unknown_catalogue_part": (),
}


def _refuse_constant(_name: str) -> float:
    raise ValueError


def _unique_pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def load_json(data: bytes) -> object:
    """Read a JSON value that repeats no name and holds no NaN.

    Raises:
        Invalid: ``not_json``.
    """
    try:
        text = data.decode("utf-8-sig")
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique_pairs)
    except (ValueError, RecursionError):
        raise Invalid((Problem("", "not_json"),)) from None


def read_json_catalogue(data: bytes) -> tuple[RawRow, ...]:
    """Read a JSON catalogue; row numbers count from 1 within each list.

    Raises:
        Invalid: not JSON (or with repeated names), or of no known form.
    """
    known = read_known_json(load_json(data))
    if known is None:
        told = f"{CATALOGUE_FORMAT}, published list"
        raise Invalid((Problem("format", "unknown_catalogue_format", {"known": told}),))
    return known


def read_known_json(raw: object) -> tuple[RawRow, ...] | None:
    """Read a JSON value of one of the forms that we know; nothing if it is of none.

    Raises:
        Invalid: it says that it is a catalogue of ours and is not.
    """
    readers: tuple[
        tuple[Callable[[Mapping[str, object]], bool], Callable[[Mapping[str, object]], tuple[RawRow, ...]]], ...
    ]
    readers = ((_is_own, _read_own), (is_published_list, read_published_list))
    return next((read(raw) for accepts, read in readers if isinstance(raw, dict) and accepts(raw)), None)


def _is_own(raw: Mapping[str, object]) -> bool:
    return raw.get("format") == CATALOGUE_FORMAT


def _read_own(raw: Mapping[str, object]) -> tuple[RawRow, ...]:
    problems = [
        Problem(printable_name(name), "unknown_catalogue_part")
        for name in raw
        if name not in {"format", "agencies", "items"}
    ]
    problems += [Problem(name, "not_a_list") for name in ("agencies", "items") if not _is_rows(raw.get(name, []))]
    if problems:
        raise Invalid(tuple(problems))
    agencies, items = raw.get("agencies", []), raw.get("items", [])
    return (
        *(_raw("agencies", number, values) for number, values in enumerate(_rows(agencies), 1)),
        *(_raw("items", number, values) for number, values in enumerate(_rows(items), 1)),
    )


def _raw(table: Literal["agencies", "items"], number: int, values: dict[str, object]) -> RawRow:
    return RawRow(table, number, values, origin=(SourceRow(table, number, values),))


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _rows(value: object) -> list[dict[str, object]]:
    return value if isinstance(value, list) else []
