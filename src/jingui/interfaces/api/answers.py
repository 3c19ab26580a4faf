"""From rows to the answers of the API."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from jingui.db.queries import cases as queries
from jingui.db.queries.facts import case_fact
from jingui.db.queries.origins import file_origins, open_references
from jingui.db.queries.receipts import message_receipts
from jingui.domain.inspection.report import Finding
from jingui.domain.lifecycle import CaseState
from jingui.domain.metadata.inventory import Inventory, take_inventory
from jingui.interfaces.wording import finding_text
from jingui.ports import Signer
from jingui.usecases.packaging.packing import flags_of


def case_answer(case: Any) -> dict[str, Any]:  # noqa: ANN401 - interfaces know no models
    """Say where a case stands."""
    return {
        "case_number": case.case_number,
        "state": case.state,
        "title": case.title,
        "item_code": case.item_code,
        "version": case.version,
        "archival_code": case.archival_code,
        "record_code": case.record_code,
        "flags": list(flags_of(case)),
        "files": case.files.count(),
        "steps": case.steps.count(),
        "findings": _findings(case) if case.state == CaseState.HELD else [],
        "received_at": case.received_at,
        "closed_at": case.closed_at,
        "preserved_at": case.preserved_at,
        "theme": json.loads(case.message or "{}").get("theme"),
    }


def _findings(case: Any) -> list[dict[str, str]]:  # noqa: ANN401 - interfaces know no models
    return [_finding(finding) for finding in queries.blocking_findings(case)]


def _finding(finding: Finding) -> dict[str, str]:
    return {
        "rule": finding.rule,
        "code": finding.code,
        "location": finding.location,
        "detail": finding_text(finding.code, finding.params),
    }


def inventory_answer(case: Any) -> dict[str, Any]:  # noqa: ANN401 - interfaces know no models
    """Say what is present, missing and unexpected, as things stand now."""
    plan = queries.plan_of(case)
    fact = case_fact(case, plan)
    inventory = take_inventory(plan, fact)
    stated = (
        {"item_code": plan.item_code, "item_version": plan.item_version, "version": plan.plan_version} if plan else None
    )
    return {"case_number": case.case_number, "plan": stated, **inventory_values(inventory), **_origins(case)}


def _origins(case: Any) -> dict[str, Any]:  # noqa: ANN401 - interfaces know no models
    """Say where files were called or shared from, and which shared ones have not come."""
    origins = {key: _stated(asdict(origin)) for key, origin in file_origins(case).items()}
    awaited = [
        {
            "file_key": row.file_key,
            "state": row.state,
            "shared_from": {"case_number": row.from_case_number, "file_key": row.from_file_key},
        }
        for row in open_references(case)
    ]
    return {"origins": origins, "awaited": awaited}


def _stated(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what nobody said."""
    return {
        name: _stated(value) if isinstance(value, dict) else value
        for name, value in values.items()
        if value not in (None, "")
    }


def inventory_values(inventory: Inventory) -> dict[str, Any]:
    """Return an inventory as JSON values."""
    lines = [
        {
            "code": line.code,
            "name": line.name,
            "class": line.material_class.value,
            "state": line.state.value,
            "needed": line.needed,
            "file_keys": list(line.file_keys),
        }
        for line in inventory.lines
    ]
    missing = {line.code for line in inventory.missing}
    return {
        "present": [line for line in lines if line["file_keys"] and line["code"] not in missing],
        "missing": [line for line in lines if line["code"] in missing],
        "unexpected": [
            {"file_key": file.key, "material": file.material_code, "reason": file.reason.value}
            for file in inventory.unexpected
        ],
    }


def receipts_answer(case: Any, signer: Signer) -> dict[str, Any]:  # noqa: ANN401 - interfaces know no models
    """Return every receipt of a case, oldest first."""
    kept = [{"receipt": json.loads(row.body), "signature": row.signature} for row in queries.stage_receipts(case)]
    made = message_receipts(case, signer)
    receipts = sorted([*made, *kept], key=lambda receipt: receipt["receipt"]["at"])
    return {"case_number": case.case_number, "state": case.state, "receipts": receipts}
