"""Every column of every table after a rebuilding is what it was before, or the report says that no package holds it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from django.db import models
from PIL import Image
from tests.builders import now
from tests.personas import Office, pdf
from tests.usecases.preservation.spare import (
    all_rows,
    begin_anew,
    lose_rows,
    make_backup,
    rebuild_all,
    restore_backup,
)
from tests.usecases.theme_office import CALL, Matter, adopt, check_stored, new_matter, stored_path

from jingui.bootstrap import workshop
from jingui.db import dumps
from jingui.db.models import (
    Agency,
    ArchivingPlan,
    Case,
    CaseFile,
    CaseStep,
    Closure,
    CodeSequence,
    FileConversion,
    FileProvenance,
    FileText,
    FormatMigration,
    Inspection,
    MadeFile,
    PackageVersion,
    ServiceItem,
    SharedFile,
    Source,
    ThemeCase,
)
from jingui.domain.preservation.migration import MigrationChoices
from jingui.interfaces.conversion_forms import register_form
from jingui.usecases.preservation.migrating import (
    Decision,
    ask_trial,
    decide_migration,
    plan_migration,
    start_migration,
)
from jingui.usecases.preservation.rebuilt_limits import NOT_HELD, named, unnamed

# By what a row of each rebuilt table is known again; the keys of most rows are given out anew.
KNOWN_BY: dict[type[models.Model], tuple[str, ...]] = {
    Source: ("name",),
    Agency: ("code",),
    ServiceItem: ("item_code", "item_version"),
    ArchivingPlan: ("item", "plan_version"),
    Case: ("key",),
    CaseFile: ("case", "file_key"),
    FileText: ("file",),
    CaseStep: ("case", "step_key"),
    Closure: ("case",),
    Inspection: ("case", "number"),
    PackageVersion: ("case", "number"),
    CodeSequence: ("scope",),
    ThemeCase: ("case",),
    SharedFile: ("case", "file_key"),
    FileProvenance: ("file",),
    MadeFile: ("case", "version", "file_key"),
    FormatMigration: ("number",),
    FileConversion: ("migration", "file"),
}
Rows = dict[str, dict[str, Any]]


def known_rows(model: type[models.Model]) -> Rows:
    """Return every row by what it is known again by; what it points to is named in the same way."""
    fields = model._meta.concrete_fields
    found = {}
    for row in model._default_manager.all():
        values = {field.attname: told(field, getattr(row, field.attname)) for field in fields}
        found[known_by(row)] = values
    return found


def told(field: Any, value: Any) -> Any:
    if field.remote_field and value is not None:
        return known_by(field.remote_field.model._default_manager.get(pk=value))
    return bytes(value) if isinstance(value, memoryview) else value


def known_by(row: models.Model) -> str:
    names = KNOWN_BY[type(row)]
    parts = [getattr(row, name) for name in names]
    return "/".join(known_by(part) if isinstance(part, models.Model) else str(part) for part in parts)


def everything() -> dict[str, Rows]:
    return {model._meta.db_table: known_rows(model) for model in KNOWN_BY}


def said(rows: dict[str, Rows]) -> list[dict[str, Any]]:
    """Return what the messages of cases and closures say, but for the region, which may have been the agency's."""
    found = [rows[table][known] for table in ("jingui_case", "jingui_closure") for known in sorted(rows[table])]
    return [json.loads(row["message"]) | {"region_code": ""} for row in found]


def differing(before: dict[str, Rows], after: dict[str, Rows]) -> set[str]:
    """Name each ``table.column`` with a value that is not what it was, and each table that lacks rows or has others."""
    found = set()
    for table, rows in before.items():
        if rows.keys() != after[table].keys():
            found.add(table)
        for known, values in rows.items():
            others = after[table].get(known, values)
            found |= {f"{table}.{name}" for name, value in values.items() if value != others[name]}
    return found


def jpeg() -> bytes:
    made = io.BytesIO()
    Image.effect_noise((64, 48), 60).save(made, "JPEG")
    return made.getvalue()


def matter_with_everything(office: Office) -> Matter:
    """Archive a theme of three cases with called, shared, replaced, late and converted files."""
    adopt(office, formats=["pdf", "jpeg"])
    matter = new_matter(office)
    matter.open(
        0,
        metadata={"remarks": "备", "extra": "一"},
        region_code="539921",
        department="一科",
        accepted_at="2025-03-03T09:10:00+08:00",
        situations=["新办"],
    )
    matter.open(1)
    matter.open(2)
    matter.file(0, "form", "A01", formed_at="2025-03-02T08:00:00+08:00")
    called = {"provenance": json.dumps(CALL, ensure_ascii=False)}
    matter.file(0, "identity", "A02", **called)
    assert office.integrator.file(matter.numbers[0], "photo", jpeg(), material="A03", name="照片.jpg").status == 201
    for at in (1, 2):
        matter.share(at, "form", "A01")
        assert matter.share(at, "identity", "A02").status == 201
    for at in range(3):
        matter.end(at, handler="鲁艳萍", declared_steps=2)
    office.work()
    late = {"material": "A03", "name": "补.pdf"}
    office.integrator.file(matter.numbers[1], "late", pdf("late"), **late)
    office.integrator.file(matter.numbers[0], "better", pdf("better"), material="A01", replaces="form")
    office.work()
    migrate(office)
    return matter


