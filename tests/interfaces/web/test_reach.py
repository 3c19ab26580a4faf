"""Who sees what: permission stands in the query, and what nobody may know of does not exist."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.builders import Built, make_case_at, seal
from tests.interfaces.web.conftest import SignIn

from jingui.db.models import Agency, Case
from jingui.db.queries.visibility import search_scope, visible_cases
from jingui.domain.access.roles import ALL_AGENCIES, STRANGER, Actor, Permission, Role
from jingui.domain.lifecycle import CaseState

ALLOWED = {
    Role.ARCHIVIST: {
        "/plans",
        "/consistency",
        "/",
        "/library",
        "/catalogue",
        "/catalogue/import",
        "/worklists/failed",
        "/integration",
    },
    Role.CLERK: {"/", "/library", "/catalogue", "/worklists/failed", "/integration"},
    Role.SUPERVISOR: {"/", "/plans", "/consistency"},
    Role.INTEGRATOR: {"/integration"},
    Role.AUDITOR: {"/", "/journal"},
    Role.ADMINISTRATOR: {"/", "/integration", "/worklists/jobs"},
}
PAGES = sorted(set().union(*ALLOWED.values()))


@pytest.fixture
def held(built: Built) -> Case:
    return make_case_at(built, CaseState.HELD)


def other_agency(case: Case) -> str:
    assert case.agency_id is not None
    return str(Agency.objects.exclude(pk=case.agency_id).values_list("code", flat=True)[0])


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_own_pages_and_no_other(sign_in: SignIn, role: Role) -> None:
    client = sign_in(role)

    opened = {page for page in PAGES if client.get(page).status_code == 200}

    assert opened == ALLOWED[role]


@pytest.mark.parametrize("role", list(Role))
def test_the_rail_offers_only_what_opens(sign_in: SignIn, role: Role) -> None:
    client = sign_in(role)
    start = "/integration" if role is Role.INTEGRATOR else "/"

    links = {entry["link"].address for group in client.get(start).context["rail"] for entry in group["links"]}

    assert links
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_a_record_of_another_agency_does_not_exist(sign_in: SignIn, built: Built, held: Case) -> None:
    seal(built)
    stranger = sign_in(Role.CLERK, agency_code=other_agency(held))
    file = held.files.first()
    assert file is not None
    addresses = [
        f"/records/{held.key}",
        f"/records/{held.key}/metadata",
        f"/records/{held.key}/files/{file.file_key}/pages/1.png",
        f"/records/{held.key}/events/{held.event_id}/proof.json",
    ]

    assert {stranger.get(address).status_code for address in addresses} == {404}


def test_lists_and_counts_hold_only_the_own_agency(sign_in: SignIn, held: Case) -> None:
    assert held.agency is not None
    own = sign_in(Role.CLERK, agency_code=held.agency.code)
    other = sign_in(Role.CLERK, agency_code=other_agency(held))

    assert own.get("/worklists/incomplete").context["page"].total == 1
    assert other.get("/worklists/incomplete").context["page"].total == 0
    assert other.get("/library").context["page"].total == 0
    assert other.get("/").context["counts"]["incomplete"] == 0
    assert other.get("/library").context["tree"] == ()


def test_search_finds_only_the_own_agency(sign_in: SignIn, held: Case) -> None:
    assert held.agency is not None
    own = sign_in(Role.CLERK, agency_code=held.agency.code)
    other = sign_in(Role.CLERK, agency_code=other_agency(held))

    assert own.get("/library", {"q": held.case_number}).context["page"].total == 1
    assert other.get("/library", {"q": held.case_number}).context["page"].total == 0


@pytest.mark.parametrize("role", [Role.INTEGRATOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_has_no_business_with_records_opens_none(sign_in: SignIn, held: Case, role: Role) -> None:
    client = sign_in(role)
    file = held.files.first()
    assert file is not None

    assert client.get(f"/records/{held.key}").status_code == 403
    assert client.get(f"/records/{held.key}/files/{file.file_key}/pages/1.png").status_code == 403
    assert client.get(f"/records/{held.key}/files/{file.file_key}/original").status_code == 403


def test_the_integrator_sees_states_and_codes_but_no_name(sign_in: SignIn, held: Case) -> None:
    client = sign_in(Role.INTEGRATOR)

    page = client.get(f"/integration/{held.source_id}").content.decode()

    assert held.case_number in page
    assert "material_missing" in page
    assert held.applicant_name not in page
    assert held.title not in page


def test_the_administrator_sees_sources_but_no_case(sign_in: SignIn, built: Built, held: Case) -> None:
    client = sign_in(Role.ADMINISTRATOR)

    page = client.get("/integration").content.decode()

    assert built.sender.key_id in page
    assert held.case_number not in page
    assert client.get(f"/integration/{held.source_id}").status_code == 403


def test_a_clerk_cannot_take_an_original_away(sign_in: SignIn, held: Case) -> None:
    assert held.agency is not None
    client: Client = sign_in(Role.CLERK, agency_code=held.agency.code)
    file = held.files.first()
    assert file is not None

    assert client.get(f"/records/{held.key}/files/{file.file_key}/pages/1.png").status_code == 200
    assert client.get(f"/records/{held.key}/files/{file.file_key}/original").status_code == 403
    assert "下载原文" not in client.get(f"/records/{held.key}").content.decode()


def test_the_condition_of_reach_is_part_of_the_query(held: Case) -> None:
    assert held.agency is not None
    clerk = Actor("1", "clerk", frozenset({Role.CLERK}), frozenset({held.agency.code}))
    everywhere = Actor("2", "archivist", frozenset({Role.ARCHIVIST}), ALL_AGENCIES)

    assert visible_cases(clerk, Permission.VIEW_RECORD).count() == 1
    assert visible_cases(clerk, Permission.MANAGE_CATALOGUE).count() == 0
    assert visible_cases(STRANGER, Permission.VIEW_RECORD).count() == 0
    assert search_scope(everywhere) is None
    assert search_scope(clerk) == (held.agency.key.hex,)
    assert search_scope(STRANGER) == ()
