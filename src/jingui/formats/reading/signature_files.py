"""Signature files: CMS values over another file. What they sign is found and checked where the whole record is known."""

from __future__ import annotations

from jingui.domain.records.detached import STATED
from jingui.formats.reading.source import Outcome, Source
from jingui.formats.signatures.noticing import stated_by

READER = "jingui cms"


def read_cms(source: Source) -> Outcome:
    """Follow the structure to its signers and note which digests they state."""
    outcome = Outcome(READER)
    found = stated_by(source.whole())
    if found is None:
        return outcome.refuse("damaged_structure", "no signed data")
    signers, stated = found
    outcome.note("signers", str(signers))
    for algorithm, digest in stated:
        outcome.note(STATED, f"{algorithm} {digest}")
    outcome.is_readable = True
    return outcome
