from __future__ import annotations

import re
from pathlib import Path

import jingui
from jingui.domain.packaging.packages import FAULTS, NOTES, PackageFinding

ROOT = Path(jingui.__file__).parent
SOURCES = [ROOT / "formats" / "packages", ROOT / "formats" / "exchange", ROOT / "adapters" / "exchange"]


def test_a_note_is_no_fault_and_everything_else_is_one():
    assert not PackageFinding("issuer_unknown", "p").is_fault
    assert all(PackageFinding(code, "p").is_fault for code in FAULTS)


def test_every_code_that_the_check_gives_is_described():
    text = "".join(path.read_text() for folder in SOURCES for path in folder.rglob("*.py"))
    given = set(re.findall(r'PackageFinding\(\s*"([a-z_0-9]+)"', text))
    assert len(given) > 20
    assert given <= FAULTS.keys() | NOTES.keys()


def test_no_code_is_described_that_nothing_gives():
    text = "".join(path.read_text() for folder in SOURCES for path in folder.rglob("*.py"))
    assert {code for code in {*FAULTS, *NOTES} if f'"{code}"' not in text} == set()
