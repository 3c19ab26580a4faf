"""Imports of any size: the same path for every form, resumed where they were killed, and the rows always add up."""

from __future__ import annotations

import csv
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from jingui.db import journal
from jingui.db.models import Agency, ArchivingPlan, CatalogueImport, CatalogueMapping, JournalEvent, ServiceItem
from jingui.db.queries.items import version_in_force
from jingui.domain.catalogue.exchange import BASIC, MATERIAL
from jingui.domain.catalogue.mappings import guess_mapping, mapping_to_dict
from jingui.domain.errors import Invalid, NotFound
from jingui.formats.catalogues import parcels
from jingui.formats.catalogues.error_files import write_error_workbook
from jingui.usecases.catalogue.import_tasks import ImportSummary
from jingui.usecases.catalogue.mappings import save_mapping
from jingui.usecases.catalogue.opening import ImportChoices, open_task
from jingui.usecases.catalogue.runs import preview_run, run_import

pytestmark = pytest.mark.django_db
CORPORA = Path(os.environ.get("JINGUI_CORPORA", Path(__file__).parents[4] / "shared")) / "data" / "catalogue"
AGENCY = "11440000006940116U"
HEADER = ("事项名称", "实施编码", "实施主体编码", "部门", "设定依据", "申请材料")


def now() -> datetime:
    return datetime(2025, 6, 1, 4, tzinfo=UTC)


def code(number: int) -> str:
    return f"{AGENCY}2440102{number:06}"


def line(number: int, **changes: str) -> dict[str, str]:
    told = (f"事项{number}", code(number), AGENCY, "省教育厅", "条例", "申请表、身份证明")
    return dict(zip(HEADER, told, strict=True)) | changes


def written(folder: Path, lines: list[dict[str, str]], name: str = "list.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerows(lines)
    return path


def imported(path: Path, folder: Path, *, stop_after: int | None = None, **choices: Any) -> ImportSummary:
    source, task = open_task(path, ImportChoices(**choices))
    work = folder / task.identity
    work.mkdir(exist_ok=True)

    def progress(done: int) -> None:
        if done == stop_after:
            raise KeyboardInterrupt

    return run_import(source, task, folder=work, actor="tester", clock=now, progress=progress)


def previewed(path: Path, folder: Path, **choices: Any) -> ImportSummary:
    source, task = open_task(path, ImportChoices(**choices))
    work = folder / "preview"
    work.mkdir(exist_ok=True)
    return preview_run(source, task, folder=work)


def counts(summary: ImportSummary) -> dict[str, int]:
    assert summary.is_balanced
    names = ("added", "changed", "restated", "unchanged", "refused", "withdrawn")
    return {name: summary.counts[name] for name in names if summary.counts.get(name)}


@pytest.fixture
def small_parcels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcels, "PARCEL_BYTES", 300)


def test_a_list_is_previewed_taken_and_unchanged_the_second_time(tmp_path: Path) -> None:
    path = written(tmp_path, [line(n) for n in range(5)])

    preview = previewed(path, tmp_path)
    assert not ServiceItem.objects.exists()
    first, again = imported(path, tmp_path), imported(path, tmp_path)

    assert counts(preview) == counts(first) == {"added": 5}
    assert counts(again) == {"unchanged": 5}
    assert not again.has_anything
    item = ServiceItem.objects.get(item_code=code(3))
    assert item.content["elements"]["by_law"] == "条例"
    assert [m["name"] for m in item.content["materials"]] == ["申请表", "身份证明"]
    assert ArchivingPlan.objects.get(item=item).content["materials"][1]["name"] == "身份证明"


def test_what_changes_is_named_by_element_and_becomes_the_next_version(tmp_path: Path) -> None:
    imported(written(tmp_path, [line(1), line(2)]), tmp_path)

    path = written(tmp_path, [line(1, 设定依据="新条例", 申请材料="申请表"), line(2)])
    (told,) = previewed(path, tmp_path).report.lines({"changed"})
    summary = imported(path, tmp_path)

    assert told["elements"] == ["by_law", "materials"]
    assert counts(summary) == {"changed": 1, "unchanged": 1}
    assert list(
        ServiceItem.objects.filter(item_code=code(1)).values_list("item_version", flat=True).order_by("pk")
    ) == [1, 2]


def test_the_version_in_force_on_a_day_is_the_one_that_had_begun(tmp_path: Path) -> None:
    imported(written(tmp_path, [line(1)]), tmp_path)
    imported(written(tmp_path, [line(1, 设定依据="新条例")]), tmp_path)

    before, after = version_in_force(code(1), on=date(2025, 5, 31)), version_in_force(code(1), on=date(2025, 6, 1))

    assert before is not None
    assert after is not None
    assert (before.item_version, after.item_version) == (1, 2)
    assert version_in_force("nothing", on=date(2025, 6, 1)) is None


