"""The command ``storage``: roots entered, copied into, audited, mended; every act said in words and in JSON."""

from __future__ import annotations

import json
from pathlib import Path

from tests.interfaces.cli.conftest import Command
from tests.personas import Office, new_number

QUIET = ("--routine-days", "0", "--full-days", "0", "--sample-days", "0")


def second(jingui: Command, folder: Path) -> int:
    folder.mkdir()
    return jingui("storage", "add", "second", "--kind", "folder", "--folder", str(folder), *QUIET).code


def test_a_root_is_added_filled_audited_and_mended(office: Office, jingui: Command, tmp_path: Path) -> None:
    office.integrator.whole_case(new_number())
    office.work()
    assert second(jingui, tmp_path / "second") == 0
    assert jingui("storage", "copy", "--json").json == {"tried": 1, "waiting": 0}
    listed = jingui("storage", "list", "--json").json
    assert [(root["name"], root["versions"], root["waiting"]) for root in listed["roots"]] == [
        ("primary", 1, 0),
        ("second", 1, 0),
    ]
    victim = next((tmp_path / "second" / "store").rglob("*.pdf"))
    data = victim.read_bytes()
    victim.write_bytes(data + b"x")
    found = jingui("storage", "audit", "second", "--kind", "full", "--json")
    assert (found.code, found.json["findings"], found.json["open_findings"]) == (0, 1, 0)
    assert victim.read_bytes() == data
    assert jingui("storage", "findings").code == 0


def test_what_no_copy_can_mend_is_listed_until_a_person_has_seen_to_it(
    office: Office, jingui: Command, tmp_path: Path
) -> None:
    office.integrator.whole_case(new_number())
    office.work()
    second(jingui, tmp_path / "second")
    jingui("storage", "copy")
    stranger = next((tmp_path / "second" / "store").rglob("*.pdf")).with_name("x.txt")
    stranger.write_text("x", encoding="utf-8")
    assert jingui("storage", "audit", "second").code == 1
    listed = jingui("storage", "findings", "second", "--json")
    (finding,) = listed.json["findings"]
    assert (listed.code, finding["code"]) == (1, "file_unexpected")
    assert "x.txt" in jingui("storage", "findings").said
    assert jingui("storage", "accept", finding["key"]).code == 2
    assert jingui("storage", "accept", finding["key"], "--reason", "巡检员误放，已取走").code == 0
    assert jingui("storage", "findings").code == 0


def test_faulty_choices_are_refused_and_change_nothing(office: Office, jingui: Command, tmp_path: Path) -> None:
    for words in (
        ("add", "second", "--kind", "tape"),
        ("add", "second", "--kind", "folder"),
        ("add", "second", "--kind", "folder", "--folder", str(tmp_path / "not" / "there")),
        ("add", "a/b", "--kind", "folder", "--folder", str(tmp_path)),
        ("change", "nobody", "--protect", "on"),
        ("end", "primary", "--reason", "x"),
        ("audit", "nobody"),
        ("audit", "primary", "--kind", "deep"),
    ):
        answer = jingui("storage", *words, "--json")
        assert answer.code == 2, words
        assert answer.json["detail"], words
    config = tmp_path / "s3.json"
    config.write_text("{not json", encoding="utf-8")
    assert jingui("storage", "add", "s", "--kind", "s3", "--config", str(config)).code == 2
    config.write_text(json.dumps({"bucket": "b", "access_key": "a", "secret": "nowhere"}), encoding="utf-8")
    assert jingui("storage", "add", "s", "--kind", "s3", "--config", str(config)).code == 2
    assert [root["name"] for root in jingui("storage", "list", "--json").json["roots"]] == ["primary"]


def test_a_root_is_protected_and_ended(office: Office, jingui: Command, tmp_path: Path) -> None:
    second(jingui, tmp_path / "second")
    assert jingui("storage", "change", "second", "--protect", "on", "--full-days", "10").code == 0
    root = jingui("storage", "list", "--json").json["roots"][1]
    assert (root["is_protected"], list(root["due"])) == (True, ["full"])
    assert jingui("storage", "end", "second").code == 2
    assert jingui("storage", "end", "second", "--reason", "退役").code == 0
    assert len(jingui("storage", "list", "--json").json["roots"]) == 1
