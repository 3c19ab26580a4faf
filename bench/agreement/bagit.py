"""The BagIt conformance suite: valid, valid with a warning, and invalid bags of the drafts up to 0.97."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from bench.agreement import Pick, Row

from jingui.adapters.signing.verification import verify_signature
from jingui.formats.exchange.forms import Trust
from jingui.formats.exchange.profiles import check_any

FOLDER = "bagit"
TITLE = "BagIt conformance suite"
_WEAK = "bag_algorithm_weak"  # said of every bag of the suite: its digests are all old


def rows(folder: Path, pick: Pick) -> Iterator[Row]:
    """Compare the verdict on every bag."""
    expected = json.loads((folder / "expectations.json").read_text(encoding="utf-8"))
    for each in expected["bags"]:
        if pick(each["bag"]):
            found = _verdict(folder / each["bag"])
            yield Row(each["bag"], each["expect"], found, _agrees(each["expect"], found))


def _verdict(bag: Path) -> str:
    checked = check_any(bag, trust=Trust(verify_signature))
    codes = sorted({finding.code for finding in checked.findings} - {_WEAK})
    if not checked.is_sound:
        return f"invalid ({', '.join(codes)})"
    return f"valid-with-warning ({', '.join(codes)})" if codes else "valid"


def _agrees(expected: str, found: str) -> bool:
    """A bag that is invalid on one system alone is refused on every one; a valid one may have a harmless warning."""
    if expected.startswith("invalid"):
        return found.startswith("invalid")
    return found.startswith(expected)
