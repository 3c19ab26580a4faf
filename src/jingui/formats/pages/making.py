"""Which documents the archive makes for a record, and their making."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jingui.domain.arrangement.arranging import safe_name
from jingui.domain.packaging.records import MadeDocument
from jingui.domain.records.facts import FileFact, Reading
from jingui.domain.records.origins import MadeKind, PageProfile
from jingui.domain.records.terms import MaterialClass
from jingui.formats.digests import digest_bytes
from jingui.formats.pages.data_lines import read_lines
from jingui.formats.pages.frozen import FROZEN_FORMATS, frozen_page
from jingui.formats.pages.process import TITLE, process_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from jingui.domain.records.facts import CaseFact, Plan
    from jingui.domain.records.origins import FileOrigin
    from jingui.formats.pages.typesetting import MadePages

PROCESS_CODE = "B0"  # 审批流程信息 in the documented city profile
# PRONOM identifiers of the two profiles.
_PRONOM = {PageProfile.PDFA_2B: ("2b", "fmt/477"), PageProfile.PDFA_3B: ("3b", "fmt/480")}


@dataclass(frozen=True, slots=True)
class Making:
    """What documents are made from: the case, its codes (档号, 电子文件号), where its files come from and what they are.

    ``formats``: by file key, the name of the format identified by content; ``read`` gives the bytes of a file by key.
    """

    case: CaseFact
    plan: Plan
    codes: tuple[str, str]
    origins: Mapping[str, FileOrigin]
    formats: Mapping[str, str]
    read: Callable[[str], bytes]


def made_documents(making: Making, *, made_at: datetime) -> tuple[MadeDocument, ...]:
    """Make the documents that a record wants: its process if the plan says so, and pages of data that was called.

    Their bytes depend on what they are made from alone, not on ``made_at``.
    """
    taken = {file.key for file in making.case.files}
    return tuple(_dated(document, made_at, taken) for document in (*_process(making), *_frozen(making)))


def _process(making: Making) -> Iterator[MadeDocument]:
    case, profile = making.case, making.plan.process_page
    if profile is None:
        return
    pages = process_page(case, making.plan, codes=making.codes, profile=profile)
    like = FileFact(
        key="made.process",
        name=f"{TITLE}.pdf",
        material_code=PROCESS_CODE,
        material_class=MaterialClass.PROCESS,
        title=TITLE,
        step="",
        bytes=0,
        digests=digest_bytes(b""),
        declared_sha256="",
        received_at=case.received_at,
    )
    yield _document(MadeKind.PROCESS_PAGE, like, pages, profile)


def _frozen(making: Making) -> Iterator[MadeDocument]:
    profile = making.plan.process_page or PageProfile.PDFA_2B
    names = {rule.code: rule.name for rule in making.plan.materials}
    for file in making.case.files:
        origin, format_name = making.origins.get(file.key), making.formats.get(file.key, "")
        if origin is None or origin.provenance is None or format_name not in FROZEN_FORMATS:
            continue
        lines = read_lines(making.read(file.key), format_name=format_name)
        named = replace(file, title=file.title or names.get(file.material_code, ""))
        pages = frozen_page(making.case, named, lines, provenance=origin.provenance, profile=profile)
        title = (named.title or file.name)[:480] + "（数据固化）"
        like = replace(
            file, key=f"made.{file.key}", name=f"{safe_name(title, limit=240)}.pdf", title=title, replaces=""
        )
        yield _document(MadeKind.FROZEN_PAGE, like, pages, profile, beside=file.key)


def _document(
    kind: MadeKind, like: FileFact, pages: MadePages, profile: PageProfile, *, beside: str = ""
) -> MadeDocument:
    version, pronom = _PRONOM[profile]
    digests = digest_bytes(pages.data)
    fact = replace(
        like,
        bytes=len(pages.data),
        digests=digests,
        declared_sha256=digests.sha256,
        stored_bytes=len(pages.data),
        stored_sha256=digests.sha256,
        reading=Reading("pdfa", version, "application/pdf", pronom, is_readable=True, page_count=pages.page_count),
    )
    return MadeDocument(kind, fact, pages.data, pages.text, beside)


def _dated(document: MadeDocument, made_at: datetime, taken: set[str]) -> MadeDocument:
    """Return the document with its time and a key that no file of the case has; a source may choose any key."""
    key = document.fact.key
    while key in taken:
        key += "·"
    return replace(document, fact=replace(document.fact, key=key, received_at=made_at, formed_at=made_at))
