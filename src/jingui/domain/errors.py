"""The error families of the domain.

DomainError
├── NotFound         404  also for what the caller may not know of
├── Refused          403  the caller may know of it but not do this (401 for who are you)
├── Conflict         409  the same key already holds something else
│   └── MoveNotAllowed    the state does not permit the move
└── Invalid          422  the input is wrong; every problem is listed
OutsideFailure
├── TransientFailure      trying again may help (a full disk, a locked database)
└── PermanentFailure      trying again will not help

A failed check of a record is never an exception: it is a finding (see ``domain.inspection``).
Codes are stable, lower-case, and documented; their wording lives in ``interfaces.wording``.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input: where, which rule, and the values to word it with."""

    location: str
    code: str
    params: dict[str, str] = field(default_factory=dict)


class DomainError(Exception):
    """A request that the rules of the archive do not allow."""

    def __init__(self, code: str, **params: str) -> None:
        """Keep the stable code and the values its wording needs."""
        super().__init__(code, params)
        self.code = code
        self.params = params


class NotFound(DomainError):
    """There is no such thing, or none that the caller may know of."""


class Refused(DomainError):
    """The caller may not do this."""


class Conflict(DomainError):
    """The key is taken by something different."""


class MoveNotAllowed(Conflict):
    """The lifecycle has no such move."""


class Invalid(DomainError):
    """The input breaks one or more rules; all of them are listed."""

    def __init__(self, problems: tuple[Problem, ...], code: str = "invalid_input") -> None:
        """Keep every problem, so that a sender can mend all of them at once."""
        super().__init__(code, count=str(len(problems)))
        self.problems = problems


class OutsideFailure(Exception):
    """Something outside the domain failed."""

    def __init__(self, code: str, detail: str = "") -> None:
        """Keep the stable code and a technical detail for operators."""
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class TransientFailure(OutsideFailure):
    """Trying again later may help."""


class PermanentFailure(OutsideFailure):
    """Trying again will not help."""
