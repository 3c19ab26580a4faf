"""Metadata elements of the base information (基本信息元数据) of a case, as one table.

The table follows the documented city profile (``docs/glossary.md``); M numbers are those of DA/T 46-2009. Lengths and
obligations are our proposal for that profile, not a quotation: an installation replaces the table as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from jingui.domain.records.terms import Obligation

_MUST, _IF, _MAY = Obligation.REQUIRED, Obligation.CONDITIONAL, Obligation.OPTIONAL


class DataType(StrEnum):
    """What kind of value an element holds."""

    TEXT = "text"
    CODE = "code"  # one value of a closed set or a code with a fixed form
    INTEGER = "integer"
    TIME = "time"  # ISO 8601 with offset


class Phase(StrEnum):
    """When the value of an element is first known."""

    CAPTURE = "capture"
    ARCHIVING = "archiving"  # given by the archive when it numbers and packages


@dataclass(frozen=True, slots=True)
class Element:
    """One metadata element.

    ``source`` is the dotted path of its value among ``case``, ``applicant``, ``closure``, ``plan``, ``item``, ``codes``,
    ``counts`` and ``metadata`` (sent by the source under the element's identifier). ``form`` names a format check,
    ``domain`` a value range of the profile. ``max_length`` is in characters. Personal values never enter findings.
    """

    identifier: str
    title: str
    da_t_46: str
    datatype: DataType
    max_length: int
    obligation: Obligation
    source: str
    phase: Phase = Phase.CAPTURE
    form: str = ""
    domain: str = ""
    is_personal: bool = False


def _text(identifier: str, title: str, number: str, length: int, obligation: Obligation, source: str = "") -> Element:
    return Element(identifier, title, number, DataType.TEXT, length, obligation, source or f"metadata.{identifier}")


def _person(identifier: str, title: str, length: int, obligation: Obligation, source: str = "") -> Element:
    path = source or f"metadata.{identifier}"
    return Element(identifier, title, "", DataType.TEXT, length, obligation, path, is_personal=True)


def _code(identifier: str, title: str, number: str, length: int, obligation: Obligation, **where: str) -> Element:
    source = where.pop("source", f"metadata.{identifier}")
    return Element(identifier, title, number, DataType.CODE, length, obligation, source, **where)  # type: ignore[arg-type]


def _time(identifier: str, title: str, number: str, obligation: Obligation, source: str) -> Element:
    return Element(identifier, title, number, DataType.TIME, 40, obligation, source)


def _given(identifier: str, title: str, number: str, datatype: DataType, length: int) -> Element:
    obligation = _MUST if identifier == "electronic_record_code" else _IF
    return Element(identifier, title, number, datatype, length, obligation, f"codes.{identifier}", Phase.ARCHIVING)


ELEMENTS: tuple[Element, ...] = (
    _given("electronic_record_code", "电子文件号", "M7", DataType.TEXT, 128),
    _given("archival_code", "档号", "M8", DataType.TEXT, 100),
    _code("region_code", "行政区划编码", "", 12, _MUST, source="case.region_code", form="region_code"),
    _code("task_code", "事项编码", "", 64, _MUST, source="plan.item_code"),
    _text("task_name", "事项名称", "", 200, _MUST, "plan.item_name"),
    Element("task_version", "事项版本号", "", DataType.INTEGER, 8, _MUST, "plan.item_version"),
    _code("task_type", "事项类型", "", 2, _IF, source="item.item_type", domain="item_type"),
    _given("information_system_description", "信息系统描述", "M51", DataType.TEXT, 1000),
    _given("archives_identifier", "档案馆代码", "M4", DataType.CODE, 20),
    _given("archives_name", "档案馆名称", "M3", DataType.TEXT, 200),
    _text("fonds_name", "全宗名称", "M5", 200, _MAY, "case.fonds_name"),
    _text("department_name", "部门名称（立档单位名称）", "M6", 200, _MUST, "case.agency_name"),
    _text("lead_department", "责任处（科）室", "M13", 200, _MAY, "case.department"),
    _code("fonds_identifier", "全宗号", "M9", 4, _MUST, source="case.fonds", form="fonds"),
    _code("social_code", "统一社会信用代码", "M78", 18, _MUST, source="case.agency_code", form="credit_code"),
    _code("retention_period", "保管期限", "M12", 3, _MUST, source="plan.retention", domain="retention"),
    _code(
        "security_classification", "密级", "M38", 10, _MUST, source="plan.security_classification", domain="security"
    ),
    _code("project_id", "业务流水号", "M31", 50, _MUST, source="case.case_number", form="case_number"),
    _text("project_name", "办件名称", "M22", 500, _MUST, "case.title"),
    _code("service_type", "办件类型", "", 1, _MAY, domain="service_type"),
    _given("archive_time", "归档时间", "M82", DataType.TIME, 40),
    _person("apply_name", "行政相对人名称", 200, _MUST, "applicant.name"),
    _code("apply_type", "行政相对人类型", "", 20, _MUST, source="applicant.kind", domain="applicant_kind"),
    _code("card_type", "行政相对人证件类型", "", 20, _IF, source="applicant.id_type"),
    _person("contacted_card", "行政相对人证件号码", 40, _IF, "applicant.id_number"),
    _person("address", "行政相对人地址", 500, _MAY, "applicant.address"),
    _person("agent", "代理人", 200, _MAY, "applicant.agent"),
    _person("legal_man", "法定代表人", 200, _IF, "applicant.legal_representative"),
    _code("legal_man_id_type", "法定代表人证件类型", "", 20, _MAY),
    _person("legal_man_id_number", "法定代表人证件号码", 40, _MAY),
    _code("is_project", "是否项目类业务", "", 1, _MAY, domain="yes_no"),
    _text("project_code", "项目代码", "", 100, _IF),
    _text("project_title", "项目名称", "", 500, _IF),
    _text("project_address", "项目地址", "", 500, _MAY),
    _code("source_channel", "申报来源", "", 20, _MUST, source="case.channel", domain="channel"),
    _text("receive_department", "受理（立案）单位", "M77", 200, _MUST, "case.agency_name"),
    _time("receive_time", "受理（立案）时间", "M82", _MUST, "case.received_at"),
    _time("promise_time", "承诺办结时间", "M82", _MAY, "case.promised_at"),
    _time("transact_time", "办结时间", "M82", _MUST, "closure.closed_at"),
    _code("closure_kind", "办结方式", "", 20, _MUST, source="closure.kind", domain="closure_kind"),
    _text("result", "办理结果", "", 1000, _IF, "closure.result"),
    _text("result_code", "结果证照编号", "M31", 200, _IF, "closure.result_number"),
    _text("accept_num", "受理编号", "", 50, _MAY),
    Element("total_number", "归档信息包内总件数", "M42", DataType.INTEGER, 8, _MUST, "counts.files"),
    _text("remarks", "备注", "M75", 1000, _MAY),
)

BY_IDENTIFIER: dict[str, Element] = {element.identifier: element for element in ELEMENTS}
