"""The record page: stages, tabs, masks, proof, and what of it stands in the journal."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from tests.builders import Built, demo_case, make_case_at, now, seal, send_closure, send_files

from jingui.db.models import Case, JournalEvent
from jingui.domain.audit import merkle
from jingui.domain.audit.checkpoint import parse_checkpoint, parse_note
from jingui.domain.lifecycle import CaseState
from jingui.interfaces.jobs.pipeline import advance
from jingui.interfaces.web.views.tabs import TABS


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def views(case: Case) -> int:
    return JournalEvent.objects.filter(kind="record.viewed", case_key=case.key).count()


def stages(client: Client, case: Case) -> list[tuple[str, str]]:
    return [(stage.name, stage.status) for stage in client.get(f"/records/{case.key}").context["stages"]]


@pytest.mark.parametrize("state", [CaseState.EXPECTED, CaseState.OPEN, CaseState.HELD, CaseState.PRESERVED])
def test_every_tab_of_a_record_in_any_state_has_an_address(built: Built, archivist: Client, state: CaseState) -> None:
    case = make_case_at(built, state)

    assert {tab: archivist.get(f"/records/{case.key}/{tab}").status_code for tab in TABS} == dict.fromkeys(TABS, 200)
    assert archivist.get(f"/records/{case.key}/nothing").status_code == 404


def test_the_line_of_stages_says_where_a_case_stands(built: Built, archivist: Client) -> None:
    held = make_case_at(built, CaseState.HELD)
    kept = make_case_at(built, CaseState.PRESERVED)

    assert stages(archivist, held)[4:] == [("检测", "is-held"), ("整理", ""), ("封装", ""), ("入库", "")]
    assert {status for _, status in stages(archivist, kept)} == {"is-done"}
    assert "等补 1 种材料" in text(archivist, f"/records/{held.key}")


@pytest.mark.parametrize(
    ("state", "running"), [(CaseState.CLOSED, "检测"), (CaseState.INSPECTED, "整理"), (CaseState.PACKAGED, "入库")]
)
def test_the_stage_at_which_the_machine_works_is_marked(
    built: Built, archivist: Client, state: CaseState, running: str
) -> None:
    case = make_case_at(built, state)

    assert [name for name, status in stages(archivist, case) if status == "is-now"] == [running]


def test_a_case_that_only_waits_for_its_own_message_says_so(built: Built, archivist: Client) -> None:
    demo = demo_case("none")
    send_closure(built, demo)
    case = Case.objects.get(case_number=demo.number)

    assert "等收件消息" in text(archivist, f"/records/{case.key}")


def test_what_is_missing_is_named(built: Built, archivist: Client) -> None:
    case = make_case_at(built, CaseState.HELD)

    page = archivist.get(f"/records/{case.key}/inventory")
    missing = page.context["inventory"].missing

    assert len(missing) == 1
    assert f"{missing[0].code}　{missing[0].name}" in page.content.decode()


def test_a_case_in_handling_lacks_nothing_yet(built: Built, archivist: Client) -> None:
    case = make_case_at(built, CaseState.OPEN)

    page = text(archivist, f"/records/{case.key}/inventory")

    assert "还没收到，办结前报送即可" in page
    assert "count-needs" not in page.partition('aria-label="档案各面"')[2].partition("</nav>")[0]


def test_names_are_masked_until_they_are_asked_for_and_asking_is_written_down(built: Built, archivist: Client) -> None:
    case = make_case_at(built, CaseState.PRESERVED)
    page = text(archivist, f"/records/{case.key}/metadata").partition('class="viewer"')[0]

    assert case.applicant_name not in page
    opened = text(archivist, f"/records/{case.key}/metadata?personal=1")

    assert case.applicant_name in opened
    payloads = JournalEvent.objects.filter(kind="record.viewed").values_list("payload", flat=True)
    assert {"way": "personal"} in [json.loads(payload)["facts"] for payload in payloads]


def test_a_forged_header_does_not_hide_who_looked(built: Built, archivist: Client) -> None:
    case = make_case_at(built, CaseState.PRESERVED)

    archivist.get(f"/records/{case.key}/metadata?personal=1", headers={"HX-Request": "true"})

    assert views(case) == 2


@pytest.mark.parametrize("tab", sorted(TABS))
def test_no_tab_shows_the_applicants_name_by_itself(built: Built, archivist: Client, tab: str) -> None:
    case = make_case_at(built, CaseState.PRESERVED)

    assert case.applicant_name not in text(archivist, f"/records/{case.key}/{tab}")


def test_opening_a_record_is_written_down_once_for_the_page_and_never_for_its_images(
    built: Built, archivist: Client
) -> None:
    case = make_case_at(built, CaseState.PRESERVED)
    file = case.files.first()
    assert file is not None
    address = f"/records/{case.key}/files/{file.file_key}/pages/1.png"

    archivist.get(f"/records/{case.key}")
    archivist.get(address, {"w": "112"})
    archivist.get(address)
    archivist.get(f"/records/{case.key}/proof", headers={"HX-Request": "true"})

    assert views(case) == 1
    archivist.get(f"/records/{case.key}")
    assert views(case) == 2


def test_an_image_asked_for_without_its_page_is_written_down_too(built: Built, archivist: Client) -> None:
    case = make_case_at(built, CaseState.PRESERVED)
    file = case.files.first()
    assert file is not None

    archivist.get(f"/records/{case.key}/files/{file.file_key}/pages/1.png")

    assert views(case) == 1


def test_the_report_shows_each_outcome_and_never_calls_unchecked_passed(built: Built, archivist: Client) -> None:
    case = make_case_at(built, CaseState.HELD)

    page = archivist.get(f"/records/{case.key}/inspection")
    view = page.context["report_view"]
    counts = dict(view.counts)

    assert set(counts) == {"passed", "warned", "failed", "needs_person", "not_applicable", "not_checked"}
    assert sum(counts.values()) == sum(len(group.results) for group in view.properties)
    assert counts["failed"] == 1
    assert view.attention[0].outcome == "failed"
    assert all(result.sayings for group in view.properties for result in group.results)
    assert "封装时检测" in page.content.decode()


def test_the_proof_of_an_event_convinces_a_stranger(built: Built, archivist: Client) -> None:
    case = make_case_at(built, CaseState.PRESERVED)
    seal(built)
    event = JournalEvent.objects.filter(case_key=case.key, kind="case.preserved").get()

    proof = archivist.get(f"/records/{case.key}/events/{event.pk}/proof.json").json()
    signed = parse_checkpoint(parse_note(proof["checkpoint"]).text)

    assert proof["payload"] == event.payload
    assert signed.root.hex() == proof["root_hash"]
    assert merkle.verify_inclusion(
        leaf=merkle.leaf_hash(proof["payload"].encode()),
        index=proof["leaf_index"],
        size=signed.size,
        proof=[bytes.fromhex(step) for step in proof["inclusion_path"]],
        root=signed.root,
    )
    assert "已核对，可独立验证" in text(archivist, f"/records/{case.key}/proof")


def test_a_changed_event_is_not_shown_as_proved(built: Built, archivist: Client) -> None:
    case = make_case_at(built, CaseState.PRESERVED)
    seal(built)
    JournalEvent.objects.filter(case_key=case.key, kind="case.preserved").update(payload='{"facts": {}}')

    assert "核对不通过" in text(archivist, f"/records/{case.key}/proof")


def test_the_proof_on_the_page_is_that_of_keeping_whoever_looked_later(built: Built, archivist: Client) -> None:
    case = make_case_at(built, CaseState.PRESERVED)
    text(archivist, f"/records/{case.key}")
    seal(built)

    assert archivist.get(f"/records/{case.key}/proof").context["proved_event"].kind == "case.preserved"


def test_an_event_of_another_case_is_no_proof_of_this_record(built: Built, archivist: Client) -> None:
    case = make_case_at(built, CaseState.PRESERVED)
    other = JournalEvent.objects.filter(case_key=None).first()
    assert other is not None

    assert archivist.get(f"/records/{case.key}/events/{other.pk}/proof.json").status_code == 404


def test_a_copy_is_offered_only_of_what_is_archived(built: Built, archivist: Client) -> None:
    held = make_case_at(built, CaseState.HELD)
    kept = make_case_at(built, CaseState.PRESERVED)

    assert "/copies/new" not in text(archivist, f"/records/{held.key}/copies")
    assert f"/records/{kept.key}/copies/new" in text(archivist, f"/records/{kept.key}/copies")


def test_a_second_version_and_its_flag_are_shown(built: Built, archivist: Client) -> None:
    demo = demo_case("late_file")
    case = make_case_at(built, CaseState.PRESERVED, demo=demo)

    send_files(built, demo, demo.late_files)
    advance(case.key, services=built.services, clock=now)
    page = text(archivist, f"/records/{case.key}/versions")

    assert "第 2 版" in page
    assert "办结后补收材料" in page
