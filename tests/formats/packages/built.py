"""A realistic case, packed, for the tests of packages."""

from __future__ import annotations

import dataclasses
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from jingui.domain.packaging.packages import PackageFile, PackageSigner
from jingui.domain.packaging.records import ArchivedRecord, ArrangedFile
from jingui.domain.records.facts import (
    ApplicantFact,
    CaseFact,
    ClosureFact,
    FileFact,
    MaterialRule,
    Plan,
    Reading,
    StepFact,
)
from jingui.domain.records.terms import Channel, ClosureKind, MaterialClass, Retention
from jingui.formats.digests import digest_bytes
from jingui.formats.packages.national_draft import layout

CHINA = timezone(timedelta(hours=8))
START = datetime(2026, 3, 2, 9, 30, tzinfo=CHINA)
FOLDERS = {
    MaterialClass.RESULT: "01结果材料",
    MaterialClass.PROCESS: "02过程材料",
    MaterialClass.APPLICATION: "03申请材料",
}
CLASSES = list(FOLDERS)


def content_of(number: int) -> bytes:
    return f"第{number}份材料的内容\n".encode() * (number + 1)


def arranged(number: int) -> ArrangedFile:
    data = content_of(number)
    digests = digest_bytes(data)
    material_class = CLASSES[number % 3]
    fact = FileFact(
        key=f"f{number}",
        name=f"原 名({number}).pdf",
        material_code=f"M{number:02}",
        material_class=material_class,
        title=f"材料{number}",
        step="收件",
        bytes=len(data),
        digests=digests,
        declared_sha256=digests.sha256,
        received_at=START + timedelta(minutes=number),
        reading=Reading("pdf", "1.7", pronom_id="fmt/276", page_count=2),
    )
    return ArrangedFile(number, FOLDERS[material_class], f"{number:04}-M{number:02}-材料{number}.pdf", fact)


def step(key: str, *, at: datetime, name: str = "审核", handler: str = "李四") -> StepFact:
    return StepFact(key, name, at, at + timedelta(hours=1), handler, "审批科", "同意", "通过")


def record(count: int = 4, **changes: Any) -> ArchivedRecord:
    case = CaseFact(
        key="case-1",
        case_number="4401-2026-000017",
        source="platform",
        title="食品经营许可·新办",
        item_code="11440100007482532A4440131002000",
        item_version=2,
        applicant=ApplicantFact("张三"),
        received_at=START,
        channel=Channel.ONLINE,
        region_code="440100",
        agency_name="市场监督管理局",
        agency_code="11440100007482532A",
        fonds="0123",
        fonds_name="市市场监督管理局",
        steps=(step("2", at=START + timedelta(hours=2)), step("1", at=START, name="受理")),
        closure=ClosureFact(ClosureKind.COMPLETED, START + timedelta(days=1)),
    )
    plan = Plan(
        case.item_code,
        2,
        1,
        "食品经营许可",
        (MaterialRule("M01", "申请表", MaterialClass.APPLICATION),),
        Retention.YEARS_30,
        "许可类",
    )
    made = ArchivedRecord(
        case=case,
        plan=plan,
        archival_code="0123-ZW·2026-D30-XZSP-000017",
        record_code="440100-0123-131002-2026-D30-000017",
        version=1,
        files=tuple(arranged(number) for number in range(1, count + 1)),
        base_elements=(("electronic_record_code", "电子文件号", "440100-0123-131002-2026-D30-000017"),),
        report=b'{"outcome":"passed"}\n',
        packaged_at=datetime(2026, 3, 4, 1, tzinfo=UTC),
        inspected_at=datetime(2026, 3, 4, tzinfo=UTC),
    )
    return dataclasses.replace(made, **changes)


def with_case(made: ArchivedRecord, **changes: Any) -> ArchivedRecord:
    return dataclasses.replace(made, case=dataclasses.replace(made.case, **changes))


def bytes_of(file: PackageFile) -> bytes:
    return file.data if file.data is not None else content_of(int(file.file_key[1:]))


def pack(made: ArchivedRecord, signers: list[PackageSigner]) -> dict[str, bytes]:
    return {file.logical_path: bytes_of(file) for file in layout(made, signers=signers)}


def write_folder(root: Path, files: dict[str, bytes]) -> Path:
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def write_zip(path: Path, files: dict[str, bytes], *, prefix: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(prefix + name, data)
    return path
