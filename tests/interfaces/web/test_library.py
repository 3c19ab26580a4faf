"""The library: tree, filters, sorting, paging, search, and how many queries a page takes."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.builders import Built, demo_case, make_case_at

from jingui.db.models import Case, JournalEvent
from jingui.db.queries import library
from jingui.db.queries.library import Selection, Shelf
from jingui.domain.access.roles import ALL_AGENCIES, Actor, Role
from jingui.domain.lifecycle import CaseState
from jingui.interfaces.web.shapes.grids import case_rows

EVERYWHERE = Actor("1", "archivist", frozenset({Role.ARCHIVIST}), ALL_AGENCIES)


@pytest.fixture
def shelf(built: Built) -> list[Case]:
    """Two records, a held case and one in handling."""
    cases = [make_case_at(built, CaseState.PRESERVED, demo=demo_case("none", number=at)) for at in range(2)]
    return [*cases, make_case_at(built, CaseState.HELD), make_case_at(built, CaseState.OPEN)]


def numbers(client: Client, query: str) -> list[str]:
    return [row.row.case_number for row in client.get(f"/library?{query}").context["rows"]]


def test_the_newest_arrival_stands_first(archivist: Client, shelf: list[Case]) -> None:
    assert numbers(archivist, "") == [case.case_number for case in reversed(shelf)]


def test_a_case_that_only_waits_for_its_message_is_no_record_yet(built: Built, archivist: Client) -> None:
    make_case_at(built, CaseState.EXPECTED)

    assert numbers(archivist, "") == []
    assert "这里还没有档案" in archivist.get("/library").content.decode()


def test_conditions_are_joined_and_each_can_be_taken_away(archivist: Client, shelf: list[Case]) -> None:
    held = shelf[2]

    assert numbers(archivist, "state=held") == [held.case_number]
    assert len(numbers(archivist, "state=held&state=open")) == 2
    assert numbers(archivist, "state=held&outcome=passed") == []
    chips = archivist.get("/library?state=held&outcome=failed").context["chips"]
    assert [chip.address for chip in chips] == ["?state=held", "?outcome=failed"]


def test_the_tree_leads_to_a_shelf_and_counts_what_stands_there(archivist: Client, shelf: list[Case]) -> None:
    case = shelf[0]
    assert case.agency is not None
    query = f"fonds={case.agency.code}&category=ZW&year={case.year}&retention={case.retention}"
    expected = [
        each
        for each in shelf
        if (each.agency_id, each.year, each.retention) == (case.agency_id, case.year, case.retention)
    ]

    tree = archivist.get(f"/library?{query}").context["tree"]
    branch = next(node for node in tree if node.code == case.agency.code)
    leaf = next(node for year in branch.nodes[0].nodes for node in year.nodes if node.is_current)

    assert leaf.count == len(expected) == len(numbers(archivist, query))
    assert sum(node.count for node in tree) == len(shelf)


def test_facets_count_what_the_selection_holds(archivist: Client, shelf: list[Case]) -> None:
    facets = archivist.get("/library").context["facets"]

    assert {value.code: value.count for value in facets["state"]} == {"preserved": 2, "held": 1, "open": 1}
    assert sum(value.count for value in facets["item"]) == 4


@pytest.mark.parametrize("order", sorted(library.ORDERS))
def test_every_order_shows_every_case_once(archivist: Client, shelf: list[Case], order: str) -> None:
    assert sorted(numbers(archivist, f"sort={order}")) == sorted(case.case_number for case in shelf)


def test_sorting_by_date_goes_both_ways(archivist: Client, shelf: list[Case]) -> None:
    closed = [case.case_number for case in sorted(shelf[:3], key=lambda case: str(case.closed_at))]

    assert numbers(archivist, "sort=formed-up")[:3] == closed
    assert numbers(archivist, "sort=formed")[1:] == closed[::-1]


def test_search_finds_two_characters_of_a_name_and_says_when_nothing_is_found(
    archivist: Client, shelf: list[Case]
) -> None:
    case = shelf[0]

    assert case.case_number in numbers(archivist, f"q={case.applicant_name[:2]}")
    assert numbers(archivist, f"q={case.archival_code}") == [case.case_number]
    assert "没有找到" in archivist.get("/library?q=查无此事").content.decode()


def test_a_search_is_written_down_without_its_words(archivist: Client, shelf: list[Case]) -> None:
    archivist.get("/library", {"q": shelf[0].applicant_name})
    event = JournalEvent.objects.get(kind="record.searched")

    assert shelf[0].applicant_name not in event.payload


@pytest.mark.parametrize(
    "query",
    [
        "page=9999999",
        "page=-1",
        "page=x",
        "sort=evil",
        "year=99999",
        "year=x",
        "fonds=%22",
        "q=%22*(",
        "state=%F0%9F%93%81",
    ],
)
def test_odd_values_in_an_address_do_no_harm(archivist: Client, query: str) -> None:
    assert archivist.get(f"/library?{query}").status_code == 200


@pytest.mark.parametrize("query", ["fonds=%00", "q=a%00b"])
def test_an_address_that_no_text_can_hold_is_refused(archivist: Client, query: str) -> None:
    assert archivist.get(f"/library?{query}").status_code == 400


def test_files_are_listed_under_the_same_selection(archivist: Client, shelf: list[Case]) -> None:
    held = shelf[2]
    context = archivist.get("/library?show=files&state=held").context

    assert context["page"].total == held.files.count()
    assert {row.row.case_id for row in context["rows"]} == {held.pk}


def test_pages_are_cut_and_numbered(monkeypatch: pytest.MonkeyPatch, archivist: Client, shelf: list[Case]) -> None:
    monkeypatch.setattr(library, "PAGE_SIZE", 3)

    first, second = (archivist.get(f"/library?page={number}") for number in (1, 2))

    assert (len(first.context["rows"]), len(second.context["rows"])) == (3, 1)
    assert 'rel="next"' in first.content.decode()
    assert 'rel="prev"' in second.content.decode()
    assert archivist.get("/library?page=7").context["page"].number == 2


def test_counting_stops_at_its_limit(monkeypatch: pytest.MonkeyPatch, shelf: list[Case]) -> None:
    monkeypatch.setattr(library, "MAX_COUNTED", 2)

    page = library.case_page(Selection(Shelf()), EVERYWHERE, order="arrival", number=1)

    assert (page.total, page.is_capped) == (2, True)


def test_a_list_takes_the_same_number_of_queries_however_long_it_is(built: Built, archivist: Client) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            archivist.get(address)
        return len(captured)

    addresses = ("/library", "/library?show=files", "/", "/worklists/incomplete")
    make_case_at(built, CaseState.HELD)
    archivist.get("/")  # what is kept for a while is kept now
    before = [queries(address) for address in addresses]
    make_case_at(built, CaseState.HELD, demo=demo_case("missing_material", number=1))

    assert [queries(address) for address in addresses] == before
    assert max(before) <= 28


def test_names_are_masked_in_every_list(archivist: Client, shelf: list[Case]) -> None:
    for address in ("/", "/library", "/library?show=files", "/worklists/incomplete", "/worklists/overdue"):
        page = archivist.get(address).content.decode()
        assert [case.applicant_name for case in shelf if case.applicant_name in page] == [], address


def test_the_part_that_neighbouring_codes_share_is_apart() -> None:
    codes = ["0059-ZW·2025-D30-WSJ-000016", "0059-ZW·2025-D30-WSJ-000007", "0061-ZW·2025-D10-SCJ-000001"]
    rows = case_rows([Case(archival_code=code, title="t") for code in codes])

    assert [(row.code_prefix, row.code_rest) for row in rows] == [
        ("0059-ZW·2025-D30-WSJ-", "000016"),
        ("0059-ZW·2025-D30-WSJ-", "000007"),
        ("0061-ZW·2025-D10-SCJ-", "000001"),
    ]
