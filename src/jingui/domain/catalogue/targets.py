"""The fields that a column of a foreign list can be mapped to, by kind of table."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from jingui.domain.catalogue.content import MATERIAL_DETAILS, PART_DETAILS
from jingui.domain.catalogue.elements import BY_IDENTIFIER, TOLD_IN_ELEMENTS, WORKING_LIST, ElementKind, ItemElement


class TableKind(StrEnum):
    """What the rows of a table are. ``extensions`` are further columns of the items in a table of their own."""

    ITEMS = "items"
    EXTENSIONS = "extensions"
    MATERIALS = "materials"
    SITUATIONS = "situations"
    STEPS = "steps"
    RESULTS = "results"
    AGENCIES = "agencies"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Target:
    """A field: its dotted path in a row, its title, how a cell becomes its value, and the headers it is known by."""

    path: str
    title: str
    kind: str = "text"
    code_set: str = ""
    aliases: tuple[str, ...] = ()


_KINDS = {ElementKind.TEXT: "text", ElementKind.CODE: "code", ElementKind.CODES: "codes", ElementKind.TEXTS: "texts"}
_PLACED_KINDS = {
    "statutory_limit": "limit", "promised_limit": "limit", "materials": "materials", "item_version": "whole",
    "item_type": "code", "state": "state", "effective_from": "day",
}  # fmt: skip


def _of_element(element: ItemElement) -> Target:
    aliases = (element.identifier, element.title, *element.aliases)
    if not element.place:
        return Target(f"elements.{element.identifier}", element.title, _KINDS[element.kind], element.code_set, aliases)
    kind = _PLACED_KINDS.get(element.place, "text")
    return Target(element.place, element.title, kind, "item_type" if element.place == "item_type" else "", aliases)


_JOINS = (
    Target("guid", "行标识", aliases=("row_guid", "task_guid")),
    Target("task_code", "实施编码", aliases=("task_code", "实施清单编码")),
    Target("item_code", "事项编码", aliases=("item_code", "编码", "id")),
)
_OWN = (
    Target("agency_alternative", "机构备用编码", aliases=("dept_code", "org_code", "机构代码")),
    Target(
        "agency_name",
        "实施主体名称",
        aliases=("department", "agency_name", "部门名称", "部门", "实施主体", "dept_name"),
    ),
    Target(
        "agency_region", "行政区划代码", "digits", aliases=("area_code", "region_code", "agency_region", "区划代码")
    ),
    Target("statutory_limit.days", "法定办结时限（数字）", "whole", aliases=("anticipate_day",)),
    Target("statutory_limit.unit", "法定时限单位", "unit", aliases=("anticipate_type", "statutory_limit_unit")),
    Target("promised_limit.days", "承诺办结时限（数字）", "whole", aliases=("promise_day",)),
    Target("promised_limit.unit", "承诺时限单位", "unit", aliases=("promise_type", "promised_limit_unit")),
    Target("effective_to", "计划取消日期", "day", aliases=("plan_cancel_date", "effective_to", "失效日期", "取消日期")),
    Target("situations", "情形", "parts", aliases=("situations", "scenes", "sub_task_name", "子项", "办理情形")),
    Target("steps", "办理环节", "parts", aliases=("steps", "flow", "环节")),
    Target("results", "审批结果", "parts", aliases=("results",)),
    Target("elements", "要素（JSON）", "json", aliases=("elements",)),
    Target("plan", "归档配置（JSON）", "json", aliases=("plan",)),
)
_PREFERRED = {"effective_from": ("plan_effective_date", "effective_from", "生效日期", "实施日期")}


def _item_targets() -> tuple[Target, ...]:
    placed = [_of_element(element) for element in WORKING_LIST if element.place]
    dated = [
        Target(t.path, "计划生效日期", t.kind, aliases=_PREFERRED[t.path]) if t.path in _PREFERRED else t
        for t in placed
    ]
    own = {target.path for target in _JOINS}
    # A column that names the department serves the agency as well as the element of that name.
    elements = [_of_element(e) for e in TOLD_IN_ELEMENTS if e.identifier != "dept_name"]
    return (*_JOINS, *(target for target in dated if target.path not in own), *_OWN, *elements)


def _material_targets() -> tuple[Target, ...]:
    details = (Target(name, title, aliases=(name, title)) for name, title in MATERIAL_DETAILS.items())
    return (
        *_JOINS,
        Target("name", "材料名称", aliases=("material_name", "name", "名称")),
        Target("code", "材料编码", aliases=("material_code", "code")),
        Target(
            "requirement",
            "是否必要",
            "requirement",
            aliases=("is_need", "is_required", "required", "是否必备", "必要性"),
        ),
        Target("condition", "何时需要", aliases=("condition", "条件")),
        Target("situations", "适用情形", "texts", aliases=("situations", "scenes", "情形")),
        Target("order", "顺序号", "order", aliases=("order_num", "order", "序号")),
        *details,
    )


def _part_targets() -> tuple[Target, ...]:
    details = (Target(name, title, aliases=(name, title)) for name, title in PART_DETAILS.items())
    return (
        *_JOINS,
        Target("name", "名称", aliases=("name", "process_name", "scene_name", "情形名称", "环节名称", "结果名称")),
        Target("code", "编码", aliases=("code", "scene_code")),
        Target("order", "顺序号", "order", aliases=("order_num", "order", "序号")),
        *details,
    )


_AGENCY_TARGETS = (
    Target("code", "统一社会信用代码", aliases=("code", "org_code", "dept_code", "机构编码")),
    Target("name", "机构名称", aliases=("name", "org_name", "dept_name", "名称")),
    Target("short_name", "机构简称", aliases=("short_name", "简称")),
    Target("region_code", "行政区划代码", "digits", aliases=("region_code", "area_code", "区划代码")),
    Target("fonds", "全宗号", "digits", aliases=("fonds",)),
    Target("fonds_name", "全宗名称", aliases=("fonds_name",)),
)

TARGETS: dict[TableKind, tuple[Target, ...]] = {
    TableKind.ITEMS: _item_targets(),
    TableKind.EXTENSIONS: _item_targets(),
    TableKind.MATERIALS: _material_targets(),
    TableKind.SITUATIONS: _part_targets(),
    TableKind.STEPS: _part_targets(),
    TableKind.RESULTS: _part_targets(),
    TableKind.AGENCIES: _AGENCY_TARGETS,
    TableKind.IGNORED: (),
}
BY_PATH: dict[TableKind, dict[str, Target]] = {
    kind: {target.path: target for target in targets} for kind, targets in TARGETS.items()
}

_NOISE = re.compile(r"[\s_\-.:：（）()【】\[\]/、*]")


def folded(header: str) -> str:
    """Return a header as it is compared: half width, lower case, without spaces, brackets and marks."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", header).lower())


def target_of(header: str, kind: TableKind) -> Target | None:
    """Guess the field that a header means: its path, title or an alias; the first that fits."""
    wanted = folded(header)
    for told in (_names, _aliases):
        for target in TARGETS[kind]:
            if wanted and wanted in told(target):
                return target
    return None


def _names(target: Target) -> set[str]:
    return {folded(target.path), folded(target.title)}


def _aliases(target: Target) -> set[str]:
    return {folded(alias) for alias in target.aliases}


def element_title(path: str, table: str = TableKind.ITEMS) -> str:
    """Return the title of a field of a table (of items, unless told) by its path, the path itself if there is none."""
    kind = TableKind(table) if table in list(TableKind) else TableKind.ITEMS
    target = BY_PATH[kind].get(path) or BY_PATH[TableKind.ITEMS].get(path)
    element = BY_IDENTIFIER.get(path.removeprefix("elements."))
    return target.title if target else element.title if element else path
