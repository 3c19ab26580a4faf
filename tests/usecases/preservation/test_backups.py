"""A backup holds every row and waiting byte as it stood; restored into an empty instance it verifies clean."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.builders import now
from tests.personas import Office, new_number, pdf
from tests.usecases.preservation.spare import (
    all_rows,
    backup_table,
    events,
    lose_rows,
    make_backup,
    restore_backup,
)

from jingui import bootstrap
from jingui.adapters.backups.folder import MANIFEST, MANIFEST_DIGEST, FolderBackup
from jingui.bootstrap import backups
from jingui.db import dumps
from jingui.db.models import Case, CaseFile, JournalEvent
from jingui.domain.errors import Conflict, DomainError, Invalid, NotFound
from jingui.usecases.audit.findings import Looked
from jingui.usecases.audit.records import verify_records
from jingui.usecases.preservation.backing_up import back_up
from jingui.usecases.preservation.drill import compare_restored, compare_stored


def busy(office: Office) -> str:
    """Archive one case and leave another waiting with a file in staging."""
    office.integrator.whole_case(new_number())
    office.work()
    waiting = new_number()
    office.integrator.case(waiting)
    office.integrator.file(waiting, "f1", pdf(waiting))
    return waiting


def test_a_restored_backup_holds_every_row_and_verifies_clean(office: Office, tmp_path: Path) -> None:
    waiting = busy(office)
    before = all_rows()
    backup, made = make_backup(office, tmp_path / "backups")
    assert backup.check() == len(backup.manifest["files"])
    assert made.waiting == 1
    lose_rows(office)
    assert not Case.objects.exists()

    done = restore_backup(office, backup)

    after = all_rows()
    assert done.rows == made.rows
    tables = set(before) - {"jingui_journal_event", "jingui_journal_checkpoint", "jingui_journal_tile"}
    assert {name: after[name] for name in tables} == {name: before[name] for name in tables}
    assert office.findings() == []
    token = CaseFile.objects.get(case__case_number=waiting).staged_token
    assert office.services.staging.path(token).read_bytes() == pdf(waiting)
    assert events("instance.restored") == 1
    office.integrator.steps(waiting, {"step_key": "s1", "name": "收件", "started_at": "2025-03-03T09:30:00+08:00"})
    assert office.findings() == []


def test_every_folder_with_bytes_of_which_nothing_else_is_left_is_in_a_backup(office: Office, tmp_path: Path) -> None:
    office.integrator.whole_case(new_number())
    office.work()
    home = office.home
    trial = bootstrap.conversion_bench(office.services).trials.receive([b"converted for a trial"]).token
    kept = {
        f"trials/{trial}": b"converted for a trial",
        f"copies/{'c' * 32}.pdf": b"handed out",
        f"collected/{'a' * 32}/refused/{'d' * 64}": b"put aside",
    }
    left_out = (f"copies/{'c' * 32}.part", f"collected/{'a' * 32}/fetched/x", f"collected/{'a' * 32}/attempts.json")
    for path in (*kept, *left_out, "cache/pages/x", "sources/x.json"):
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_bytes(kept.get(path, b"can be had again"))

    backup, made = make_backup(office, tmp_path / "backups")

    others = {
        path for path in backup.manifest["files"] if path.partition("/")[0] not in {"tables", "keys", "README.txt"}
    }
    assert others == set(kept)
    assert made.waiting == len(kept)
    lose_rows(office)
    for name in ("trials", "copies", "collected"):
        shutil.rmtree(home / name)
    restore_backup(office, backup)
    assert {path: (home / path).read_bytes() for path in kept} == kept
    assert (home / f"copies/{'c' * 32}.pdf").stat().st_mode & 0o777 == 0o600


def test_restoring_twice_changes_nothing(office: Office, tmp_path: Path) -> None:
    busy(office)
    backup, _ = make_backup(office, tmp_path / "backups")
    lose_rows(office)
    restore_backup(office, backup)
    rows = all_rows()
    assert restore_backup(office, backup).was_done
    assert all_rows() == rows


def test_a_restored_database_is_compared_with_the_manifest(office: Office, tmp_path: Path) -> None:
    busy(office)
    backup, made = make_backup(office, tmp_path / "backups")
    lose_rows(office)
    restore_backup(office, backup)
    compared = {each.what: each for each in compare_restored(backup)}
    assert compared["journal_root"].told == made.journal_root
    # Restoring is itself an event; everything else is as the manifest tells.
    assert [name for name, each in compared.items() if not each.is_same] == ["jingui_journal_event"]
    stored = compare_stored(backup, office.services.store)
    assert (stored.told, stored.is_same) == ("1", True)
    next((office.home / "store").rglob("v1/inventory.json")).write_text("{}", encoding="utf-8")
    assert not compare_stored(backup, office.services.store).is_same


def test_an_instance_in_use_is_never_restored_over(office: Office, tmp_path: Path) -> None:
    busy(office)
    backup, _ = make_backup(office, tmp_path / "backups")
    rows = all_rows()
    with pytest.raises(Conflict, match="restore_not_empty"):
        restore_backup(office, backup)
    assert all_rows() == rows
    lose_rows(office)
    office.services.staging.receive([b"of another case"])
    bootstrap.conversion_bench(office.services).trials.receive([b"does no harm"])
    with pytest.raises(Conflict, match="restore_staging_not_empty") as raised:
        restore_backup(office, backup)
    assert raised.value.params["area"] == "staging"
    assert not Case.objects.exists()


def test_any_changed_byte_of_a_backup_is_found_and_named(office: Office, tmp_path: Path) -> None:
    busy(office)
    folder = make_backup(office, tmp_path / "backups")[0].folder
    waiting = next((folder / "staging").iterdir())
    for victim in (folder / "tables" / "jingui_case.jsonl.gz", waiting, folder / MANIFEST, folder / MANIFEST_DIGEST):
        data = victim.read_bytes()
        place = len(data) // 2
        victim.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(NotFound) as raised:
            FolderBackup(folder).check()
        assert raised.value.code in {"backup_damaged", "not_a_backup"}, victim
        victim.write_bytes(data)
    assert FolderBackup(folder).check()


def test_a_drill_names_what_was_changed_by_hand_before_the_backup(office: Office, tmp_path: Path) -> None:
    busy(office)
    CaseFile.objects.filter(case__version=1).update(title="改过的题名")
    JournalEvent.objects.filter(kind="case.preserved").update(payload="{}")
    backup, _ = make_backup(office, tmp_path / "backups")
    lose_rows(office)
    restore_backup(office, backup)
    found = {finding.subject.value for finding in verify_records(backups.backup_signers(backup), Looked())}
    assert found == {"row", "event"}
    different = [each.what for each in compare_restored(backup) if not each.is_same]
    assert "journal_root" in different


def test_a_backup_of_other_tables_is_refused(office: Office, tmp_path: Path) -> None:
    backup, _ = make_backup(office, tmp_path / "backups")
    lose_rows(office)
    backup.manifest["migration"] = "0001_initial"
    with pytest.raises(Conflict, match="backup_other_schema"):
        restore_backup(office, backup)


def test_a_backup_broken_off_has_no_name_and_is_begun_anew(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(office)
    folder = tmp_path / "backups"
    folder.mkdir()
    ready = office.services
    with monkeypatch.context() as patch, backups.backup_writer(ready.instance, folder, "b") as writer:
        patch.setattr(dumps, "last_migration", _killed)
        with pytest.raises(OSError, match="killed"):
            back_up(writer, table=backup_table(ready), actor="tests", now=now())
    assert list(folder.iterdir()) == []
    (folder / "b.part").mkdir()
    (folder / "b.part" / "rest").write_text("x", encoding="utf-8")
    backup, _ = make_backup(office, folder)
    assert not (backup.folder / "rest").exists()
    with pytest.raises(Conflict, match="backup_exists"):
        make_backup(office, folder)


def _killed() -> str:
    raise OSError("killed")


def test_places_that_are_none_are_refused(office: Office, tmp_path: Path) -> None:
    instance = office.services.instance
    for folder, name, code in (
        (tmp_path / "none", "b", "backup_folder_missing"),
        (tmp_path, "../b", "backup_name_bad"),
        (tmp_path, "b.part", "backup_name_bad"),
        (instance.home / "store", "b", "backup_inside_instance"),
    ):
        with pytest.raises(DomainError) as raised:
            backups.backup_writer(instance, folder, name)
        assert raised.value.code == code
    for data in (b"", b"[]", b"{}", b"\xff"):
        (tmp_path / "x").mkdir(exist_ok=True)
        (tmp_path / "x" / MANIFEST).write_bytes(data)
        with pytest.raises(NotFound):
            FolderBackup(tmp_path / "x")


def test_a_manifest_that_names_files_elsewhere_reads_nothing_there(office: Office, tmp_path: Path) -> None:
    backup, _ = make_backup(office, tmp_path / "backups")
    backup.manifest["files"]["../outside"] = {"bytes": 1, "sha256": ""}
    (backup.folder.parent / "outside").write_text("x", encoding="utf-8")
    with pytest.raises(NotFound):
        backup.check()


def test_keys_are_public_unless_a_passphrase_is_given(office: Office, tmp_path: Path) -> None:
    ready = office.services
    assert sorted(backups.backup_keys(ready, passphrase=None)) == ["public-Ed25519.pem", "public-SM2-SM3.pem"]
    sealed = backups.backup_keys(ready, passphrase="long enough indeed")["private.sealed"]
    assert b"PRIVATE" not in sealed
    assert set(json.loads(sealed)) == {"kind", "salt", "nonce", "box"}
    with pytest.raises(Invalid, match="passphrase_weak"):
        backups.backup_keys(ready, passphrase="short")
