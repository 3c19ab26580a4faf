"""The four metadata files of a package. Element names follow a documented city profile; see ``docs/glossary.md``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jingui.domain.records.terms import MaterialClass, Outcome
from jingui.formats.packages.course import add_course
from jingui.formats.packages.elements import add_group, add_value, moment, root_element, to_bytes
from jingui.formats.packages.origins import add_origin, add_theme

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml import etree

    from jingui.domain.packaging.packages import PackageSigner, PackageSpec
    from jingui.domain.packaging.records import ArchivedRecord, ArrangedFile, FileSignature
    from jingui.domain.records.facts import StepFact

_CLASS_LETTERS = {MaterialClass.APPLICATION: "A", MaterialClass.PROCESS: "B", MaterialClass.RESULT: "C"}
_NUMBER = re.compile(r"([0-9]+)")


def base_metadata(record: ArchivedRecord) -> bytes:
    """Write 基本信息元数据.xml: the case's elements, its files by folder, and what the source sent besides."""
    root = root_element("base_info", "基本信息元数据")
    for identifier, title, value in record.base_elements:
        add_value(root, identifier, title, value)
    add_theme(root, record)
    _add_files(root, record)
    _add_extension(root, record)
    return to_bytes(root)


def process_metadata(record: ArchivedRecord) -> bytes:
    """Write 过程信息元数据.xml: every step once, in the order of time, and what else was said of the course."""
    steps = in_time_order(record.case.steps)
    root = root_element("process_info", "过程信息元数据")
    add_steps(root, steps)
    add_course(root, record.case)
    return to_bytes(root)


def add_steps(root: etree._Element, steps: Sequence[StepFact]) -> None:
    """Add steps in the order given, with their count."""
    add_value(root, "step_count", "环节数", str(len(steps)))
    for number, step in enumerate(steps, start=1):
        element = add_group(root, "step", "办理环节", id=str(number))
        for name, title, value in _step_values(step):
            add_value(element, name, title, value)


def agent_metadata(record: ArchivedRecord) -> bytes:
    """Write 机构人员元数据.xml: the agencies, and each person who handled the case with their steps."""
    case = record.case
    root = root_element("agent_info", "机构人员元数据")
    agency = add_group(root, "agency", "办理机构")
    for name, title, value in (
        ("department_name", "立档单位名称", case.fonds_name),
        ("fonds_identifier", "全宗号", case.fonds),
        ("agency_name", "机构名称", case.agency_name),
        ("social_code", "统一社会信用代码", case.agency_code),
        ("lead_department", "责任处(科)室", case.department),
        ("region_code", "行政区划编码", case.region_code),
        ("source_system", "来源系统", case.source),
    ):
        add_value(agency, name, title, value)
    for (handler, unit), names in _handlers(in_time_order(case.steps)).items():
        person = add_group(root, "person", "办理人员")
        add_value(person, "person_name", "姓名", handler)
        add_value(person, "unit", "所在部门", unit)
        for step_name in names:
            add_value(person, "step_name", "办理环节", step_name)
    return to_bytes(root)


def signature_metadata(record: ArchivedRecord, *, spec: PackageSpec, signers: Iterable[PackageSigner]) -> bytes:
    """Write 电子签名信息.xml: what seals this package, and the signatures found inside its files."""
    root = root_element("signature_info", "电子签名信息")
    keys = {signer.algorithm: signer.key_id for signer in signers}
    for seal in spec.lists:
        element = add_group(root, "package_signature", "信息包签名")
        add_value(element, "algorithm", "签名算法", seal.signed_by)
        add_value(element, "key_id", "密钥编号", keys[seal.signed_by])
        add_value(element, "signed_file", "签名对象", seal.path)
        add_value(element, "signature_file", "签名文件", seal.signature_path)
        add_value(element, "public_key_file", "公钥文件", seal.public_key_path)
    by_file: dict[str, list[FileSignature]] = {}
    for signature in record.file_signatures:
        by_file.setdefault(signature.file_key, []).append(signature)
    for file in record.files:
        _add_file_signatures(root, file, by_file.get(file.fact.key, []))
    return to_bytes(root)


def in_time_order(steps: Iterable[StepFact]) -> list[StepFact]:
    """Return each step once, by its start; at the same moment by the source's own key, numbers as numbers."""
    unique = {step.key: step for step in steps}
    return sorted(unique.values(), key=lambda step: (step.started_at, _natural(step.key)))