@pytest.mark.usefixtures("small_parcels")
def test_an_import_that_is_killed_goes_on_where_it_stood(tmp_path: Path) -> None:
    path = written(tmp_path, [line(n) for n in range(40)])

    with pytest.raises(KeyboardInterrupt):
        imported(path, tmp_path, stop_after=5)
    taken = ServiceItem.objects.count()
    summary = imported(path, tmp_path)

    run = CatalogueImport.objects.get()
    assert 0 < taken < 40
    assert counts(summary) == {"added": 40}
    assert (run.position, run.counts["added"], run.finished_at is None) == (run.parts, 40, False)
    assert len(list(summary.report.lines({"added"}))) == 40


@pytest.mark.usefixtures("small_parcels")
def test_a_killed_import_whose_files_are_gone_begins_anew_and_still_adds_up(tmp_path: Path) -> None:
    path = written(tmp_path, [line(n) for n in range(40)])
    with pytest.raises(KeyboardInterrupt):
        imported(path, tmp_path, stop_after=5)
    taken = ServiceItem.objects.count()

    (tmp_path / "elsewhere").mkdir()
    summary = imported(path, tmp_path / "elsewhere")

    assert counts(summary) == {"added": 40 - taken, "unchanged": taken}


@pytest.mark.usefixtures("small_parcels")
def test_every_row_that_is_written_stands_in_the_journal(tmp_path: Path) -> None:
    imported(written(tmp_path, [line(n) for n in range(12)]), tmp_path)

    told = "".join(JournalEvent.objects.values_list("payload", flat=True))
    rows = [
        *ServiceItem.objects.all(),
        *ArchivingPlan.objects.all(),
        *Agency.objects.all(),
        *CatalogueImport.objects.all(),
    ]
    assert len(rows) == 12 + 12 + 1 + 1
    assert [row for row in rows if journal.digest_of(row) not in told] == []


@pytest.mark.usefixtures("small_parcels")
def test_what_a_complete_list_no_longer_names_is_withdrawn_and_comes_back(tmp_path: Path) -> None:
    imported(written(tmp_path, [line(n) for n in range(10)]), tmp_path)
    shorter = written(tmp_path, [line(n) for n in range(8)])

    assert counts(previewed(shorter, tmp_path)) == {"unchanged": 8}
    assert counts(previewed(shorter, tmp_path, complete=f"agency:{AGENCY}"))["withdrawn"] == 2
    summary = imported(shorter, tmp_path, complete="region:44")

    assert counts(summary) == {"unchanged": 8, "withdrawn": 2}
    gone = ServiceItem.objects.get(item_code=code(9))
    assert (gone.state, gone.effective_to) == ("withdrawn", date(2025, 6, 1))
    assert counts(imported(shorter, tmp_path, complete="region:44")) == {"unchanged": 8}
    assert counts(imported(written(tmp_path, [line(9)]), tmp_path)) == {"restated": 1}
    gone.refresh_from_db()
    assert (gone.state, gone.effective_to, gone.item_version) == ("in_force", None, 1)


def test_a_row_that_is_refused_is_not_withdrawn(tmp_path: Path) -> None:
    imported(written(tmp_path, [line(1), line(2)]), tmp_path)

    summary = imported(written(tmp_path, [line(1), line(2, 事项名称="")]), tmp_path, complete="all")

    assert counts(summary) == {"unchanged": 1, "refused": 1}


@pytest.mark.parametrize("scope", ["everything", "region:", "agency:", "all:x", "region:4４"])
def test_a_scope_that_means_nothing_is_refused(tmp_path: Path, scope: str) -> None:
    with pytest.raises(Invalid) as failure:
        open_task(written(tmp_path, [line(1)]), ImportChoices(complete=scope))

    assert failure.value.problems[0].code == "scope_malformed"


def test_refused_rows_are_corrected_in_the_error_file_and_sent_again(tmp_path: Path) -> None:
    path = written(tmp_path, [line(1), line(2, 事项名称=""), line(3, 实施主体编码="1")])
    summary = imported(path, tmp_path, profile="strict")
    assert counts(summary) == {"added": 1, "refused": 2}

    rows = list(summary.report.error_rows("refused", lambda problem: (problem.table, problem.code)))
    sheet = {row.origin[0].number: dict(row.origin[0].cells) for row in rows}
    sheet[3]["事项名称"], sheet[4]["实施主体编码"] = "事项2", AGENCY
    mended = [
        type(row)(row.reasons, (type(row.origin[0])(row.origin[0].table, number, sheet[number]),))
        for row, number in zip(rows, sorted(sheet), strict=True)
    ]
    (tmp_path / "mended.xlsx").write_bytes(write_error_workbook(mended, []))

    assert counts(imported(tmp_path / "mended.xlsx", tmp_path, profile="strict")) == {"added": 2}


