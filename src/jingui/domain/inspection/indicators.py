"""The 49 indicators (检测指标) of DA/T 70-2018: four properties in three phases, as one table.

Numbers, phases and identifiers follow a published implementation; the wording of what must hold is ours. The standard's
own text was not read, and its prefix of the third phase is not known: ``CQ`` is ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from jingui.domain.records.terms import Property


class InspectionPhase(StrEnum):
    """When an inspection is made (环节)."""

    ARCHIVING = "gd"  # 归档
    TRANSFER = "yj"  # 移交与接收
    PRESERVATION = "cq"  # 长期保存


PREFIXES: dict[InspectionPhase, str] = {
    InspectionPhase.ARCHIVING: "GD",
    InspectionPhase.TRANSFER: "YJ",
    InspectionPhase.PRESERVATION: "CQ",
}
PHASE_TITLES: dict[InspectionPhase, str] = {
    InspectionPhase.ARCHIVING: "归档环节",
    InspectionPhase.TRANSFER: "移交与接收环节",
    InspectionPhase.PRESERVATION: "长期保存环节",
}


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: ``number`` as in ``1-1``, its phase and property, its name, and what must hold."""

    number: str
    phase: InspectionPhase
    prop: Property
    identifier: str
    title: str
    aim: str


_PROPERTIES = {
    "1": Property.AUTHENTICITY,
    "2": Property.INTEGRITY,
    "3": Property.USABILITY,
    "4": Property.SECURITY,
}
_GD, _YJ, _CQ = InspectionPhase
_ROWS: tuple[tuple[str, InspectionPhase, str, str, str], ...] = (
    ("1-1", _GD, "gd_source_authenticity", "电子文件来源真实性", "固化信息（摘要、电子签名、电子印章、时间戳）有效"),
    ("1-1", _YJ, "yj_source_authenticity", "电子档案来源真实性", "移交的电子档案固化信息有效"),
    ("1-1", _CQ, "cq_fixity_validity", "电子档案固化信息有效性", "保存期间固化信息仍然有效"),
    ("1-2", _GD, "gd_metadata_accuracy", "电子文件元数据准确性", "元数据的长度、类型、格式、值域和取值合规、合理"),
    ("1-2", _YJ, "yj_metadata_accuracy", "电子档案元数据准确性", "元数据的长度、类型、格式、值域和取值合规、合理"),
    ("1-2", _CQ, "cq_metadata_accuracy", "电子档案元数据准确性", "元数据的长度、类型、格式、值域和取值合规、合理"),
    ("1-3", _GD, "gd_content_authenticity", "电子文件内容真实性", "内容数据的电子属性与元数据一致"),
    ("1-3", _YJ, "yj_content_authenticity", "电子档案内容真实性", "内容数据的电子属性与元数据一致"),
    ("1-3", _CQ, "cq_content_authenticity", "电子档案内容真实性", "内容数据的电子属性与元数据一致"),
    ("1-4", _GD, "gd_metadata_content_link", "电子文件元数据与内容关联一致性", "元数据所记位置就是内容数据的实际位置"),
    ("1-4", _YJ, "yj_metadata_content_link", "电子档案元数据与内容关联一致性", "元数据所记位置就是内容数据的实际位置"),
    ("1-4", _CQ, "cq_metadata_content_link", "电子档案元数据与内容关联一致性", "元数据所记位置就是内容数据的实际位置"),
    ("1-5", _GD, "gd_package_authenticity", "归档信息包真实性", "信息包结构合规，归档的就是收到的"),
    ("1-5", _YJ, "yj_package_authenticity", "移交信息包真实性", "信息包结构合规，接收的就是移交的"),
    ("1-5", _CQ, "cq_package_authenticity", "保存信息包真实性", "信息包与入库时一致"),
    ("2-1", _GD, "gd_total_amount", "电子文件数据总量", "件数、字节数与归档登记相符"),
    ("2-1", _YJ, "yj_total_amount", "电子档案数据总量", "件数、字节数与移交接收登记相符"),
    ("2-1", _CQ, "cq_total_amount", "电子档案数据总量", "件数、字节数与元数据相符"),
    ("2-2", _GD, "gd_metadata_completeness", "电子文件元数据完整性", "必备元数据齐全，有编号的元数据连续"),
    ("2-2", _YJ, "yj_metadata_completeness", "电子档案元数据完整性", "必备元数据齐全，有编号的元数据连续"),
    ("2-2", _CQ, "cq_metadata_completeness", "电子档案元数据完整性", "必备元数据齐全，有编号的元数据连续"),
    ("2-3", _GD, "gd_content_completeness", "电子文件内容完整性", "内容数据完整"),
    ("2-3", _YJ, "yj_content_completeness", "电子档案内容完整性", "内容数据完整"),
    ("2-3", _CQ, "cq_content_completeness", "电子档案内容完整性", "内容数据完整"),
    ("2-4", _GD, "gd_package_completeness", "归档信息包完整性", "符合归档范围，文件数与信息包元数据相符"),
    ("2-4", _YJ, "yj_package_completeness", "移交信息包完整性", "文件数与信息包元数据相符"),
    ("2-4", _CQ, "cq_package_completeness", "保存信息包完整性", "元数据和内容数据齐全"),
    ("3-1", _GD, "gd_metadata_usability", "电子文件元数据可用性", "元数据能正常读取"),
    ("3-1", _YJ, "yj_metadata_usability", "电子档案元数据可用性", "元数据能正常读取"),
    ("3-1", _CQ, "cq_metadata_usability", "电子档案元数据可用性", "元数据能正常读取"),
    ("3-2", _GD, "gd_content_usability", "电子文件内容可用性", "格式符合归档要求，能打开、能显示"),
    ("3-2", _YJ, "yj_content_usability", "电子档案内容可用性", "格式符合移交要求，能打开、能显示"),
    ("3-2", _CQ, "cq_content_usability", "电子档案内容可用性", "能打开、能显示，格式适合长期保存"),
    ("3-3", _GD, "gd_environment", "电子文件软硬件环境", "电子属性所记软硬件环境合规"),
    ("3-3", _YJ, "yj_environment", "电子档案软硬件环境", "电子属性所记软硬件环境合规"),
    ("3-3", _CQ, "cq_environment", "电子档案软硬件环境", "软硬件环境仍适合长期保存"),
    ("3-4", _GD, "gd_package_usability", "归档信息包可用性", "没有影响使用的因素（非开放压缩、加密等）"),
    ("3-4", _YJ, "yj_package_usability", "移交信息包可用性", "没有影响使用的因素（非开放压缩、加密等）"),
    ("3-4", _CQ, "cq_backup_recoverable", "备份数据可恢复性", "备份能完整恢复"),
    ("4-1", _GD, "gd_package_virus", "归档信息包病毒", "装有杀毒软件，信息包没有病毒"),
    ("4-1", _YJ, "yj_package_virus", "移交信息包病毒", "装有杀毒软件，信息包没有病毒"),
    ("4-1", _CQ, "cq_package_virus", "保存信息包病毒", "装有杀毒软件，信息包没有病毒"),
    ("4-2", _GD, "gd_carrier_security", "归档载体安全性", "载体没有多余文件，外观、读取正常，光盘合格"),
    ("4-2", _YJ, "yj_carrier_security", "移交载体安全性", "载体没有多余文件，外观、读取正常"),
    ("4-2", _CQ, "cq_carrier_security", "保存载体安全性", "载体外观、读取正常"),
    ("4-3", _GD, "gd_process_security", "归档过程安全性", "归档和保管过程安全、可控"),
    ("4-3", _YJ, "yj_process_security", "移交过程安全性", "移交和接收过程安全、可控"),
    ("4-3", _CQ, "cq_software_security", "软件系统安全性", "软件系统没有安全漏洞"),
    ("4-4", _CQ, "cq_storage_environment", "载体保管环境安全性", "载体保管环境符合要求"),
)

INDICATORS: tuple[Indicator, ...] = tuple(
    Indicator(number, phase, _PROPERTIES[number[0]], identifier, title, aim)
    for number, phase, identifier, title, aim in _ROWS
)
BY_NUMBER: dict[tuple[InspectionPhase, str], Indicator] = {(row.phase, row.number): row for row in INDICATORS}
