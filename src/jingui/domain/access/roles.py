"""Who may do what, where: roles, permissions, and the reach of an actor.

Roles are a table; a screen, an API and a query ask ``may`` or ``reach``, never for a role. The three administrators
(三员: system, security, audit) cannot do each other's work: whoever runs the system reads no record, and
whoever audits changes nothing. What an actor may not know of does not exist for him (404).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from jingui.domain.errors import NotFound, Refused


class Role(StrEnum):
    """What a person is here for. A stranger is somebody without an account and has no role."""

    ARCHIVIST = "archivist"
    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    INTEGRATOR = "integrator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One thing that can be allowed."""

    SEARCH_RECORDS = "search_records"
    VIEW_RECORD = "view_record"
    VIEW_CONTENT = "view_content"
    VIEW_PERSONAL_DATA = "view_personal_data"
    VIEW_PROGRESS = "view_progress"
    DECIDE_FINDING = "decide_finding"
    MANAGE_CATALOGUE = "manage_catalogue"
    VIEW_PLANS = "view_plans"
    EXAMINE_PLAN = "examine_plan"
    ISSUE_COPY = "issue_copy"
    EXPORT_RECORDS = "export_records"
    REVOKE_COPY = "revoke_copy"
    VIEW_STATISTICS = "view_statistics"
    VIEW_JOURNAL = "view_journal"
    VERIFY_HOLDINGS = "verify_holdings"
    MANAGE_SOURCES = "manage_sources"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_JOBS = "manage_jobs"
    RECEIVE_AT_COUNTER = "receive_at_counter"
    MANAGE_TRUST = "manage_trust"


class Everywhere(Enum):
    """The reach of an actor who is bound to no agency."""

    ALL = "all"


ALL_AGENCIES = Everywhere.ALL
Reach = frozenset[str] | Everywhere


@dataclass(frozen=True, slots=True)
class RoleRule:
    """A row of the table: what the role is for, in words, and what it may do."""

    description: str
    permissions: frozenset[Permission]


ROLES: dict[Role, RoleRule] = {
    Role.ARCHIVIST: RoleRule(
        "Sets up archiving plans, decides what inspection left open, searches, views and gives out copies.",
        frozenset(
            {
                Permission.SEARCH_RECORDS,
                Permission.VIEW_RECORD,
                Permission.VIEW_CONTENT,
                Permission.VIEW_PERSONAL_DATA,
                Permission.VIEW_PROGRESS,
                Permission.DECIDE_FINDING,
                Permission.MANAGE_CATALOGUE,
                Permission.VIEW_PLANS,
                Permission.ISSUE_COPY,
                Permission.EXPORT_RECORDS,
                Permission.REVOKE_COPY,
                Permission.VIEW_STATISTICS,
                Permission.VERIFY_HOLDINGS,
            }
        ),
    ),
    Role.CLERK: RoleRule(
        "Takes in paper at the counter; sees the cases of the own agency, what they lack, and their files; names of people "
        "are masked.",
        frozenset(
            {
                Permission.RECEIVE_AT_COUNTER,
                Permission.SEARCH_RECORDS,
                Permission.VIEW_RECORD,
                Permission.VIEW_CONTENT,
                Permission.VIEW_PROGRESS,
                Permission.VIEW_STATISTICS,
            }
        ),
    ),
    Role.SUPERVISOR: RoleRule(
        "The supervising authority: examines archiving plans and gives its opinion; reads no record.",
        frozenset({Permission.VIEW_PLANS, Permission.EXAMINE_PLAN, Permission.VIEW_STATISTICS}),
    ),
    Role.INTEGRATOR: RoleRule(
        "Connects a business system: sees how far its cases have come and what is wrong with them, never their content.",
        frozenset({Permission.VIEW_PROGRESS}),
    ),
    Role.AUDITOR: RoleRule(
        "Reads the journal and checks the holdings; changes nothing and reads no content.",
        frozenset({Permission.VIEW_JOURNAL, Permission.VERIFY_HOLDINGS, Permission.VIEW_STATISTICS}),
    ),
    Role.ADMINISTRATOR: RoleRule(
        "Runs the system: accounts, source systems, jobs; reads neither records nor the journal.",
        frozenset(
            {
                Permission.MANAGE_ACCOUNTS,
                Permission.MANAGE_SOURCES,
                Permission.MANAGE_JOBS,
                Permission.MANAGE_TRUST,
                Permission.VIEW_STATISTICS,
                Permission.VERIFY_HOLDINGS,
            }
        ),
    ),
}

# These concern the system as a whole; the reach of an actor does not matter for them.
WITHOUT_AGENCY = frozenset(
    {
        Permission.VIEW_JOURNAL,
        Permission.VERIFY_HOLDINGS,
        Permission.MANAGE_SOURCES,
        Permission.MANAGE_ACCOUNTS,
        Permission.MANAGE_JOBS,
        Permission.MANAGE_TRUST,
    }
)

# Holding one of these on an agency means knowing that its records are there.
_KNOWING = (Permission.VIEW_RECORD, Permission.VIEW_PROGRESS)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account with its roles and the agencies it is for. No roles: a stranger."""

    account_key: str
    name: str
    roles: frozenset[Role] = frozenset()
    agency_codes: Reach = frozenset()


STRANGER = Actor("", "")


def permissions(actor: Actor) -> frozenset[Permission]:
    """Return all that the roles of an actor allow somewhere."""
    return frozenset().union(*(ROLES[role].permissions for role in actor.roles))


def may(actor: Actor, permission: Permission, *, agency_code: str | None = None) -> bool:
    """Say whether the actor may do this to what belongs to the agency (``None``: anywhere at all)."""
    codes = reach(actor, permission)
    if isinstance(codes, Everywhere):
        return True
    return bool(codes) if agency_code is None else agency_code in codes


def reach(actor: Actor, permission: Permission) -> Reach:
    """Return the agencies in which the actor may do this; a query takes them as its condition."""
    if permission not in permissions(actor):
        return frozenset()
    return ALL_AGENCIES if permission in WITHOUT_AGENCY else actor.agency_codes


def check_may(actor: Actor, permission: Permission, *, agency_code: str | None = None) -> None:
    """Let the actor pass, or stop him.

    Raises:
        NotFound: the thing belongs to an agency of which the actor may know nothing.
        Refused: the actor may know of it but not do this.
    """
    if may(actor, permission, agency_code=agency_code):
        return
    knows = any(may(actor, knowing, agency_code=agency_code) for knowing in _KNOWING)
    if agency_code is not None and permission not in WITHOUT_AGENCY and not knows:
        raise NotFound("not_found")
    raise Refused("permission_missing", permission=permission.value)