@pytest.mark.usefixtures("small_parcels")
def test_a_dump_of_the_exchange_tables_is_imported_table_after_table(tmp_path: Path) -> None:
    basic = ",".join(f"('g{n}','{code(n)}','事项{n}','{AGENCY}','省教育厅',1)" for n in range(20))
    parts = ",".join(f"('g{n}','{code(n)}','材料{m}','1',{m})" for m in (2, 1) for n in range(20))
    path = tmp_path / "dump.sql"
    path.write_text(
        f"INSERT INTO `{BASIC}` (`row_guid`,`task_code`,`task_name`,`dept_code`,`dept_name`,`task_version`) VALUES {basic};"
        f"INSERT INTO `{MATERIAL}` (`task_guid`,`task_code`,`material_name`,`is_need`,`order_num`) VALUES {parts};"
        "INSERT INTO `up_task_directory` (`row_guid`) VALUES ('d1');",
        encoding="utf-8",
    )

    summary = imported(path, tmp_path)

    assert counts(summary) == {"added": 20}
    assert (summary.tables, summary.ignored) == ({BASIC: 20, MATERIAL: 40}, frozenset({"up_task_directory"}))
    item = ServiceItem.objects.get(item_code=code(7))
    assert [m["name"] for m in item.content["materials"]] == ["材料1", "材料2"]


def test_a_mapping_is_saved_once_for_each_change_and_found_by_its_name_or_headers(tmp_path: Path) -> None:
    source, _ = open_task(written(tmp_path, [line(1)]), ImportChoices())
    mapping = guess_mapping(source.heads, name="教育厅清单")

    first, same = (save_mapping(mapping, actor="tester", now=now()) for _ in range(2))
    _, by_headers = open_task(written(tmp_path, [line(1)]), ImportChoices())
    _, by_name = open_task(written(tmp_path, [line(1)]), ImportChoices(mapping="教育厅清单"))

    assert (first.key, first.version, CatalogueMapping.objects.count()) == (same.key, 1, 1)
    assert by_headers.mapping is not None
    assert by_headers.mapping.name == "教育厅清单"
    assert by_name.mapping is not None
    assert mapping_to_dict(by_name.mapping) == first.content
    with pytest.raises(NotFound):
        open_task(written(tmp_path, [line(1)]), ImportChoices(mapping="没有"))


def test_an_item_that_says_nothing_new_keeps_the_digest_it_had_before_there_were_elements(tmp_path: Path) -> None:
    imported(written(tmp_path, [line(1)]), tmp_path)
    item = ServiceItem.objects.get()
    item.content, item.task_code = {}, ""

    assert set(item.digested_values()) == {
        "key", "item_code", "item_version", "name", "item_type", "base_code", "agency_id", "statutory_limit",
        "promised_limit", "content_sha256",
    }  # fmt: skip


REAL: tuple[tuple[str, dict[str, str], int, int], ...] = (
    ("guangdong_items.json", {}, 1649, 492),
    ("guangan_items.csv", {}, 971, 971),
    ("nanjing_jiangbei_gov_projects.json", {"agency_region": "320100"}, 20, 20),
    ("zhejiang_application_forms.json", {"agency_region": "330000", "agency_name": "浙江省办事表单"}, 129, 129),
    ("seed_named_items.json", {"agency_region": "440000"}, 11, 11),
)


@pytest.mark.corpora
@pytest.mark.skipif(not CORPORA.is_dir(), reason="the shared corpora are absent")
@pytest.mark.parametrize(("name", "constants", "count", "noted"), REAL, ids=[row[0] for row in REAL])
def test_real_lists_are_taken_whole_with_each_bad_code_named_and_unchanged_again(
    tmp_path: Path, name: str, constants: dict[str, str], count: int, noted: int
) -> None:
    choices: dict[str, Any] = {"profile": "open", "constants": tuple(constants.items())}

    first = imported(CORPORA / name, tmp_path, **choices)
    again = imported(CORPORA / name, tmp_path, **choices)

    assert counts(first) == {"added": count}
    assert first.counts["noted"] == again.counts["noted"] == noted
    assert counts(again) == {"unchanged": count}
    assert not again.has_anything


@pytest.mark.corpora
@pytest.mark.skipif(not CORPORA.is_dir(), reason="the shared corpora are absent")
def test_bad_codes_of_real_lists_are_kept_as_they_were_told(tmp_path: Path) -> None:
    with (CORPORA / "guangan_items.csv").open(encoding="utf-8-sig", newline="") as file:
        told = {row["item_code"]: row for row in csv.DictReader(file)}

    summary = imported(CORPORA / "guangan_items.csv", tmp_path)

    stored = {row.item_code: row for row in ServiceItem.objects.select_related("agency")}
    assert set(stored) == set(told)
    assert all(stored[code].name == row["name"].strip() for code, row in told.items())
    assert all(stored[code].agency.code == (row["dept_uscc"] or row["dept_code"]) for code, row in told.items())
    noted = {line["key"]: {problem[3] for problem in line["problems"]} for line in summary.report.lines({"noted"})}
    bad = {code for code, row in told.items() if row["dept_uscc_valid"] == "False"}
    assert bad == {code for code, problems in noted.items() if "credit_code_malformed" in problems}