def migrate(office: Office) -> None:
    choices = MigrationChoices("图像转版式", (("jpeg", "pdfa"),), "外观", "批复", "档案室")
    row = plan_migration(choices, converter=workshop(), actor="account:a", now=now())
    ask_trial(row.number, queue=office.services.queue, actor="account:a", now=now())
    office.work()
    decide_migration(row.number, Decision(True, "同意"), actor="account:b", now=now())
    start_migration(row.number, converter=workshop(), queue=office.services.queue, actor="account:a", now=now())
    office.work()


def test_every_column_is_as_it_was_or_named_as_held_by_no_package(office: Office) -> None:
    matter = matter_with_everything(office)
    assert [matter.row(at).version for at in range(3)] == [3, 2, 1]
    before = everything()
    for has_catalogue in (False, True):
        begin_anew(office)
        if has_catalogue:
            adopt(office, formats=["pdf", "jpeg"])

        done = rebuild_all(office)

        assert done.is_whole, done.left
        assert done.not_held == tuple(NOT_HELD)
        after = everything()
        found = differing(before, after)
        assert list(unnamed(found)) == []
        assert said(after) == said(before)
        whole = {"jingui_theme_case", "jingui_file_provenance", "jingui_made_file", "jingui_file_conversion"}
        assert {each for each in found if each.partition(".")[0] in whole} == {
            *(f"{table}.{name}" for table in whole for name in ("key", "event_id")),
            "jingui_file_conversion.staged_token",
            "jingui_file_conversion.arrived_event",
        }
        assert office.findings() == []
        rows = all_rows()
        assert rebuild_all(office).packages == 0
        assert all_rows() == rows


def test_every_table_is_rebuilt_or_named_as_held_by_no_package() -> None:
    rebuilt = {model._meta.db_table for model in KNOWN_BY}
    tables = {model._meta.db_table for model in dumps.dumped_models()}
    assert list(unnamed(tables - rebuilt)) == []
    spoken_of = {each.partition(".")[0] for each in named()} - {"*"}
    assert spoken_of - tables == set()


def test_a_reference_that_waited_in_the_backup_is_settled_and_the_next_version_tells_everything_again(
    office: Office, tmp_path: Path
) -> None:
    adopt(office, formats=["pdf", "jpeg"])
    matter = new_matter(office)
    for at in range(3):
        matter.open(at)
    assert [matter.share(1, key, code).status for key, code in (("form", "A01"), ("identity", "A02"))] == [201, 201]
    backup, _ = make_backup(office, tmp_path / "backups")
    matter.file(0, "form", "A01")
    matter.file(0, "identity", "A02", provenance=json.dumps(CALL, ensure_ascii=False))
    photo = {"material": "A03", "name": "照片.jpg"}
    assert office.integrator.file(matter.numbers[1], "photo", jpeg(), **photo).status == 201
    for at in (0, 1):
        matter.end(at)
    office.work()
    migrate(office)
    assert matter.row(1).version == 2
    lose_rows(office)
    restore_backup(office, backup)
    assert {row.state for row in SharedFile.objects.all()} == {"waiting"}

    assert rebuild_all(office).is_whole

    assert {row.state for row in SharedFile.objects.all()} == {"taken"}
    assert office.findings() == []
    assert register_form(1, unit_name="档案室", now=now()).startswith(b"%PDF")
    tree = next_version(matter)
    assert tree.findtext("theme/theme_number") == matter.number
    files = {element.findtext("source_key"): element for element in tree.iter("file")}
    assert files["form"].findtext("shared_from/project_id") == matter.numbers[0]
    assert files["identity"].findtext("provenance/system") == CALL["system"]
    assert files["photo"].findtext("converted_as")
    assert files["converted.photo"].findtext("made/conversion/migration") == "1 图像转版式"
    assert office.findings() == []


def next_version(matter: Matter) -> ElementTree.Element:
    """Archive one more file of the second case; return the metadata of the version that it makes."""
    late = {"material": "A03", "name": "补.pdf"}
    assert matter.source.file(matter.numbers[1], "late", pdf("late"), **late).status == 201
    matter.office.work()
    case = matter.row(1)
    assert (case.state, case.version) == ("preserved", 3)
    assert check_stored(matter.office, case) == []
    return ElementTree.fromstring(stored_path(matter.office, case, "元数据/基本信息元数据.xml").read_bytes())


def test_a_migration_of_the_same_number_that_is_another_one_is_not_touched(office: Office) -> None:
    matter_with_everything(office)
    begin_anew(office)
    adopt(office, formats=["pdf", "jpeg"])
    choices = MigrationChoices("另一次", (("jpeg", "pdfa"),), "外观", "批复", "档案室")
    plan_migration(choices, converter=workshop(), actor="account:a", now=now())

    done = rebuild_all(office)

    assert [(left.code, left.detail) for left in done.left] == [("contradicts_rows", "migration 1")]
    assert (done.known_versions, done.versions) == (5, 6)
    assert FormatMigration.objects.get().title == "另一次"
