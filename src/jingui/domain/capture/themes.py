"""Reads what a source says of a theme case (一件事): which theme a case is part of, and which file it shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.domain.records.origins import SharedFrom, ThemePart, ThemeRole

if TYPE_CHECKING:
    from jingui.domain.metadata.fields import FieldReader

THEME_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "shared_from_itself": (),
    "shared_outside_theme": ("case",),
}
"""Codes of problems with themes and shared files, beside those of ``metadata.fields``."""

_MOST_PARTS = 1000


def read_theme(fields: FieldReader, name: str = "theme") -> ThemePart | None:
    """Read which theme a case is part of, ``None`` if none; problems go to the reader."""
    if not fields.has(name):
        fields.take(name)
        return None
    told = fields.nested(name)
    part = ThemePart(
        number=told.key("number", limit=100),
        name=told.text("name", limit=500, is_required=True),
        role=told.member("role", ThemeRole) or ThemeRole.CO,
        count=told.whole("count", minimum=1, maximum=_MOST_PARTS),
    )
    told.refuse_unknown()
    return part


def read_shared_from(fields: FieldReader, name: str = "shared_from") -> SharedFrom:
    """Read which file of which case is meant; problems go to the reader."""
    if not fields.has(name):
        fields.fault(name, "required")
    told = fields.nested(name)
    if not fields.has(name):
        return SharedFrom("", "")
    shared = SharedFrom(case_number=told.key("case_number", limit=50), file_key=told.key("file_key", limit=200))
    told.refuse_unknown()
    return shared


def can_share(message: str) -> bool:
    """Say whether a kept case message names a theme, or is not there yet: only then can files be shared.

    Told from the canonical text, because every file that arrives asks; a quotation mark inside a value is escaped there.
    """
    return not message or '"theme":{' in message
