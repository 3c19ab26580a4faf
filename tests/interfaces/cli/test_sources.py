"""The command ``source`` for connections: set up whole or not at all, tried out, read, and what was not taken listed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.interfaces.cli.conftest import Command
from tests.personas import Office
from tests.usecases.sources.source_database import MAPPING, BusinessDatabase, configuration

from jingui.db.models import Case, Source, SourceConnection

CASE_ROW = {
    "_query": "cases", "number": "A-1", "title": "许可", "item": "X", "applicant": "张三", "channel": "1",
    "received": "2025-03-03T09:00:00+08:00",
}  # fmt: skip


def write(path: Path, value: object) -> str:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return str(path)


@pytest.fixture
def business(tmp_path: Path) -> BusinessDatabase:
    return BusinessDatabase(f"sqlite:///{tmp_path / 'business.sqlite3'}")


def connect(jingui: Command, folder: Path, given: dict[str, Any]) -> Any:
    files = ["--config", write(folder / "config.json", given), "--mapping", write(folder / "mapping.json", MAPPING)]
    return jingui(
        "source", "connect", "库", "--source", Source.objects.get().name, "--kind", "database", *files, "--json"
    )


def test_a_connection_is_set_up_read_and_listed(
    office: Office, jingui: Command, tmp_path: Path, business: BusinessDatabase
) -> None:
    business.whole_case("A-1")
    business.case("A-2", item="NOBODY")
    assert connect(jingui, tmp_path, configuration(business.url)).code == 0
    read = jingui("source", "collect", "--json")
    assert (read.code, read.json) == (1, {"taken": 6, "repeated": 0, "refused": 1})
    [listed] = jingui("source", "list", "--json").json
    assert (listed["health"], listed["taken"], listed["problems"]) == ("healthy", 6, 1)
    [problem] = jingui("source", "problems", "库", "--json").json
    assert (problem["case_number"], problem["problems"][0]["code"]) == ("A-2", "item_unknown")
    assert jingui("source", "retry", problem["key"], "--json").json == {"asked": 1, "waiting": 1}
    assert jingui("source", "retry", "库", "--json").json == {"asked": 0, "waiting": 1}
    assert jingui("source", "collect", "--json").json == {"taken": 0, "repeated": 0, "refused": 1}
    assert jingui("source", "dismiss", problem["key"], "--note", "测试").code == 0
    assert jingui("source", "retry", "库", "--json").json == {"asked": 0, "waiting": 0}
    assert jingui("source", "problems").code == 0


def test_a_faulty_connection_is_refused_with_every_fault_and_nothing_is_kept(
    office: Office, jingui: Command, tmp_path: Path
) -> None:
    given = {
        "url": "postgresql://reader:geheim42@db/x",
        "queries": [{"name": "a", "sql": "DELETE FROM a", "key": "id"}],
    }
    done = connect(jingui, tmp_path, given)
    assert done.code == 2
    assert all(place in done.json["detail"] for place in ("url", "queries[0].sql", "queries[0].watermark"))
    assert "geheim42" not in done.json["detail"]
    assert not SourceConnection.objects.exists()


def test_a_mapping_is_tried_on_a_sample_without_storing_anything(
    office: Office, jingui: Command, tmp_path: Path
) -> None:
    mapping = write(tmp_path / "m.json", MAPPING)
    good = jingui("source", "try", "--mapping", mapping, "--sample", write(tmp_path / "s.json", CASE_ROW), "--json")
    assert (good.code, good.json[0]["case_number"], good.json[0]["problems"]) == (0, "A-1", [])
    lacking = write(tmp_path / "t.json", {**CASE_ROW, "title": None})
    bad = jingui("source", "try", "--mapping", mapping, "--sample", lacking, "--json")
    assert (bad.code, [problem["field"] for problem in bad.json[0]["problems"]]) == (1, ["title"])
    assert not Case.objects.exists()
