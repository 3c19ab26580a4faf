"""Documents of sources become messages by rules; what is missing is named, nothing is guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jingui.domain.capture.incoming import Arrival, ArrivalKind, Unreadable
from jingui.domain.errors import Invalid
from jingui.formats.mappings import apply_mapping, arrivals_of, compile_mapping
from jingui.formats.mappings.applying import CompiledMapping

CASE_FIELDS: dict[str, Any] = {
    "case_number": "办件.编号",
    "title": "办件.名称",
    "item_code": {"join": [{"find": "办件.机构"}, {"find": "办件.事项"}]},
    "applicant.name": {"find": "办件.申请人", "trim": True},
    "applicant.kind": {"find": "办件.类型", "table": "类型", "otherwise": "person"},
    "received_at": {"find": "办件.收件", "date": "%Y%m%d%H%M%S"},
    "item_version": "办件.版本",
    "situations": {"find": "办件.情形[].名称", "list": True},
    "metadata.批次": {"constant": "2025"},
}
MAPPING: dict[str, Any] = {
    "language": "jmespath",
    "zone": "Asia/Shanghai",
    "tables": {"类型": {"1": "person", "2": "organisation"}},
    "messages": [
        {"kind": "case", "when": "办件", "fields": CASE_FIELDS},
        {
            "kind": "file",
            "each": "材料[]",
            "fields": {
                "case_number": {"find": "办件.编号", "from": "document"},
                "file_key": "id",
                "name": "name",
                "content.address": "url",
                "content.sha256": "hash",
                "content.bytes": "size",
            },
        },
    ],
}
# JMESPath takes names outside ASCII in quotes only.
QUOTED = json.loads(
    json.dumps(MAPPING, ensure_ascii=False)
    .replace('"办件.情形[].名称"', '"\\"办件\\".\\"情形\\"[].\\"名称\\""')
    .replace('"材料[]"', '"\\"材料\\"[]"')
    .replace('"办件"', '"\\"办件\\""')
)


def quoted(rules: Any) -> Any:
    if isinstance(rules, str) and rules.startswith("办件."):
        return ".".join(f'"{part}"' for part in rules.split("."))
    if isinstance(rules, dict):
        return {key: quoted(value) for key, value in rules.items()}
    return [quoted(each) for each in rules] if isinstance(rules, list) else rules


DOCUMENT: dict[str, Any] = {
    "办件": {
        "编号": "A-1", "名称": "张三 申请", "机构": "11539900MB0059010M", "事项": 3000123011001, "申请人": " 张三 ",
        "类型": "2", "收件": "20250303090000", "版本": "1", "情形": [{"名称": "新办"}, {"名称": "代办"}],
    },
    "材料": [{"id": "f1", "name": "申请表.pdf", "url": "path:a.pdf", "hash": "ab", "size": 12}],
}  # fmt: skip


@pytest.fixture
def mapping() -> CompiledMapping:
    return compile_mapping(quoted(QUOTED))


def made(document: Any, mapping: CompiledMapping) -> list[Arrival | Unreadable]:
    return arrivals_of(json.dumps(document, ensure_ascii=False).encode(), mapping, reference="样例")


def test_a_document_gives_the_messages_of_the_push_interface(mapping: CompiledMapping) -> None:
    case, file = made(DOCUMENT, mapping)
    assert isinstance(case, Arrival)
    assert (case.kind, case.case_number) == (ArrivalKind.CASE, "A-1")
    assert case.body == {
        "title": "张三 申请",
        "item_code": "11539900MB0059010M3000123011001",
        "applicant": {"name": "张三", "kind": "organisation"},
        "received_at": "2025-03-03T09:00:00+08:00",
        "item_version": 1,
        "situations": ["新办", "代办"],
        "metadata": {"批次": "2025"},
    }
    assert isinstance(file, Arrival)
    assert file.content is not None
    assert (file.case_number, file.content.address, file.content.bytes) == ("A-1", "path:a.pdf", 12)
    assert Arrival.from_json(file.to_json()) == file


def test_each_missing_field_is_named_and_the_other_messages_are_made(mapping: CompiledMapping) -> None:
    document = {**DOCUMENT, "办件": {**DOCUMENT["办件"], "名称": None, "申请人": "  "}}
    case, file = made(document, mapping)
    assert isinstance(case, Unreadable)
    assert (case.case_number, [(p.location, p.code) for p in case.problems]) == (
        "A-1", [("title", "required"), ("applicant.name", "required")],
    )  # fmt: skip
    assert isinstance(file, Arrival)


@pytest.mark.parametrize(
    ("field", "value", "location", "code"),
    [
        ("类型", "3", "applicant.kind", "code_not_in_table"),
        ("收件", "2025-03-03", "received_at", "time_not_as_format"),
        ("收件", "20251399000000", "received_at", "time_not_as_format"),
        ("版本", "一", "item_version", "number_malformed"),
        ("编号", ["A-1", "A-2"], "case_number", "many_values"),
        ("编号", {"a": 1}, "case_number", "not_a_single_value"),
        ("编号", 1.5, "case_number", None),
    ],
)
def test_a_value_that_does_not_fit_is_a_problem_of_its_field(
    mapping: CompiledMapping, field: str, value: object, location: str, code: str | None
) -> None:
    document = {**DOCUMENT, "办件": {**DOCUMENT["办件"], field: value}}
    [message, *_] = apply_mapping(json.dumps(document, ensure_ascii=False).encode(), mapping).messages
    assert [(p.location, p.code) for p in message.problems] == ([(location, code)] if code else [])


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"NaN", b"x" * (4 * 2**20 + 1)])
def test_what_is_no_document_is_one_problem_with_the_document_kept(mapping: CompiledMapping, data: bytes) -> None:
    [unreadable] = arrivals_of(data, mapping, reference="样例")
    assert isinstance(unreadable, Unreadable)
    assert unreadable.problems[0].code in {"body_not_json", "too_large"}


def test_a_document_without_a_message_is_named(mapping: CompiledMapping) -> None:
    [unreadable] = made({"别的": 1}, mapping)
    assert isinstance(unreadable, Unreadable)
    assert unreadable.problems[0].code == "no_message_found"


XML_MAPPING = {
    "language": "xpath",
    "namespaces": {"g": "urn:gov"},
    "zone": "Asia/Shanghai",
    "messages": [
        {
            "kind": "step",
            "each": "//g:step",
            "fields": {
                "case_number": {"find": "/g:case/@no", "from": "document"},
                "step_key": "string(@id)",
                "name": "g:name",
                "started_at": "g:at",
                "opinion": "g:opinion",
            },
        }
    ],
}
XML = """<case xmlns="urn:gov" no="A-1"><step id="s1"><name>收<b>件</b></name><at>2025-03-03 09:00:00</at></step>
<step id="s2"><name>决定</name><at>2025-03-04T10:00:00+08:00</at><opinion>同意</opinion></step></case>""".encode()


def test_xml_is_read_by_xpath_with_its_namespaces() -> None:
    first, second = arrivals_of(XML, compile_mapping(XML_MAPPING), reference="xml")
    assert isinstance(first, Arrival)
    assert isinstance(second, Arrival)
    assert first.body == {"step_key": "s1", "name": "收件", "started_at": "2025-03-03T09:00:00+08:00"}
    assert (second.case_number, second.body["opinion"]) == ("A-1", "同意")


@pytest.mark.parametrize(
    "data",
    [
        b"<a>", b"", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    ],
)  # fmt: skip
def test_xml_with_entities_or_broken_is_refused(data: bytes) -> None:
    [unreadable] = arrivals_of(data, compile_mapping(XML_MAPPING), reference="xml")
    assert isinstance(unreadable, Unreadable)
    assert unreadable.problems[0].code == "body_not_xml"


@pytest.mark.parametrize(
    ("language", "expression", "code"),
    [
        ("jmespath", "a[", "expression_malformed"),
        ("jmespath", "nothing(@)", "expression_failed"),
        ("jmespath", "|".join(["[@,@][]"] * 20), "expression_too_costly"),
        ("jmespath", "to_string(" * 20 + "@" + ")" * 20, "expression_too_costly"),
        ("xpath", "//a[", "expression_malformed"),
        ("xpath", "//*[count(//*) > 1]", "expression_too_costly"),
        ("xpath", "//*[following::*[preceding::*]]", "expression_too_costly"),
        ("xpath", "re:test('a', 'b')", "expression_failed"),
        ("xpath", "//a//b//c//d", "expression_too_costly"),
    ],
)
def test_an_expression_that_is_wrong_or_could_run_for_ever_is_refused_with_its_place(
    language: str, expression: str, code: str
) -> None:
    fields = {"case_number": expression, "step_key": "a", "name": "a", "started_at": "a"}
    raw = {"language": language, "messages": [{"kind": "step", "fields": fields}]}
    data = b"<a/>" if language == "xpath" else b"{}"
    assert faults(raw, data) == [("messages[0].fields.case_number", code)]


def faults(raw: Any, data: bytes) -> list[tuple[str, str]]:
    """Name what is wrong with the expressions of a mapping, or else with what the first message's came to."""
    try:
        trial = apply_mapping(data, compile_mapping(raw))
    except Invalid as invalid:
        return [(problem.location, problem.code) for problem in invalid.problems]
    first = trial.messages[0].problems[0]
    return [(f"messages[0].fields.{first.location}", first.code)]


def test_every_fault_of_a_mapping_is_named_at_once() -> None:
    raw = {
        "language": "cobol",
        "zone": "Mars/Olympus",
        "messages": [
            {"kind": "case", "fields": {"case_number": {"find": "a", "constant": 1}, "colour": "b", "title": 3}},
            {"kind": "letter", "fields": {}},
        ],
        "more": 1,
    }
    with pytest.raises(Invalid) as invalid:
        compile_mapping(raw)
    found = {(p.location, p.code) for p in invalid.value.problems}
    assert {
        ("language", "not_in_range"),
        ("zone", "zone_unknown"),
        ("messages[0].fields.case_number", "rule_malformed"),
        ("messages[0].fields.colour", "target_unknown"),
        ("messages[0].fields.title", "rule_malformed"),
        ("messages[0].fields.item_code", "required"),
        ("messages[1].kind", "not_in_range"),
        ("more", "unknown_field"),
    } <= found
