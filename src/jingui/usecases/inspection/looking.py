"""What inspections look up besides the case: the profile in force, and the malware scanner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from jingui.db.models import Case
from jingui.db.queries.format_policies import current_policy
from jingui.db.queries.inspection_profiles import profile_for
from jingui.domain.arrangement.arranging import code_fields
from jingui.domain.errors import DomainError
from jingui.domain.inspection.indicators import InspectionPhase
from jingui.domain.inspection.rules import Scheme, make_scheme
from jingui.domain.inspection.subject import ScannerFact
from jingui.domain.metadata.code_rules import code_scope
from jingui.domain.metadata.retention import plan_of_case
from jingui.domain.preservation.format_policy import judge
from jingui.domain.records.facts import CaseFact, Plan, Reading
from jingui.domain.records.formats import FormatJudgement
from jingui.domain.records.terms import Retention
from jingui.ports import MalwareScanner


def scheme_of_case(case: Case, phase: InspectionPhase) -> Scheme:
    """Return the rules of a phase as the profile in force for this case has them."""
    agency = case.agency
    region, code = (agency.region_code, agency.code) if agency else ("", "")
    return make_scheme(phase, profile_for(item=case.item_code, agency=code, region=region))


def format_judge() -> Callable[[Reading], FormatJudgement]:
    """Return what the format policy in force says of a file that was read."""
    return partial(judge, current_policy())


def scanner_fact(scanner: MalwareScanner | None) -> ScannerFact | None:
    """Say what scanner there is and whether it answers."""
    if scanner is None or not scanner.is_configured:
        return None
    version = scanner.version()
    return ScannerFact(version) if version else ScannerFact("clamd", "no answer")


def code_scopes(case: Case, fact: CaseFact, plan: Plan) -> tuple[str, str] | None:
    """Return what the codes of a case must be but for their serials; nothing where its templates cannot be filled."""
    kept = replace(plan, retention=Retention(case.retention), retention_rules=()) if case.retention else plan
    try:
        fields = code_fields(fact, plan_of_case(kept, fact))
        return code_scope(plan.archival_code_rule, fields), code_scope(plan.record_code_rule, fields)
    except DomainError:
        return None
