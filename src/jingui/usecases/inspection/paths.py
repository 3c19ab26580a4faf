"""Phases 移交与接收 and 长期保存 of what lies at a path: a package of one record or of several, or a folder of packages."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from jingui.db.models import PhaseInspection
from jingui.domain.errors import Conflict, NotFound
from jingui.domain.inspection.indicators import InspectionPhase
from jingui.domain.inspection.inspecting import inspect
from jingui.domain.inspection.report import Report, gravest, report_to_dict
from jingui.domain.inspection.rules import make_scheme
from jingui.domain.inspection.subject import InspectionContext
from jingui.domain.metadata.inventory import current_files as standing
from jingui.formats.packages.looked_over import looking_over
from jingui.formats.packages.read_back import case_of_package
from jingui.formats.packages.sources import PackageSource
from jingui.usecases.inspection.archiving import TOOL
from jingui.usecases.inspection.foreign import Shown, opened_foreign
from jingui.usecases.inspection.looking import format_judge, scanner_fact
from jingui.usecases.inspection.phases import SAMPLED_BYTES, PhaseBench, keep_report, looked_at, sequences_of


def inspect_path(
    path: Path, phase: InspectionPhase, *, at_hand: PhaseBench, actor: str, now: datetime, is_kept: bool = True
) -> Iterator[PhaseInspection]:
    """Inspect a package at a path: a folder, a ZIP file or an OCFL object; or each package of a folder of packages.

    Yields a row for each record, unsaved unless ``is_kept``. A fault of a package that holds several records stands in
    the report of each of them, unless it names a file of another one.

    Raises:
        NotFound: ``package_unknown``, nothing there can be read as a package.
        Conflict: ``package_of_many``, it is one file that holds several packages.
    """
    with ExitStack() as stack:
        found = _opened(stack, path, at_hand)
        if found is None:
            for inner in sorted(path.iterdir()):
                yield from inspect_path(inner, phase, at_hand=at_hand, actor=actor, now=now, is_kept=is_kept)
            return
        for shown in found:
            report = _report_of(shown, path.name, phase=phase, at_hand=at_hand, now=now)
            name = f"{path.name}/{shown.label}" if shown.label else path.name
            yield _row(name, report, actor, now, is_kept=is_kept)


def _opened(stack: ExitStack, path: Path, at_hand: PhaseBench) -> Iterator[Shown] | None:
    """Return what the records of a package show; nothing for a folder of packages."""
    if at_hand.packages:
        try:
            foreign = stack.enter_context(
                opened_foreign(path, at_hand.packages, trusted=at_hand.trusted_keys, tool=TOOL)
            )
        except Conflict:
            if path.is_dir():
                return None
            raise
        if foreign is not None:
            return foreign
    return iter([stack.enter_context(_opened_sealed(path, at_hand))])


@contextmanager
def _opened_sealed(path: Path, at_hand: PhaseBench) -> Iterator[Shown]:
    with looking_over(path, verify=at_hand.verify, trusted_keys=at_hand.trusted_keys, tool=TOOL) as looked:
        facts, evidence, source = looked
        if not evidence.roots:
            raise NotFound("package_unknown")
        case, plan = case_of_package(evidence, facts.elements)
        with _unpacked(source, [file.key for file in case.files]) as places:
            yield Shown(facts, case, plan, places, {"file_sequence": sequences_of(evidence)})


def _row(name: str, report: Report, actor: str, now: datetime, *, is_kept: bool) -> PhaseInspection:
    row = PhaseInspection(case=None, subject=name[:300], version=0)
    if is_kept:
        return keep_report(row, report, None, actor, now)
    row.phase, row.at, row.by, row.report = report.phase.value, now, actor, report_to_dict(report)
    row.outcome, row.is_blocked = gravest(report).value, report.is_blocked
    return row


def _report_of(shown: Shown, name: str, *, phase: InspectionPhase, at_hand: PhaseBench, now: datetime) -> Report:
    """Inspect what a package tells of its case; one that tells no number of it goes by its own name."""
    case, package, bench = replace(shown.case, key=shown.case.key or name[:200]), shown.facts, at_hand.bench
    looked = [shown.places.get(file.key) for file in case.files]
    files = looked_at(case.files, lambda file: (file.stored_bytes, file.stored_sha256), looked, bench, now)
    context = InspectionContext(
        scanner=scanner_fact(bench.scanner),
        package=package,
        codes=(package.elements.get("archival_code", ""), package.elements.get("electronic_record_code", "")),
        number_series=shown.series,
        tool=TOOL,
        judge_format=format_judge(),
    )
    standing_case = replace(case, files=standing(files))
    return inspect(
        standing_case, shown.plan, facts=context, now=now, scheme=make_scheme(phase), values=package.elements
    )


@contextmanager
def _unpacked(source: PackageSource, paths: list[str]) -> Iterator[dict[str, Path]]:
    """Give every content file a place of its own for the readers; names inside the package never become paths."""
    with tempfile.TemporaryDirectory(prefix="jingui-inspect-") as folder:
        places = {}
        for number, path in enumerate(paths):
            target = Path(folder) / str(number)
            try:
                with source.open(path) as stream, target.open("xb") as file:
                    shutil.copyfileobj(stream, file, SAMPLED_BYTES)
            except (OSError, ValueError, KeyError):
                continue  # the check of the package has named it
            places[path] = target
        yield places
