"""Writing the rows of one version of an object, in the transaction of the caller."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError

from jingui.db import journal
from jingui.db.models import Case, CaseFile, CaseStep, Closure, FileText, Inspection
from jingui.db.models.records import ProtectedRow
from jingui.db.queries.documents import packed_text
from jingui.db.tallies import tally
from jingui.domain.audit.events import Event
from jingui.domain.inspection.report import gravest
from jingui.domain.lifecycle import CaseState
from jingui.formats.packages.retold import ToldPackage
from jingui.usecases.preservation.copying import ask_for_copies
from jingui.usecases.preservation.rebuilt_catalogue import basis_of, counters_of
from jingui.usecases.preservation.rebuilt_relations import ACTOR, Beside, Looked, conversions_of, relations_of
from jingui.usecases.preservation.rebuilt_rows import (
    Version,
    closure_row,
    file_row,
    fill_case,
    inspection_row,
    made_row,
    package_row,
    step_row,
)


class Writing:
    """Writes the rows of one version, in the transaction of the caller."""

    def __init__(self, version: Version, told: ToldPackage, looked: Looked, now: datetime) -> None:
        self.version, self.told, self.looked, self.now = version, told, looked, now
        self.found = Case.objects.select_for_update().filter(pk=version.case_key).first()
        self.case = self.found or Case(key=version.case_key, state=CaseState.EXPECTED.value)

    def write(self) -> tuple[int, int]:
        """Write arrivals first, then what refers to the number of their event; return new cases and files."""
        basis = basis_of(self.told, now=self.now)
        counters, moved = counters_of(self.told)
        fill_case(self.case, self.told, basis, self.version)
        known = {row.file_key: row for row in CaseFile.objects.filter(case_id=self.case.key)}
        files, steps, closures = self._arrivals(known)
        beside = self._beside(known, files)
        new: list[ProtectedRow] = [*basis.new, *counters, *([] if self.found else [self.case])]
        new += [*files, *steps, *closures, *beside.new]
        changed: list[ProtectedRow] = [*moved, *([self.case] if self.found else []), *beside.changed]
        event = journal.record(self._entry("arrivals"), new=new, changed=changed)
        self._packed(event.id)
        texts = [FileText(file=row, content=packed_text(self._text(row))) for row in files if self._text(row)]
        FileText.objects.bulk_create(texts)
        return int(self.found is None), len(files)

    def _beside(self, known: dict[str, CaseFile], files: list[CaseFile]) -> Beside:
        related = relations_of(self.case, self.told, files)
        by_key = known | {row.file_key: row for row in files}
        converted = conversions_of(self.case, self.told, self.version, self.looked, by_key)
        return Beside([*related.new, *converted.new], [*related.changed, *converted.changed])

    def _arrivals(self, known: dict[str, CaseFile]) -> tuple[list[CaseFile], list[CaseStep], list[Closure]]:
        steps = set(CaseStep.objects.filter(case_id=self.case.key).values_list("step_key", flat=True))
        sent = [file for file in self.told.files if not file.made]
        if other := [f.key for f in sent if f.key in known and known[f.key].sha256 != f.said["sha256"]]:
            raise IntegrityError(f"file {other[0]}")
        place = self.version.manifest
        return (
            [
                file_row(self.case, file, place[file.path], self.looked[file.path][0])
                for file in sent
                if file.key not in known
            ],
            [step_row(self.case, said, self.now) for said in self.told.steps if said["step_key"] not in steps],
            [] if Closure.objects.filter(case_id=self.case.key).exists() else [self._closure()],
        )

    def _closure(self) -> Closure:
        return closure_row(self.case, self.told, self.now)

    def _packed(self, through: int) -> None:
        case = self.case
        case.inspected_through = through
        package = package_row(case, self.told, self.version, through=through)
        case.file_count = package.file_count
        keys = {file.path: file.key for file in self.told.files}
        made = [
            made_row(case, file, self.version, keys, self.looked[file.path]) for file in self.told.files if file.made
        ]
        inspection = self._inspection()
        journal.record(self._entry("package"), new=[package, *made, *inspection], changed=[case])
        ask_for_copies(package, now=self.now)

    def _inspection(self) -> list[Inspection]:
        last = Inspection.objects.filter(case_id=self.case.key).order_by("-number").values_list("number", flat=True)
        readings = {file.key: self.looked[file.path][0] for file in self.told.files if not file.made}
        made = inspection_row(self.case, self.told, (last.first() or 0) + 1, readings)
        if made is None:
            return []
        row, report = made
        tally(report, self.case, number=row.number, at=row.at)
        row.outcome = gravest(report).value
        self.case.outcome, self.case.blocking_count = row.outcome, len(report.blocking_findings())
        return [row]

    def _entry(self, part: str) -> journal.Entry:
        facts = {
            "part": part,
            "case_number": self.case.case_number,
            "version": self.version.number,
            "object_id": self.version.object_id,
            "inventory_sha512": self.version.inventory_sha512,
        }
        return journal.Entry(Event.CASE_REBUILT, ACTOR, self.now, self.case.key, facts)

    def _text(self, row: CaseFile) -> str:
        return next((self.looked[f.path][1] for f in self.told.files if f.key == row.file_key), "")
