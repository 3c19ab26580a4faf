"""Converted files (格式转换) as documents of a package: each stands beside the original that it was made from."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from jingui.db.models import Case, FileConversion
from jingui.db.queries.conversions import conversion_path, standing_conversions
from jingui.domain.arrangement.arranging import safe_name
from jingui.domain.errors import PermanentFailure
from jingui.domain.packaging.records import MadeDocument
from jingui.domain.records.conversions import ConversionFact, comparison_from_dict
from jingui.domain.records.facts import CaseFact, Digests, FileFact, Reading
from jingui.domain.records.formats import EXTENSIONS
from jingui.domain.records.origins import MadeKind
from jingui.ports import PreservationStore, StagingArea

NAMES = {"pdfa": "PDF/A", "png": "PNG", "tiff": "TIFF"}


def converted_documents(
    case: Case, fact: CaseFact, *, store: PreservationStore, staging: StagingArea
) -> tuple[MadeDocument, ...]:
    """Return the converted files whose originals stand in the case, with their bytes.

    Raises:
        FileNotFoundError: bytes of one are gone.
        PermanentFailure: ``converted_damaged``, bytes of one are not those that were compared with the original.
    """
    taken = {file.key: file for file in fact.files}
    rows = {row.file.file_key: row for row in standing_conversions(case.key, case.inspected_through)}
    return tuple(
        _document(row, taken[key], set(taken), _whole(row, conversion_path(row, store=store, staging=staging)))
        for key, row in rows.items()
        if key in taken
    )


def _whole(row: FileConversion, path: Path) -> bytes:
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != row.sha256:
        raise PermanentFailure("converted_damaged", f"{row.file.name}: {path.name}")
    return data


def version_message(case: Case) -> str:
    """Say why a case is packed, for the version's own message."""
    if case.version == 0:
        return "归档"
    rows = standing_conversions(case.key, case.inspected_through)
    is_conversion = bool(rows) and rows[-1].arrived_event == case.inspected_through
    return "格式转换形成的文件归入新版本，原件保留" if is_conversion else "办结后到达的材料归入新版本"


def _document(row: FileConversion, original: FileFact, taken: set[str], data: bytes) -> MadeDocument:
    key = f"converted.{original.key}"
    while key in taken:
        key += "·"
    title = f"{(original.title or original.name)[:480]}（{NAMES[row.target_format]}）"
    extension = EXTENSIONS[row.target_format][0]
    fact = replace(
        original,
        key=key,
        name=f"{safe_name(title, limit=240)}.{extension}",
        title=title,
        bytes=row.bytes,
        digests=Digests(sha256=row.sha256, sm3=row.sm3, sha512=row.sha512),
        declared_sha256=row.sha256,
        received_at=row.converted_at,
        formed_at=row.converted_at,
        stored_bytes=len(data),
        stored_sha256=row.sha256,
        reading=_reading(row),
        replaces="",
        malware=None,
    )
    return MadeDocument(MadeKind.CONVERTED, fact, data, row.text, original.key, _fact(row))


def _reading(row: FileConversion) -> Reading:
    return Reading(
        row.target_format,
        row.target_version,
        row.mime_type,
        row.pronom_id,
        is_readable=True,
        page_count=row.page_count,
    )


def _fact(row: FileConversion) -> ConversionFact:
    return ConversionFact(
        converter=row.converter,
        converter_version=row.converter_version,
        source_format=row.source_format,
        source_sha256=row.source_sha256,
        target_format=row.target_format,
        comparison=comparison_from_dict(row.comparison),
        migration=f"{row.migration.number} {row.migration.title}",
    )
