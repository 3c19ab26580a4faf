"""What a form of the plan editor says, put into the content of a layer. What is wrong with it the domain finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from django.http import QueryDict

from jingui.domain.catalogue.planning.layers import FIXED, KEYED, REMOVED, SETTINGS, UNITED
from jingui.domain.errors import Invalid, NotFound, Problem

Content = dict[str, Any]
E = TypeVar("E", bound=StrEnum)
_WHEN = "when."
_SEPARATORS = re.compile(r"[、,，;；\n]+")
_TEXTS = ("category", "unit", "security_classification", "sharing", "archival_code_rule", "record_code_rule")
_MORE_TEXTS = ("package_profile", "scope_statement")


def edited(part: str, content: Mapping[str, Any], form: QueryDict) -> Content:
    """Return the content with what a form says.

    Raises:
        NotFound: there is no such part.
    """
    if part not in _PARTS:
        raise NotFound("not_found")
    fresh = dict(content)
    _PARTS[part](fresh, form)
    return fresh


def chosen(form: QueryDict, name: str, kind: type[E]) -> E:
    """Return the member of a closed set that a form names.

    Raises:
        Invalid: it names none.
    """
    told = form.get(name, "")
    if told not in set(kind):
        raise Invalid((Problem(name, "not_in_range", {"allowed": "、".join(kind)}),))
    return kind(told)


def _text(form: QueryDict, name: str) -> str:
    return form.get(name, "").strip()


def _number(form: QueryDict, name: str) -> int | str | None:
    value = _text(form, name)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else value or None  # noqa: PLR2004


def _names(form: QueryDict, name: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in _SEPARATORS.split(_text(form, name)) if part.strip()))


def condition_of(form: QueryDict) -> list[list[dict[str, Any]]]:
    """Return the ticked boxes as one alternative: any of one group, all groups."""
    fields = sorted({name.removeprefix(_WHEN) for name in form if name.startswith(_WHEN)})
    return [[{"field": field, "is": form.getlist(_WHEN + field)} for field in fields]]


def _put_row(content: Content, name: str, row: Content, *, old: str = "") -> None:
    key = KEYED[name]
    rows = [known for known in content.get(name, []) if known[key] not in {row[key], old}]
    places = [index for index, known in enumerate(content.get(name, [])) if known[key] in {row[key], old}]
    rows.insert(min([*places, len(rows)]), row)
    content[name] = rows


def _stated(values: Mapping[str, Any]) -> Content:
    return {name: value for name, value in values.items() if value not in (None, "", [], False)}


def _material(content: Content, form: QueryDict) -> None:
    kept = _kept_condition(content, "materials", form)
    when = kept if kept is not None else condition_of(form)
    obligation = _text(form, "obligation") or "required"
    row: Content = {
        "code": _text(form, "code"),
        "name": _text(form, "name"),
        "class": _text(form, "class"),
        "obligation": obligation,
        "min_count": _number(form, "min_count") if _text(form, "min_count") else int(obligation != "optional"),
    }
    row |= _stated(
        {
            "max_count": _number(form, "max_count"),
            "condition": _text(form, "condition"),
            "sharing": _text(form, "sharing"),
            "alternative": _text(form, "alternative"),
            "evidence": _text(form, "evidence"),
            "source": _text(form, "source"),
            "formats": form.getlist("formats"),
            "aliases": _names(form, "aliases"),
            "is_paper_kept": _text(form, "is_paper_kept") == "1",
            "paper_basis": _text(form, "paper_basis"),
        }
    )
    if when != [[]]:
        row["when"] = when
    _put_row(content, "materials", row, old=_text(form, "old"))


def _kept_condition(content: Content, name: str, form: QueryDict) -> list[Any] | None:
    """Return the present condition of a row where the form could not show it and says to keep it."""
    if _text(form, "keep_when") != "1":
        return None
    key, old = KEYED[name], _text(form, "old")
    found = next((row.get("when") for row in content.get(name, []) if row[key] == old), None)
    return found if isinstance(found, list) else None


def _retention_rule(content: Content, form: QueryDict) -> None:
    kept = _kept_condition(content, "retention_rules", form)
    row: Content = {
        "name": _text(form, "name"),
        "priority": _number(form, "priority"),
        "when": kept if kept is not None else condition_of(form),
        "retention": _text(form, "retention"),
        "reason": _text(form, "reason"),
        "basis": _text(form, "basis"),
    }
    _put_row(content, "retention_rules", row, old=_text(form, "old"))


def _retention(content: Content, form: QueryDict) -> None:
    content["retention"], content["retention_reason"] = _text(form, "retention"), _text(form, "retention_reason")


def _metadata_rule(content: Content, form: QueryDict) -> None:
    row: Content = {"element": _text(form, "element"), "obligation": _text(form, "obligation") or "required"}
    row |= _stated({"values": _names(form, "values"), "max_length": _number(form, "max_length")})
    _put_row(content, "metadata_rules", row)


def _settings(content: Content, form: QueryDict) -> None:
    """State every value that the form gives; an empty one is left to the layers above."""
    for name in (*_TEXTS, *_MORE_TEXTS):
        _state(content, name, _text(form, name))
    _state(content, "formats", form.getlist("formats"))
    _state(content, "required_steps", _names(form, "required_steps"))
    _state(content, "min_step_count", _number(form, "min_step_count"))
    _state(content, "accept_suggestions_from", _number(form, "accept_suggestions_from"))
    _state(content, "process_page", _text(form, "process_page"))
    choice = _text(form, "accept_unlisted")
    _state(content, "accept_unlisted", choice == "1" if choice else None)


def _state(content: Content, name: str, value: object) -> None:
    if value in ("", None, []):
        content.pop(name, None)
    else:
        content[name] = value


def _united(content: Content, form: QueryDict) -> None:
    for name in UNITED:
        _state(content, name, _names(form, name))


def _move(content: Content, form: QueryDict) -> None:
    """Add one move; a layer that states a process states the whole of it, so the present one is copied first."""
    move = {"from": _text(form, "from")} | _stated(
        {"step": _text(form, "step"), "to": _text(form, "to"), "closure": _text(form, "closure")}
    )
    when = condition_of(form)
    content["process"] = [*content.get("process", []), move if when == [[]] else move | {"when": when}]


def _drop_move(content: Content, form: QueryDict) -> None:
    number = _number(form, "number")
    moves = list(content.get("process", []))
    if not isinstance(number, int) or number >= len(moves):
        raise NotFound("not_found")
    content["process"] = moves[:number] + moves[number + 1 :]


def _drop(content: Content, form: QueryDict) -> None:
    """Take back what this layer states; what is stated above is taken out for this layer (``is_inherited``)."""
    name, _, key = _text(form, "place").partition(".")
    if name in SETTINGS:
        content.pop(name, None)
        if name == "retention":
            content.pop("retention_reason", None)
    elif name in UNITED:
        content[name] = [value for value in content.get(name, []) if value != key]
    elif name in KEYED:
        field = KEYED[name]
        rows = [row for row in content.get(name, []) if row[field] != key]
        content[name] = [*rows, {field: key, REMOVED: True}] if _text(form, "is_inherited") == "1" else rows
    else:
        raise NotFound("not_found")


def _fix(content: Content, form: QueryDict) -> None:
    """Fix a value for all layers below, or let it go again."""
    place = _text(form, "place")
    fixed = [known for known in content.get(FIXED, []) if known != place]
    _state(content, FIXED, fixed if place in content.get(FIXED, []) else [*fixed, place])


_PARTS: dict[str, Callable[[Content, QueryDict], None]] = {
    "material": _material,
    "retention-rule": _retention_rule,
    "retention": _retention,
    "metadata-rule": _metadata_rule,
    "settings": _settings,
    "names": _united,
    "move": _move,
    "drop-move": _drop_move,
    "drop": _drop,
    "fix": _fix,
}
"""Part of the editor → what its form does."""

TAB_OF: dict[str, str] = {
    "material": "materials",
    "retention-rule": "retention",
    "retention": "retention",
    "metadata-rule": "metadata",
    "settings": "codes",
    "names": "process",
    "move": "process",
    "drop-move": "process",
}
"""Part of the editor → the tab it stands on."""
