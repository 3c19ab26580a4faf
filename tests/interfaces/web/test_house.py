"""The first page, the work lists and the journal: what they count is what is there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests.builders import Built, demo_case, make_case_at, now, seal
from tests.interfaces.web.conftest import SignIn

from jingui.db.models import Case, CatalogueWork, Job
from jingui.db.queries.house import coverage, house, returned
from jingui.db.queries.worklists import TRANSFER_YEARS, WORK_LISTS, work_counts, work_list
from jingui.domain.access.roles import ALL_AGENCIES, Actor, Role
from jingui.domain.lifecycle import CaseState
from jingui.domain.records.terms import Outcome
from jingui.interfaces.web.views.worklists import HEADINGS
from jingui.usecases.audit.findings import Looked
from jingui.usecases.audit.holdings import note_verification

EVERYWHERE = Actor("1", "archivist", frozenset({Role.ARCHIVIST}), ALL_AGENCIES)


def counted(**expected: int) -> dict[str, int]:
    return dict.fromkeys((work.name for work in WORK_LISTS), 0) | expected


def test_every_case_that_waits_is_in_its_list(built: Built) -> None:
    make_case_at(built, CaseState.HELD)
    make_case_at(built, CaseState.HELD, demo=demo_case("unexpected_material"))
    make_case_at(built, CaseState.INSPECTED)
    make_case_at(built, CaseState.EXPECTED, demo=demo_case("none", number=1))

    assert work_counts(EVERYWHERE, now=now()) == counted(incomplete=1, failed=1, running=1, expected=1)


def test_a_count_is_the_length_of_its_list(built: Built) -> None:
    make_case_at(built, CaseState.HELD)
    make_case_at(built, CaseState.OPEN)
    make_case_at(built, CaseState.PRESERVED)
    late = now() + timedelta(days=366 * (TRANSFER_YEARS + 2))

    counts = work_counts(EVERYWHERE, now=late)

    assert counts == {work.name: work_list(EVERYWHERE, work.name, now=late, number=1).total for work in WORK_LISTS}
    assert counts["overdue"] == 1


def test_what_must_be_transferred_is_told_after_five_years_unless_it_is_kept_for_ten(built: Built) -> None:
    case = make_case_at(built, CaseState.PRESERVED)
    assert case.closed_at is not None
    due = case.closed_at + timedelta(days=366 * TRANSFER_YEARS)

    for retention, count in (("D30", 1), ("Y", 1), ("D10", 0)):
        Case.objects.filter(pk=case.pk).update(retention=retention)
        assert work_counts(EVERYWHERE, now=due)["transfer"] == count
    assert work_counts(EVERYWHERE, now=case.closed_at + timedelta(days=1800))["transfer"] == 0


def test_what_a_machine_cannot_judge_is_listed_for_a_person(built: Built) -> None:
    case = make_case_at(built, CaseState.PRESERVED)
    Case.objects.filter(pk=case.pk).update(outcome=Outcome.NEEDS_PERSON)

    assert work_counts(EVERYWHERE, now=now())["judgement"] == 1


@pytest.mark.parametrize("work", [work.name for work in WORK_LISTS])
def test_every_list_has_its_words_and_opens_empty(archivist: Client, work: str) -> None:
    assert HEADINGS[work][2] in archivist.get(f"/worklists/{work}").content.decode()


def test_the_first_page_names_what_is_missing(built: Built, archivist: Client) -> None:
    case = make_case_at(built, CaseState.HELD)
    missing = archivist.get(f"/records/{case.key}/inventory").context["inventory"].missing[0]

    assert f"缺 1 种材料：{missing.name}" in archivist.get("/").content.decode()


def test_coverage_counts_what_was_closed_and_what_of_it_is_kept(built: Built) -> None:
    kept = make_case_at(built, CaseState.PRESERVED)
    held = make_case_at(built, CaseState.HELD)
    long_ago = now() - timedelta(days=36500)

    rows = {row.code: (row.due, row.kept, row.missing) for row in coverage(EVERYWHERE, since=long_ago)}

    assert kept.agency is not None
    assert held.agency is not None
    expected = {kept.agency.code: (1, 1, 0), held.agency.code: (1, 0, 1)}
    assert rows == (expected if kept.agency_id != held.agency_id else {kept.agency.code: (2, 1, 1)})
    assert coverage(EVERYWHERE, since=now()) == []


def test_what_was_sent_back_is_counted_by_day_and_by_reason(built: Built) -> None:
    make_case_at(built, CaseState.HELD)
    make_case_at(built, CaseState.HELD, demo=demo_case("missing_material", number=1))

    found = returned(EVERYWHERE, since=now() - timedelta(days=7))

    assert sum(found.by_day.values()) == 2
    assert dict(found.by_code)["material_missing"] == 2
    assert sum(returned(EVERYWHERE, since=now() + timedelta(days=1)).by_day.values()) == 0


def test_the_state_of_the_house_is_what_is_there(built: Built) -> None:
    make_case_at(built, CaseState.PRESERVED)
    size = seal(built)
    looked = Looked(files=3)
    note_verification(looked=looked, findings=0, actor="system:tests", now=now())

    state = house()

    assert (state.objects, state.journal_size, state.unsealed) == (1, size, 1)
    assert state.bytes > 0
    assert state.verified["files"] == 3


def test_a_job_that_gave_up_is_shown_to_who_runs_the_system_and_on_the_record(
    built: Built, sign_in: SignIn, archivist: Client
) -> None:
    case = make_case_at(built, CaseState.CLOSED)
    Job.objects.update_or_create(
        case_key=case.key, defaults={"state": "failed", "error": "PermanentFailure: x", "run_after": now()}
    )

    assert "PermanentFailure: x" in sign_in(Role.ADMINISTRATOR).get("/worklists/jobs").content.decode()
    assert "系统多次重试仍没有成功" in archivist.get(f"/records/{case.key}").content.decode()


def test_who_runs_the_system_does_not_read_what_an_export_was_searched_by(sign_in: SignIn) -> None:
    for kind, title in (("export", "查找“王小明”"), ("import", "清单.xlsx")):
        work = CatalogueWork.objects.create(kind=kind, title=title, subject="x", asked_by="a", asked_at=now())
        Job.objects.create(case_key=work.pk, state="failed", error="OSError", run_after=now())

    page = sign_in(Role.ADMINISTRATOR).get("/worklists/jobs").content.decode()

    assert (page.count("OSError"), "清单.xlsx" in page, "王小明" in page) == (2, True, False)


def test_the_journal_is_paged_filtered_and_proved(built: Built, sign_in: SignIn) -> None:
    case = make_case_at(built, CaseState.PRESERVED)
    seal(built)
    auditor = sign_in(Role.AUDITOR)

    by_case = auditor.get("/journal", {"case": case.case_number}).context["page"].events
    by_kind = auditor.get("/journal", {"kind": "case.preserved"}).context["page"].events

    assert {event.case_key for event in by_case} == {case.key}
    assert len(by_kind) == 1
    assert "已核对" in auditor.get(f"/journal/{by_kind[0].pk}").content.decode()
    assert auditor.get(f"/journal/{by_kind[0].pk}/proof.json").json()["leaf_index"] == by_kind[0].leaf_index
    older = auditor.get("/journal", {"before": by_kind[0].pk}).context["page"].events
    assert max(event.pk for event in older) < by_kind[0].pk


def test_a_bare_name_in_the_journal_is_that_of_an_account(built: Built, sign_in: SignIn) -> None:
    case = make_case_at(built, CaseState.PRESERVED)
    sign_in(Role.ARCHIVIST, username="chen").get(f"/records/{case.key}")

    found = sign_in(Role.AUDITOR).get("/journal", {"actor": " chen "}).context["page"].events

    assert {event.actor for event in found} == {"account:chen"}


def test_the_journal_shows_no_name_of_a_citizen(built: Built, sign_in: SignIn) -> None:
    case = make_case_at(built, CaseState.PRESERVED)
    auditor = sign_in(Role.AUDITOR)

    pages = [auditor.get("/journal").content.decode()]
    pages += [
        auditor.get(f"/journal/{row.pk}").content.decode() for row in auditor.get("/journal").context["page"].events
    ]

    assert [page for page in pages if case.applicant_name in page] == []
