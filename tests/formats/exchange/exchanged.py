"""Records to be written in every form, and how what was written is looked at."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

from jingui.adapters.signing.verification import verify_signature
from jingui.domain.packaging.transfer import TransferEvent, TransferFile, TransferRecord
from jingui.formats.digests import digest_bytes
from jingui.formats.exchange.forms import HeldRecord, Outgoing, Trust
from jingui.formats.exchange.profiles import FORMS, Checked, check_any, opened_package, read_any
from jingui.formats.exchange.sinks import folder_or_zip

TRUST = Trust(verify_signature)
UNSEALED = sorted(FORMS.keys() - {"national-draft"})
CODE = "440100-0123-131002-2026-D30-000017"
VALUES = {
    "electronic_record_code": CODE,
    "archival_code": "0123-ZW·2026-D30-XZSP-000017",
    "fonds_identifier": "0123",
    "fonds_name": "市市场监督管理局",
    "department_name": "市市场监督管理局",
    "task_code": "11440100007482532A4440131002000",
    "project_id": "4401-2026-000017",
    "project_name": "食品经营许可·新办",
    "apply_name": "张三",
    "receive_time": "2026-03-02T09:30:00+08:00",
    "transact_time": "2026-03-03T09:30:00+08:00",
    "retention_period": "D30",
    "security_classification": "内部",
    "archive_time": "2026-03-04T09:00:00+08:00",
}
STEP = {
    "step_key": "1",
    "step_name": "受理",
    "start_time": "2026-03-02T09:30:00+08:00",
    "end_time": "2026-03-02T10:30:00+08:00",
    "handler": "李四",
    "unit": "审批科",
    "opinion": "同意",
}
EVENT = TransferEvent(
    "urn:jingui:event:7", "case.packaged", "2026-03-04T01:00:00+00:00", "system:packaging", "v1", "done"
)


def file_of(path: str, data: bytes, **values: str) -> TransferFile:
    digests = digest_bytes(data)
    told = {"sha256": digests.sha256, "sm3": digests.sm3, "sha512": digests.sha512}
    return TransferFile(path, len(data), told, values)


def record_of(contents: dict[str, bytes], **changes: Any) -> TransferRecord:
    files = tuple(
        file_of(path, data, source_key=f"f{number}", file_code=f"M{number:02}", file_actual_name=f"材料{number}")
        for number, (path, data) in enumerate(sorted(contents.items()), start=1)
    )
    made = TransferRecord(VALUES, files, steps=(STEP,), events=(EVENT,), extension={"来源要素": "甲 & 乙"})
    return replace(made, **changes)


def outgoing(record: TransferRecord, contents: dict[str, bytes]) -> Outgoing:
    return Outgoing(record, lambda file: io.BytesIO(contents[file.path]))


def written(path: Path, form: str, *records: Outgoing) -> Path:
    with folder_or_zip(path, name=records[0].record.code if path.suffix == ".zip" else "") as sink:
        FORMS[form].write(records, sink)
    return path


def checked(path: Path) -> Checked:
    return check_any(path, trust=TRUST)


def tree_of(root: Path) -> dict[str, str]:
    paths = [path for path in sorted(root.rglob("*")) if path.is_file()]
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def again(path: Path, form: str, target: Path) -> list[TransferRecord]:
    """Read a package and write what was read; return the records."""
    with opened_package(path) as view:
        held: list[HeldRecord] = read_any(view)
        written(target, form, *(Outgoing(each.record, each.open) for each in held))
        return [each.record for each in held]


CONTENTS = {
    "01结果材料/0001-C01-许可证 (正本).pdf": b"%PDF-1.7 licence" * 100,
    "03申请材料/0002-A01-申请表(1).ofd": b"PK ofd" * 50,
    "03申请材料/0003-A02-空文件.txt": b"",
}
