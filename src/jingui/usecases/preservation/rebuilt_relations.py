"""Rows of what stands beside the files of a case, made of what its package tells: theme, origins, conversions.

Where a backup has brought such a row already, it is moved on to what the package tells, or left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import IntegrityError

from jingui.db.models import Case, CaseFile, FileConversion, FileProvenance, FormatMigration, SharedFile, ThemeCase
from jingui.db.models.records import ProtectedRow
from jingui.db.queries.rows import find_row
from jingui.domain.capture.messages import SharedFileMessage
from jingui.domain.capture.sameness import message_text
from jingui.domain.preservation.migration import ConversionOutcome, MigrationState
from jingui.domain.records.canonical import canonical_json
from jingui.domain.records.conversions import Comparison, comparison_to_dict
from jingui.domain.records.facts import Reading
from jingui.formats.packages.retold import ToldFile, ToldPackage, Values
from jingui.formats.pages.glyphs import searchable
from jingui.usecases.preservation.rebuilt_catalogue import REASON
from jingui.usecases.preservation.rebuilt_rows import Version
from jingui.usecases.preservation.rebuilt_words import (
    file_message,
    needed_time,
    provenance_of,
    shared_from_of,
    theme_of,
)

ACTOR = "system:rebuild"
Looked = Mapping[str, tuple[Reading, str]]
_TAKEN, _SENT = "taken", "sent"


@dataclass(slots=True)
class Beside:
    """Rows to be written with the arrivals of a version."""

    new: list[ProtectedRow] = field(default_factory=list)
    changed: list[ProtectedRow] = field(default_factory=list)


def relations_of(case: Case, told: ToldPackage, files: Iterable[CaseFile]) -> Beside:
    """Return the theme of a case and the origins of its files; ``files`` are the rows that are new.

    Raises:
        ValueError, KeyError: what the package says makes no such row.
    """
    beside = Beside(new=_theme_rows(case, told))
    sent = {file.key: file for file in told.files if not file.made}
    references = {row.file_key: row for row in SharedFile.objects.filter(case_id=case.key, file_key__in=sent)}
    for row in files:
        file = sent[row.file_key]
        provenance = provenance_of(file)
        if provenance:
            said = asdict(provenance)
            said["called_at"] = provenance.called_at.isoformat() if provenance.called_at else None
            beside.new.append(FileProvenance(file=row, case=case, content=canonical_json(said).decode()))
        _put_reference(beside, references.get(row.file_key), case, file, row)
    return beside


def _theme_rows(case: Case, told: ToldPackage) -> list[ProtectedRow]:
    part = theme_of(told)
    if part is None or ThemeCase.objects.filter(case_id=case.key).exists():
        return []
    return [
        ThemeCase(
            source_id=case.source_id,
            case=case,
            number=part.number,
            name=part.name,
            role=part.role.value,
            count=part.count,
        )
    ]


def _put_reference(beside: Beside, known: SharedFile | None, case: Case, file: ToldFile, row: CaseFile) -> None:
    """Add the reference that a shared file came by; one that still waited is settled."""
    shared = shared_from_of(file)
    if known is not None:
        known.state, known.taken_at = (_TAKEN, row.received_at) if shared else (_SENT, None)
        row.message_sha256 = known.message_sha256 if shared else row.message_sha256
        beside.changed.append(known)
    elif shared:
        message, digest = file_message(file)
        beside.new.append(
            SharedFile(
                source_id=case.source_id,
                case=case,
                file_key=file.key,
                from_case_number=shared.case_number,
                from_file_key=shared.file_key,
                sha256=message.sha256,
                state=_TAKEN,
                received_at=row.received_at,
                taken_at=row.received_at,
                message=message_text(SharedFileMessage(message, shared)),
                message_sha256=digest,
            )
        )


def conversions_of(
    case: Case, told: ToldPackage, version: Version, looked: Looked, files: Mapping[str, CaseFile]
) -> Beside:
    """Return the files that format migrations converted, with migrations made where they are gone.

    ``files`` are all rows of the case by key: those that a converted file may stand beside.

    Raises:
        IntegrityError: a migration of that number is another one.
        ValueError, KeyError: what the package says makes no such row.
    """
    beside = Beside()
    paths = {file.path: file.key for file in told.files}
    known = set(FileConversion.objects.filter(case_id=case.key, outcome="converted").values_list("sha256", flat=True))
    for file in told.files:
        if file.conversion and file.said["sha256"] not in known:
            row = _conversion_row(case, file, version, looked[file.path])
            row.file = files[paths[file.made["made_from"]]]
            row.migration = _migration(file.conversion, row, beside)
            beside.new.append(row)
    return beside


def _conversion_row(case: Case, file: ToldFile, version: Version, found: tuple[Reading, str]) -> FileConversion:
    said, told, reading = file.said, file.conversion, found[0]
    _, sha512, size = version.manifest[file.path]
    return FileConversion(
        case=case,
        outcome=ConversionOutcome.CONVERTED.value,
        source_format=told["source_format"],
        source_sha256=told["source_sha256"],
        target_format=told["target_format"],
        target_version=reading.format_version,
        mime_type=reading.mime_type,
        pronom_id=said.get("format_registry", ""),
        converter=told["converter"],
        converter_version=told.get("converter_version", ""),
        converted_at=needed_time(file.received_at),
        bytes=size,
        sha256=said["sha256"],
        sm3=said["sm3"],
        sha512=sha512,
        page_count=int(said["page_count"]) if said.get("page_count") else None,
        comparison=comparison_to_dict(_comparison(told)),
        text=searchable(found[1]),
    )


def _comparison(told: Values) -> Comparison:
    """Read a comparison back. A result stands in a package only if it was readable, sound and of the same sizes."""
    before, _, after = told.get("pages", "").partition("/")
    sizes = tuple(size for size in told.get("sizes", "").split(", ") if size)
    return Comparison(
        pages=(int(before) if before else None, int(after) if after else None),
        text_kept=int(told["text_kept"]) if told.get("text_kept") else None,
        sizes=(sizes, sizes),
        are_pixels_same={"true": True, "false": False}.get(told.get("pixels_same", "")),
        is_readable=True,
        remarks=tuple(code for code in told.get("remarks", "").split(", ") if code),
    )


def _migration(told: Values, row: FileConversion, beside: Beside) -> FormatMigration:
    number, _, title = told["migration"].partition(" ")
    fresh = (each for each in beside.new if isinstance(each, FormatMigration) and each.number == int(number))
    known = next(fresh, None) or find_row(FormatMigration, "number = %s", int(number))
    if known is None:
        known = _thin_migration(int(number), title, row)
        beside.new.append(known)
    elif known.title != title:
        raise IntegrityError(f"migration {number}")
    if known.reason == REASON:
        _count(known, row, [each for each in beside.new if isinstance(each, FileConversion)])
        if known not in beside.new and known not in beside.changed:
            beside.changed.append(known)
    return known


def _thin_migration(number: int, title: str, row: FileConversion) -> FormatMigration:
    """Make a migration that is over, of which nothing is known but its results."""
    return FormatMigration(
        number=number,
        title=title,
        state=MigrationState.DONE.value,
        formats=[],
        sample=0,
        policy_version=0,
        reason=REASON,
        authorization="",
        department="",
        planned_by=ACTOR,
        planned_at=row.converted_at,
        started_at=row.converted_at,
        ended_at=row.converted_at,
        counts={},
    )


def _count(migration: FormatMigration, row: FileConversion, others: list[FileConversion]) -> None:
    """Add a result to a migration that was made so."""
    line = next((each for each in migration.formats if each["format"] == row.source_format), None)
    if line is None:
        line = {"format": row.source_format, "target": row.target_format, "converter": row.converter}
        line |= {"files": 0, "cases": 0, "bytes": 0, "risk": "", "is_there": True}
        migration.formats = [*migration.formats, line]
    stands = FileConversion.objects.filter(migration=migration, case=row.case, source_format=row.source_format)
    is_new_case = not any(each.source_format == row.source_format for each in others) and not stands.exists()
    for name, more in (("files", 1), ("cases", int(is_new_case)), ("bytes", row.file.bytes)):
        _add(line, name, more)
    counted = migration.counts.setdefault(row.source_format, {})
    _add(counted, row.outcome, 1)
    migration.started_at = min(filter(None, (migration.started_at, row.converted_at)))
    migration.ended_at = max(filter(None, (migration.ended_at, row.converted_at)))


def _add(counts: dict[str, Any], name: str, more: int) -> None:
    counts[name] = counts.get(name, 0) + more
