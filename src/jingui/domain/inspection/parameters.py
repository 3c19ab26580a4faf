"""What a profile may set for a check item, and what fits there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Value = int | bool | str | tuple[str, ...]

_WORD_LIMIT, _ENTRIES = 60, 200


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that a profile may set. ``kind``: ``integer``, ``flag``, ``choice`` or ``list`` (of words)."""

    name: str
    kind: str
    default: Value
    least: int = 0
    most: int = 1_000_000
    choices: tuple[str, ...] = ()

    def fault(self, value: object) -> str:
        """Return the code of what is wrong with a value; ``""`` if nothing."""
        return "" if _FITS[self.kind](self, value) else "parameter_invalid"


def _is_words(value: object) -> bool:
    if not isinstance(value, tuple) or len(value) > _ENTRIES:
        return False
    return all(isinstance(word, str) and 0 < len(word) <= _WORD_LIMIT for word in value)


def _fits_integer(parameter: Parameter, value: object) -> bool:
    return type(value) is int and parameter.least <= value <= parameter.most


def _fits_flag(_parameter: Parameter, value: object) -> bool:
    return isinstance(value, bool)


def _fits_choice(parameter: Parameter, value: object) -> bool:
    return isinstance(value, str) and value in parameter.choices


def _fits_list(parameter: Parameter, value: object) -> bool:
    if not _is_words(value) or not isinstance(value, tuple):
        return False
    return not parameter.choices or set(value) <= set(parameter.choices)


_FITS: dict[str, Callable[[Parameter, object], bool]] = {
    "integer": _fits_integer,
    "flag": _fits_flag,
    "choice": _fits_choice,
    "list": _fits_list,
}
