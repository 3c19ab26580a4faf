"""Every code that can be raised or shown has words in both languages."""

from __future__ import annotations

import ast
import re
import string
from enum import StrEnum
from pathlib import Path

import pytest

from jingui.adapters.stores import disk
from jingui.domain.access.copies import CopyStanding
from jingui.domain.access.roles import Role
from jingui.domain.arrangement.arranging import ARRANGEMENT_PROBLEM_CODES
from jingui.domain.audit.events import Event
from jingui.domain.capture.checking import CAPTURE_PROBLEM_CODES
from jingui.domain.catalogue import IMPORT_PROBLEM_CODES, PLAN_PROBLEM_CODES, ROW_PROBLEM_CODES
from jingui.domain.catalogue.levels import Settlement, Unplaced
from jingui.domain.catalogue.planning.examination import LayerState, Verdict
from jingui.domain.catalogue.planning.findings import COMPILE_CODES, Severity
from jingui.domain.catalogue.planning.layers import LayerScope
from jingui.domain.catalogue.works import WorkKind, WorkState
from jingui.domain.errors import Problem
from jingui.domain.inspection.codes import FINDING_CODES
from jingui.domain.inspection.rules import BY_IDENTIFIER
from jingui.domain.lifecycle import CaseState
from jingui.domain.metadata.code_rules import CODE_RULE_PROBLEMS
from jingui.domain.metadata.fields import PROBLEM_CODES
from jingui.domain.metadata.inventory import MaterialState, UnexpectedReason
from jingui.domain.records.formats import EXTENSIONS
from jingui.domain.records.identifiers import Fault
from jingui.domain.records.receipts import ReceiptKind
from jingui.domain.records.terms import (
    Channel,
    ClosureKind,
    EvidenceClass,
    MaterialClass,
    MaterialSource,
    Obligation,
    Outcome,
    Property,
    Retention,
    SharingClass,
)
from jingui.formats.catalogues import CATALOGUE_FILE_PROBLEM_CODES
from jingui.formats.handover.envelopes import ENVELOPE_PROBLEM_CODES
from jingui.formats.handover.problems import HANDOVER_PROBLEM_CODES
from jingui.interfaces.wording import error_text, finding_text, label, problem_text
from jingui.interfaces.wording.tables import TABLES

SOURCE = Path(__file__).resolve().parents[3] / "src" / "jingui"
ENUMERATIONS: dict[str, type[StrEnum]] = {
    "state": CaseState,
    "outcome": Outcome,
    "retention": Retention,
    "property": Property,
    "closure": ClosureKind,
    "channel": Channel,
    "role": Role,
    "material_class": MaterialClass,
    "obligation": Obligation,
    "material_state": MaterialState,
    "unexpected": UnexpectedReason,
    "sharing": SharingClass,
    "copy_standing": CopyStanding,
    "receipt": ReceiptKind,
    "event": Event,
    "code_fault": Fault,
    "layer_state": LayerState,
    "layer_scope": LayerScope,
    "verdict": Verdict,
    "severity": Severity,
    "level_settlement": Settlement,
    "unplaced": Unplaced,
    "work_kind": WorkKind,
    "work_state": WorkState,
    "evidence": EvidenceClass,
    "material_source": MaterialSource,
}
PROBLEM_TABLES = (
    PROBLEM_CODES
    | CAPTURE_PROBLEM_CODES
    | IMPORT_PROBLEM_CODES
    | PLAN_PROBLEM_CODES
    | ROW_PROBLEM_CODES
    | CODE_RULE_PROBLEMS
    | ARRANGEMENT_PROBLEM_CODES
    | CATALOGUE_FILE_PROBLEM_CODES
    | HANDOVER_PROBLEM_CODES
    | ENVELOPE_PROBLEM_CODES
)
ERROR_CLASSES = {
    "NotFound",
    "Refused",
    "Conflict",
    "MoveNotAllowed",
    "TransientFailure",
    "PermanentFailure",
    "ProcessLostError",
}
# Functions of ours that make an error or a problem from the code that is their first argument.
MAKERS = {"_bad", "_bad_digest", "_invalid"}


def calls() -> list[ast.Call]:
    modules = [path for path in SOURCE.rglob("*.py") if "samplegen" not in path.parts and "replay" not in path.parts]
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in modules)
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]


