"""The files of a package that people read with a text editor: 说明文件 and the README of the seals."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jingui.domain.packaging.packages import PackageSigner, PackageSpec
    from jingui.domain.packaging.records import ArchivedRecord

RECORD_CODE = "电子文件号"
ARCHIVAL_CODE = "档号"
VERSION = "信息包版本"
FILE_COUNT = "归档文件数"
FILE_BYTES = "归档文件字节数"
STEP_COUNT = "办理环节数"

_HEADING = "归档信息包说明文件"
_CLAUSE = (
    "本信息包按打包设置“{profile}”形成。该设置依据公开资料拟定，可按所采用的标准调整，不构成对任何标准的符合性声明。"
)
_PARTS = """\
信息包组成
  {catalogue}  归档文件目录，与实际文件一一对应
  元数据/  基本信息、过程信息、机构人员、电子签名信息
  {report}  四性检测报告
  {folders}  归档文件
  固化信息/  摘要清单、签名、公钥及验证方法
"""
_README = """\
固化信息：验证方法
==================

以下命令均在信息包根目录（说明文件所在目录）执行。

1. 校验全部文件的 SHA-256 摘要：
   sha256sum -c {sha256_list}

2. 校验 SM3 摘要：逐个文件计算后与 {sm3_list} 对照，清单格式与上相同：
   openssl dgst -sm3 <文件>

3. 验证摘要清单的签名：
{commands}
两份清单都列出除清单和签名以外的每一个文件。公钥随包保存，只能证明信息包自签名后未被改动；
签名人是谁，应以其他途径取得的公钥或密钥编号核对。

密钥编号（公钥 DER 编码的 SHA-256 前 8 位十六进制数）：
{keys}"""
_COMMANDS = {
    "Ed25519": "   openssl pkeyutl -verify -pubin -inkey {key} -rawin -in {list} -sigfile {signature}\n",
    "SM2-SM3": (
        "   openssl pkeyutl -verify -pubin -inkey {key} -rawin -digest sm3 \\\n"
        "     -pkeyopt distid:1234567812345678 -in {list} -sigfile {signature}\n"
    ),
}


def statement(record: ArchivedRecord, *, spec: PackageSpec) -> bytes:
    """Write the 说明文件: one fact per line, then what lies where."""
    facts = "".join(f"{key}: {one_line(value)}\n" for key, value in _facts(record, spec))
    folders = " ".join(f"{folder}/" for folder in spec.content_folders)
    parts = _PARTS.format(catalogue=spec.catalogue, report=spec.report, folders=folders)
    return f"{_HEADING}\n\n{facts}\n{_CLAUSE.format(profile=spec.name)}\n\n{parts}".encode()


def read_statement(data: bytes) -> dict[str, str]:
    """Read the facts of a 说明文件; the first line of a key counts.

    Raises:
        ValueError: not UTF-8, or not one of ours.
    """
    lines = data.decode("utf-8").splitlines()
    if not lines or lines[0] != _HEADING:
        raise ValueError("no heading")
    facts: dict[str, str] = {}
    for line in lines:
        key, colon, value = line.partition(": ")
        if colon:
            facts.setdefault(key, value)
    return facts


def readme(spec: PackageSpec, *, signers: Iterable[PackageSigner]) -> bytes:
    """Write how to verify the package with common tools."""
    by_digest = {seal.digest: seal.path for seal in spec.lists}
    commands = "".join(
        _COMMANDS[seal.signed_by].format(key=seal.public_key_path, list=seal.path, signature=seal.signature_path)
        for seal in spec.lists
    )
    keys = "".join(f"  {signer.algorithm}: {signer.key_id}\n" for signer in signers)
    return _README.format(
        sha256_list=by_digest["sha256"], sm3_list=by_digest["sm3"], commands=commands, keys=keys
    ).encode()


def one_line(value: str) -> str:
    """Return a value as it stands in a statement: every run of white space is one space."""
    return " ".join(value.encode("utf-8", "replace").decode().split())


def _facts(record: ArchivedRecord, spec: PackageSpec) -> tuple[tuple[str, str], ...]:
    case, plan = record.case, record.plan
    formats = {file.fact.reading.format_name or "未识别" if file.fact.reading else "未识别" for file in record.files}
    return (
        (RECORD_CODE, record.record_code),
        (ARCHIVAL_CODE, record.archival_code),
        (VERSION, str(record.version)),
        ("打包设置", spec.name),
        ("立档单位", case.fonds_name),
        ("全宗号", case.fonds),
        ("办理单位", case.agency_name),
        ("统一社会信用代码", case.agency_code),
        ("业务流水号", case.case_number),
        ("办件名称", case.title),
        ("事项", f"{plan.item_name} ({case.item_code} 第{case.item_version}版)"),
        ("保管期限", plan.retention.value),
        ("密级", plan.security_classification),
        (FILE_COUNT, str(len(record.files))),
        (FILE_BYTES, str(sum(file.fact.bytes for file in record.files))),
        (STEP_COUNT, str(len({step.key for step in case.steps}))),
        ("文件格式", ", ".join(sorted(formats)) or "无"),
        ("摘要算法", "SHA-256, SM3"),
        ("签名算法", ", ".join(seal.signed_by for seal in spec.lists)),
        ("检测时间", record.inspected_at.isoformat() if record.inspected_at else "未记录"),
        ("打包时间", record.packaged_at.isoformat()),
        ("打包系统", f"{record.system_name} {record.system_version}".strip()),
        ("标记", ", ".join(record.flags) or "无"),
    )
