"""The day's closing: a ledger is compared with the holdings, and what nobody accounts for is named."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.personas import AGENCY, CLOSED, ITEM, OTHER_AGENCY, PREFIX, Integrator, Office, pdf, step_message
from tests.usecases.closing_desk import (
    DAY,
    EVENING,
    archivist,
    as_lines,
    close,
    closed_line,
    desk_of,
    explain,
    newest_body,
    open_line,
    put_ledger,
    put_lines,
)

from jingui.bootstrap import signature_verifier
from jingui.db.models import CoverageCertificate, DayClosing, Explanation, JournalEvent, LedgerBlock, LedgerLine
from jingui.domain.access.roles import Role
from jingui.domain.errors import NotFound, PermanentFailure, Refused
from jingui.domain.records.canonical import canonical_json
from jingui.domain.supervision.certificates import find_faults
from jingui.usecases.supervision import loading
from jingui.usecases.supervision.certifying import ARRIVALS_AGAIN, close_day, close_due_days
from jingui.usecases.supervision.explaining import revoke_explanation
from jingui.usecases.supervision.reading import kept_lines

SENT, DROPPED = ("K-1", "K-2"), "K-3"


@pytest.fixture
def closed_office(office: Office, integrator: Integrator) -> Office:
    """Two cases archived, a third one dropped on its way; the ledger lists all three."""
    for number in SENT:
        integrator.whole_case(number)
    office.work()
    put_lines(integrator, *(closed_line(number, item_code=ITEM) for number in (*SENT, DROPPED)))
    return office


def standings() -> dict[str, str]:
    return dict(LedgerLine.objects.values_list("case_number", "standing"))


def test_a_case_dropped_from_the_stream_is_named_on_the_certificate_of_the_day(closed_office: Office) -> None:
    close(closed_office)

    body = newest_body()

    assert body["totals"] == {
        "listed": 3, "archived": 2, "running": 0, "explained": 0, "unexplained": 1, "repeated": 0, "differing": 0,
        "not_in_ledger": 0,
    }  # fmt: skip
    assert body["lists"]["unexplained"]["rows"] == [
        {"case_number": DROPPED, "state": "closed", "gap": "never_received"}
    ]
    assert body["agency"]["code"] == AGENCY


def test_an_explained_case_is_not_counted_as_unexplained(closed_office: Office) -> None:
    close(closed_office)
    explain(archivist(), DROPPED)

    done = close(closed_office, at=EVENING + timedelta(hours=1))

    body = newest_body()
    assert (done.totals.explained, done.totals.unexplained) == (1, 0)
    assert body["lists"]["unexplained"] == {"count": 0, "rows": []}
    (row,) = body["lists"]["explained"]["rows"]
    assert (row["case_number"], row["kind"], row["by"]) == (DROPPED, "system_fault", "陈玉珍")


def test_a_late_arrival_is_archived_on_the_next_version(closed_office: Office, integrator: Integrator) -> None:
    close(closed_office)
    integrator.whole_case(DROPPED)
    closed_office.work()

    close_due_days(desk_of(closed_office), now=datetime.now(UTC) + ARRIVALS_AGAIN * 2)

    *_, before, last = CoverageCertificate.objects.order_by("version")
    assert json.loads(last.body)["totals"]["archived"] == 3
    assert json.loads(last.body)["supersedes"] == {"certificate_id": before.key.hex, "sha256": before.body_sha256}


def test_a_revoked_explanation_leaves_the_case_unexplained_again(closed_office: Office) -> None:
    who = archivist()
    close(closed_office)
    explain(who, DROPPED)
    close(closed_office)

    revoke_explanation(key=Explanation.objects.get().pk, text="查明是漏报", actor=who, now=EVENING)
    close(closed_office)

    assert newest_body()["totals"]["unexplained"] == 1
    assert newest_body()["version"] == 3


def test_an_explanation_with_a_last_day_runs_out(closed_office: Office) -> None:
    close(closed_office)
    explain(archivist(), DROPPED, until=date(2025, 3, 12))

    assert close(closed_office, at=EVENING + timedelta(days=2)).totals.explained == 1
    assert close(closed_office, at=EVENING + timedelta(days=3)).totals.unexplained == 1


def test_nothing_new_makes_no_new_certificate(closed_office: Office) -> None:
    assert len(close(closed_office).issued) == 1

    assert close(closed_office, at=EVENING + timedelta(hours=5)).issued == ()


def test_both_signatures_are_over_the_canonical_body(closed_office: Office) -> None:
    close(closed_office)
    row = CoverageCertificate.objects.get()
    pems = {signer.key_id: signer.public_key_pem for signer in closed_office.services.signers}

    assert [each["algorithm"] for each in row.signatures] == ["Ed25519", "SM2-SM3"]
    for each in row.signatures:
        assert signature_verifier()(
            algorithm=each["algorithm"],
            public_key_pem=pems[each["key_id"]],
            message=canonical_json(json.loads(row.body)),
            value=base64.b64decode(each["value"]),
        )
    assert list(find_faults(json.loads(row.body))) == []


def test_the_certificate_digests_the_whole_list(closed_office: Office) -> None:
    close(closed_office)

    told = b"archived K-1\narchived K-2\nunexplained K-3\n"
    assert newest_body()["standings_sha256"] == hashlib.sha256(told).hexdigest()


def test_all_of_it_stands_in_the_journal_and_verifies(closed_office: Office) -> None:
    close(closed_office)
    explain(archivist(), DROPPED)
    close(closed_office)

    kinds = JournalEvent.objects.order_by("id").values_list("kind", flat=True)
    assert [kind for kind in kinds if kind.startswith(("ledger.", "coverage.", "case.explained"))] == [
        "ledger.received", "coverage.certified", "case.explained", "coverage.certified",
    ]  # fmt: skip
    closed_office.work()
    assert closed_office.findings() == []


@pytest.mark.parametrize(
    ("hours", "standing", "gap"),
    [(1, "running", ""), (100, "unexplained", "held")],
)
def test_a_held_case_is_within_its_time_until_the_time_is_over(
    office: Office, integrator: Integrator, hours: int, standing: str, gap: str
) -> None:
    integrator.case("H-1")
    integrator.steps("H-1", step_message())
    integrator.closure("H-1")
    office.work()
    put_lines(integrator, closed_line("H-1"))

    close(office, at=EVENING + timedelta(hours=hours))

    line = LedgerLine.objects.get()
    assert (line.standing, line.gap) == (standing, gap)


@pytest.mark.parametrize(
    ("line", "days", "standing", "gap"),
    [
        (open_line("O-1", promised_at="2025-03-20T17:00:00+08:00"), 0, "running", ""),
        (open_line("O-1", promised_at="2025-03-20T17:00:00+08:00"), 11, "unexplained", "overdue"),
        (open_line("O-1"), 60, "running", ""),
        (open_line("O-1"), 99, "unexplained", "overdue"),
        (closed_line("O-1"), 0, "running", ""),
        (closed_line("O-1"), 4, "unexplained", "not_closed_here"),
    ],
)
def test_a_case_in_handling_is_judged_by_its_deadline(
    office: Office, integrator: Integrator, line: dict[str, str], days: int, standing: str, gap: str
) -> None:
    integrator.case("O-1")
    put_lines(integrator, line)

    close(office, at=EVENING + timedelta(days=days))

    found = LedgerLine.objects.get()
    assert (found.standing, found.gap) == (standing, gap)


def test_pieces_without_the_cases_own_message_are_unexplained(office: Office, integrator: Integrator) -> None:
    integrator.file("P-1", "f1", pdf("alone"))
    put_lines(integrator, open_line("P-1"))

    close(office)

    assert LedgerLine.objects.get().gap == "not_announced"


def test_what_differs_between_ledger_and_archive_is_told(office: Office, integrator: Integrator) -> None:
    integrator.whole_case("D-1")
    office.work()
    digest = hashlib.sha256(b"nothing of ours").hexdigest()
    more = {"files": 3, "steps": 5, "files_sha256": digest, "item_code": ITEM[:-1] + "2", "agency_code": OTHER_AGENCY}
    line = closed_line("D-1", **more) | {"kind": "withdrawn", "closed_at": "2025-03-10T17:00:07+08:00"}
    put_lines(integrator, line)

    close(office)

    (row,) = newest_body(agency_code=AGENCY)["lists"]["differing"]["rows"]
    assert row["differences"] == ["kind", "closed_at", "files", "steps", "digest", "item", "agency"]


def test_equal_counts_and_digests_are_no_difference(office: Office, integrator: Integrator) -> None:
    integrator.whole_case("D-2")
    office.work()
    sums = sorted(hashlib.sha256(pdf(f"D-2 {key}")).hexdigest() for key in ("f1", "f2"))
    digest = hashlib.sha256("".join(f"{each}\n" for each in sums).encode()).hexdigest()
    put_lines(integrator, closed_line("D-2", files=2, steps=2, files_sha256=digest, agency_code=AGENCY))

    close(office)

    assert newest_body()["totals"]["differing"] == 0


def test_a_case_of_the_day_that_the_ledger_lacks_is_named(office: Office, integrator: Integrator) -> None:
    integrator.whole_case("L-1")
    integrator.whole_case("L-2")
    office.work()
    put_lines(integrator, closed_line("L-1"))

    close(office)

    assert newest_body()["lists"]["not_in_ledger"] == {
        "count": 1, "rows": [{"case_number": "L-2", "state": "preserved"}],
    }  # fmt: skip


def test_a_case_that_is_listed_twice_is_counted_once(closed_office: Office, integrator: Integrator) -> None:
    put_lines(integrator, closed_line("K-1"), closed_line("K-1"), closed_line("K-2"), closed_line("K-3"))

    done = close(closed_office)

    assert (done.totals.listed, done.totals.repeated, done.totals.archived) == (3, 1, 2)


def test_each_agency_has_its_own_certificate(office: Office, integrator: Integrator) -> None:
    put_lines(
        integrator,
        closed_line("A-1", agency_code=AGENCY),
        closed_line("A-2", agency_code=OTHER_AGENCY),
        closed_line("A-3"),
    )

    close(office)

    codes = CoverageCertificate.objects.values_list("agency_code", flat=True)
    assert sorted(codes) == sorted(["", AGENCY, OTHER_AGENCY])


def test_a_different_ledger_of_the_same_day_is_a_new_version_and_the_old_one_stays(
    closed_office: Office, integrator: Integrator
) -> None:
    close(closed_office)
    reply = put_lines(integrator, closed_line("K-1"), closed_line("K-2"))

    done = close(closed_office)

    assert reply.json["receipt"]["subject"]["version"] == 2
    assert done.totals.unexplained == 0
    assert newest_body()["ledger"]["version"] == 2
    assert LedgerBlock.objects.count() == 2
    event = JournalEvent.objects.filter(kind="ledger.received").latest("id")
    assert json.loads(event.payload)["facts"]["is_replacement"] is True


def test_an_agency_that_a_new_ledger_no_longer_names_gets_a_new_certificate(
    office: Office, integrator: Integrator
) -> None:
    put_lines(integrator, closed_line("A-1", agency_code=AGENCY))
    close(office)
    put_lines(integrator, closed_line("A-1", agency_code=OTHER_AGENCY))

    close(office)

    assert newest_body(agency_code=AGENCY)["totals"]["listed"] == 0
    assert newest_body(agency_code=OTHER_AGENCY)["totals"]["unexplained"] == 1


def test_a_closing_killed_while_loading_goes_on_behind_the_last_batch(
    office: Office, integrator: Integrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "BATCH", 2)
    put_lines(integrator, *(closed_line(f"B-{number}") for number in range(7)))
    closing = DayClosing.objects.select_related("ledger__source").get()
    desk = desk_of(office)
    loader = loading._Loader(closing, desk.profile, desk.zone)
    batch = next(loading.batches(kept_lines(closing.ledger), 2))
    loader.load(batch, 0)  # killed here

    done = close(office)

    assert done.totals.listed == 7
    assert list(LedgerLine.objects.order_by("id").values_list("position", flat=True)) == list(range(7))


def test_a_line_changed_by_hand_is_loaded_again_from_the_kept_bytes(closed_office: Office) -> None:
    close(closed_office)
    LedgerLine.objects.filter(case_number=DROPPED).delete()

    done = close(closed_office)

    assert done.totals.unexplained == 1
    assert set(standings()) == {*SENT, DROPPED}


def test_a_kept_ledger_changed_by_hand_is_not_certified_and_stops_no_other(closed_office: Office) -> None:
    LedgerBlock.objects.update(content=b"not zlib")

    assert close_due_days(desk_of(closed_office), now=datetime.now(UTC)) == 1
    assert CoverageCertificate.objects.count() == 0
    with pytest.raises(PermanentFailure, match="ledger_damaged"):
        close_day(DayClosing.objects.get().pk, desk_of(closed_office), now=EVENING)


def test_only_who_may_decide_may_explain(closed_office: Office) -> None:
    close(closed_office)

    with pytest.raises(Refused, match="permission_missing"):
        explain(archivist(AGENCY, Role.CLERK), DROPPED)
    with pytest.raises(NotFound):
        explain(archivist(OTHER_AGENCY), DROPPED)
    with pytest.raises(NotFound):
        explain(archivist(), "no such case")


def test_a_second_explanation_takes_the_place_of_the_first(closed_office: Office) -> None:
    who = archivist()
    close(closed_office)

    explain(who, DROPPED)
    explain(who, DROPPED)

    assert max(Explanation.objects.values_list("revoked_at", flat=True), key=str) is None
    assert Explanation.objects.filter(revoked_at=None).count() == 1


def test_the_source_reads_its_certificate_over_the_api(closed_office: Office, integrator: Integrator) -> None:
    path = f"{PREFIX}/ledgers/{DAY}"
    before = integrator.send("GET", path).json
    close(closed_office)

    after = integrator.send("GET", path).json

    assert (before["is_complete"], before["certificates"]) == (True, [])
    assert after["certificates"][0]["certificate"]["totals"]["unexplained"] == 1
    assert integrator.send("GET", f"{PREFIX}/ledgers/2025-03-09").code == "ledger_not_found"


def test_the_same_ledger_again_is_answered_alike_and_changes_nothing(
    closed_office: Office, integrator: Integrator
) -> None:
    body = as_lines([closed_line("K-1")])

    first, second = put_ledger(integrator, body), put_ledger(integrator, body)

    assert first.body == second.body
    assert (first.is_replayed, second.is_replayed) == (False, True)
    assert CLOSED


def test_a_ledger_in_parts_is_closed_when_the_last_part_is_there(office: Office, integrator: Integrator) -> None:
    put_lines(integrator, closed_line("Q-2"), part="2", parts="2")
    assert DayClosing.objects.count() == 0

    put_lines(integrator, closed_line("Q-1"), part="1", parts="2")

    assert close(office).totals.listed == 2


def test_a_part_that_differs_begins_the_next_version(office: Office, integrator: Integrator) -> None:
    put_lines(integrator, closed_line("Q-1"), part="1", parts="2")
    reply = put_lines(integrator, closed_line("Q-9"), part="1", parts="2")
    again = put_lines(integrator, closed_line("Q-2"), part="2", parts="2")

    assert reply.json["receipt"]["subject"]["version"] == 2
    assert again.json["receipt"]["subject"]["version"] == 2
    assert close(office).totals.listed == 2
