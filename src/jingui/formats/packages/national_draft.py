"""The default package profile, ``national-draft``: one case, described, catalogued, sealed.

A proposal built on published chapter titles and one documented city profile. It claims conformance to no
standard; a body that owns the texts corrects it by a profile of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.domain.errors import Invalid, Problem
from jingui.domain.packaging.packages import PackageFile, PackageSpec, SealedList
from jingui.formats.digests import digest_bytes
from jingui.formats.packages import descriptions, metadata
from jingui.formats.packages.catalogue import write_catalogue
from jingui.formats.packages.digest_lists import write_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jingui.domain.packaging.packages import PackageSigner
    from jingui.domain.packaging.records import ArchivedRecord, ArrangedFile

_SEALS = "固化信息"


def _seal(digest: str, label: str, algorithm: str) -> SealedList:
    return SealedList(
        path=f"{_SEALS}/摘要清单-{label}.txt",
        digest=digest,
        signed_by=algorithm,
        signature_path=f"{_SEALS}/签名-{algorithm}.sig",
        public_key_path=f"{_SEALS}/公钥-{algorithm}.pem",
    )


SPEC = PackageSpec(
    name="national-draft",
    statement="说明文件.txt",
    catalogue="归档文件目录.xml",
    base_metadata="元数据/基本信息元数据.xml",
    process_metadata="元数据/过程信息元数据.xml",
    agent_metadata="元数据/机构人员元数据.xml",
    signature_metadata="元数据/电子签名信息.xml",
    report="检测/四性检测报告.json",
    report_xml="检测/四性检测报告.xml",
    evidence_folder="检测/签名验证",
    readme=f"{_SEALS}/README.txt",
    content_folders=("01结果材料", "02过程材料", "03申请材料", "99其他"),
    # Each list is signed by the algorithm of its own family, so that either chain stands without the other.
    lists=(_seal("sha256", "SHA256", "Ed25519"), _seal("sm3", "SM3", "SM2-SM3")),
)


def layout(record: ArchivedRecord, *, signers: Sequence[PackageSigner]) -> tuple[PackageFile, ...]:
    """Return every file of the package: those made here with their bytes, the captured ones by their key.

    The same record and keys give the same bytes but for the SM2 signature, which is random by nature.

    Raises:
        Invalid: two files have the same place, or a place is outside the profile's folders.
        KeyError: no signer for an algorithm of the profile.
    """
    _check_places(record)
    contents = [_content(file) for file in record.files]
    described = (*_described(record, signers), *contents)
    listed = (*described, *_reports(record, described))
    return (*listed, *_sealed(listed, signers))


def _content(file: ArrangedFile) -> PackageFile:
    if file.made:
        return PackageFile(file.path, file.fact.digests, file.fact.bytes, data=file.made.data)
    return PackageFile(file.path, file.fact.digests, file.fact.bytes, file_key=file.fact.key)


def _described(record: ArchivedRecord, signers: Sequence[PackageSigner]) -> Iterator[PackageFile]:
    by_algorithm = {signer.algorithm: signer for signer in signers}
    yield _made(SPEC.statement, descriptions.statement(record, spec=SPEC))
    yield _made(SPEC.catalogue, write_catalogue(record))
    yield _made(SPEC.base_metadata, metadata.base_metadata(record))
    yield _made(SPEC.process_metadata, metadata.process_metadata(record))
    yield _made(SPEC.agent_metadata, metadata.agent_metadata(record))
    yield _made(SPEC.signature_metadata, metadata.signature_metadata(record, spec=SPEC, signers=signers))
    for place, data in sorted(record.evidence.items()):
        yield _made(f"{SPEC.evidence_folder}/{place}", data)
    yield _made(SPEC.readme, descriptions.readme(SPEC, signers=signers))
    for seal in SPEC.lists:
        yield _made(seal.public_key_path, by_algorithm[seal.signed_by].public_key_pem.encode("ascii"))


def _reports(record: ArchivedRecord, described: Sequence[PackageFile]) -> Iterator[PackageFile]:
    if record.reporter is None:
        yield _made(SPEC.report, record.report)
        return
    as_json, as_xml = record.reporter(described)
    yield _made(SPEC.report, as_json)
    yield _made(SPEC.report_xml, as_xml)


def _sealed(listed: Iterable[PackageFile], signers: Sequence[PackageSigner]) -> Iterator[PackageFile]:
    by_algorithm = {signer.algorithm: signer for signer in signers}
    files = list(listed)
    for seal in SPEC.lists:
        data = write_list((file.logical_path, getattr(file.digests, seal.digest)) for file in files)
        yield _made(seal.path, data)
        yield _made(seal.signature_path, by_algorithm[seal.signed_by].sign(data).value)


def _made(path: str, data: bytes) -> PackageFile:
    return PackageFile(path, digest_bytes(data), len(data), data=data)


def _check_places(record: ArchivedRecord) -> None:
    seen: set[str] = set()
    problems = []
    for file in record.files:
        if file.path in seen:
            problems.append(Problem(file.path, "package_path_conflict"))
        if file.folder not in SPEC.content_folders or "/" in file.stored_name or file.stored_name in ("", ".", ".."):
            problems.append(Problem(file.path, "package_path_outside"))
        seen.add(file.path)
    if problems:
        raise Invalid(tuple(problems), "package_layout_invalid")
