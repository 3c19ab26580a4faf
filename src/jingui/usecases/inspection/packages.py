"""Items of phase 归档 that need the package: looked at while it is laid out, and again when it is built and sealed.

The report inside the package holds what could be known before it was sealed; the one in the database holds everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jingui.db import journal
from jingui.db.models import Case, Inspection
from jingui.db.queries.inspection_statements import statements_of
from jingui.db.queries.rows import get_case
from jingui.domain.audit.events import Event
from jingui.domain.inspection.indicators import InspectionPhase
from jingui.domain.inspection.inspecting import inspect_package
from jingui.domain.inspection.report import Report, gravest, report_from_dict, report_to_dict
from jingui.domain.inspection.rules import Scheme
from jingui.domain.inspection.subject import InspectionContext, PackageFacts
from jingui.domain.lifecycle import CaseState, move
from jingui.domain.metadata.scheme import scheme_of
from jingui.domain.packaging.packages import PackageFile
from jingui.domain.records.canonical import canonical_json
from jingui.domain.records.facts import CaseFact, Plan
from jingui.formats.inspection_reports.xml import Say, report_xml
from jingui.formats.packages.looked_over import facts_of_layout, sealed_facts
from jingui.ports import BuiltVersion, PreservationStore, Signer
from jingui.usecases.inspection.archiving import TOOL, held_receipt
from jingui.usecases.inspection.looking import code_scopes, format_judge, scheme_of_case
from jingui.usecases.inspection.tallies import retally

if TYPE_CHECKING:
    from jingui.domain.packaging.records import ArchivedRecord

ACTOR = "system:packaging"


@dataclass(slots=True)
class PackageInspection:
    """The inspection of one package on its way; ``report`` grows with what is known."""

    report: Report
    fact: CaseFact
    plan: Plan
    context: InspectionContext
    scheme: Scheme
    heading: dict[str, str]
    say: Say
    facts: PackageFacts | None = None

    def reporter(self, files: Sequence[PackageFile]) -> tuple[bytes, bytes]:
        """Look over what is laid out and return the report as it is kept in the package, as JSON and as XML."""
        self.facts = facts_of_layout(files, tool=TOOL)
        self.report = self._with(self.facts)
        as_xml = report_xml(self.report, say=self.say, heading=self.heading)
        return canonical_json(report_to_dict(self.report)), as_xml

    def seal(self, files: Sequence[PackageFile], built: BuiltVersion, store: PreservationStore) -> None:
        """Compare what was built with what was laid out; a layout that asked for no report was not looked over."""
        if self.facts is None:
            return
        self.facts = sealed_facts(
            self.facts,
            files,
            lambda path: store.built_location(built, built.content_paths[path]),
            sha256="",
        )
        self.report = self._with(self.facts)

    def _with(self, facts: PackageFacts) -> Report:
        context = replace(self.context, package=facts)
        return inspect_package(self.report, self.fact, self.plan, facts=context, scheme=self.scheme)


def package_inspection(
    case: Case, record: ArchivedRecord, inspection: Inspection, *, say: Say, now: datetime
) -> PackageInspection:
    """Begin to inspect the package that a record becomes."""
    elements = {identifier: value for identifier, _, value in record.base_elements}
    context = InspectionContext(
        profile=scheme_of(record.plan.metadata_rules),
        number_series={"file_sequence": tuple(file.sequence for file in record.files)},
        statements=statements_of(case, now),
        stored_values=elements,
        codes=(record.archival_code, record.record_code),
        code_scopes=code_scopes(case, record.case, record.plan) if case.version == 0 else None,
        tool=TOOL,
        judge_format=format_judge(),
    )
    return PackageInspection(
        report=report_from_dict(inspection.report),
        fact=record.case,
        plan=record.plan,
        context=context,
        scheme=scheme_of_case(case, InspectionPhase.ARCHIVING),
        heading=_heading(record, elements),
        say=say,
    )


def _heading(record: ArchivedRecord, elements: dict[str, str]) -> dict[str, str]:
    return {
        "electronic_record_code": record.record_code,
        "archival_code": record.archival_code,
        "project_name": elements.get("project_name", ""),
        "department_name": elements.get("department_name", ""),
        "package_version": str(record.version),
    }


def keep_report(inspection: Inspection, report: Report) -> Inspection:
    """Put the whole report into the row of its inspection; the caller writes it."""
    inspection.report = report_to_dict(report)
    inspection.is_blocked = report.is_blocked
    inspection.outcome = gravest(report).value
    return inspection


def hold_package(inspection: Inspection, report: Report, *, signer: Signer, now: datetime) -> CaseState:
    """Hold a case whose package does not pass, in the transaction of the caller; it never reaches the store."""
    case = get_case(inspection.case_id, is_locked=True)
    case.state = move(CaseState(case.state), CaseState.HELD).value
    keep_report(inspection, report)
    case.outcome = inspection.outcome
    case.blocking_count = len(report.blocking_findings())
    receipt = held_receipt(case, inspection, report, signer, now)
    facts: dict[str, Any] = {
        "case_number": case.case_number,
        "inspection": inspection.number,
        "stage": "package",
        "counts": report.counts(),
    }
    entry = journal.Entry(Event.CASE_HELD, ACTOR, now, case.key, facts)
    journal.record(entry, new=[receipt], changed=[case, inspection])
    retally(case.key, report, number=inspection.number)
    return CaseState.HELD
