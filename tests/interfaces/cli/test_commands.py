"""The commands as an operator and a script use them: exit codes, JSON, and nothing changed when refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.interfaces.cli.conftest import Command
from tests.personas import AGENCY, Office, pdf, small_catalogue, step_message

from jingui.db.models import Account, JournalEvent, Source
from jingui.db.queries.storage import root_states
from jingui.domain.preservation.roots import CycleKind
from jingui.ports import SearchHits
from jingui.usecases.audit.sealing import log_size

GOOD_PASSWORD = "正确 马 电池 订书钉"


def write(path: Path, value: object) -> str:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return str(path)


def test_init_done_again_changes_nothing(office: Office, jingui: Command) -> None:
    keys = {path.name: path.read_bytes() for path in (office.home / "keys").iterdir()}
    first = jingui("init", "--json")
    events = JournalEvent.objects.count()
    again = jingui("init", "--name", "另一个名字", "--json")
    assert (first.code, again.code) == (0, 0)
    assert first.json == again.json
    assert {path.name: path.read_bytes() for path in (office.home / "keys").iterdir()} == keys
    assert JournalEvent.objects.count() == events


def test_init_enters_the_primary_root_so_that_its_audits_come_by_themselves(office: Office, jingui: Command) -> None:
    assert jingui("init").code == 0
    (state,) = root_states()
    assert state.row.kind == "primary"
    assert CycleKind.ROUTINE in state.due


def test_keys_are_for_the_owner_alone(office: Office) -> None:
    assert (office.home / "keys").stat().st_mode & 0o077 == 0
    secret = [
        path for path in (office.home / "keys").iterdir() if b"PRIVATE" in path.read_bytes() or path.suffix == ".key"
    ]
    assert secret
    assert all(path.stat().st_mode & 0o077 == 0 for path in secret)


def test_importing_the_same_catalogue_changes_nothing(office: Office, jingui: Command, tmp_path: Path) -> None:
    done = jingui("catalogue", "import", write(tmp_path / "c.json", small_catalogue()), "--json")
    assert done.code == 0
    assert (done.json["added"], done.json["changed"], done.json["unchanged"], done.json["refused"]) == (0, 0, 2, [])


def test_bad_rows_are_named_and_good_ones_are_taken(office: Office, jingui: Command, tmp_path: Path) -> None:
    changed = small_catalogue()
    good, bad = changed["items"]
    good |= {"item_version": 2, "item_name": "护士注册（新）"}
    bad["item_code"] = "not a code"
    path = write(tmp_path / "c.json", changed)
    preview = jingui("catalogue", "import", path, "--preview", "--json")
    done = jingui("catalogue", "import", path, "--json")
    assert (preview.code, done.code) == (1, 1)
    assert preview.json == done.json
    (refused,) = done.json["refused"]
    assert {problem["field"] for problem in refused["problems"]} == {"item_code"}
    assert all(problem["detail"] for problem in refused["problems"])
    assert jingui("catalogue", "import", path).code == 1
    assert "item_code" in jingui("catalogue", "import", path).said


@pytest.mark.parametrize("content", [b"", b"{", b"\x00\x01", b"[]", b'{"format": "other/9"}', b"PK\x03\x04broken"])
def test_a_file_that_is_no_catalogue_is_refused(
    office: Office, jingui: Command, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(content)
    events = JournalEvent.objects.count()
    done = jingui("catalogue", "import", str(path), "--json")
    assert done.code == 2
    assert done.json["error"]
    assert JournalEvent.objects.count() == events


def test_a_catalogue_that_is_not_there_is_refused(office: Office, jingui: Command, tmp_path: Path) -> None:
    done = jingui("catalogue", "import", str(tmp_path / "none.json"), "--json")
    assert (done.code, done.json["error"]) == (2, "file_unreadable")
    assert jingui("catalogue", "import", str(tmp_path)).code == 2


def test_a_source_is_added_once_and_its_key_can_be_revoked_once(office: Office, jingui: Command) -> None:
    added = jingui("source", "add", "新/系统", "--agency", AGENCY, "--json")
    assert added.code == 0
    written = Path(added.json["file"])
    assert written.parent == office.home / "sources"
    assert written.stat().st_mode & 0o077 == 0
    assert json.loads(written.read_text(encoding="utf-8"))["secret"] == added.json["secret"]
    assert jingui("source", "add", "新/系统", "--json").json["error"] == "source_exists"
    assert jingui("source", "revoke", added.json["key_id"], "--json").code == 0
    again = jingui("source", "revoke", added.json["key_id"], "--json")
    assert (again.code, again.json["error"]) == (2, "key_unknown")


@pytest.mark.parametrize("arguments", [("   ",), ("甲", "--agency", "NO-SUCH-AGENCY")])
def test_a_source_without_a_name_or_for_an_unknown_agency_is_refused(
    office: Office, jingui: Command, arguments: tuple[str, ...]
) -> None:
    count = Source.objects.count()
    done = jingui("source", "add", *arguments, "--json")
    assert done.code == 2
    assert done.json["detail"]
    assert Source.objects.count() == count


def test_a_source_name_too_long_to_keep_is_refused(office: Office, jingui: Command) -> None:
    for name in ("名" * 61, "a\x00b", " a", "a\n"):
        assert jingui("source", "add", name, "--json").code == 2
    assert jingui("source", "add", "名" * 60, "--json").code == 0


def test_two_sources_whose_names_are_written_alike_keep_their_own_key_files(office: Office, jingui: Command) -> None:
    one, other = (jingui("source", "add", name, "--json").json for name in ("甲 乙", "甲_乙"))
    assert one["file"] != other["file"]
    for added in (one, other):
        assert json.loads(Path(added["file"]).read_text(encoding="utf-8"))["key_id"] == added["key_id"]


def test_accounts_are_made_with_a_password_that_is_not_on_the_command_line(
    office: Office, jingui: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JINGUI_PASSWORD", GOOD_PASSWORD)
    made = jingui("account", "add", "wang", "--role", "archivist", "--display-name", "王", "--json")
    assert (made.code, made.json) == (0, {"username": "wang", "role": "archivist"})
    assert GOOD_PASSWORD not in Account.objects.get().password
    assert jingui("account", "add", "wang", "--role", "clerk", "--json").json["error"] == "account_exists"
    assert jingui("account", "add", "li", "--role", "king").code == 2
    assert jingui("account", "add", "li", "--role", "clerk", "--agency", "NONE", "--json").code == 2
    monkeypatch.setenv("JINGUI_PASSWORD", "12345")
    assert jingui("account", "add", "li", "--role", "clerk", "--json").json["error"] == "password_weak"
    assert Account.objects.count() == 1


def test_status_counts_what_is_there(office: Office, jingui: Command) -> None:
    office.integrator.whole_case("N-1")
    office.integrator.case("N-2")
    office.work()
    office.integrator.steps("N-1", step_message("s9", "回访", "2025-04-01T10:00:00+08:00"))
    office.work()
    found = jingui("status", "--json")
    assert found.code == 0
    values = found.json
    assert {state: count for state, count in values["cases"].items() if count} == {"preserved": 1, "open": 1}
    assert (values["files"], values["steps"], values["objects"], values["versions"]) == (2, 3, 1, 2)
    assert (values["late_event_cases"], values["late_arrival_cases"]) == (1, 1)
    assert values["journal_events"] >= values["journal_sealed"] > 0
    assert values["bytes"] > values["file_bytes"] > 0
    assert "preserved" in jingui("status").said


def test_verify_seals_first_unless_told_not_to(office: Office, jingui: Command) -> None:
    office.integrator.whole_case("N-1")
    assert jingui("verify", "--no-seal", "--json").code == 0
    assert log_size() == 0
    done = jingui("verify", "--json")
    assert (done.code, done.json["is_sound"], done.json["findings"]) == (0, True, [])
    assert done.json["looked"]["events"] == log_size() > 0
    assert JournalEvent.objects.order_by("-id")[0].kind == "holdings.verified"


def test_verify_names_what_is_wrong_and_ends_with_one(office: Office, jingui: Command) -> None:
    office.integrator.whole_case("N-1")
    office.work()
    path = next((office.home / "store").rglob("inventory.json"))
    path.write_bytes(path.read_bytes() + b" ")
    found = jingui("verify", "--json")
    assert (found.code, found.json["is_sound"]) == (1, False)
    where = path.relative_to(office.home / "store").as_posix()
    assert [finding["location"] for finding in found.json["findings"]] == [where]
    told = jingui("verify")
    assert told.code == 1
    assert where in told.said


def test_reconcile_is_quiet_when_nothing_is_to_be_done(office: Office, jingui: Command) -> None:
    office.integrator.whole_case("N-1")
    office.work()
    done = jingui("reconcile", "--json")
    assert done.code == 0
    assert done.json == {"store": [], "asked_again": 0, "staged_released": 0, "staged_orphans": 0, "parts_swept": 0}


def found_by(office: Office, words: str) -> SearchHits:
    return office.services.search.query(words, agency_keys=None, limit=20, offset=0)


def test_a_rebuilt_index_finds_what_the_old_one_found(office: Office, jingui: Command) -> None:
    for number in ("N-1", "N-2", "N-3"):
        office.integrator.whole_case(number, title=f"{number} 关于养老机构备案")
    office.work()
    office.integrator.case("N-4", title="养老 未办结")
    words = ("养老", "巴特尔", "N-2", "护士注册", "许可证", "没有的词")
    before = [found_by(office, word) for word in words]
    assert [hits.total for hits in before] == [4, 4, 1, 4, 3, 0]
    for arguments in ((), ("--texts",)):
        office.services.search.clear()
        assert found_by(office, "养老").total == 0
        done = jingui("reindex", *arguments, "--json")
        assert (done.code, done.json) == (0, {"documents": 4})
        assert [found_by(office, word) for word in words] == before


def an_object(office: Office) -> Path:
    office.integrator.whole_case("N-1")
    office.integrator.file("N-1", "f3", pdf("third"), material="A02", name="附件.pdf")
    office.work()
    return next((office.home / "store").rglob("0=ocfl_object_*")).parent


def test_a_stored_object_is_a_sound_package(office: Office, jingui: Command, tmp_path: Path) -> None:
    folder = shutil.copytree(an_object(office), tmp_path / "copy")
    done = jingui("package", "check", str(folder), "--json")
    assert (done.code, done.json["is_sound"]) == (0, True)
    assert jingui("package", "check", str(folder)).code == 0


def test_a_damaged_object_is_no_sound_package(office: Office, jingui: Command, tmp_path: Path) -> None:
    folder = shutil.copytree(an_object(office), tmp_path / "copy")
    path = next(path for path in folder.rglob("*.pdf"))
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"x")
    done = jingui("package", "check", str(folder), "--json")
    assert (done.code, done.json["is_sound"]) == (1, False)
    assert any(path.name in finding["path"] for finding in done.json["findings"])


def test_no_package_is_said_to_be_none(office: Office, jingui: Command, tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        done = jingui("package", "check", str(path), "--json")
        assert done.code == 1
        assert not done.json["is_sound"]
    assert jingui("package", "check", str(tmp_path), "--trust", str(tmp_path / "none.pem"), "--json").code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nothing",),
        ("catalogue",),
        ("catalogue", "export", "x"),
        ("account", "add"),
        ("serve", "--bind", "nowhere"),
        ("verify", "--hard"),
    ],
)
def test_what_cannot_be_run_as_asked_ends_with_two(office: Office, jingui: Command, arguments: tuple[str, ...]) -> None:
    assert jingui(*arguments).code == 2


def test_every_command_takes_json_and_has_help(jingui: Command) -> None:
    for name in (
        "init",
        "serve",
        "worker",
        "catalogue",
        "source",
        "account",
        "status",
        "verify",
        "reconcile",
        "reindex",
        "package",
        "replay",
        "doctor",
    ):
        done = jingui(name, "--help")
        assert done.code == 0
        assert "--json" in done.said


def test_a_foreign_list_is_mapped_imported_and_its_refused_rows_written(
    office: Office, jingui: Command, tmp_path: Path
) -> None:
    path, errors, mapping = tmp_path / "清单.csv", tmp_path / "errors.csv", tmp_path / "mapping.json"
    rows = [
        "事项名称,实施编码,实施主体编码,部门,颜色",
        f"甲,{AGENCY}2440102002003,{AGENCY},局,红",
        f",{AGENCY}2440102002004,{AGENCY},局,蓝",
    ]
    path.write_text("\n".join(rows), encoding="gb18030")

    told = jingui("catalogue", "mapping", str(path), "--json")
    mapping.write_text(json.dumps(told.json), encoding="utf-8")
    done = jingui("catalogue", "import", str(path), "--mapping", str(mapping), "--errors", str(errors), "--json")

    assert told.code == 0
    assert (done.code, done.json["added"], done.json["rows_refused"], done.json["is_balanced"]) == (1, 1, 1, True)
    first, bad = errors.read_text(encoding="utf-8-sig").splitlines()
    assert first == "事项名称,实施编码,实施主体编码,部门,颜色,原因,原行号"
    assert "没有填写" in bad
    assert jingui("catalogue", "import", str(path), "--mapping", "没有", "--json").json["error"] == "mapping_not_found"
    saved = jingui("catalogue", "import", str(path), "--save-mapping", "局里", "--json")
    assert (saved.json["unchanged"], saved.json["added"]) == (1, 0)
