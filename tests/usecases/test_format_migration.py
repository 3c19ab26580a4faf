"""A format migration: planned, tried, decided by another person, run resumable, new versions with both files linked."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pytest
from PIL import Image
from tests.builders import now
from tests.office_files import docx
from tests.personas import Office, closure_message, new_number, open_office, pdf, small_catalogue, step_message
from tests.usecases.theme_office import check_stored, newest_package, stored_path

from jingui.adapters.conversion import OfficeConverter, Workshop
from jingui.bootstrap import conversion_bench, phase_bench, services, workshop
from jingui.db.models import Case, FileConversion, FormatMigration, Job, JournalEvent, MadeFile, TriedFile
from jingui.db.queries.format_migrations import progress_of
from jingui.domain.audit.events import Event
from jingui.domain.errors import Conflict, Invalid, Refused
from jingui.domain.inspection.indicators import InspectionPhase
from jingui.domain.preservation.migration import MigrationChoices
from jingui.interfaces.conversion_forms import register_form
from jingui.usecases.inspection.phases import inspect_record
from jingui.usecases.preservation.migrating import (
    Decision,
    advance_migration,
    ask_trial,
    decide_migration,
    formats_of_policy,
    plan_migration,
    start_migration,
)
from jingui.usecases.reconciliation import reconcile


@pytest.fixture
def office(db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Give an instance whose plans also take HTML."""
    catalogue = small_catalogue()
    for item in catalogue["items"]:
        item["plan"]["formats"] = ["pdf", "jpeg", "html", "docx"]
    monkeypatch.setattr("tests.personas.small_catalogue", lambda: catalogue)
    settings.JINGUI = settings.JINGUI  # restored after the test
    yield open_office(tmp_path / "home")
    services.cache_clear()


PLANNER, OTHER = "account:planner", "account:approver"


def jpeg(mode: str = "RGB") -> bytes:
    made = io.BytesIO()
    Image.effect_noise((64, 48), 60).convert(mode).save(made, "JPEG")
    return made.getvalue()


HTML = "<html><head><title>说明</title></head><body><h1>受理说明</h1><p>材料<b>齐全</b></p></body></html>".encode()
CHOICES = MigrationChoices(
    title="图像和网页转版式",
    formats=(("jpeg", "pdfa"), ("html", "pdfa")),
    reason="外观依赖软件",
    authorization="档案局批复 2026-1",
    department="档案室",
)


def archived(office: Office, *files: tuple[str, bytes]) -> Case:
    """Archive a case with the files it needs and these."""
    source, number = office.integrator, new_number()
    source.case(number)
    source.file(number, "f1", pdf(f"{number} f1"), material="A01", name="申请表.pdf")
    source.file(number, "f2", pdf(f"{number} f2"), material="C01", name="许可证.pdf")
    for at, (name, content) in enumerate(files):
        assert source.file(number, f"x{at}", content, material="A02", name=name).status == 201
    source.steps(number, step_message("s1"), step_message("s2", "决定"))
    source.post(f"/api/v1/cases/{number}/closure", closure_message())
    office.work()
    case = office.case_row(number)
    assert (case.state, case.version) == ("preserved", 1)
    return case


def approved(office: Office, choices: MigrationChoices = CHOICES) -> FormatMigration:
    """Plan, try and approve a migration."""
    row = plan_migration(choices, converter=workshop(), actor=PLANNER, now=now())
    ask_trial(row.number, queue=office.services.queue, actor=PLANNER, now=now())
    office.work()
    return decide_migration(row.number, Decision(True, "同意"), actor=OTHER, now=now())


def started(office: Office, choices: MigrationChoices = CHOICES) -> FormatMigration:
    row = approved(office, choices)
    return start_migration(row.number, converter=workshop(), queue=office.services.queue, actor=PLANNER, now=now())


