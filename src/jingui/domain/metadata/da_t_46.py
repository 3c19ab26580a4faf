"""The 88 elements of DA/T 46-2009 as one table: what each is, and where its value comes from here.

Numbers, names and order agree in several published implementations; obligations and data types are from memory and were
not compared with the text [?]. An installation that owns the text corrects the table, not the code that reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from jingui.domain.records.terms import Obligation

if TYPE_CHECKING:
    from collections.abc import Mapping

_MUST, _IF, _MAY = Obligation.REQUIRED, Obligation.CONDITIONAL, Obligation.OPTIONAL


class Block(StrEnum):
    """Which entity an element describes."""

    RECORD = "文件实体"
    AGENT = "机构人员实体"
    BUSINESS = "业务实体"
    RELATION = "实体关系"


class Origin46(StrEnum):
    """Where the value of an element comes from."""

    CONTAINER = "container"  # holds other elements
    RECORD = "record"  # an element of the base information
    SOURCE = "source"  # the base information, if the business system sends an element of this name
    FILE = "file"  # the list of files in the base information
    STEP = "step"  # the process information
    AGENT = "agent"  # the agencies and people of the process
    SIGNATURE = "signature"  # the signatures found in files
    RELATION = "relation"  # theme, shared files, replaced files
    FIXED = "fixed"  # the same for every record here
    ABSENT = "absent"  # nothing here has it; ``source`` says why


@dataclass(frozen=True, slots=True)
class Element46:
    """One element. ``parent`` is the number of its container; ``source`` names the value by its origin."""

    number: str
    title: str
    identifier: str
    block: Block
    obligation: Obligation
    datatype: str
    origin: Origin46
    source: str = ""
    parent: str = ""


def _row(  # noqa: PLR0913, PLR0917 - a row of a table
    number: str, title: str, identifier: str, obligation: Obligation, datatype: str, origin: str, source: str = ""
) -> Element46:
    place = int(number[1:])
    block = next(block for last, block in _BLOCKS if place <= last)
    parent = next((holder for holder, first, last in _CONTAINERS if first <= place <= last), "")
    return Element46(number, title, identifier, block, obligation, datatype, Origin46(origin), source, parent)


_BLOCKS = ((75, Block.RECORD), (79, Block.AGENT), (84, Block.BUSINESS), (88, Block.RELATION))
_CONTAINERS = (
    ("M2", 3, 6), ("M8", 9, 20), ("M21", 22, 39), ("M40", 41, 45), ("M46", 47, 51), ("M52", 53, 56), ("M57", 58, 64),
    ("M65", 66, 69), ("M70", 71, 74),
)  # fmt: skip

ELEMENTS_46: tuple[Element46, ...] = (
    _row("M1", "聚合层次", "aggregation_level", _MUST, "text (案卷/文件 …)", "fixed", "件"),
    _row("M2", "来源", "provenance", _MAY, "container", "container"),
    _row("M3", "档案馆名称", "archives_name", _MAY, "text", "record", "archives_name"),
    _row("M4", "档案馆代码", "archives_identifier", _MAY, "text", "record", "archives_identifier"),
    _row("M5", "全宗名称", "fonds_name", _MAY, "text", "record", "fonds_name"),
    _row("M6", "立档单位名称", "fonds_constituting_unit_name", _MUST, "text", "record", "department_name"),
    _row("M7", "电子文件号", "electronic_record_code", _MUST, "text", "record", "electronic_record_code"),
    _row("M8", "档号", "archival_code", _IF, "text", "record", "archival_code"),
    _row("M9", "全宗号", "fonds_identifier", _IF, "text", "record", "fonds_identifier"),
    _row("M10", "目录号", "catalogue_number", _MAY, "text", "absent", "no catalogue numbers since DA/T 13-2022"),
    _row("M11", "年度", "year", _MUST, "number(4)", "record", "year"),
    _row("M12", "保管期限", "retention_period", _MUST, "text", "record", "retention_period"),
    _row("M13", "机构或问题", "organizational_structure_or_function", _MAY, "text", "record", "lead_department"),
    _row("M14", "类别号", "category_code", _MAY, "text", "record", "category_code"),
    _row("M15", "室编案卷号", "agency_file_number", _IF, "text", "absent", "kept by item, not by volume"),
    _row("M16", "馆编案卷号", "archives_file_number", _IF, "text", "absent", "given by the archives that takes over"),
    _row("M17", "室编件号", "agency_item_number", _IF, "number", "record", "item_number"),
    _row("M18", "馆编件号", "archives_item_number", _IF, "number", "absent", "given by the archives that takes over"),
    _row("M19", "文档序号", "document_sequence_number", _IF, "number", "file", "sequence"),
    _row("M20", "页号", "page_number", _IF, "number/text", "absent", "pages are counted, not numbered"),
    _row("M21", "内容描述", "content_description", _MUST, "container", "container"),
    _row("M22", "题名", "title", _MUST, "text", "record", "project_name"),
    _row("M23", "并列题名", "parallel_title", _MAY, "text", "source", "parallel_title"),
    _row("M24", "副题名", "alternative_title", _MAY, "text", "source", "alternative_title"),
    _row("M25", "说明题名文字", "other_title_information", _MAY, "text", "source", "other_title_information"),
    _row("M26", "主题词", "descriptor", _MAY, "text", "source", "descriptor"),
    _row("M27", "关键词", "keyword", _MAY, "text", "source", "keyword"),
    _row("M28", "人名", "personal_name", _MAY, "text", "record", "apply_name"),
    _row("M29", "摘要", "abstract", _MAY, "text", "source", "abstract"),
    _row("M30", "分类号", "class_code", _MAY, "text", "record", "task_code"),
    _row("M31", "文件编号", "document_number", _IF, "text", "record", "project_id"),
    _row("M32", "责任者", "author", _MUST, "text", "record", "department_name"),
    _row("M33", "日期", "date", _MUST, "date", "record", "transact_time"),
    _row("M34", "文种", "document_type", _MAY, "text", "source", "document_type"),
    _row("M35", "紧急程度", "precedence", _MAY, "text", "source", "precedence"),
    _row("M36", "主送", "principal_receiver", _MAY, "text", "source", "principal_receiver"),
    _row("M37", "抄送", "other_receivers", _MAY, "text", "source", "other_receivers"),
    _row("M38", "密级", "security_classification", _MUST, "text", "record", "security_classification"),
    _row("M39", "保密期限", "secrecy_period", _IF, "text", "source", "secrecy_period"),
    _row("M40", "形式特征", "formal_characteristics", _MAY, "container", "container"),
    _row("M41", "文件组合类型", "document_aggregation_type", _MAY, "单件/组合文件", "fixed", "组合文件"),
    _row("M42", "件数", "total_number_of_items", _IF, "number", "record", "total_number"),
    _row("M43", "页数", "total_number_of_pages", _MAY, "number", "record", "page_count"),
    _row("M44", "语种", "language", _MAY, "text", "source", "language"),
    _row("M45", "稿本", "manuscript_type", _MAY, "text", "source", "manuscript_type"),
    _row("M46", "电子属性", "electronic_attributes", _MUST, "container", "container"),
    _row("M47", "格式信息", "format_information", _MUST, "text", "file", "format_information"),
    _row("M48", "计算机文件名", "computer_file_name", _MUST, "text", "file", "computer_file_name"),
    _row("M49", "计算机文件大小", "computer_file_size", _MUST, "number", "file", "computer_file_size"),
    _row(
        "M50", "文档创建程序", "document_creating_application", _MUST, "text", "file", "document_creating_application"
    ),
    _row(
        "M51",
        "信息系统描述",
        "information_system_description",
        _MAY,
        "text",
        "record",
        "information_system_description",
    ),
    _row("M52", "数字化属性", "digitization_attributes", _IF, "container", "container"),
    _row(
        "M53",
        "数字化对象形态",
        "physical_record_characteristics",
        _IF,
        "text",
        "file",
        "physical_record_characteristics",
    ),
    _row("M54", "扫描分辨率", "scanning_resolution", _IF, "text", "file", "scanning_resolution"),
    _row("M55", "扫描色彩模式", "scanning_color_model", _IF, "text", "file", "scanning_color_model"),
    _row("M56", "图像压缩方案", "image_compression_scheme", _IF, "text", "file", "image_compression_scheme"),
    _row("M57", "电子签名", "electronic_signature", _IF, "container", "container"),
    _row("M58", "签名规则", "signature_rules", _IF, "text", "signature", "signature_rules"),
    _row("M59", "签名时间", "signature_time", _IF, "datetime", "signature", "signature_time"),
    _row("M60", "签名人", "signer", _IF, "text", "signature", "signer"),
    _row("M61", "签名结果", "signature", _IF, "text", "signature", "signature"),
    _row("M62", "证书", "certificate", _IF, "text", "signature", "certificate"),
    _row("M63", "证书引证", "certificate_reference", _MAY, "text", "signature", "certificate_reference"),
    _row(
        "M64",
        "签名算法标识",
        "signature_algorithm_identifier",
        _IF,
        "text",
        "signature",
        "signature_algorithm_identifier",
    ),
    _row("M65", "存储位置", "storage_location", _MUST, "container", "container"),
    _row("M66", "当前位置", "current_location", _MUST, "text", "record", "current_location"),
    _row(
        "M67",
        "脱机载体编号",
        "offline_medium_identifier",
        _IF,
        "text",
        "absent",
        "no offline copy is part of the record itself",
    ),
    _row(
        "M68",
        "脱机载体存址",
        "offline_medium_storage_location",
        _IF,
        "text",
        "absent",
        "no offline copy is part of the record itself",
    ),
    _row("M69", "缩微号", "microform_identifier", _IF, "text", "absent", "no microform"),
    _row("M70", "权限管理", "rights_management", _MAY, "container", "container"),
    _row(
        "M71",
        "知识产权说明",
        "intellectual_property_statement",
        _MAY,
        "text",
        "source",
        "intellectual_property_statement",
    ),
    _row("M72", "授权对象", "authorized_agent", _MAY, "text", "source", "authorized_agent"),
    _row("M73", "授权行为", "permission_assignment", _MAY, "公布/复制/浏览/解密", "source", "permission_assignment"),
    _row("M74", "控制标识", "control_identifier", _MAY, "开放/控制", "record", "control_identifier"),
    _row("M75", "附注", "annotation", _MAY, "text", "record", "remarks"),
    _row("M76", "机构人员类型", "agent_type", _IF, "单位/内设机构(部门)/个人", "agent", "agent_type"),
    _row("M77", "机构人员名称", "agent_name", _MUST, "text", "agent", "agent_name"),
    _row("M78", "组织机构代码", "organization_code", _MAY, "text", "agent", "organization_code"),
    _row("M79", "个人职位", "position_name", _IF, "text", "agent", "position_name"),
    _row("M80", "业务状态", "business_status", _MAY, "历史行为/计划任务 …", "step", "business_status"),
    _row("M81", "业务行为", "business_activity", _MUST, "text", "step", "step_name"),
    _row("M82", "行为时间", "action_time", _MUST, "datetime", "step", "start_time"),
    _row("M83", "行为依据", "action_mandate", _MAY, "text", "step", "action_mandate"),
    _row("M84", "行为描述", "action_description", _MAY, "text", "step", "opinion"),
    _row("M85", "实体标识符", "entity_identifier", _IF, "text", "relation", "entity_identifier"),
    _row("M86", "关系类型", "relation_type", _MAY, "text", "relation", "relation_type"),
    _row("M87", "关系", "relation", _MAY, "text", "relation", "relation"),
    _row("M88", "关系描述", "relation_description", _MAY, "text", "relation", "relation_description"),
)

BY_NUMBER: dict[str, Element46] = {element.number: element for element in ELEMENTS_46}


def children_of(number: str) -> tuple[Element46, ...]:
    """Return the elements that a container holds, in their order."""
    return tuple(element for element in ELEMENTS_46 if element.parent == number)


def record_values(base: Mapping[str, str]) -> dict[str, str]:
    """Return the values of the record entity by number, of base information elements; what is not told is left out."""
    known = {**base, **_derived(base)}
    values: dict[str, str] = {}
    for element in ELEMENTS_46:
        if element.block is not Block.RECORD:
            continue
        if element.origin is Origin46.FIXED:
            values[element.number] = element.source
        elif element.origin in {Origin46.RECORD, Origin46.SOURCE} and known.get(element.source):
            values[element.number] = known[element.source]
    return values


def base_values_of(values: Mapping[str, str]) -> dict[str, str]:
    """Return base information elements of the values of a record entity by number; the first number of a source counts."""
    found: dict[str, str] = {}
    for element in ELEMENTS_46:
        if element.origin in {Origin46.RECORD, Origin46.SOURCE} and values.get(element.number):
            found.setdefault(element.source, values[element.number])
    return found


def _derived(base: Mapping[str, str]) -> dict[str, str]:
    """What the table asks for and the base information holds inside other elements."""
    code = base.get("archival_code", "")
    derived = {"year": (base.get("archive_time") or base.get("transact_time", ""))[:4], "current_location": "在线存储"}
    if code.count("-") >= 1:
        derived["item_number"] = code.rpartition("-")[2]
        derived["category_code"] = code.split("-")[1].partition("·")[0]
    return {name: value for name, value in derived.items() if value and not base.get(name)}
