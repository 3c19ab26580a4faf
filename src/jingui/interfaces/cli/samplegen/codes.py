"""Numbers of invented people and bodies: right in form and check digit, and given to nobody.

All of them lie in the region 539900. GB/T 2260 has no prefecture 99 in any province, so no person and no body has such
a number, and yet validators that know the provinces take it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

REGION = "539900"
_SHOWN_HEAD, _SHOWN_TAIL = 6, 4
_USCC_CHARS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def organisation_code(body: str) -> str:
    """Return the 9-character organisation code (GB 11714) of an 8-character body of digits and capitals."""
    total = sum(int(char, 36) * weight for char, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return body + "0123456789X0"[11 - total % 11]


def credit_code(kind: str, body: str) -> str:
    """Return an 18-character unified social credit code (GB 32100).

    Args:
        kind: registration department and kind of body, such as ``11`` (agency) or ``91`` (company).
        body: 8 characters that identify the body, without I, O, S, V and Z.
    """
    head = kind + REGION + organisation_code(body)
    total = sum(_USCC_CHARS.index(char) * weight for char, weight in zip(head, _USCC_WEIGHTS, strict=True))
    return head + _USCC_CHARS[(31 - total % 31) % 31]


def citizen_number(born: date, *, serial: int) -> str:
    """Return an 18-character citizen number (GB 11643); an odd serial (0-999) is a man's, an even one a woman's."""
    head = f"{REGION}{born:%Y%m%d}{serial:03d}"
    total = sum(int(char) * weight for char, weight in zip(head, _CITIZEN_WEIGHTS, strict=True))
    return head + "10X98765432"[total % 11]


def masked(number: str) -> str:
    """Return a number with its middle hidden, as offices print it on notices."""
    hidden = len(number) - _SHOWN_HEAD - _SHOWN_TAIL
    return number[:_SHOWN_HEAD] + "*" * hidden + number[-_SHOWN_TAIL:] if hidden > 0 else number