def constant(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def raised_errors() -> set[str]:
    found: set[str | None] = set()
    for call in calls():
        name = getattr(call.func, "id", "")
        if (name in ERROR_CLASSES or name in MAKERS) and call.args:
            found.add(constant(call.args[0]))
        if name == "Invalid":
            found |= {constant(call.args[1]) if len(call.args) > 1 else None}
            found |= {constant(word.value) for word in call.keywords if word.arg == "code"}
    return {code for code in found if code}


def named_problems() -> set[str]:
    found = {
        constant(call.args[1]) for call in calls() if getattr(call.func, "id", "") == "Problem" and len(call.args) > 1
    }
    return {code for code in found if code}


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_error_that_is_raised_has_words() -> None:
    raised = raised_errors()

    assert "nonce_reused" in raised
    assert sorted(raised - set(TABLES["errors"])) == []


def test_every_failure_of_the_disk_has_words() -> None:
    assert set(disk._FAILURES.values()) <= set(TABLES["errors"])


@pytest.mark.parametrize("code", sorted(PROBLEM_TABLES))
def test_every_problem_code_has_words(code: str) -> None:
    assert code in TABLES["problems"]


def test_every_problem_that_is_made_by_name_has_words() -> None:
    named = named_problems()

    assert "item_unknown" in named
    assert sorted(named - set(TABLES["problems"])) == []


def test_every_problem_is_worded_only_with_values_that_it_has() -> None:
    for code, given in PROBLEM_TABLES.items():
        for text in TABLES["problems"][code]:
            assert names_in(text) <= set(given), code


def test_every_finding_code_has_words_and_no_other_does() -> None:
    assert set(TABLES["findings"]) == set(FINDING_CODES)


def test_every_finding_is_worded_only_with_values_that_it_has() -> None:
    for code, given in FINDING_CODES.items():
        for text in TABLES["findings"][code]:
            assert names_in(text) <= set(given), code


def test_every_finding_code_has_a_topic() -> None:
    assert set(TABLES["topics"]) == set(FINDING_CODES)


def test_every_rule_has_a_name() -> None:
    assert {rule.name for rule in BY_IDENTIFIER.values()} == set(TABLES["rules"])


@pytest.mark.parametrize("kind", sorted(ENUMERATIONS))
def test_every_member_of_a_closed_set_has_a_label(kind: str) -> None:
    assert {member.value for member in ENUMERATIONS[kind]} == set(TABLES[kind])


def test_every_format_has_a_label() -> None:
    assert set(EXTENSIONS) == set(TABLES["format"])


def test_every_word_stands_in_both_languages() -> None:
    bare = [f"{kind}/{code}" for kind, table in TABLES.items() for code, words in table.items() if not all(words)]
    english = [
        f"{kind}/{code}"
        for kind, table in TABLES.items()
        for code, words in table.items()
        if re.search(r"[\u4e00-\u9fff]", words[1])
    ]

    assert bare == []
    assert english == []


def test_an_error_says_its_values() -> None:
    assert "报送-1" in error_text("message_conflict", {"key": "报送-1"})
    assert "nothing was written" in error_text("message_conflict", {"key": "a"}, language="en")


def test_a_finding_names_elements_and_formats_as_people_do() -> None:
    assert finding_text("required_element_empty", {"element": "apply_name"}) == "行政相对人名称为空，必须填写"
    assert "Word" in finding_text("format_not_allowed", {"file": "a.docx", "format": "docx"})


def test_a_problem_without_its_value_shows_a_dash() -> None:
    assert problem_text(Problem("name", "too_long")) == "太长：— 个字，最多 — 个"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pdf", "“a”是 PDF，不适合长期保存"),
        ("text", "“a”是文本，不适合长期保存"),
        ("ole2", "“a”是 OLE2 复合文档，不适合长期保存"),
    ],
)
def test_a_value_stands_off_from_chinese_words_only_where_it_is_not_chinese(name: str, said: str) -> None:
    assert finding_text("format_not_long_term", {"file": "a", "format": name}).startswith(said)


def test_blanks_within_a_value_stay_and_so_do_those_between_two_values() -> None:
    said = finding_text("material_missing", {"material": "甲 乙", "name": "丙", "needed": "1", "found": "0"})
    assert said == "缺甲 乙 丙：应有 1 份，收到 0 份"


def test_braces_in_a_value_are_not_read_as_places() -> None:
    assert "{0}" in finding_text("content_empty", {"file": "{0}.pdf"})


def test_a_code_without_words_is_shown_as_it_is() -> None:
    assert label("state", "brand_new") == "brand_new"


def test_every_finding_of_the_plan_compiler_has_words_for_its_values() -> None:
    words = TABLES["plan_findings"]

    assert set(words) == set(COMPILE_CODES)
    for code, (_, names) in COMPILE_CODES.items():
        for text in words[code]:
            assert names_in(text) <= {*names, "rule"}, code
