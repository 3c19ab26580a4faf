from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingui.domain.access.roles import ALL_AGENCIES, ROLES, STRANGER, Actor, Permission, Role, check_may, may, reach
from jingui.domain.errors import NotFound, Refused


def actor(*roles, agencies=frozenset({"health"})):
    return Actor("1", "陈", frozenset(roles), agencies)


@pytest.mark.parametrize("permission", Permission)
def test_a_stranger_may_do_nothing(permission):
    assert not may(STRANGER, permission)
    assert not may(STRANGER, permission, agency_code="health")
    assert reach(STRANGER, permission) == frozenset()


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_is_held_by_some_role(permission):
    assert any(permission in rule.permissions for rule in ROLES.values())


def test_every_role_has_a_row_and_a_description():
    assert set(ROLES) == set(Role)
    assert all(rule.description for rule in ROLES.values())


def test_an_archivist_gives_out_copies_of_the_own_agency_only():
    archivist = actor(Role.ARCHIVIST)

    assert may(archivist, Permission.ISSUE_COPY, agency_code="health")
    assert not may(archivist, Permission.ISSUE_COPY, agency_code="market")
    assert may(archivist, Permission.ISSUE_COPY)


def test_an_actor_for_all_agencies_reaches_every_one():
    archivist = actor(Role.ARCHIVIST, agencies=ALL_AGENCIES)

    assert may(archivist, Permission.VIEW_RECORD, agency_code="anything")
    assert reach(archivist, Permission.VIEW_RECORD) is ALL_AGENCIES


def test_an_account_without_agencies_reaches_none():
    clerk = actor(Role.CLERK, agencies=frozenset())

    assert not may(clerk, Permission.SEARCH_RECORDS)


def test_the_administrator_reads_no_record_and_no_journal():
    administrator = actor(Role.ADMINISTRATOR, agencies=ALL_AGENCIES)
    reading = {Permission.VIEW_RECORD, Permission.VIEW_CONTENT, Permission.SEARCH_RECORDS, Permission.VIEW_JOURNAL}

    assert not any(may(administrator, permission) for permission in reading)


def test_the_auditor_changes_nothing():
    changing = {name for name in Permission if name.value.startswith(("manage", "issue", "revoke", "decide"))}

    assert not changing & ROLES[Role.AUDITOR].permissions


def test_the_integrator_sees_progress_but_no_content():
    integrator = actor(Role.INTEGRATOR)

    assert may(integrator, Permission.VIEW_PROGRESS, agency_code="health")
    assert not may(integrator, Permission.VIEW_CONTENT, agency_code="health")


def test_what_one_may_not_know_of_is_not_found():
    with pytest.raises(NotFound) as stopped:
        check_may(actor(Role.CLERK), Permission.VIEW_RECORD, agency_code="market")

    assert stopped.value.code == "not_found"
    assert stopped.value.params == {}


def test_what_one_may_know_of_but_not_do_is_refused():
    with pytest.raises(Refused) as stopped:
        check_may(actor(Role.CLERK), Permission.ISSUE_COPY, agency_code="health")

    assert (stopped.value.code, stopped.value.params) == ("permission_missing", {"permission": "issue_copy"})


def test_what_belongs_to_no_agency_is_refused():
    with pytest.raises(Refused):
        check_may(STRANGER, Permission.MANAGE_ACCOUNTS)


def test_the_journal_is_open_to_an_auditor_without_agencies():
    check_may(actor(Role.AUDITOR, agencies=frozenset()), Permission.VIEW_JOURNAL)


ACTORS = st.builds(
    Actor,
    st.just("1"),
    st.just("陈"),
    st.frozensets(st.sampled_from(Role)),
    st.one_of(st.just(ALL_AGENCIES), st.frozensets(st.sampled_from(["a", "b", "c"]))),
)


@given(ACTORS, st.sampled_from(Permission), st.sampled_from(["a", "b", "c"]))
def test_reach_says_the_same_as_may(someone, permission, agency):
    codes = reach(someone, permission)

    assert may(someone, permission, agency_code=agency) == (codes is ALL_AGENCIES or agency in codes)


@given(ACTORS, st.sampled_from(Permission), st.sampled_from(["a", "b", "c"]))
def test_check_may_lets_pass_exactly_what_may_allows(someone, permission, agency):
    try:
        check_may(someone, permission, agency_code=agency)
        passed = True
    except (Refused, NotFound):
        passed = False

    assert passed == may(someone, permission, agency_code=agency)
