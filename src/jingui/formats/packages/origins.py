"""What the metadata of a package say of called, shared and made files, and of the theme a case is part of."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from jingui.domain.records.origins import MadeKind
from jingui.formats.packages.elements import add_group, add_value, moment

if TYPE_CHECKING:
    from lxml import etree

    from jingui.domain.packaging.records import ArchivedRecord, ArrangedFile
    from jingui.domain.records.conversions import ConversionFact
    from jingui.domain.records.origins import Provenance, SharedFrom, SubCase

Value = tuple[str, str, str]

_BESIDE = defaultdict(
    lambda: ("frozen_as", "固化版式文件"), {MadeKind.CONVERTED: ("converted_as", "格式转换形成的文件")}
)


def add_theme(root: etree._Element, record: ArchivedRecord) -> None:
    """Add the theme case (一件事) with the cases of it that were known when the record was packed."""
    if record.theme is None:
        return
    part = record.theme.part
    theme = add_group(root, "theme", "主题办件（一件事）")
    count = "" if part.count is None else str(part.count)
    for name, title, value in (
        ("theme_number", "主题办件编号", part.number),
        ("theme_name", "主题名称", part.name),
        ("theme_role", "本办件关系", part.role.value),
        ("theme_count", "主题所含办件数", count),
        ("as_of", "截至时间", moment(record.packaged_at)),
    ):
        add_value(theme, name, title, value)
    for sub_case in record.theme.sub_cases:
        _add_values(add_group(theme, "sub_case", "所含办件"), _sub_case_values(sub_case))


def add_origin(element: etree._Element, file: ArrangedFile, record: ArchivedRecord) -> None:
    """Add where a file comes from, if it was not simply handed in."""
    origin = record.origins.get(file.fact.key)
    if origin and origin.provenance:
        _add_values(add_group(element, "provenance", "材料来源"), _provenance_values(origin.provenance))
    if origin and origin.shared_from:
        _add_values(add_group(element, "shared_from", "共享自"), _shared_values(origin.shared_from))
    if file.made:
        made = add_group(element, "made", "系统生成")
        _add_values(made, _made_values(file, record))
        if file.made.conversion:
            _add_values(add_group(made, "conversion", "格式转换"), _conversion_values(file.made.conversion))
    for other in record.files:
        if other.made and other.made.beside == file.fact.key:
            name, title = _BESIDE[other.made.kind]
            add_value(element, name, title, other.path)


def _add_values(group: etree._Element, values: tuple[Value, ...]) -> None:
    for name, title, value in values:
        add_value(group, name, title, value)


def _sub_case_values(case: SubCase) -> tuple[Value, ...]:
    return (
        ("project_id", "业务流水号", case.case_number),
        ("theme_role", "关系", case.role.value),
        ("task_code", "事项编码", case.item_code),
        ("task_name", "事项名称", case.item_name),
        ("agency_name", "办理机构", case.agency_name),
        ("social_code", "统一社会信用代码", case.agency_code),
        ("electronic_record_code", "电子文件号", case.record_code),
    )


def _provenance_values(provenance: Provenance) -> tuple[Value, ...]:
    return (
        ("origin", "来源方式", provenance.origin.value),
        ("system", "提供系统", provenance.system),
        ("interface", "接口", provenance.interface),
        ("called_at", "调用时间", moment(provenance.called_at)),
        ("requester", "调用人", provenance.requester),
        ("licence_type", "证照类型", provenance.licence_type),
        ("licence_number", "证照编号", provenance.licence_number),
        ("response_digest", "应答摘要", provenance.response_digest),
        ("project_id", "原业务流水号", provenance.case_number),
    )


def _shared_values(shared: SharedFrom) -> tuple[Value, ...]:
    return (("project_id", "业务流水号", shared.case_number), ("source_key", "来源系统文件标识", shared.file_key))


def _made_values(file: ArrangedFile, record: ArchivedRecord) -> tuple[Value, ...]:
    made = file.made
    if made is None:
        return ()
    paths = {other.fact.key: other.path for other in record.files}
    return (
        ("made_kind", "生成内容", made.kind.value),
        ("made_by", "生成系统", f"{record.system_name} {record.system_version}".strip()),
        ("made_at", "生成时间", moment(record.packaged_at)),
        ("made_from", "依据", paths.get(made.beside, "过程信息元数据.xml")),
    )


def _conversion_values(conversion: ConversionFact) -> tuple[Value, ...]:
    compared = conversion.comparison
    pages = "/".join("" if count is None else str(count) for count in compared.pages)
    same = {True: "true", False: "false", None: ""}[compared.are_pixels_same]
    return (
        ("migration", "格式迁移", conversion.migration),
        ("converter", "转换工具", conversion.converter),
        ("converter_version", "转换工具版本", conversion.converter_version),
        ("source_format", "源格式", conversion.source_format),
        ("source_sha256", "源文件 SHA-256", conversion.source_sha256),
        ("target_format", "目标格式", conversion.target_format),
        ("pages", "转换前后页数", pages if pages != "/" else ""),
        ("text_kept", "保留的文字（万分之）", "" if compared.text_kept is None else str(compared.text_kept)),
        ("sizes", "图像尺寸", ", ".join(compared.sizes[1][:20])),
        ("pixels_same", "逐像素相同", same),
        ("remarks", "转换说明", ", ".join(compared.remarks)),
    )
