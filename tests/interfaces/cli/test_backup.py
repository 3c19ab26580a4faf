"""The commands ``backup``, ``restore`` and ``rebuild``, as an operator types them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from tests.interfaces.cli.conftest import Command
from tests.personas import Office, new_number
from tests.usecases.preservation.spare import begin_anew, events, lose_rows

from jingui.bootstrap import services
from jingui.db.models import Case

PASSPHRASE = "a passphrase of some length"


@pytest.fixture
def backups(office: Office, tmp_path: Path) -> Path:
    """Give a folder for backups of an instance with one record."""
    office.integrator.whole_case(new_number())
    office.work()
    (tmp_path / "backups").mkdir()
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    return tmp_path / "backups"


def test_a_backup_is_made_checked_and_drilled(office: Office, jingui: Command, backups: Path) -> None:
    made = jingui("backup", "make", str(backups), "--name", "b", "--json")
    assert (made.code, made.json["objects"]) == (0, 1)
    assert jingui("backup", "check", str(backups / "b")).code == 0
    drilled = jingui("backup", "drill", str(backups / "b"), "--json")
    assert drilled.code == 0
    assert drilled.json["is_sound"]
    assert drilled.json["looked"]["events"] > 5
    compared = {each["what"]: each for each in drilled.json["compared"]}
    assert compared["journal_root"]["found"] == made.json["journal_root"]
    assert compared["stored_versions"]["found"] == "1"
    assert events("backup.drilled") == 1


def test_an_instance_that_is_gone_comes_back_with_its_keys(
    office: Office, jingui: Command, backups: Path, settings: Any
) -> None:
    passphrase = str(backups.parent / "passphrase")
    jingui("backup", "make", str(backups), "--name", "b", "--with-keys", "--passphrase-file", passphrase)
    jingui("backup", "make", str(backups), "--name", "public")
    home = django_settings.JINGUI.home
    kept = {path.name: path.read_bytes() for path in (home / "keys").iterdir()}
    lose_rows(office)
    shutil.rmtree(home / "keys")
    services.cache_clear()
    refused = jingui("restore", str(backups / "public"), "--json")
    assert (refused.code, refused.json["error"]) == (2, "restore_keys_missing")
    wrong = backups.parent / "wrong"
    wrong.write_text("another passphrase", encoding="utf-8")
    refused = jingui("restore", str(backups / "b"), "--passphrase-file", str(wrong), "--json")
    assert (refused.code, refused.json["error"]) == (2, "passphrase_wrong")
    assert not Case.objects.exists()

    restored = jingui("restore", str(backups / "b"), "--passphrase-file", passphrase, "--json")

    assert (restored.code, restored.json["findings"]) == (0, [])
    assert {path.name: path.read_bytes() for path in (home / "keys").iterdir()} == kept
    assert (home / "keys" / "signing-sm2.pem").stat().st_mode & 0o777 == 0o600
    assert jingui("restore", str(backups / "b"), "--json").json["was_done"]
    assert jingui("verify").code == 0


def test_keys_of_another_instance_are_refused(office: Office, jingui: Command, backups: Path, tmp_path: Path) -> None:
    jingui("backup", "make", str(backups), "--name", "b")
    lose_rows(office)
    shutil.rmtree(django_settings.JINGUI.keys)
    jingui("init")
    services.cache_clear()
    lose_rows(office)
    refused = jingui("restore", str(backups / "b"), "--json")
    assert (refused.code, refused.json["error"]) == (2, "restore_keys_differ")
    assert not Case.objects.exists()


def test_what_cannot_be_done_is_refused_in_words(office: Office, jingui: Command, backups: Path) -> None:
    assert jingui("backup", "make", str(backups / "none")).code == 2
    assert jingui("backup", "make", str(backups), "--with-keys").code == 2
    assert jingui("backup", "check", str(backups)).code == 2
    assert jingui("restore", str(backups / "none")).code == 2
    assert jingui("rebuild", "--from", str(backups / "none")).code == 2
    assert list(backups.iterdir()) == []


def test_the_catalogue_is_rebuilt_and_proved(office: Office, jingui: Command, backups: Path) -> None:
    begin_anew(office)
    done = jingui("rebuild", "--json")
    assert (done.code, done.json["is_whole"], done.json["cases"]) == (0, True, 1)
    assert "一个不缺" in jingui("rebuild").said
    victim = next((office.home / "store").rglob("v1/inventory.json"))
    victim.write_text("{}", encoding="utf-8")
    found = jingui("rebuild")
    assert found.code == 1
    assert "清单与数据库所记不同" in found.said
