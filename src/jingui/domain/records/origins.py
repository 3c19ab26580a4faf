"""Where a file of a case comes from when its case did not form it, and what a case is part of (一件事)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Origin(StrEnum):
    """Where a file was called from (材料来源) instead of being handed in by the applicant."""

    E_LICENCE = "e_licence"
    DATA_SHARING = "data_sharing"
    EARLIER_CASE = "earlier_case"
    OWN_ISSUE = "own_issue"


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a called file came to its case: from where, by which interface, when, for whom.

    ``response_digest`` is that of the service's whole answer, ``sha256:<hex>`` or ``sm3:<hex>``; ``case_number`` names
    the case that the file was handed in for before.
    """

    origin: Origin
    system: str = ""
    interface: str = ""
    called_at: datetime | None = None
    licence_number: str = ""
    licence_type: str = ""
    requester: str = ""
    response_digest: str = ""
    case_number: str = ""


class ThemeRole(StrEnum):
    """What a department's case is in its theme case: 主办 or 协办."""

    MAIN = "main"
    CO = "co"


@dataclass(frozen=True, slots=True)
class ThemePart:
    """That a case is part of a theme case (主题办件) of its source; ``count``: how many cases the theme has, if told."""

    number: str
    name: str
    role: ThemeRole
    count: int | None = None


@dataclass(frozen=True, slots=True)
class SharedFrom:
    """Which file of which case of the same theme a file is; its bytes are not sent again."""

    case_number: str
    file_key: str


@dataclass(frozen=True, slots=True)
class FileOrigin:
    """Everything known of where one file comes from."""

    provenance: Provenance | None = None
    shared_from: SharedFrom | None = None


@dataclass(frozen=True, slots=True)
class SubCase:
    """One case of a theme as it was known at a moment; codes are empty while there are none."""

    case_number: str
    role: ThemeRole
    item_code: str
    item_name: str
    agency_name: str
    agency_code: str
    record_code: str = ""


@dataclass(frozen=True, slots=True)
class ThemeRelation:
    """The theme of a case, with every case of it known at the moment, its own among them."""

    part: ThemePart
    sub_cases: tuple[SubCase, ...]


class MadeKind(StrEnum):
    """What the archive itself adds to a record: its process as pages, data frozen to pages, a file in another format."""

    PROCESS_PAGE = "process_page"
    FROZEN_PAGE = "frozen_page"
    CONVERTED = "converted"


class PageProfile(StrEnum):
    """The PDF/A profile of documents made here; part 3 may carry the data they were made from."""

    PDFA_2B = "a-2b"
    PDFA_3B = "a-3b"
