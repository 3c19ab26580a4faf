"""Findings about OCFL roots and objects, by the standard's own codes (https://ocfl.io/1.1/spec/validation-codes.html)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OcflFinding:
    """One broken rule: its code, the path it is about (below what was validated), and what was found there."""

    code: str
    path: str
    detail: str = ""

    @property
    def is_error(self) -> bool:
        """An ``E`` code breaks a MUST; a ``W`` code only a SHOULD."""
        return self.code.startswith("E")


class BadInventory(ValueError):
    """Bytes that are no sound inventory, with everything that is wrong with them."""

    def __init__(self, findings: tuple[OcflFinding, ...]) -> None:
        """Keep the findings."""
        super().__init__("; ".join(f"{finding.code} {finding.detail}" for finding in findings))
        self.findings = findings
