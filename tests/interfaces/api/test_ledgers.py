"""Ledgers over the API: what is refused, whole and with every problem, and what of it is kept (nothing)."""

from __future__ import annotations

import json

import pytest
from tests.personas import AGENCY, OTHER_AGENCY, PREFIX, Integrator, Office, as_json
from tests.usecases.closing_desk import as_lines, closed_line, put_ledger

from jingui.db.models import JournalEvent, Ledger

LINE = closed_line("N-1")


def test_the_three_forms_are_taken(office: Office, integrator: Integrator) -> None:
    table = b"case_number,state,closed_at,kind\nN-1,closed,2025-03-10T17:00:00+08:00,completed\n"

    replies = [
        put_ledger(integrator, as_json({"lines": [LINE]}), media="application/json; charset=utf-8"),
        put_ledger(integrator, as_lines([LINE]), media="application/x-ndjson"),
        put_ledger(integrator, table, media="text/csv"),
    ]

    assert [reply.status for reply in replies] == [201] * 3
    assert [reply.json["receipt"]["subject"]["version"] for reply in replies] == [1, 2, 3]


@pytest.mark.parametrize(
    ("body", "media", "query", "location", "code"),
    [
        (as_lines([LINE]), "application/xml", {}, "Content-Type", "not_in_range"),
        (as_lines([LINE]), "application/x-ndjson", {"part": "2"}, "part", "part_malformed"),
        (as_lines([LINE]), "application/x-ndjson", {"page": "2"}, "page", "unknown_field"),
        (b"{}\n", "application/x-ndjson", {}, "line 1.case_number", "required"),
        (as_lines([LINE | {"files": "many"}]), "application/x-ndjson", {}, "line 1.files", "wrong_type"),
        (b"nonsense", "text/csv", {}, "line 1", "ledger_columns_unknown"),
    ],
)
def test_a_wrong_ledger_is_refused_and_nothing_of_it_is_kept(  # noqa: PLR0917
    office: Office,
    integrator: Integrator,
    body: bytes,
    media: str,
    query: dict[str, str],
    location: str,
    code: str,
) -> None:
    reply = put_ledger(integrator, body, media=media, **query)

    assert reply.status == 422
    assert reply.code
    assert reply.problems[location] == code or code in {each["code"] for each in reply.json["problems"]}
    assert not Ledger.objects.exists()
    assert not JournalEvent.objects.filter(kind="ledger.received").exists()
    assert office.staged() == set()


def test_a_body_that_is_no_json_is_refused(office: Office, integrator: Integrator) -> None:
    reply = put_ledger(integrator, b"{", media="application/json")

    assert (reply.status, reply.code) == (400, "body_not_json")


def test_at_most_a_hundred_problems_are_told(office: Office, integrator: Integrator) -> None:
    reply = put_ledger(integrator, b"{}\n" * 5000)

    assert reply.status == 422
    assert len(reply.json["problems"]) == 100


def test_a_source_of_one_agency_may_not_list_cases_of_another(office: Office) -> None:
    own = office.newcomer("卫健系统", AGENCY)

    reply = put_ledger(own, as_lines([LINE | {"agency_code": OTHER_AGENCY}]))

    assert reply.problems == {"line 1.agency_code": "agency_of_other_source"}


@pytest.mark.parametrize("day", ["2025-3-10", "yesterday", "2999-01-01"])
def test_a_day_that_cannot_be_is_refused(office: Office, integrator: Integrator, day: str) -> None:
    assert put_ledger(integrator, as_lines([LINE]), day=day).status == 422


def test_a_ledger_whose_bytes_changed_on_the_way_is_refused(office: Office, integrator: Integrator) -> None:
    path, body = f"{PREFIX}/ledgers/2025-03-10", as_lines([LINE])
    digest = f"sha-256=:{'A' * 43}=:"

    reply = integrator.send("PUT", path, body, digest=digest, headers={"Content-Type": "application/x-ndjson"})

    assert reply.code == "digest_mismatch"
    assert not Ledger.objects.exists()


def test_another_source_reads_nothing_of_it(office: Office, integrator: Integrator) -> None:
    put_ledger(integrator, as_lines([LINE]))

    assert office.newcomer("别的系统").send("GET", f"{PREFIX}/ledgers/2025-03-10").code == "ledger_not_found"


def test_an_empty_ledger_says_that_there_was_nothing(office: Office, integrator: Integrator) -> None:
    reply = put_ledger(integrator, json.dumps({"lines": []}).encode(), media="application/json")

    assert reply.json["receipt"]["subject"]["lines"] == 0
