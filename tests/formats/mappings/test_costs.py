"""Expressions that would look at all neighbours of every node, and what many parts ask of the whole document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jingui.formats.mappings import apply_mapping, compile_mapping
from jingui.formats.mappings.finders import JsonFinder, XmlFinder

MANY = 20_000


def step(number: object) -> dict[str, Any]:
    fields = {name: {"constant": "2025-03-03T09:00:00+08:00"} for name in ("step_key", "name", "started_at")}
    return {"kind": "step", "fields": {"case_number": number, **fields}}


@pytest.mark.parametrize(
    "expression",
    [
        "count(x/following-sibling::x/preceding-sibling::x)",
        "count(x[count(../x[count(../x) > 0]) > 0])",
        "count(x[../x = 'a'])",
        "count(x/preceding::x)",
    ],
)
def test_an_expression_that_looks_at_all_neighbours_of_each_node_finds_nothing_in_a_large_document(
    expression: str,
) -> None:
    mapping = compile_mapping({"language": "xpath", "messages": [step(expression)]})

    (message,) = apply_mapping(b"<a>" + b"<x/>" * MANY + b"</a>", mapping).messages

    assert [(problem.location, problem.code) for problem in message.problems] == [
        ("case_number", "expression_too_costly")
    ]


def test_a_part_may_ask_for_its_neighbours_in_a_document_of_usual_size() -> None:
    mapping = compile_mapping({"language": "xpath", "messages": [step("string(x[../kind = 'b'][2])")]})

    (message,) = apply_mapping(b"<a><kind>b</kind>" + b"<x>A-1</x>" * 1000 + b"</a>", mapping).messages

    assert (message.case_number, message.problems) == ("A-1", ())


@pytest.mark.parametrize(
    ("finder", "language", "each", "expression", "data"),
    [
        (JsonFinder, "jmespath", "a", "to_string(length(a))", json.dumps({"a": [{}] * 50}).encode()),
        (XmlFinder, "xpath", "x", "string(count(x))", b"<a>" + b"<x/>" * 50 + b"</a>"),
    ],
)
def test_what_the_document_gives_is_looked_for_once_for_all_its_parts(
    monkeypatch: pytest.MonkeyPatch, finder: Any, language: str, each: str, expression: str, data: bytes
) -> None:
    looked: list[str] = []
    inner = "_search" if finder is JsonFinder else "_texts"
    search = getattr(finder, inner)

    def counted(self: object, told: str, part: object) -> object:
        looked.append(told)
        return search(self, told, part)

    monkeypatch.setattr(finder, inner, counted)
    rules = {**step({"find": expression, "from": "document"}), "each": each}

    messages = apply_mapping(data, compile_mapping({"language": language, "messages": [rules]})).messages

    assert {message.case_number for message in messages} == {"50"}
    assert looked.count(expression) == 1
