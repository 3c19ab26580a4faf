"""Files that came without a material: suggested, accepted where the plan says so, and decided by a person."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from typing import Any

import pytest
from tests import scans
from tests.builders import now
from tests.personas import AGENCY, ITEM, Office, as_json, new_number, pdf, small_catalogue, step_message

from jingui.db.models import Case, CaseFile, FileSuggestion, FileText, JournalEvent, RecognitionTask
from jingui.db.queries.suggestions import open_suggestion_count, open_suggestions, suggested_files
from jingui.domain.access.roles import ALL_AGENCIES, Actor, Role
from jingui.domain.capture.deciding import MaterialChoice
from jingui.domain.errors import Conflict, Invalid, NotFound
from jingui.formats.catalogues import read_catalogue
from jingui.usecases.capture.suggesting import decide_materials
from jingui.usecases.catalogue.importing import import_catalogue

ARCHIVIST = Actor("k", "chen", frozenset({Role.ARCHIVIST}), ALL_AGENCIES)
ELSEWHERE = Actor("k", "li", frozenset({Role.ARCHIVIST}), frozenset({"11539900MB0061049J"}))


def trust_from(percent: int | None) -> None:
    """Let the small item's plan accept suggestions from a confidence on."""
    changed: dict[str, Any] = small_catalogue()
    changed["items"][0]["item_version"] = 2
    changed["items"][0]["effective_from"] = "2025-01-01"  # before the cases of these tests are received
    changed["items"][0]["plan"]["accept_suggestions_from"] = percent
    import_catalogue(read_catalogue(as_json(changed)), actor="system:tests", now=now())


def sent(office: Office, *names: str, number: str = "") -> Case:
    """Send a closed case whose files name no material, and let the worker do what it can."""
    case_number = number or new_number()
    integrator = office.integrator
    replies = [integrator.case(case_number, item_code=ITEM)]
    replies += [
        integrator.file(case_number, f"f{at}", pdf(f"{case_number} {at}"), material="", name=name)
        for at, name in enumerate(names)
    ]
    replies += [integrator.steps(case_number, step_message("s1"), step_message("s2", "决定"))]
    replies += [integrator.closure(case_number)]
    assert [reply.status for reply in replies] == [201] * len(replies), [reply.body for reply in replies]
    office.work()
    return office.case_row(case_number)


def decided(office: Office, case: Case, choices: dict[str, str], *, actor: Actor = ARCHIVIST) -> int:
    made = [MaterialChoice(key, code) for key, code in choices.items()]
    return decide_materials(case.key, made, actor=actor, name="account:chen", queue=office.services.queue, now=now())


def states(case: Case) -> dict[str, str]:
    return dict(FileSuggestion.objects.filter(case=case).values_list("file__file_key", "state"))


def kinds(case: Case) -> list[str]:
    found = JournalEvent.objects.filter(case_key=case.key, kind__startswith="material.").order_by("id")
    return list(found.values_list("kind", flat=True))


def test_unlabelled_files_get_suggestions_and_the_case_waits_for_a_person(office: Office) -> None:
    case = sent(office, "申请表.pdf", "许可证扫描件.pdf")

    assert case.state == "held"
    rows = {row.file.file_key: row for row in FileSuggestion.objects.filter(case=case).select_related("file")}
    assert {key: row.material_code for key, row in rows.items()} == {"f0": "A01", "f1": "C01"}
    assert {row.clue for row in rows.values()} == {"name"}
    assert all(0 < row.confidence <= 1000 and row.method_version == "1" for row in rows.values())
    assert not CaseFile.objects.filter(case=case).exclude(material_code="").exists()
    assert office.findings() == []


def test_an_accepted_suggestion_lets_the_case_through_and_stands_in_the_journal(office: Office) -> None:
    case = sent(office, "申请表.pdf", "许可证.pdf")

    assert decided(office, case, {"f0": "A01", "f1": "C01"}) == 2
    office.work()

    case.refresh_from_db()
    assert case.state == "preserved"
    assert states(case) == {"f0": "accepted", "f1": "accepted"}
    assert kinds(case) == ["material.suggested", "material.decided"]
    answer = office.integrator.get(case.case_number, "inventory").json
    assert answer["missing"] == answer["unexpected"] == []
    assert office.findings() == []


