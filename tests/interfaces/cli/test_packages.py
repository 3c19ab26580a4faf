"""``jingui package``: export in every form, the check of what came out, and taking it in again."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from tests.interfaces.cli.conftest import Command
from tests.personas import Office, pdf

from jingui.db.models import Case, JournalEvent
from jingui.formats.exchange.profiles import FORMS

CARRIERS = sorted(FORMS)
CHECKED_AS = {"eark-sip": "eark-aip"}


@pytest.fixture
def archived(office: Office) -> Office:
    office.integrator.whole_case("N-1")
    office.integrator.file("N-1", "f3", pdf("third"), material="A02", name="附件.pdf")
    office.work()
    return office


@pytest.mark.parametrize("form", CARRIERS)
def test_a_record_exported_in_a_form_is_sound_and_can_be_taken_in_by_another(
    archived: Office, jingui: Command, tmp_path: Path, form: str
) -> None:
    path = tmp_path / "out.zip"
    done = jingui("package", "export", str(path), "--form", form, "--record", "N-1", "--json")
    assert (done.code, done.json["records"]) == (0, 1), done
    checked = jingui("package", "check", str(path), "--json")
    assert (checked.code, checked.json["profile"]) == (0, CHECKED_AS.get(form, form)), checked.said
    assert JournalEvent.objects.filter(kind="record.exported").count() == 1
    jingui("source", "add", "another")
    taken = jingui("package", "import", str(path), "--source", "another", "--json")
    assert taken.code == 0, taken
    assert [(one["case_number"], one["files"], one["is_repeat"]) for one in taken.json["cases"]] == [("N-1", 3, False)]
    old, new = (Case.objects.get(case_number="N-1", source__name=name) for name in (old_source(archived), "another"))
    digests = [sorted(case.files.values_list("sha256", flat=True)) for case in (old, new)]
    assert digests[0] == digests[1]
    assert jingui("package", "import", str(path), "--source", "another", "--json").json["cases"][0]["is_repeat"]


def old_source(office: Office) -> str:
    return Case.objects.order_by("opened_at")[0].source.name


def test_several_records_are_one_collection(archived: Office, jingui: Command, tmp_path: Path) -> None:
    archived.integrator.whole_case("N-2")
    archived.work()
    item = Case.objects.get(case_number="N-1").item_code
    for form in ("bagit", "eep", "da-t-93"):
        path = tmp_path / f"{form}.zip"
        assert jingui("package", "export", str(path), "--form", form, "--item", item, "--json").json["records"] == 2
        checked = jingui("package", "check", str(path), "--json")
        assert (checked.code, checked.json["profile"]) == (0, "da-t-93" if form == "da-t-93" else "collection")


def test_what_is_there_is_not_written_over(archived: Office, jingui: Command, tmp_path: Path) -> None:
    path = tmp_path / "out.zip"
    path.write_bytes(b"mine")
    assert jingui("package", "export", str(path), "--record", "N-1").code == 2
    assert path.read_bytes() == b"mine"
    assert not JournalEvent.objects.filter(kind="record.exported").exists()


def test_a_record_not_archived_or_unknown_is_refused(archived: Office, jingui: Command, tmp_path: Path) -> None:
    archived.integrator.case("N-9")
    for number, code in (("N-9", "invalid_input"), ("none", "record_unknown")):
        done = jingui("package", "export", str(tmp_path / "o.zip"), "--record", number, "--json")
        assert (done.code, done.json["error"]) == (2, code)


def test_damaged_content_is_not_given_out(archived: Office, jingui: Command, tmp_path: Path) -> None:
    stored = next(path for path in (archived.home / "store").rglob("*.pdf"))
    stored.chmod(0o644)
    stored.write_bytes(stored.read_bytes() + b"x")
    done = jingui("package", "export", str(tmp_path / "o.zip"), "--form", "bagit", "--record", "N-1", "--json")
    assert (done.code, done.json["error"]) == (2, "export_damaged")
    assert list(tmp_path.glob("*o.zip*")) == []


def test_a_package_that_lacks_what_a_case_needs_is_refused_with_its_lacks(
    office: Office, jingui: Command, tmp_path: Path
) -> None:
    bag = tmp_path / "bag.zip"
    with zipfile.ZipFile(bag, "w") as archive:
        archive.writestr("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
        archive.writestr("data/a.txt", b"")
        empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        archive.writestr("manifest-sha256.txt", f"{empty}  data/a.txt\n")
    jingui("source", "add", "another")
    done = jingui("package", "import", str(bag), "--source", "another", "--json")
    assert (done.code, done.json["error"]) == (2, "package_case_invalid")
    assert "task_code" in done.json["detail"] or "事项编码" in done.json["detail"]
    assert not Case.objects.exists()
