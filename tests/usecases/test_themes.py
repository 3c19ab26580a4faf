"""A matter of three departments (一件事): shared once, standing in every department's own package, in any order."""

from __future__ import annotations

import json
from itertools import permutations
from xml.etree import ElementTree

import pytest
from tests.builders import now
from tests.personas import Office, new_number, pdf
from tests.usecases.theme_office import (
    AGENCIES,
    CALL,
    Matter,
    adopt,
    item_of,
    new_matter,
    newest_package,
    share,
    stored_path,
)

from jingui.db.models import Job, JournalEvent, SharedFile, ThemeCase
from jingui.domain.audit.events import Event
from jingui.domain.lifecycle import CaseState
from jingui.formats.digests import digest_bytes
from jingui.usecases.capture.themes import wake_all_waiting

CALL_TEXT = json.dumps(CALL, ensure_ascii=False)


@pytest.fixture
def matter(office: Office) -> Matter:
    adopt(office)
    return new_matter(office)


def base_metadata(matter: Matter, at: int) -> ElementTree.Element:
    path = stored_path(matter.office, matter.row(at), "元数据/基本信息元数据.xml")
    return ElementTree.fromstring(path.read_bytes())


def states(matter: Matter) -> list[str]:
    return [matter.row(at).state for at in range(3)]


def test_three_departments_archive_their_own_part_with_two_files_shared_once(matter: Matter) -> None:
    office = matter.office
    replies = [matter.open(at) for at in range(3)]
    replies += [matter.file(0, "form", "A01"), matter.file(0, "identity", "A02")]
    replies += [matter.share(at, key, code) for at in (1, 2) for key, code in (("form", "A01"), ("identity", "A02"))]
    for at in range(3):
        replies += matter.end(at, declared_files=3)
    assert [reply.status for reply in replies] == [201] * len(replies), [reply.body for reply in replies]

    office.work()

    assert states(matter) == [CaseState.PRESERVED] * 3
    assert [matter.check(at) for at in range(3)] == [[], [], []]
    assert office.findings() == []
    assert office.staged() == set()
    places = [stored_path(office, matter.row(at), newest_package(matter.row(at)).arranged["form"]) for at in range(3)]
    assert len({place.resolve() for place in places}) == 3
    assert len({place.stat().st_ino for place in places}) == 1  # the bytes lie once on the disk
    assert {place.read_bytes() for place in places} == {pdf(f"{matter.number} 0 form")}
    assert len({matter.row(at).archival_code for at in range(3)}) == 3


def test_the_relation_and_the_origin_of_a_shared_file_stand_in_the_metadata(matter: Matter) -> None:
    for at in range(3):
        matter.open(at)
    matter.file(0, "form", "A01")
    matter.file(0, "identity", "A02")
    matter.share(1, "form", "A01")
    matter.share(1, "identity", "A02")
    matter.end(1)
    matter.office.work()

    root = base_metadata(matter, 1)

    theme = root.find("theme")
    assert theme is not None
    assert [theme.findtext(name) for name in ("theme_number", "theme_role", "theme_count")] == [
        matter.number,
        "co",
        "3",
    ]
    cases = [
        (e.findtext("theme_role"), e.findtext("project_id"), e.findtext("social_code")) for e in theme.iter("sub_case")
    ]
    assert cases[0] == ("main", matter.numbers[0], AGENCIES[0])
    assert sorted(str(number) for _, number, _ in cases) == sorted(matter.numbers)
    shared = [element.findtext("project_id") for element in root.iter("shared_from")]
    assert shared == [matter.numbers[0]] * 2


@pytest.mark.parametrize("order", list(permutations(("reference", "original", "main opens", "co opens")))[::3])
def test_cases_file_and_reference_may_come_in_any_order(matter: Matter, order: tuple[str, ...]) -> None:
    acts = {
        "reference": lambda: matter.share(1, "form", "A01"),
        "original": lambda: matter.file(0, "form", "A01"),
        "main opens": lambda: matter.open(0),
        "co opens": lambda: matter.open(1),
    }
    for act in order:
        assert acts[act]().status == 201
        matter.office.work()

    assert SharedFile.objects.get(file_key="form").state == "taken"
    assert matter.row(1).files.get(file_key="form").sha256 == digest_bytes(pdf(f"{matter.number} 0 form")).sha256


