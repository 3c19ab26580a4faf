"""Words for what verification of the holdings and the check of a package find."""

from __future__ import annotations

from itertools import product

from jingui.domain.packaging.packages import PackageFinding
from jingui.interfaces.wording.lookup import choose, worded
from jingui.interfaces.wording.packages import FINDINGS as FORM_FINDINGS

Words = dict[str, tuple[str, str]]

_ROLES = {
    "content": ("原文", "content"),
    "inventory": ("对象清单", "inventory"),
    "sidecar": ("清单摘要文件", "inventory digest file"),
    "declaration": ("声明文件", "declaration"),
    "layout": ("存储布局说明", "layout description"),
    "layout_config": ("布局参数", "layout configuration"),
    "readme": ("说明文件", "readme"),
}
_FAULTS = {"missing": ("缺失", "missing"), "damaged": ("被改动", "altered"), "unreadable": ("读不出", "unreadable")}


def _by_role() -> Words:
    pairs = product(_ROLES.items(), _FAULTS.items())
    return {
        f"{role}_{fault}": (f"{zh}{fault_zh}", f"{en} {fault_en}")
        for (role, (zh, en)), (fault, (fault_zh, fault_en)) in pairs
    }


HOLDINGS: Words = _by_role() | {
    "object_missing": ("对象缺失", "object missing"),
    "object_not_in_database": ("存储中有，数据库没有登记", "object not known to the database"),
    "file_unexpected": ("多余的文件", "file that belongs to nothing"),
    "folder_unexpected": ("多余的文件夹", "folder that belongs to nothing"),
    "folder_empty": ("空文件夹", "empty folder"),
    "entry_not_a_file": ("不是普通文件", "not a regular file"),
    "staged_missing": ("待归档文件缺失", "file waiting for archiving is missing"),
    "staged_damaged": ("待归档文件被改动", "file waiting for archiving was altered"),
    "row_altered": ("数据行被改动", "row altered"),
    "row_missing": ("数据行被删除", "row deleted"),
    "row_unknown": ("数据行不是系统写入的", "row not written by the system"),
    "row_rolled_back": ("数据行被退回旧值", "row put back to an older value"),
    "row_unreadable": ("数据行读不出", "row unreadable"),
    "event_altered": ("日志条目被改动", "journal entry altered"),
    "event_columns_altered": ("日志条目的检索字段被改动", "columns of a journal entry altered"),
    "event_missing": ("日志条目被删除", "journal entry deleted"),
    "log_tile_missing": ("日志封存数据缺失", "sealed log data missing"),
    "tile_altered": ("日志封存数据被改动", "sealed log data altered"),
    "journal_tile_missing": ("日志封存数据缺失", "sealed log data missing"),
    "journal_tile_damaged": ("日志封存数据损坏", "sealed log data damaged"),
    "log_root_differs": ("日志根与检查点不符", "root of the log differs from the checkpoint"),
    "tile_unknown": ("日志封存数据不是系统写入的", "sealed log data not written by the system"),
    "checkpoint_missing": ("检查点缺失", "checkpoint missing"),
    "checkpoint_malformed": ("检查点读不懂", "checkpoint malformed"),
    "checkpoint_altered": ("检查点被改动", "checkpoint altered"),
    "checkpoint_signature_wrong": ("检查点签名不对", "signature of a checkpoint is wrong"),
    "build_conflicts": ("未完成的封装与库中版本冲突", "unfinished build conflicts with the stored version"),
}

PACKAGES: Words = {
    "issuer_unknown": ("签名完好，但这里没有登记签名者的公钥", "signature sound, its key not among those trusted here"),
    "not_a_package": ("这里没有信息包", "no package here"),
    "inventory_unreadable": ("对象清单读不懂", "inventory unreadable"),
    "path_unsafe": ("路径越出信息包或无法保存", "unsafe path"),
    "path_duplicate": ("两个文件路径相同", "two entries with one path"),
    "link_not_allowed": ("含符号链接或特殊文件", "link or special file"),
    "zip_unreadable": ("ZIP 损坏", "ZIP damaged"),
    "zip_encrypted": ("ZIP 已加密", "ZIP encrypted"),
    "zip_method_unknown": ("压缩方式未公开", "unknown compression"),
    "zip_overlap": ("ZIP 条目重叠", "overlapping entries"),
    "zip_bomb": ("解压后超出限制", "larger than the limits allow"),
    "zip_name_not_utf8": ("文件名不是 UTF-8", "name not UTF-8"),
    "unreadable": ("文件读不全", "file cannot be read whole"),
    "too_large": ("说明性文件过大", "describing file too large"),
    "required_missing": ("缺少必有文件", "required file missing"),
    "misplaced": ("文件不在规定的位置", "file misplaced"),
    "list_malformed": ("摘要清单格式不对", "digest list malformed"),
    "listed_missing": ("清单中的文件不存在", "listed file missing"),
    "not_listed": ("文件不在摘要清单中", "file in no digest list"),
    "digest_wrong": ("文件与摘要不符", "file differs from its digest"),
    "signature_wrong": ("签名与摘要清单不符", "signature wrong"),
    "xml_unsafe": ("XML 含 DTD 或实体", "XML declares a document type or entities"),
    "xml_malformed": ("XML 读不懂", "XML malformed"),
    "catalogue_entry_malformed": ("目录条目缺少内容", "catalogue entry malformed"),
    "catalogue_file_missing": ("目录中的文件不存在", "catalogued file missing"),
    "catalogue_entry_missing": ("文件不在目录中", "file not in the catalogue"),
    "catalogue_sequence_wrong": ("目录序号有缺", "catalogue numbering has gaps"),
    "catalogue_bytes_wrong": ("文件大小与目录不符", "size differs from the catalogue"),
    "catalogue_digest_wrong": ("文件摘要与目录不符", "digest differs from the catalogue"),
    "statement_malformed": ("说明文件读不懂", "statement unreadable"),
    "statement_wrong": ("说明文件与实际不符", "statement differs from the package"),
}


def holdings_text(code: str, *, language: str = "zh") -> str:
    """Say what verification found."""
    return choose(HOLDINGS, code, language)


def finding_words(finding: PackageFinding, *, language: str = "zh") -> str:
    """Say what the check of a package found, with the values it found."""
    if finding.params or finding.code not in PACKAGES | FORM_FINDINGS:
        return worded("problems", finding.code, dict(finding.params), language=language)
    return package_text(finding.code, language=language)


def package_text(code: str, *, language: str = "zh") -> str:
    """Say what the check of a package found."""
    return choose(PACKAGES | FORM_FINDINGS, code, language)