def test_a_run_ends_in_new_versions_in_which_original_and_converted_file_are_linked(office: Office) -> None:
    photo = jpeg()
    case = archived(office, ("照片.jpg", photo), ("说明.html", HTML))
    row = started(office)

    office.work()

    row.refresh_from_db()
    case.refresh_from_db()
    assert (row.state, case.state, case.version) == ("done", "preserved", 2)
    assert row.counts == {"jpeg": {"converted": 1}, "html": {"converted": 1}}
    made = {one.beside: one for one in MadeFile.objects.filter(case=case, version=2)}
    assert set(made) == {"x0", "x1"}
    package = newest_package(case)
    assert stored_path(office, case, package.arranged["x0"]).read_bytes() == photo
    tree = ElementTree.fromstring(stored_path(office, case, "元数据/基本信息元数据.xml").read_bytes())
    files = {element.findtext("source_key"): element for element in tree.iter("file")}
    assert files["x0"].findtext("converted_as") == made["x0"].logical_path
    told = files["converted.x0"]
    assert told.findtext("made/made_kind") == "converted"
    assert told.findtext("made/made_from") == package.arranged["x0"]
    assert told.findtext("made/conversion/source_format") == "jpeg"
    assert told.findtext("made/conversion/pixels_same") == "true"
    assert not case.is_late_arrival
    assert check_stored(office, case) == []
    assert office.findings() == []
    assert office.staged() == set()


def test_the_converted_picture_is_the_very_stream_of_the_original(office: Office) -> None:
    photo = jpeg()
    case = archived(office, ("照片.jpg", photo))
    started(office, MigrationChoices("图", (("jpeg", "pdfa"),), "因", "据", "室"))

    office.work()

    place = MadeFile.objects.get(case=case, version=2)
    with pikepdf.open(stored_path(office, case, place.logical_path)) as document:
        (image,) = document.pages[0].get_images().values()
        assert image.read_raw_bytes() == photo
    assert (place.format_name, place.page_count) == ("pdfa", 1)


def test_what_cannot_be_converted_is_listed_with_the_reason_and_stops_nothing(office: Office) -> None:
    first = archived(office, ("四色.jpg", jpeg("CMYK")), ("好.jpg", jpeg()))
    second = archived(office, ("四色.jpg", jpeg("CMYK")))
    row = started(office)

    office.work()

    progress = progress_of(row)
    failed = {one.case_id: one.reason for one in FileConversion.objects.filter(outcome="failed")}
    assert progress.left == 0
    assert progress.outcomes == {"converted": 1, "failed": 2}
    assert set(failed) == {first.key, second.key}
    assert all(reason.startswith("result_faulty: 6.2.4") for reason in failed.values())
    assert set(Case.objects.values_list("version", flat=True)) == {1, 2}
    row.refresh_from_db()
    assert row.state == "done"


def pretending_office(data: str) -> Workshop:
    """Return converters whose office writes what this expression says, whatever the document."""
    body = (
        "import pathlib, sys; out = pathlib.Path(sys.argv[sys.argv.index('--outdir') + 1]); out.mkdir();"
        f" (out / 'document.pdf').write_bytes({data})"
    )
    command = [sys.executable, "-I", "-S", "-c", body]
    return Workshop(office=OfficeConverter(command, readable=[Path(sys.base_prefix), Path(sys.prefix)]))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (repr(pdf("whole")[:-300]), "result_unreadable"),
        (repr(pdf("another text")), "result_faulty, text_lost: not_pdfa"),
        ("b'no document'", "result_"),
        ("b''", "result_too_large: 0"),
    ],
    ids=["truncated", "no PDF/A, other words", "no PDF", "empty"],
)
def test_a_bad_result_of_a_converter_becomes_no_version_and_is_said(
    office: Office, request: pytest.FixtureRequest, data: str, reason: str
) -> None:
    case = archived(office, ("决定.docx", docx("关于准予许可的决定")))
    converter = pretending_office(data)
    request.addfinalizer(converter.close)
    row = plan_migration(replace(CHOICES, formats=(("docx", "pdfa"),)), converter=converter, actor=PLANNER, now=now())
    bench = replace(conversion_bench(services()), converter=converter)
    ask_trial(row.number, queue=office.services.queue, actor=PLANNER, now=now())
    advance_migration(row.key, bench=bench, clock=now)
    decide_migration(row.number, Decision(True, "同意"), actor=OTHER, now=now())
    start_migration(row.number, converter=converter, queue=office.services.queue, actor=PLANNER, now=now())

    advance_migration(row.key, bench=bench, clock=now)

    failed = FileConversion.objects.get()
    case.refresh_from_db()
    assert (failed.outcome, case.version, case.state) == ("failed", 1, "preserved")
    assert failed.reason.startswith(reason)
    row.refresh_from_db()
    assert row.trial[0]["reason"] == failed.reason
    assert row.counts == {"docx": {"failed": 1}}
    assert office.staged() == set()


