"""What a version of an item says beside its codes: elements, materials, situations, steps and results."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jingui.domain.catalogue.code_sets import CODE_SETS
from jingui.domain.catalogue.elements import TOLD_IN_ELEMENTS, ElementKind, ItemElement
from jingui.domain.metadata.fields import printable_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jingui.domain.metadata.fields import FieldReader

CONTENT_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "element_code_unknown": ("value", "set"),
}

Told = str | tuple[str, ...]
_LONG = 20_000
_COUNT = 500
_EXTRA_COUNT = 200
_TEXTS = 100


@dataclass(frozen=True, slots=True)
class ItemMaterial:
    """A material that an item asks for (申请材料). ``requirement`` is ``required``, ``optional`` or not told.

    ``details`` are further facts by the identifiers of the exchange tables: form, source, standards, notes.
    """

    name: str
    code: str = ""
    requirement: str = ""
    condition: str = ""
    situations: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemPart:
    """A situation (情形), a step of the process (办理环节) or a result (审批结果): its name, code and further facts."""

    name: str
    code: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemContent:
    """Everything of an item version that has no column of its own. ``extra``: what the source told beyond our elements."""

    elements: Mapping[str, Told] = field(default_factory=dict)
    materials: tuple[ItemMaterial, ...] = ()
    situations: tuple[ItemPart, ...] = ()
    steps: tuple[ItemPart, ...] = ()
    results: tuple[ItemPart, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


MATERIAL_DETAILS: dict[str, str] = {
    "form": "材料形式",
    "material_type": "材料类型",
    "material_format": "材料格式",
    "originals": "原件份数",
    "copies": "复印件份数",
    "page_num": "份数",
    "page_format": "纸张规格",
    "issuing_body": "出具机构",
    "issue_time_rule": "出具时间要求",
    "source_type": "来源渠道",
    "source_explain": "来源渠道说明",
    "fill_explain": "填报须知",
    "accept_stand": "受理标准",
    "by_law": "依据",
    "form_guid": "空白表格",
    "example_guid": "示例样表",
    "remark": "备注",
}
"""What is kept of a material beside its name, code and requirement (up_task_general_material, GB/T 39046 table 4)."""

PART_DETAILS: dict[str, str] = {
    "unit": "办理单位",
    "limit": "时限",
    "kind": "类型",
    "sample": "样本",
    "explain": "说明",
}
"""What is kept of a situation, a step or a result beside its name and code."""


def read_content(fields: FieldReader) -> ItemContent:
    """Read these parts of an item row; problems go to the reader."""
    return ItemContent(
        elements=_elements(fields.nested("elements")),
        materials=tuple(_material(row) for row in fields.rows("materials", limit=_COUNT)),
        situations=_parts(fields, "situations"),
        steps=_parts(fields, "steps"),
        results=_parts(fields, "results"),
        extra=_extra(fields.nested("extra")),
    )


def _elements(fields: FieldReader) -> dict[str, Told]:
    read: dict[str, Told] = {}
    for name, value in fields.unknown():
        element = _TOLD.get(str(name))
        if element and value not in (None, ""):
            read[element.identifier] = _element(fields, element)
        elif element:
            fields.take(element.identifier)
    fields.refuse_unknown()
    return {name: value for name, value in read.items() if value}


_TOLD = {element.identifier: element for element in TOLD_IN_ELEMENTS}


def _element(fields: FieldReader, element: ItemElement) -> Told:
    if element.kind in {ElementKind.TEXT, ElementKind.CODE}:
        value = fields.text(element.identifier, limit=element.limit, is_multiline=True).strip()
        values: tuple[str, ...] = (value,) if value else ()
    else:
        values = fields.texts(element.identifier, limit=element.limit, count=_TEXTS)
    if element.code_set:
        _check_codes(fields, element, values)
    if element.kind in {ElementKind.CODES, ElementKind.TEXTS}:
        return values
    return values[0] if values else ""


def _check_codes(fields: FieldReader, element: ItemElement, values: tuple[str, ...]) -> None:
    for value in values:
        if value not in CODE_SETS[element.code_set].labels:
            fields.fault(element.identifier, "element_code_unknown", value=printable_name(value), set=element.title)


def _material(row: FieldReader) -> ItemMaterial:
    requirement = row.text("requirement", limit=20)
    if requirement not in {"", "required", "optional"}:
        row.fault("requirement", "not_in_range", allowed="required, optional")
    material = ItemMaterial(
        name=row.text("name", limit=200, is_required=True, is_multiline=True).strip(),
        code=row.text("code", limit=50),
        requirement=requirement,
        condition=row.text("condition", limit=500, is_multiline=True),
        situations=row.texts("situations", limit=200, count=_TEXTS) if row.has("situations") else (),
        details=_details(row, MATERIAL_DETAILS),
    )
    row.refuse_unknown()
    return material


def _parts(fields: FieldReader, name: str) -> tuple[ItemPart, ...]:
    return tuple(_part(row) for row in fields.rows(name, limit=_COUNT))


def _part(row: FieldReader) -> ItemPart:
    part = ItemPart(
        name=row.text("name", limit=1000, is_required=True, is_multiline=True).strip(),
        code=row.text("code", limit=64),
        details=_details(row, PART_DETAILS),
    )
    row.refuse_unknown()
    return part


def _details(row: FieldReader, known: Mapping[str, str]) -> dict[str, str]:
    told = {
        str(name): row.text(str(name), limit=_LONG, is_multiline=True).strip()
        for name, _ in row.unknown()
        if name in known
    }
    return {name: value for name, value in told.items() if value}


def _extra(fields: FieldReader) -> dict[str, str]:
    names = [str(name) for name, _ in fields.unknown()]
    if len(names) > _EXTRA_COUNT:
        fields.fault("", "too_many", limit=str(_EXTRA_COUNT), count=str(len(names)))
        return {}
    told = {name: fields.text(name, limit=_LONG, is_multiline=True) for name in names}
    return {name: value for name, value in told.items() if value}


def content_to_dict(content: ItemContent) -> dict[str, object]:
    """Return the parts that say something, as JSON values."""
    parts: dict[str, object] = {
        "elements": {name: _plain(value) for name, value in content.elements.items()},
        "materials": [_material_to_dict(material) for material in content.materials],
        "situations": [_part_to_dict(part) for part in content.situations],
        "steps": [_part_to_dict(part) for part in content.steps],
        "results": [_part_to_dict(part) for part in content.results],
        "extra": dict(content.extra),
    }
    return {name: value for name, value in parts.items() if value}


def _plain(value: Told) -> object:
    return value if isinstance(value, str) else list(value)


def _material_to_dict(material: ItemMaterial) -> dict[str, object]:
    told: dict[str, object] = {
        "name": material.name,
        "code": material.code,
        "requirement": material.requirement,
        "condition": material.condition,
        "situations": list(material.situations),
        **material.details,
    }
    return {name: value for name, value in told.items() if value}


def _part_to_dict(part: ItemPart) -> dict[str, object]:
    told = {"name": part.name, "code": part.code, **part.details}
    return {name: value for name, value in told.items() if value}