def _natural(key: str) -> tuple[tuple[int, str], ...]:
    parts = _NUMBER.split(key)
    return tuple((len(part.lstrip("0")), part) if at % 2 else (0, part) for at, part in enumerate(parts))


def _step_values(step: StepFact) -> tuple[tuple[str, str, str], ...]:
    return (
        ("step_key", "环节标识", step.key),
        ("step_name", "环节名称", step.name),
        ("action", "办理动作", step.action),
        ("start_time", "开始时间", moment(step.started_at)),
        ("end_time", "结束时间", moment(step.ended_at)),
        ("handler", "办理人", step.handler),
        ("unit", "办理部门", step.unit),
        ("opinion", "办理意见", step.opinion),
    )


def _add_files(root: etree._Element, record: ArchivedRecord) -> None:
    sharing = {material.code: material.sharing.value for material in record.plan.materials}
    names = {material.code: material.name for material in record.plan.materials}
    fileset = add_group(root, "fileset", "文件集")
    folders: dict[str, etree._Element] = {}
    for file in record.files:
        if file.folder not in folders:
            folders[file.folder] = add_group(fileset, "folder", file.folder, id=str(len(folders) + 1))
        element = add_group(folders[file.folder], "file", "文件", id=str(file.sequence))
        code = file.fact.material_code
        add_value(element, "file_standard_name", "归档文件标准名称", names.get(code, file.fact.title))
        add_value(element, "file_share", "共享类型", sharing.get(code, ""))
        for name, title, value in _file_values(file):
            add_value(element, name, title, value)
        add_origin(element, file, record)


def _file_values(file: ArrangedFile) -> tuple[tuple[str, str, str], ...]:
    fact, reading = file.fact, file.fact.reading
    return (
        ("file_actual_name", "归档文件实际名称", fact.title),
        ("file_code", "文件类型", fact.material_code),
        ("file_class", "材料类别", _CLASS_LETTERS[fact.material_class]),
        ("file_step", "所属环节", fact.step),
        ("original_file_name", "原文件名", fact.name),
        ("computer_file_name", "计算机文件名", file.stored_name),
        ("computer_file_size", "计算机文件大小", str(fact.bytes)),
        ("computer_file_creation_time", "计算机文件形成时间", moment(fact.formed_at)),
        (
            "format_information",
            "格式信息",
            f"{reading.format_name} {reading.format_version}".strip() if reading else "",
        ),
        ("format_registry", "格式注册编号", reading.pronom_id if reading else ""),
        ("page_count", "页数", str(reading.page_count) if reading and reading.page_count is not None else ""),
        ("source_key", "来源系统文件标识", fact.key),
        ("replaces", "所替换文件标识", fact.replaces),
        ("sha256", "SHA-256摘要", fact.digests.sha256),
        ("sm3", "SM3摘要", fact.digests.sm3),
    )


def _add_extension(root: etree._Element, record: ArchivedRecord) -> None:
    """Keep what the source sent and no element of ours says in the same words."""
    said = {(identifier, value) for identifier, _, value in record.base_elements}
    unsaid = [pair for pair in sorted(record.case.metadata.items()) if pair not in said]
    if unsaid:
        extension = add_group(root, "extension", "来源系统扩展元数据")
        for name, value in unsaid:
            add_value(extension, "element", "扩展元素", value, name=name)


def _handlers(steps: Iterable[StepFact]) -> dict[tuple[str, str], list[str]]:
    handlers: dict[tuple[str, str], list[str]] = {}
    for step in steps:
        names = handlers.setdefault((step.handler, step.unit), [])
        if step.name not in names:
            names.append(step.name)
    return handlers


def _add_file_signatures(root: etree._Element, file: ArrangedFile, signatures: list[FileSignature]) -> None:
    if not signatures:
        element = add_group(root, "file_signature", "文件签名", file=file.path)
        add_value(element, "outcome", "验证结果", Outcome.NOT_CHECKED.value)
    for signature in signatures:
        element = add_group(root, "file_signature", "文件签名", file=file.path)
        add_value(element, "kind", "签名类型", signature.kind)
        add_value(element, "algorithm", "签名算法", signature.algorithm)
        add_value(element, "signer", "签名人", signature.signer)
        add_value(element, "signed_at", "签名时间", moment(signature.signed_at))
        add_value(element, "outcome", "验证结果", signature.outcome)
