"""The shared fixtures of the OCFL community: every one judged as its name says, with the codes it names."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from jingui.formats.ocfl.object_validation import validate_object

CORPORA = Path(os.environ.get("JINGUI_CORPORA") or Path(__file__).parents[3].parent / "shared")
FIXTURES = CORPORA / "data" / "ocfl"

pytestmark = pytest.mark.corpora


def expectations() -> list[Any]:
    path = FIXTURES / "expectations.json"
    if not path.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="no corpora"))]
    return [pytest.param(item, id=item["object"]) for item in json.loads(path.read_text())["objects"]]


@pytest.mark.parametrize("item", expectations())
def test_a_fixture_is_judged_as_its_name_says(item: dict[str, Any]) -> None:
    findings = list(validate_object(FIXTURES / item["object"]))
    codes = {finding.code for finding in findings}
    if any(finding.is_error for finding in findings):
        verdict = "invalid"
    else:
        verdict = "valid-with-warnings" if findings else "valid"
    assert verdict == item["expect"]
    assert set(item["codes"]) <= codes
