"""The documented city profile of hand-over sheets and packages, as tables.

Element names are those seen in one city's published system. Where that leaves something open (the date forms, the codes
of applicants and results, how digests of files are told, the process information) the tables hold our own proposal; an
installation that meets another dialect replaces the table, not the readers.
"""

from __future__ import annotations

BASE_INFORMATION = "基本信息元数据.xml"
PROCESS_INFORMATION = "过程信息元数据.xml"
MANAGEMENT_INFORMATION = "管理过程元数据.xml"  # made by archives; one that comes with a package is not ours to keep

SHEET_ROOT, SHEET_TITLE = "transfer_catalogue", "移交目录"
SHEET_SUFFIX, PACKAGE_SUFFIX = ".xml", ".zip"

SHEET_ELEMENTS: dict[str, str] = {
    "system_code": "移交编码",
    "batch_name": "批次号",
    "exchange_time": "数据交换时间",
    "archival_number": "归档信息包交换数量",
    "send_size": "归档信息包总字节数",
    "transactor": "移交人",
    "file_number": "电子文件总数",
    "standard": "执行标准",
}
SHEET_REQUIRED = ("batch_name", "exchange_time", "archival_number", "send_size", "transactor")

ENTRY_ELEMENTS: dict[str, str] = {
    "fonds_identifier": "全宗号",
    "department_name": "立档单位",
    "region_code": "行政区划编码",
    "social_code": "机构编码",
    "category_code": "门类编码",
    "year": "年度",
    "document_number": "电子文件号",
    "task_code": "事项编码",
    "task_version": "事项版本号",
    "project_name": "办件名称",
    "archive_time": "归档时间",
    "size": "字节数",
    "software_environment": "软件环境",
    "digital_summary": "数字摘要",
    "digital_summarization_algorithm": "摘要算法",
    "archival_code": "档号",
    "title": "题名",
}
ENTRY_REQUIRED = ("document_number", "task_code", "size", "digital_summary", "digital_summarization_algorithm")

# How a digest is called there, in upper case without signs, and here. MD5 and SHA-1 prove nothing and are refused.
DIGESTS = {"SM3": "sm3", "SHA256": "sha256", "SHA512": "sha512"}
DIGEST_ELEMENTS = ("sha256", "sm3")

CASE_FIELDS: dict[str, str] = {
    "project_id": "case_number",
    "project_name": "title",
    "task_code": "item_code",
    "task_version": "item_version",
    "receive_time": "received_at",
    "accept_time": "accepted_at",
    "promise_time": "promised_at",
    "source_channel": "channel",
    "region_code": "region_code",
    "lead_department": "department",
}
APPLICANT_FIELDS: dict[str, str] = {
    "apply_name": "name",
    "apply_type": "kind",
    "card_type": "id_type",
    "contacted_card": "id_number",
    "legal_man": "legal_representative",
    "address": "address",
    "agent": "agent",
}
CLOSURE_FIELDS: dict[str, str] = {
    "transact_time": "closed_at",
    "closure_kind": "kind",
    "result": "result",
    "result_code": "result_number",
    "closure_handler": "handler",
    "declared_files": "declared_files",
    "declared_steps": "declared_steps",
    "declared_bytes": "declared_bytes",
}
FILE_FIELDS: dict[str, str] = {
    "original_file_name": "name",
    "file_code": "material",
    "file_actual_name": "title",
    "file_step": "step",
    "computer_file_creation_time": "formed_at",
    "replaces": "replaces",
}
STEP_FIELDS: dict[str, str] = {
    "step_key": "step_key",
    "step_name": "name",
    "action": "action",
    "start_time": "started_at",
    "end_time": "ended_at",
    "handler": "handler",
    "unit": "unit",
    "opinion": "opinion",
}
REQUIRED_IN_BASE = ("project_id", "project_name", "task_code", "apply_name", "receive_time")

# What the catalogue, the plan and the archives themselves say of a case: the sender's word is not taken for it.
SAID_BY_ARCHIVES = frozenset({
    "archival_code", "archive_time", "archives_identifier", "archives_name", "category_code", "department_name",
    "electronic_record_code", "fonds_identifier", "fonds_name", "information_system_description", "receive_department",
    "retention_period", "security_classification", "social_code", "task_name", "task_type", "total_number",
})  # fmt: skip

WHOLE_NUMBERS = frozenset({"item_version", "declared_files", "declared_steps", "declared_bytes"})
TIMES = frozenset({"received_at", "accepted_at", "promised_at", "closed_at", "formed_at", "started_at", "ended_at"})
OFFSET = "+08:00"  # of times that state none: the country has one

# Kinds of applicants as the national data sets number them; a person is 1, everything else is a body.
APPLICANT_KINDS = {"1": "person", "01": "person", "自然人": "person", "个人": "person", "person": "person"}
CLOSURE_KINDS = {
    "办结": "completed", "准予许可": "completed", "予以许可": "completed", "通过": "completed",
    "不予许可": "not_permitted", "不予受理": "not_accepted",
    "撤回": "withdrawn", "撤件": "withdrawn", "退件": "returned", "退回": "returned",
}  # fmt: skip
