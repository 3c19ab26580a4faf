"""The Excel template: three sheets with Chinese headers, and how each column maps to our names and words.

事项 one row per item and version; 材料 one row per material, joined by 实施编码; 机构 one row per agency.
"""

from __future__ import annotations

from dataclasses import dataclass

from jingui.domain.catalogue.elements import TOLD_IN_ELEMENTS
from jingui.formats.catalogues.workbooks import write_workbook


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, the dotted name of its value, how it is read, and the words it may hold."""

    header: str
    name: str
    kind: str = "text"  # text, whole, list, flag
    words: tuple[tuple[str, str], ...] = ()
    is_required: bool = False


_SHARING = (("无条件共享", "01"), ("有条件共享", "02"), ("不予共享", "03"))
_RETENTION = (("永久", "Y"), ("30年", "D30"), ("定期30年", "D30"), ("10年", "D10"), ("定期10年", "D10"))
_CLASS = (("申请材料", "application"), ("过程材料", "process"), ("结果材料", "result"))
_OBLIGATION = (("必备", "required"), ("有条件", "conditional"), ("可选", "optional"))

ITEM_COLUMNS: tuple[Column, ...] = (
    Column("实施编码", "item_code", is_required=True),
    Column("事项名称", "item_name", is_required=True),
    Column("事项版本", "item_version", "whole", is_required=True),
    Column("基本编码", "base_code"),
    Column("事项类型", "item_type"),
    Column("实施主体编码", "agency", is_required=True),
    Column("法定办结时限", "statutory_limit.days", "whole"),
    Column("法定时限单位", "statutory_limit.unit"),
    Column("承诺办结时限", "promised_limit.days", "whole"),
    Column("承诺时限单位", "promised_limit.unit"),
    Column("保管期限", "plan.retention", words=_RETENTION),
    Column("保管期限理由", "plan.retention_reason"),
    Column("门类代码", "plan.category"),
    Column("机构问题代码", "plan.unit"),
    Column("共享类型", "plan.sharing", words=_SHARING),
    Column("密级", "plan.security_classification"),
    Column("归档格式", "plan.formats", "list"),
    Column("必经环节", "plan.required_steps", "list"),
    Column("最少环节数", "plan.min_step_count", "whole"),
    Column("接收清单外材料", "plan.accept_unlisted", "flag"),
    Column("档号规则", "plan.archival_code_rule"),
    Column("电子文件号规则", "plan.record_code_rule"),
    Column("业务办理项编码", "handling_code"),
    Column("事项状态", "state", "field"),
    Column("生效日期", "effective_from", "field"),
    Column("失效日期", "effective_to", "field"),
    Column("情形", "situations", "field"),
    Column("办理环节", "steps", "field"),
    *(
        Column(
            element.title,
            "agency_name" if element.identifier == "dept_name" else f"elements.{element.identifier}",
            "field",
        )
        for element in TOLD_IN_ELEMENTS
        if element.is_listed
    ),
)
MATERIAL_COLUMNS: tuple[Column, ...] = (
    Column("实施编码", "item_code", is_required=True),
    Column("材料编码", "code", is_required=True),
    Column("材料名称", "name", is_required=True),
    Column("材料类别", "class", words=_CLASS, is_required=True),
    Column("是否必备", "obligation", words=_OBLIGATION),
    Column("最少份数", "min_count", "whole"),
    Column("最多份数", "max_count", "whole"),
    Column("条件", "condition"),
    Column("共享类型", "sharing", words=_SHARING),
    Column("别名", "aliases", "list"),
)
AGENCY_COLUMNS: tuple[Column, ...] = (
    Column("统一社会信用代码", "code", is_required=True),
    Column("机构名称", "name", is_required=True),
    Column("机构简称", "short_name"),
    Column("行政区划代码", "region_code", is_required=True),
    Column("全宗号", "fonds"),
    Column("全宗名称", "fonds_name"),
)

ITEM_SHEET, MATERIAL_SHEET, AGENCY_SHEET = "事项", "材料", "机构"
SHEETS: dict[str, tuple[Column, ...]] = {
    ITEM_SHEET: ITEM_COLUMNS,
    MATERIAL_SHEET: MATERIAL_COLUMNS,
    AGENCY_SHEET: AGENCY_COLUMNS,
}


def write_template() -> bytes:
    """Return an empty workbook with the three sheets and their headers."""
    return write_workbook({name: [[column.header for column in columns]] for name, columns in SHEETS.items()})