def test_a_result_damaged_before_it_was_packed_holds_the_case_and_says_so(office: Office) -> None:
    case = archived(office, ("照片.jpg", jpeg()))
    row = started(office, MigrationChoices("图", (("jpeg", "pdfa"),), "因", "据", "室"))
    advance_migration(row.key, bench=conversion_bench(services()), clock=now)
    staged = office.services.staging.path(FileConversion.objects.get().staged_token)
    whole = staged.read_bytes()
    staged.chmod(0o600)
    staged.write_bytes(whole[:-200])

    office.work()

    case.refresh_from_db()
    row.refresh_from_db()
    assert (case.version, row.state, progress_of(row).packaged) == (1, "done", 0)
    error = Job.objects.get().error
    assert "converted_damaged" in error
    assert "照片.jpg" in error
    staged.write_bytes(whole)
    office.services.queue.put(case.key.hex, now=now())
    office.work()
    case.refresh_from_db()
    assert (case.state, case.version) == ("preserved", 2)


def test_a_version_with_a_converted_file_passes_the_inspection_of_long_term_keeping(office: Office) -> None:
    case = archived(office, ("照片.jpg", jpeg()), ("说明.html", HTML))
    at_hand = phase_bench(services())
    before = inspect_record(case.key, InspectionPhase.PRESERVATION, at_hand=at_hand, actor=PLANNER, now=now())
    started(office)
    office.work()

    after = inspect_record(case.key, InspectionPhase.PRESERVATION, at_hand=at_hand, actor=PLANNER, now=now())

    assert (before.version, after.version) == (1, 2)
    assert (after.outcome, after.is_blocked) == (before.outcome, False)


def test_a_trial_shows_before_and_after_and_changes_no_record(office: Office) -> None:
    case = archived(office, ("照片.jpg", jpeg()), ("说明.html", HTML))
    row = plan_migration(CHOICES, converter=workshop(), actor=PLANNER, now=now())
    ask_trial(row.number, queue=office.services.queue, actor=PLANNER, now=now())

    office.work()

    row.refresh_from_db()
    trial = {one["format"]: one for one in row.trial}
    assert trial["jpeg"]["comparison"]["sizes"] == [["64×48"], ["64×48"]]
    assert trial["jpeg"]["comparison"]["are_pixels_same"] is True
    assert trial["html"]["comparison"]["text_kept"] == 10_000
    assert [told["files"] for told in row.formats] == [1, 1]
    assert not FileConversion.objects.exists()
    case.refresh_from_db()
    assert case.version == 1
    bench = conversion_bench(services())
    assert all(bench.trials.path(one["token"]).is_file() for one in row.trial)


def test_a_trial_in_slices_tries_each_file_once(office: Office) -> None:
    archived(office, ("照片.jpg", jpeg()), ("说明.html", HTML))
    row = plan_migration(CHOICES, converter=workshop(), actor=PLANNER, now=now())
    ask_trial(row.number, queue=office.services.queue, actor=PLANNER, now=now())
    bench = conversion_bench(services())

    advance_migration(row.key, bench=bench, clock=now, is_over=lambda: True)
    row.refresh_from_db()
    assert (row.state, TriedFile.objects.count()) == ("trying", 1)
    office.work()

    row.refresh_from_db()
    assert [one["format"] for one in row.trial] == ["jpeg", "html"]
    assert JournalEvent.objects.filter(kind=Event.MIGRATION_TRIED).count() == 1
    assert not TriedFile.objects.exists()
    assert {token for token, _ in bench.trials.tokens()} == {one["token"] for one in row.trial}


def test_nobody_decides_on_the_own_plan_nor_without_a_word_nor_before_the_trial(office: Office) -> None:
    row = plan_migration(CHOICES, converter=workshop(), actor=PLANNER, now=now())
    with pytest.raises(Conflict, match="migration_moved_on"):
        decide_migration(row.number, Decision(True, "同意"), actor=OTHER, now=now())
    ask_trial(row.number, queue=office.services.queue, actor=PLANNER, now=now())
    office.work()

    with pytest.raises(Refused, match="own_migration"):
        decide_migration(row.number, Decision(True, "同意"), actor=PLANNER, now=now())
    with pytest.raises(Invalid):
        decide_migration(row.number, Decision(True, " "), actor=OTHER, now=now())
    with pytest.raises(Conflict, match="migration_moved_on"):
        start_migration(row.number, converter=workshop(), queue=office.services.queue, actor=OTHER, now=now())


