"""The command ``formats``: the policy shown, taken out, changed and adopted; files read and judged."""

from __future__ import annotations

import json
from pathlib import Path

from tests.formats.reading import made_files as made
from tests.interfaces.cli.conftest import Command
from tests.personas import Office

from jingui.db.models import FormatPolicyVersion, JournalEvent
from jingui.db.queries.format_policies import current_policy


def exported(jingui: Command) -> dict[str, object]:
    values: dict[str, object] = jingui("formats", "export", "--json").json
    return values


def test_the_shipped_policy_is_shown(office: Office, jingui: Command) -> None:
    ended = jingui("formats", "show")

    assert ended.code == 0
    assert "第 0 版" in ended.said
    assert "转换 → pdfa" in ended.said


def test_an_adopted_policy_is_in_force_and_in_the_journal(office: Office, jingui: Command, tmp_path: Path) -> None:
    values = exported(jingui)
    values["otherwise"] = {**values["otherwise"], "treatment": "warn"}  # type: ignore[dict-item]
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(values), encoding="utf-8")

    ended = jingui("formats", "adopt", str(file), "--reason", "新格式先接收", "--json")

    assert (ended.code, ended.json) == (0, {"version": 1})
    assert current_policy().otherwise.treatment == "warn"
    event = JournalEvent.objects.get(kind="format_policy.adopted")
    assert '"changed":[""]' in event.payload


def test_the_same_policy_again_is_refused(office: Office, jingui: Command, tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(exported(jingui)), encoding="utf-8")

    ended = jingui("formats", "adopt", str(file), "--reason", "x")

    assert (ended.code, FormatPolicyVersion.objects.count()) == (2, 0)
    assert "相同" in ended.noted


def test_a_policy_that_is_none_is_refused_with_its_places(office: Office, jingui: Command, tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text('{"name": "x", "rules": [{"format": "nothing"}]}', encoding="utf-8")

    ended = jingui("formats", "adopt", str(file), "--reason", "x")

    assert ended.code == 2
    assert "rules[0].format" in ended.noted
    assert FormatPolicyVersion.objects.count() == 0


def test_files_are_read_and_judged(office: Office, jingui: Command, tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(made.saved_pdf())
    (folder / "b.zip").write_bytes(made.SOUND["包.zip"])

    ended = jingui("formats", "check", str(folder), "--json")

    assert ended.code == 1
    assert [(row["format"], row["treatment"]) for row in ended.json] == [("pdf", "warn"), ("zip", "refuse")]


def test_a_path_that_is_not_there_is_refused(office: Office, jingui: Command, tmp_path: Path) -> None:
    assert jingui("formats", "check", str(tmp_path / "gone")).code == 2