def test_a_person_may_name_another_material_or_none(office: Office) -> None:
    case = sent(office, "申请表.pdf", "许可证.pdf", "别的.pdf")

    decided(office, case, {"f0": "A01", "f1": "C01", "f2": "A02"})
    assert states(case)["f2"] == "changed"

    other = sent(office, "申请表.pdf")
    decided(office, other, {"f0": ""})
    assert states(other) == {"f0": "none"}
    assert CaseFile.objects.get(case=other).material_code == ""
    assert not office.services.queue.has_ready(now=now())  # it waits for its source


def test_the_plan_may_trust_sure_suggestions(office: Office) -> None:
    trust_from(80)

    case = sent(office, "申请表.pdf", "许可证.pdf")

    assert case.state == "preserved"
    assert states(case) == {"f0": "automatic", "f1": "automatic"}
    assert set(CaseFile.objects.filter(case=case).values_list("material_code", flat=True)) == {"A01", "C01"}
    assert office.findings() == []


def test_what_is_not_sure_enough_for_the_plan_waits_for_a_person(office: Office) -> None:
    trust_from(100)

    assert set(states(sent(office, "申请表.pdf", "许可证.pdf")).values()) == {"open"}


def test_a_case_whose_files_all_name_their_material_has_no_suggestions(office: Office) -> None:
    number = new_number()
    office.integrator.whole_case(number)
    office.work()

    assert office.case_row(number).state == "preserved"
    assert not FileSuggestion.objects.exists()


def test_a_file_that_was_replaced_waits_for_nobody(office: Office) -> None:
    case = sent(office, "申请表.pdf", "许可证.pdf")

    for key, old, code in (("g0", "f0", "A01"), ("g1", "f1", "C01")):
        office.integrator.file(case.case_number, key, pdf(key), material=code, replaces=old)
    office.work()

    case.refresh_from_db()
    assert case.state == "preserved"
    assert states(case) == {"f0": "lapsed", "f1": "lapsed"}


def test_a_decision_is_taken_once_and_only_for_materials_of_the_plan(office: Office) -> None:
    case = sent(office, "申请表.pdf", "许可证.pdf")

    with pytest.raises(Invalid) as unknown:
        decided(office, case, {"f0": "A01", "f1": "Z99"})
    assert unknown.value.problems[0].code == "material_not_in_plan"
    assert set(states(case).values()) == {"open"}

    decided(office, case, {"f0": "A01"})
    with pytest.raises(Conflict) as late:
        decided(office, case, {"f0": "C01"})
    assert late.value.code == "suggestion_decided"


def test_nothing_is_decided_while_a_case_is_being_packaged(office: Office) -> None:
    case = sent(office, "申请表.pdf", "许可证.pdf")
    Case.objects.filter(pk=case.pk).update(state="arranged")

    with pytest.raises(Conflict) as caught:
        decided(office, case, {"f0": "A01"})

    assert caught.value.code == "case_being_archived"


def test_who_may_not_know_of_the_case_decides_nothing_and_counts_nothing(office: Office) -> None:
    case = sent(office, "申请表.pdf")

    with pytest.raises(NotFound):
        decided(office, case, {"f0": "A01"}, actor=ELSEWHERE)
    assert (open_suggestion_count(ARCHIVIST), open_suggestion_count(ELSEWHERE)) == (1, 0)
    assert open_suggestions(ELSEWHERE, number=1).total == 0
    (found,) = suggested_files(open_suggestions(ARCHIVIST, number=1).rows)
    assert [file.file.name for file in found.files] == ["申请表.pdf"]
    assert found.case.agency is not None
    assert found.case.agency.code == AGENCY


@pytest.mark.skipif(find_spec("rapidocr") is None, reason="requirements/ocr.in is not installed")
def test_a_scan_is_recognised_for_search_and_gets_its_suggestion_by_what_it_says(office: Office) -> None:
    instance = replace(office.services.instance, recognises_files=True)
    ready = replace(office.services, instance=instance)
    scanning = replace(office, services=ready)
    number = new_number()
    integrator = office.integrator
    integrator.case(number, item_code=ITEM)
    integrator.file(
        number,
        "f0",
        scans.jpeg(scans.scanned(scans.paper("护士执业许可证", "持证人　欧阳某某"))),
        material="",
        name="IMG_1.jpg",
    )
    integrator.file(number, "f1", pdf(number), material="A01", name="申请表.pdf")
    integrator.closure(number)

    scanning.work()

    case = office.case_row(number)
    row = FileSuggestion.objects.get(case=case)
    assert (row.material_code, row.clue) == ("C01", "ocr")
    assert RecognitionTask.objects.get(file=row.file).state == "done"
    assert FileText.objects.filter(file=row.file).exists()
    assert office.findings() == []