@pytest.mark.parametrize(
    "place",
    [
        "jingui.usecases.preservation.converting.compare",
        "jingui.usecases.preservation.converting._write_down",
        "jingui.usecases.preservation.migrating._end",
    ],
)
def test_a_run_killed_anywhere_goes_on_and_converts_nothing_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    cases = [archived(office, ("照片.jpg", jpeg())) for _ in range(2)]
    row = started(office, MigrationChoices("图", (("jpeg", "pdfa"),), "因", "据", "室"))
    bench = conversion_bench(services())

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(place, dies)
        with pytest.raises(KeyboardInterrupt):
            advance_migration(row.key, bench=bench, clock=now)
    before = FileConversion.objects.count()
    office.work()

    row.refresh_from_db()
    assert before in {0, 2}
    assert row.state == "done"
    assert FileConversion.objects.filter(outcome="converted").count() == 2
    assert JournalEvent.objects.filter(kind="files.converted").count() == 2
    assert set(Case.objects.filter(key__in=[case.key for case in cases]).values_list("version", flat=True)) == {2}
    assert office.findings() == []


def test_converted_bytes_that_wait_for_their_version_are_not_swept(office: Office) -> None:
    archived(office, ("照片.jpg", jpeg()))
    row = started(office, MigrationChoices("图", (("jpeg", "pdfa"),), "因", "据", "室"))
    advance_migration(row.key, bench=conversion_bench(services()), clock=now)
    ready = office.services

    reconcile(store=ready.store, staging=ready.staging, queue=ready.queue, now=now().replace(year=2099))

    assert office.staged() == {FileConversion.objects.get().staged_token}


def test_a_later_version_keeps_the_converted_file(office: Office) -> None:
    case = archived(office, ("照片.jpg", jpeg()))
    started(office, MigrationChoices("图", (("jpeg", "pdfa"),), "因", "据", "室"))
    office.work()
    office.integrator.file(case.case_number, "late", pdf("late"), material="A02", name="补充.pdf")

    office.work()

    case.refresh_from_db()
    rows = {one.version: one.sha256 for one in MadeFile.objects.filter(case=case)}
    assert case.version == 3
    assert rows[2] == rows[3]
    assert case.is_late_arrival
    assert check_stored(office, case) == []


def test_a_plan_from_the_policy_names_the_formats_held_and_says_which_converter_is_missing(office: Office) -> None:
    archived(office, ("说明.html", HTML))

    assert formats_of_policy() == (("html", "pdfa"),)
    with pytest.raises(Invalid) as refusal:
        plan_migration(
            MigrationChoices("", (("mp4", "pdfa"),), "因", "据", "室", 0),
            converter=workshop(),
            actor=PLANNER,
            now=now(),
        )
    assert {(one.location, one.code) for one in refusal.value.problems} == {
        ("title", "required"),
        ("formats", "no_conversion"),
        ("sample", "not_in_range"),
    }


def test_the_register_is_a_form_to_print_with_every_field_of_form_a3(office: Office) -> None:
    archived(office, ("照片.jpg", jpeg()), ("四色.jpg", jpeg("CMYK")), ("说明.html", HTML))
    choices = replace(CHOICES, authorization="局发 1 号")
    row = started(office, choices)
    office.work()

    made = register_form(row.number, unit_name="某市档案馆", now=now())

    path = office.home / "form.pdf"
    path.write_bytes(made)
    ((reading, text),) = office.services.examiner.examine([(path, path.name)])
    said = "".join(text.split()).replace("\u200b", "")
    for field, value in {
        "格式转换与迁移登记表": "", "单位名称": "某市档案馆", "管理授权": "局发1号", "责任部门": "档案室",
        "管理类型": "☑格式转换☐迁移", "源格式或系统描述": "JPEG，编制时2个文件，1件档案，", "目标格式或系统描述": "PDF/A，作为新版本",
        "完成情况": "已完成。转换2个文件，失败1个，跳过0个。", "操作起止时间": f"{now():%Y}-", "操作者": "planner",
        "批准": "approver", "填表人（签名）": "", "审核人（签名）": "", "单位（签章）": "", "四色.jpg": "结果有缺陷",
    }.items():  # fmt: skip
        assert f"{field}{value}" in said, field
    assert "typst" in said
    assert reading.page_count == 1
