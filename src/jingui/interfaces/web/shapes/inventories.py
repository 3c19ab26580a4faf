"""The inventory of a record (材料清点): how much of what is expected is there, what is missing, what is too much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jingui.db.queries.records import Record
from jingui.domain.metadata.inventory import MaterialLine, MaterialState
from jingui.domain.records.terms import MaterialClass
from jingui.interfaces.web.shapes.masks import masked
from jingui.interfaces.web.shapes.origins import origin_lines


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file as a list shows it. ``shown_name`` has names masked; ``pages`` is ``None`` where nobody counted.

    ``made`` is set for what the archive made itself; ``origin`` says where a file was called or shared from.
    """

    key: str
    shown_name: str
    material: str
    material_name: str
    format_name: str
    format_version: str
    pages: int | None
    bytes: int
    received_at: Any
    sha256: str
    sm3: str
    step: str
    note: str = ""
    made: str = ""
    origin: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MaterialGroup:
    """The lines of one class of materials, and how many of the expected ones are there."""

    material_class: str
    present: int
    expected: int
    lines: tuple[tuple[MaterialLine, tuple[FileLine, ...]], ...]


@dataclass(frozen=True, slots=True)
class InventoryView:
    """The whole inventory. The parts of the ring are in hundredths."""

    expected: int
    present: int
    missing: tuple[MaterialLine, ...]
    groups: tuple[MaterialGroup, ...]
    unexpected: tuple[FileLine, ...]
    unlisted: tuple[FileLine, ...]
    superseded: tuple[FileLine, ...]

    @property
    def arc(self) -> int:
        """The part of the ring that stands for what is there."""
        return round(100 * self.present / self.expected) if self.expected else 100

    @property
    def gap(self) -> int:
        """The rest of the ring."""
        return 100 - self.arc

    @property
    def lack(self) -> int:
        """The part that is drawn for what is missing, a little apart from what is there."""
        return max(2, self.gap - 4)

    @property
    def lack_start(self) -> int:
        """Where that part begins."""
        return self.arc + 2


def inventory_view(record: Record) -> InventoryView:
    """Return the inventory of a record as its page shows it."""
    files = file_lines(record)
    inventory = record.inventory
    counted = [line for line in inventory.lines if line.state in {MaterialState.PRESENT, MaterialState.MISSING}]
    reasons = {file.key: file.reason.value for file in inventory.unexpected}
    return InventoryView(
        expected=len(counted),
        present=len(inventory.present),
        missing=inventory.missing,
        groups=tuple(_group(kind, record, files) for kind in MaterialClass),
        unexpected=tuple(_with_note(files[key], note) for key, note in reasons.items() if key in files),
        unlisted=tuple(files[key] for key in inventory.unlisted if key in files),
        superseded=tuple(files[key] for key in inventory.superseded if key in files),
    )


def file_lines(record: Record) -> dict[str, FileLine]:
    """Return every file of a record by its key, made and replaced ones too."""
    names = {rule.code: rule.name for rule in record.plan.materials} if record.plan else {}
    applicant = applicant_facts(record)
    rows: dict[str, Any] = {row.file_key: row for row in record.files}
    rows |= {row.file_key: row for row in record.made if row.file_key not in rows}
    rows |= {row.file_key: row for row in record.replaced}
    return {key: _file_line(row, record, names, applicant) for key, row in rows.items()}


def applicant_facts(record: Record) -> dict[str, str]:
    """Return the names that are masked in everything shown of a record, and what kind of applicant it is."""
    person = record.fact.applicant
    return {
        "name": person.name,
        "kind": person.kind,
        "legal_representative": person.legal_representative,
        "agent": person.agent,
    }


def _file_line(row: Any, record: Record, names: Mapping[str, str], applicant: Mapping[str, Any]) -> FileLine:  # noqa: ANN401
    reading = record.reading(row.file_key)
    return FileLine(
        key=row.file_key,
        shown_name=masked(row.title or row.name, applicant),
        material=row.material_code,
        material_name=names.get(row.material_code, ""),
        format_name=reading.get("format_name") or row.format_name,
        format_version=reading.get("format_version") or row.format_version,
        pages=reading.get("page_count"),
        bytes=row.bytes,
        received_at=row.received_at,
        sha256=row.sha256,
        sm3=row.sm3,
        step=row.step,
        made=getattr(row, "kind", ""),
        origin=origin_lines(record.origins.get(row.file_key)),
    )


def _with_note(line: FileLine, note: str) -> FileLine:
    values = {name: getattr(line, name) for name in FileLine.__slots__}
    return FileLine(**{**values, "note": note})


def _group(kind: MaterialClass, record: Record, files: Mapping[str, FileLine]) -> MaterialGroup:
    lines = [line for line in record.inventory.lines if line.material_class is kind]
    counted = [line for line in lines if line.state in {MaterialState.PRESENT, MaterialState.MISSING}]
    return MaterialGroup(
        material_class=kind.value,
        present=sum(line.state is MaterialState.PRESENT for line in lines),
        expected=len(counted),
        lines=tuple((line, tuple(files[key] for key in line.file_keys if key in files)) for line in lines),
    )
