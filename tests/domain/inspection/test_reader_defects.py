"""The rules know every defect that the readers can report."""

from __future__ import annotations

from jingui.domain.inspection.content_rules import DEFECTS, TOLERATED
from jingui.formats.reading.defects import DEFECTS as TOLD
from jingui.formats.reading.defects import Severity


def test_defects_that_block_for_the_readers_fail_a_rule_here():
    blocking = {code for code, defect in TOLD.items() if defect.severity is Severity.BLOCKS}

    assert set(DEFECTS) | {"extension_mismatch"} == blocking


def test_defects_that_only_warn_for_the_readers_are_tolerated_here():
    assert set(TOLERATED) == {code for code, defect in TOLD.items() if defect.severity is Severity.WARNS}