def test_a_case_that_ends_before_its_shared_file_is_held_and_goes_on_by_itself(matter: Matter) -> None:
    matter.open(1)
    matter.file(1, "form", "A01")
    matter.share(1, "identity", "A02")
    matter.end(1)
    matter.office.work()
    found = matter.source.get(matter.numbers[1]).json
    assert found["state"] == "held"
    assert "shared_file_waiting" in {finding["code"] for finding in found["findings"]}

    matter.file(0, "identity", "A02")
    matter.open(0)
    matter.office.work()

    assert matter.row(1).state == CaseState.PRESERVED
    assert matter.check(1) == []


def test_a_shared_file_that_is_optional_is_waited_for_too(matter: Matter) -> None:
    matter.open(0)
    matter.open(1)
    matter.file(1, "form", "A01")
    matter.file(1, "identity", "A02")
    matter.share(1, "extra", "A03")
    matter.end(1)
    matter.office.work()
    assert matter.row(1).state == CaseState.HELD

    matter.file(0, "extra", "A03")
    matter.office.work()

    assert matter.row(1).state == CaseState.PRESERVED
    assert "extra" in newest_package(matter.row(1)).arranged


def test_a_file_that_is_not_the_one_meant_is_not_taken_and_can_be_replaced(matter: Matter) -> None:
    matter.open(0)
    matter.open(1)
    matter.file(1, "identity", "A02")
    matter.share(1, "form", "A01", sha256="0" * 64)
    matter.file(0, "form", "A01")
    matter.end(1)
    matter.office.work()
    assert SharedFile.objects.get(file_key="form").state == "differs"
    assert matter.row(1).state == CaseState.HELD

    assert matter.file(1, "form2", "A01", replaces="form").status == 201
    matter.office.work()

    assert matter.row(1).state == CaseState.PRESERVED


def test_the_source_may_send_the_bytes_after_all(matter: Matter) -> None:
    matter.open(1)
    content = pdf("the same bytes")
    matter.share(1, "form", "A01", sha256=digest_bytes(content).sha256)

    assert matter.source.file(matter.numbers[1], "form", pdf("other bytes"), material="A01").code == "message_conflict"
    assert matter.source.file(matter.numbers[1], "form", content, material="A01").status == 201

    assert SharedFile.objects.get(file_key="form").state == "sent"
    matter.office.work()
    assert matter.row(1).files.count() == 1


def test_a_reference_sent_again_is_answered_with_the_identical_receipt(matter: Matter) -> None:
    matter.open(1)
    first = matter.share(1, "form", "A01")
    again = matter.share(1, "form", "A01")

    assert first.json == again.json
    assert again.is_replayed
    assert first.json["receipt"]["kind"] == "file_shared"
    assert matter.share(1, "form", "A02").code == "message_conflict"


def test_references_that_cannot_be_are_refused(matter: Matter) -> None:
    matter.open(0)
    matter.open(1)
    lone = new_number()
    matter.source.case(lone, item_code=item_of(AGENCIES[2]))
    matter.file(0, "form", "A01")
    own = {"case_number": matter.numbers[1], "file_key": "form"}

    itself = matter.share(1, "form", "A01", shared_from=own)
    apart = matter.share(1, "form", "A01", shared_from={"case_number": lone, "file_key": "form"})
    other = matter.share(1, "form", "A01", sha256="1" * 64)
    nothing = share(matter.source, matter.numbers[1], {"file_key": "form", "name": "a.pdf", "sha256": "1" * 64})
    stranger = matter.share(1, "form", "A01", secret="x")

    assert itself.problems == {"shared_from.case_number": "shared_from_itself"}
    assert apart.problems == {"shared_from.case_number": "shared_outside_theme"}
    assert other.code == "shared_file_differs"
    assert nothing.problems == {"shared_from": "required"}
    assert stranger.problems == {"secret": "unknown_field"}
    assert not SharedFile.objects.exists()


