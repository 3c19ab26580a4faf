"""``jingui plan`` and ``jingui consistency``: what an operator types and what comes back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from tests.interfaces.cli.conftest import Command
from tests.personas import AGENCY

pytestmark = pytest.mark.usefixtures("office")
CLASH = {
    "name": "网",
    "priority": 10,
    "when": [[{"field": "channel", "is": ["online"]}]],
    "retention": "Y",
    "reason": "试",
}


def test_a_layer_is_drafted_proved_mended_and_sent_in(jingui: Command, tmp_path: Path) -> None:
    assert jingui("plan", "draft", "default", "--shipped", "--json").json == {"layer": "default@1"}
    content, bad = tmp_path / "plan.json", tmp_path / "bad.json"
    assert jingui("plan", "show", "default@1", "--out", str(content)).code == 0
    told = json.loads(content.read_text(encoding="utf-8"))
    bad.write_text(json.dumps({**told, "retention_rules": [*told["retention_rules"], CLASH]}), encoding="utf-8")

    assert jingui("plan", "save", "default@1", str(bad)).code == 0
    found = jingui("plan", "check", "default@1")
    assert found.code == 1
    assert "规则“未办成”与同级的“网”矛盾" in found.said
    assert jingui("plan", "submit", "default@1").code == 2

    assert jingui("plan", "save", "default@1", str(content)).code == 0
    assert jingui("plan", "check", "default@1", "--json").json["error_count"] == 0
    assert jingui("plan", "submit", "default@1", "--json").json["state"] == "submitted"
    assert jingui("plan", "list", "--json").json[0]["state"] == "submitted"
    assert jingui("plan", "enforce", "--json").json == {"layers": []}


def test_a_trial_and_the_table_come_out(jingui: Command, tmp_path: Path) -> None:
    jingui("plan", "draft", "default", "--shipped")

    assert jingui("plan", "trial", "default@1", "--json").json["cases"] == 0
    book = tmp_path / "table.xlsx"
    assert jingui("plan", "scope", AGENCY, "--layer", "default@1", "--out", str(book)).code == 0
    assert len(CalamineWorkbook.from_path(book).get_sheet_by_index(0).to_python()) == 2
    assert jingui("plan", "scope", AGENCY, "--out", str(tmp_path / "table.pdf")).code == 0
    assert (tmp_path / "table.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    "line",
    [
        ("plan", "check", "default@9"),
        ("plan", "check", "nonsense"),
        ("plan", "draft", "nothing"),
        ("plan", "draft", "agency:unknown"),
        ("plan", "save", "default@1"),
        ("plan", "scope", "nobody", "--out", "x.pdf"),
        ("plan", "draft", "default", "no-such-file.json"),
        ("consistency", "show"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(jingui: Command, line: tuple[str, ...]) -> None:
    ended = jingui(*line)

    assert ended.code == 2
    assert ended.noted.strip()


def test_the_levels_are_compared_and_exported(jingui: Command, tmp_path: Path) -> None:
    found = jingui("consistency", "run", "--json")

    assert found.code == 0
    assert found.json["score"] == 1.0
    for name in ("d.csv", "d.xlsx"):
        assert jingui("consistency", "export", "--out", str(tmp_path / name), "--json").json["rows"] == 0
