"""Cases of the past as facts for a trial: what plans decide upon and nothing else, a batch in four queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from jingui.db.models import Case, CaseFile, CaseStep, Closure, PlanLayer
from jingui.db.queries.plan_layers import BATCH, concerned
from jingui.domain.records.facts import ApplicantFact, CaseFact, ClosureFact, Digests, FileFact, StepFact
from jingui.domain.records.terms import Channel, ClosureKind, MaterialClass

_NO_DIGESTS = Digests("", "", "")


def past_cases(layer: PlanLayer, since: datetime) -> QuerySet[Case]:
    """Return the cases closed since then that a layer speaks for."""
    condition = concerned(layer.scope, layer.code, prefix="plan__item__")
    return Case.objects.filter(condition, closed_at__gte=since, plan__isnull=False)


def past_case_batches(cases: Any, *, after: UUID | None = None) -> Iterator[list[tuple[Case, CaseFact]]]:  # noqa: ANN401
    """Return cases of a query with their facts in order of their keys, those after one, batch by batch."""
    rows, position = cases.select_related("agency", "source").order_by("key"), after
    while batch := list((rows.filter(key__gt=position) if position else rows)[:BATCH]):
        yield list(zip(batch, _facts(batch), strict=True))
        position = batch[-1].key


def _facts(cases: Sequence[Case]) -> Iterator[CaseFact]:
    keys = [case.key for case in cases]
    files, steps = _files(keys), _steps(keys)
    closures = {row.case_id: row for row in Closure.objects.filter(case__in=keys)}
    for case in cases:
        message: dict[str, Any] = json.loads(case.message) if case.message else {}
        closure, agency = closures.get(case.key), case.agency
        yield CaseFact(
            key=case.key.hex,
            case_number=case.case_number,
            source=case.source.name,
            title=case.title,
            item_code=case.item_code,
            item_version=0,
            applicant=ApplicantFact(name="", kind=(message.get("applicant") or {}).get("kind", "person")),
            received_at=case.received_at or case.opened_at,
            channel=Channel(case.channel or Channel.OTHER),
            region_code=message.get("region_code") or (agency.region_code if agency else ""),
            agency_name=agency.name if agency else "",
            agency_code=agency.code if agency else "",
            fonds=agency.fonds if agency else "",
            fonds_name=agency.fonds_name if agency else "",
            files=tuple(files[case.key]),
            steps=tuple(steps[case.key]),
            closure=_closure(closure) if closure else None,
            situations=tuple(message.get("situations") or ()),
            metadata=dict(message.get("metadata") or {}),
        )


def _closure(row: Closure) -> ClosureFact:
    message = json.loads(row.message)
    closed_at = datetime.fromisoformat(message["closed_at"])
    return ClosureFact(ClosureKind(row.kind), closed_at, message.get("result") or "")


def _files(keys: Sequence[UUID]) -> dict[UUID, list[FileFact]]:
    found = defaultdict[UUID, list[FileFact]](list)
    columns = ("case_id", "file_key", "name", "material_code", "replaces", "received_at", "bytes")
    for case, key, name, material, replaces, at, size in CaseFile.objects.filter(case__in=keys).values_list(*columns):
        found[case].append(
            FileFact(
                key=key,
                name=name,
                material_code=material,
                material_class=MaterialClass.APPLICATION,
                title="",
                step="",
                bytes=size,
                digests=_NO_DIGESTS,
                declared_sha256="",
                received_at=at,
                replaces=replaces,
            )
        )
    return found


def _steps(keys: Sequence[UUID]) -> dict[UUID, list[StepFact]]:
    found = defaultdict[UUID, list[StepFact]](list)
    rows = CaseStep.objects.filter(case__in=keys).values_list("case_id", "step_key", "name", "started_at")
    for case, key, name, at in rows.order_by("started_at"):
        found[case].append(StepFact(key, name, at, None, ""))
    return found