def test_another_source_cannot_share_what_this_one_sent(matter: Matter) -> None:
    stranger = matter.office.newcomer("别的系统")
    matter.open(0)
    matter.file(0, "form", "A01")
    number = new_number()
    stranger.case(number, item_code=item_of(AGENCIES[1]), theme=matter.theme(1))
    told = {"file_key": "form", "name": "a.pdf", "sha256": digest_bytes(pdf(f"{matter.number} 0 form")).sha256}

    reply = share(stranger, number, {**told, "shared_from": {"case_number": matter.numbers[0], "file_key": "form"}})
    matter.office.work()

    assert reply.status == 201  # no more is told than of a case that never comes
    assert matter.office.case_row(number).files.count() == 0


def test_a_shared_file_keeps_where_it_was_called_from(matter: Matter) -> None:
    matter.open(0)
    matter.open(1)
    matter.file(0, "identity", "A02", provenance=CALL_TEXT)
    matter.share(1, "identity", "A02")
    matter.office.work()

    told = matter.source.get(matter.numbers[1], "inventory").json["origins"]["identity"]

    assert told["provenance"]["system"] == CALL["system"]
    assert told["shared_from"] == {"case_number": matter.numbers[0], "file_key": "identity"}


def test_a_file_of_an_archived_case_is_shared_out_of_the_store(matter: Matter) -> None:
    matter.open(0)
    matter.file(0, "form", "A01")
    matter.file(0, "identity", "A02")
    matter.end(0)
    matter.office.work()
    assert matter.row(0).state == CaseState.PRESERVED

    matter.open(1)
    matter.share(1, "form", "A01")
    matter.share(1, "identity", "A02")
    matter.end(1)
    matter.office.work()

    assert matter.row(1).state == CaseState.PRESERVED
    assert matter.check(1) == []
    assert matter.office.findings() == []


def test_two_messages_that_did_not_see_each_other_are_brought_together_by_the_worker(matter: Matter) -> None:
    matter.open(0)
    matter.open(1)
    matter.share(1, "form", "A01")
    matter.office.work()
    assert wake_all_waiting(queue=matter.office.services.queue, now=now()) == 0
    matter.file(0, "form", "A01")
    matter.office.services.queue.claim("nobody", now=now())

    assert wake_all_waiting(queue=matter.office.services.queue, now=now()) == 1
    Job.objects.update(state="failed")
    assert wake_all_waiting(queue=matter.office.services.queue, now=now()) == 0, "what failed waits for a person"


def test_the_journal_tells_of_sharing(matter: Matter) -> None:
    matter.open(0)
    matter.open(1)
    matter.share(1, "form", "A01")
    matter.file(0, "form", "A01")
    matter.office.work()

    kinds = list(JournalEvent.objects.filter(case_key=matter.row(1).key).order_by("id").values_list("kind", flat=True))

    assert kinds == [Event.CASE_RECEIVED, Event.FILE_SHARED, Event.SHARED_FILE_TAKEN]


def test_a_theme_that_is_not_well_told_is_refused(matter: Matter) -> None:
    reply = matter.source.case(matter.numbers[0], item_code=item_of(AGENCIES[0]), theme={"number": "n", "role": "boss"})

    assert reply.problems == {"theme.name": "required", "theme.role": "not_in_range"}
    assert not ThemeCase.objects.exists()


def test_the_case_says_what_it_is_part_of(matter: Matter) -> None:
    matter.open(1)
    matter.share(1, "form", "A01")

    assert matter.source.get(matter.numbers[1]).json["theme"] == matter.theme(1)
    awaited = matter.source.get(matter.numbers[1], "inventory").json["awaited"]
    assert [(row["file_key"], row["state"]) for row in awaited] == [("form", "waiting")]
