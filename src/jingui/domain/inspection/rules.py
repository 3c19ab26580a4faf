"""The check items of DA/T 70-2018 in its three phases, as one table. Adding an item is adding a function and a line here.

An item is written once with the phases in which it is made; ``GD-1-5``, ``YJ-1-5`` and ``CQ-1-5`` are the same look at
different things. Items of the third phase beyond those of the first are numbered by us.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from jingui.domain.inspection import case_rules as case
from jingui.domain.inspection import content_rules as content
from jingui.domain.inspection import metadata_rules as metadata
from jingui.domain.inspection import package_rules as package
from jingui.domain.inspection.custody_rules import look_at_recovery, with_audits
from jingui.domain.inspection.indicators import BY_NUMBER, PREFIXES, InspectionPhase
from jingui.domain.inspection.parameters import Parameter
from jingui.domain.inspection.settings import DEFAULT_PROFILE, InspectionProfile, RuleSetting
from jingui.domain.inspection.signature_rules import SIGNATURE_PARAMETERS, look_at_fixity
from jingui.domain.inspection.statement_rules import CARRIERS, NO_CARRIER, stated
from jingui.domain.inspection.subject import Rule
from jingui.domain.metadata.profile import MetadataProfile
from jingui.domain.records.formats import EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jingui.domain.inspection.parameters import Value
    from jingui.domain.inspection.subject import Look, Subject

RULE_SET = "DA/T 70-2018, jingui 2"
AUTO, SET, PERSON = "auto", "configured", "person"

_GD, _YJ, _CQ = InspectionPhase
_ALL = (_GD, _YJ, _CQ)
_DA70 = "DA/T 70-2018"
_SCHEME = f"{_DA70}; DA/T 46-2009"
_REGISTER = f"{_DA70}; GB/T 18894-2016 A.1"
_FORMATS = f"{_DA70}; GB/T 18894-2016 8.3; GB/T 33190-2016"
_CODES = f"{_DA70}; DA/T 13-2022"
_DISCS = f"{_DA70}; DA/T 38"
_METADATA = MetadataProfile()
_KNOWN_FORMATS = tuple(EXTENSIONS)
_CARRIER = (Parameter("carrier", "choice", NO_CARRIER, choices=CARRIERS),)


@dataclass(frozen=True, slots=True)
class _Item:
    number: str
    name: str
    title: str
    indicator: str
    look: Callable[[Subject], Look] | None = None  # None: only a person can say
    basis: str = _DA70
    method: str = AUTO
    is_blocking: bool = True
    phases: tuple[InspectionPhase, ...] = _ALL
    stage: str = "case"
    parameters: tuple[Parameter, ...] = ()


def _int(name: str, default: int, least: int, most: int) -> tuple[Parameter, ...]:
    return (Parameter(name, "integer", default, least=least, most=most),)


def _flag(name: str) -> tuple[Parameter, ...]:
    return (Parameter(name, "flag", False),)  # noqa: FBT003


def _formats(name: str, default: tuple[str, ...]) -> tuple[Parameter, ...]:
    return (Parameter(name, "list", default, choices=_KNOWN_FORMATS),)


_TIMES = (
    *_int("first_year", _METADATA.first_year, 1, 2100),
    *_int("clock_tolerance_seconds", _METADATA.clock_tolerance_seconds, 0, 31_536_000),
)
_DRILL = _int("drill_days", 365, 1, 3650)
_DPI, _LENGTH = _int("minimum_dpi", 0, 0, 2400), _int("code_length", 80, 10, 200)
_EXTRA, _FIRST = _int("extra_length", _METADATA.extra_length, 1, 100_000), _int("first_number", 1, 0, 1_000_000)

_ITEMS: tuple[_Item, ...] = (
    _Item("1-1", "fixity_validity", "固化信息有效性检测", "1-1", look_at_fixity, parameters=SIGNATURE_PARAMETERS),
    _Item("1-2", "metadata_length", "元数据项数据长度检测", "1-2", metadata.look_at_lengths, _SCHEME, SET, parameters=_EXTRA),
    _Item("1-3", "metadata_type_format", "元数据项数据类型、格式检测", "1-2", metadata.look_at_forms, _SCHEME, SET),
    _Item("1-4", "metadata_value_range", "设定值域的元数据项值域符合度检测", "1-2", metadata.look_at_ranges, _SCHEME, SET),
    _Item("1-5", "metadata_plausibility", "元数据项数据值合理性检测", "1-2", metadata.look_at_plausibility, _DA70, SET, parameters=_TIMES),
    _Item("1-6", "metadata_special_chars", "元数据项数据包含特殊字符检测", "1-2", metadata.look_at_characters, _DA70, SET),
    _Item("1-7", "archival_code_format", "档号规范性检测", "1-2", package.look_at_codes, _CODES, SET, stage="package", parameters=_LENGTH),
    _Item("1-8", "metadata_duplicates", "元数据项数据重复性检测", "1-2", metadata.look_at_duplicates, _DA70, SET),
    _Item("1-9", "content_size_match", "内容数据大小一致性检测", "1-3", content.look_at_sizes),
    _Item("1-10", "content_attributes_match", "内容数据电子属性一致性检测", "1-3", content.look_at_attributes),
    _Item("1-11", "metadata_links_content", "元数据是否关联内容数据检测", "1-4", content.look_at_links),
    _Item("1-12", "description_and_catalogue_files", "说明文件和目录文件规范性检测", "1-5", package.package_look("1-12"), stage="package"),
    _Item("1-13", "package_tree_conformance", "信息包目录结构规范性检测", "1-5", package.package_look("1-13"), stage="package"),
    _Item("1-14", "package_consistency", "信息包一致性检测", "1-5", with_audits(package.package_look("1-14", needs_seal=True)), stage="package"),
    _Item("2-1", "item_count_match", "总件数相符性检测", "2-1", case.look_at_counts, _REGISTER),
    _Item("2-2", "byte_count_match", "总字节数相符性检测", "2-1", case.look_at_bytes, _REGISTER),
    _Item("2-3", "metadata_elements_complete", "元数据项完整性检测", "2-2", metadata.look_at_completeness, _SCHEME, SET),
    _Item("2-4", "metadata_required_filled", "元数据必填著录项目检测", "2-2", metadata.look_at_required, _SCHEME, SET),
    _Item("2-5", "process_info_complete", "过程信息完整性检测", "2-2", case.look_at_process, _DA70, SET, parameters=_flag("handler_required")),
    _Item("2-6", "continuous_numbering", "连续性元数据项检测", "2-2", case.look_at_numbering, f"{_DA70}; DA/T 22-2015", SET, stage="package", parameters=_FIRST),
    _Item("2-7", "content_complete", "内容数据完整性检测", "2-3", content.look_at_content),
    _Item("2-8", "attachments_complete", "附件数据完整性检测", "2-3", case.look_at_attachments, _DA70, SET),
    _Item("2-9", "archiving_scope", "归档范围检测", "2-4", case.look_at_scope, _DA70, SET, phases=(_GD,)),
    _Item("2-10", "package_metadata_complete", "信息包元数据完整性检测", "2-4", package.look_at_package_elements, _SCHEME, SET, stage="package"),
    _Item("2-11", "package_content_complete", "信息包内容数据完整性检测", "2-4", package.look_at_package_count, stage="package"),
    _Item("3-1", "package_metadata_readable", "信息包中元数据的可读性检测", "3-1", package.package_look("3-1"), stage="package"),
    _Item("3-2", "db_metadata_accessible", "目标数据库中的元数据可访问性检测", "3-1", package.look_at_database, stage="package"),
    _Item("3-3", "content_format_allowed", "内容数据格式检测", "3-2", content.look_at_formats, _FORMATS, SET, parameters=_formats("allowed_formats", ())),
    _Item("3-4", "content_readable", "内容数据的可读性检测", "3-2", content.look_at_readability, parameters=_DPI),
    _Item("3-5", "format_long_term", "内容数据格式长期可用性检测", "3-2", content.look_at_long_term, _DA70, SET, is_blocking=False, parameters=_formats("long_term_formats", ())),
    _Item("3-6", "environment_conformance", "软硬件环境合规性检测", "3-3", None, _DA70, PERSON, is_blocking=False),
    _Item("3-8", "package_format_conformance", "信息包中内容数据格式合规性检测", "3-4", content.look_at_barriers, _FORMATS, SET, phases=(_GD, _YJ)),
    _Item("3-8", "package_format_conformance", "信息包中内容数据格式合规性检测", "3-2", content.look_at_barriers, _FORMATS, SET, phases=(_CQ,)),
    _Item("3-9", "backup_recoverable", "备份数据可恢复性检测", "3-4", look_at_recovery, _DA70, PERSON, is_blocking=False, phases=(_CQ,), parameters=_DRILL),
    _Item("4-1", "antivirus_installed", "系统环境中是否安装杀毒软件检测", "4-1", case.look_at_scanner, is_blocking=False),
    _Item("4-2", "virus_scan", "病毒感染检测", "4-1", case.look_at_malware, parameters=_flag("scan_required")),
    _Item("4-3", "carrier_extra_files", "载体中多余文件检测", "4-2", package.look_at_extra_files, stage="package"),
    _Item("4-4", "carrier_read_speed", "载体读取速度检测", "4-2", None, _DA70, PERSON, is_blocking=False, parameters=_CARRIER),
    _Item("4-5", "carrier_appearance", "载体外观检测", "4-2", None, _DA70, PERSON, is_blocking=False, parameters=_CARRIER),
    _Item("4-6", "disc_quality", "光盘合格性检测", "4-2", None, _DISCS, PERSON, is_blocking=False, parameters=_CARRIER),
    _Item("4-7", "process_security", "操作过程安全性检测", "4-3", None, _DA70, PERSON, is_blocking=False, phases=(_GD, _YJ)),
    _Item("4-8", "software_security", "软件系统安全漏洞检测", "4-3", None, _DA70, PERSON, is_blocking=False, phases=(_CQ,)),
    _Item("4-9", "storage_environment", "载体保管环境安全性检测", "4-4", None, _DA70, PERSON, is_blocking=False, phases=(_CQ,)),
)  # fmt: skip


def _rule(item: _Item, phase: InspectionPhase) -> Rule:
    identifier = f"{PREFIXES[phase]}-{item.number}"
    return Rule(
        identifier=identifier,
        number=item.number,
        name=item.name,
        title=item.title,
        prop=BY_NUMBER[phase, item.indicator].prop,
        indicator=item.indicator,
        basis=item.basis,
        method=item.method,
        is_blocking=item.is_blocking,
        look=item.look or stated(identifier, is_of_carrier=item.parameters == _CARRIER),
        stage=item.stage,
        parameters=item.parameters,
    )


RULES_OF: dict[InspectionPhase, tuple[Rule, ...]] = {
    phase: tuple(_rule(item, phase) for item in _ITEMS if phase in item.phases) for phase in InspectionPhase
}
RULES: tuple[Rule, ...] = RULES_OF[InspectionPhase.ARCHIVING]
BY_IDENTIFIER: dict[str, Rule] = {rule.identifier: rule for rules in RULES_OF.values() for rule in rules}
STANDING: tuple[str, ...] = tuple(rule.identifier for rule in BY_IDENTIFIER.values() if rule.method == PERSON)
"""Items that a person states for an agency or the house and a time, not for single cases."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """The rules of one phase as a profile has them: what is on, what blocks, and every setting with its value."""

    phase: InspectionPhase
    profile: InspectionProfile
    rules: tuple[Rule, ...]
    off: frozenset[str]
    values: Mapping[str, Mapping[str, Value]]


@lru_cache(maxsize=256)
def make_scheme(phase: InspectionPhase, profile: InspectionProfile = DEFAULT_PROFILE) -> Scheme:
    """Apply a profile to the table of rules."""
    said = {row.rule: row for row in profile.settings}
    rules = tuple(_set(rule, said.get(rule.identifier)) for rule in RULES_OF[phase])
    off = frozenset(row.rule for row in profile.settings if not row.is_on)
    return Scheme(
        phase, profile, rules, off, {rule.identifier: _values(rule, said.get(rule.identifier)) for rule in rules}
    )


def _set(rule: Rule, setting: RuleSetting | None) -> Rule:
    if setting is None or setting.is_blocking in {None, rule.is_blocking}:
        return rule
    names = {name: getattr(rule, name) for name in Rule.__slots__}
    return Rule(**{**names, "is_blocking": setting.is_blocking})


def _values(rule: Rule, setting: RuleSetting | None) -> dict[str, Value]:
    return {parameter.name: parameter.default for parameter in rule.parameters} | dict(
        setting.values if setting else ()
    )
