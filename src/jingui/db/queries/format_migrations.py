"""Format migrations: what a plan would touch, what is still to be done, and how far it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, QuerySet, Sum

from jingui.db.models import Case, CaseFile, FileConversion, FormatMigration, MadeFile
from jingui.domain.lifecycle import CaseState
from jingui.domain.records.origins import MadeKind


@dataclass(frozen=True, slots=True)
class Touched:
    """How many stored files of a format no migration has converted, of how many cases, with how many bytes."""

    files: int = 0
    cases: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a migration is. ``packaged``: converted files in a stored version; ``held``: cases held meanwhile."""

    left: int
    outcomes: dict[str, int]
    packaged: int
    held: int


def migrations() -> list[FormatMigration]:
    """List the migrations, the newest first."""
    return list(FormatMigration.objects.defer("trial").order_by("-number")[:200])


def find_migration(number: int) -> FormatMigration | None:
    """Return a migration by its number."""
    return FormatMigration.objects.filter(number=number).first()


def unconverted_files(formats: Iterable[str]) -> QuerySet[CaseFile, CaseFile]:
    """Return the files of archived cases in these formats that no migration has converted."""
    rows = CaseFile.objects.filter(case__version__gt=0, format_name__in=list(formats))
    return rows.exclude(conversions__outcome="converted")


def touched(formats: Iterable[str]) -> dict[str, Touched]:
    """Count what a migration of these formats would touch, by format."""
    rows = unconverted_files(formats).values("format_name")
    counted = rows.annotate(files=Count("key"), cases=Count("case", distinct=True), size=Sum("bytes"))
    return {row["format_name"]: Touched(row["files"], row["cases"], row["size"] or 0) for row in counted}


def sample_files(format_name: str, count: int) -> list[CaseFile]:
    """Draw files of a format for a trial: in the order of their digests, which has nothing to do with their content."""
    rows = unconverted_files([format_name]).select_related("case").order_by("sha256", "key")
    return list(rows[:count])


def open_files(migration: FormatMigration) -> QuerySet[CaseFile, CaseFile]:
    """Return the files that a migration has not dealt with."""
    formats = [row["format"] for row in migration.formats]
    return unconverted_files(formats).exclude(conversions__migration=migration)


def next_case(migration: FormatMigration) -> UUID | None:
    """Return the next case with files to be dealt with; what joined behind the reach is found in the end."""
    last = FileConversion.objects.filter(migration=migration).order_by("-case_id").values_list("case_id", flat=True)
    rows = open_files(migration).order_by("case_id").values_list("case_id", flat=True)
    reached = last.first()
    found = rows.filter(case_id__gt=reached).first() if reached else None
    return found or rows.first()


def conversions_of(migration: FormatMigration, *, outcome: str = "") -> QuerySet[FileConversion, FileConversion]:
    """Return what became of the files, in the order in which it happened."""
    rows = FileConversion.objects.filter(migration=migration).select_related("case", "file").defer("text")
    return (rows.filter(outcome=outcome) if outcome else rows).order_by("converted_at", "key")


def progress_of(migration: FormatMigration) -> Progress:
    """Say how far a migration is."""
    rows = FileConversion.objects.filter(migration=migration)
    outcomes = Counter(dict(rows.values_list("outcome").annotate(Count("key"))))
    cases = rows.filter(outcome="converted").values("case")
    made = MadeFile.objects.filter(kind=MadeKind.CONVERTED.value, case__in=cases, sha256__in=rows.values("sha256"))
    held = Case.objects.filter(key__in=cases, state=CaseState.HELD.value)
    return Progress(
        left=open_files(migration).count(),
        outcomes=dict(outcomes),
        packaged=made.filter(version__lte=F("case__version")).values("case", "file_key").distinct().count(),
        held=held.count(),
    )


def counts_by_format(migration: FormatMigration) -> dict[str, dict[str, int]]:
    """Count the outcomes of a migration by source format."""
    rows = FileConversion.objects.filter(migration=migration).values_list("source_format", "outcome")
    counted: dict[str, dict[str, int]] = {}
    for source, outcome, count in rows.annotate(Count("key")).values_list("source_format", "outcome", "key__count"):
        counted.setdefault(source, {})[outcome] = count
    return counted


def converter_versions(migration: FormatMigration) -> dict[str, str]:
    """Name by source format what did the work, with its versions."""
    rows = FileConversion.objects.filter(migration=migration).exclude(converter_version="")
    told: dict[str, list[str]] = {}
    for source, version in (
        rows.values_list("source_format", "converter_version").distinct().order_by("converter_version")
    ):
        told.setdefault(source, []).append(version)
    return {source: "；".join(versions) for source, versions in told.items()}


def remarks_of(migration: FormatMigration) -> dict[str, int]:
    """Count, of how many converted files which remark was made, by code."""
    rows = FileConversion.objects.filter(migration=migration, outcome="converted")
    told = rows.values_list("comparison", flat=True).iterator(chunk_size=1_000)
    return dict(sorted(Counter(code for one in told for code in one.get("remarks", ())).items()))
