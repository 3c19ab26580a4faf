"""Packages that others made, or somebody tampered with: told, never trusted, nothing lost."""

from __future__ import annotations

import base64
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from eark_validator.mets import MetsValidator
from eark_validator.structure import StructureStatus, validate_package_structure
from lxml import etree
from tests.formats.exchange.exchanged import CONTENTS, TRUST, again, checked, outgoing, record_of, tree_of, written
from tests.formats.signatures.authority import Authority

from jingui.domain.packaging.transfer import TransferFile
from jingui.formats.exchange.eep_write import NAMESPACE, blocks
from jingui.formats.exchange.forms import Outgoing
from jingui.formats.exchange.profiles import FORMS, check_any, opened_package, read_any
from jingui.formats.handover.documents import DocumentRefusedError

PREFIX = f"{{{NAMESPACE}}}"


def codes(path: Path) -> set[str]:
    return {finding.rule or finding.code for finding in checked(path).findings if finding.is_fault}


def eep(folder: Path) -> Path:
    return next(written(folder / "eep", "eep", outgoing(record_of(CONTENTS), CONTENTS)).iterdir())


def changed(path: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


EEP_FAULTS = {
    "a document type": (
        "<电子文件封装包",
        '<!DOCTYPE x [<!ENTITY a "b">]>\n<电子文件封装包',
        "document_declares_entities",
    ),
    "another root": ("电子文件封装包 xmlns", "封装 xmlns", "document_root_unknown"),
    "cut off": ("</被签名对象>", "", "document_not_well_formed"),
    "another version": ("<版本>2009<", "<版本>2031<", "eep_version_unknown"),
    "another type": ("原始型<", "他型<", "eep_type_unknown"),
    "no maker": ("<封装包创建单位>市市场监督管理局</封装包创建单位>", "", "eep_element_missing"),
    "a digest": ("sha256=", "sha256=0", "digest_wrong"),
    "a size": ("<计算机文件大小>", "<计算机文件大小>1", "catalogue_bytes_wrong"),
    "content that is no base64": ('-编码1">', '-编码1">*', "unreadable"),
}


@pytest.mark.parametrize("fault", sorted(EEP_FAULTS))
def test_a_fault_of_an_encapsulation_is_told(tmp_path: Path, fault: str) -> None:
    old, new, code = EEP_FAULTS[fault]
    if fault == "a digest":
        path = eep(tmp_path)
        digest = record_of(CONTENTS).files[0].digests["sha256"]
        assert codes(changed(path, digest, digest[::-1])) == {code}
    elif fault == "another root":
        path = eep(tmp_path)
        path.write_text(path.read_text("utf-8").replace("电子文件封装包", "封装"), "utf-8")
        assert codes(path) == {code}
    else:
        assert code in codes(changed(eep(tmp_path), old, new))


def test_elements_outside_the_form_and_signatures_of_an_encapsulation_survive(tmp_path: Path) -> None:
    signature = (
        "<电子签名块><电子签名><签名标识符>修改0-签名1</签名标识符><签名结果>MEUC</签名结果></电子签名></电子签名块>"
    )
    path = changed(eep(tmp_path), "</被签名对象>", f"</被签名对象>{signature}")
    changed(path, "</文件实体>", "<某市扩展 甲='1'>值 &amp; 值</某市扩展></文件实体>")
    found = checked(path)
    assert {finding.code for finding in found.findings} == {"eep_signature_not_checked", "eep_element_unknown"}
    assert found.is_sound
    (record,) = again(path, "eep", tmp_path / "b")
    root = etree.parse(next((tmp_path / "b").iterdir())).getroot()
    assert root.findtext(f".//{PREFIX}电子签名块/{PREFIX}电子签名/{PREFIX}签名标识符") == "修改0-签名1"
    extension = root.find(f".//{PREFIX}文件实体/{PREFIX}某市扩展")
    assert extension is not None
    assert extension.attrib == {"甲": "1"}
    assert len(record.kept) == 3  # and the time it was made


def test_each_signature_of_an_encapsulation_is_told_as_not_checked_with_who_when_and_by_what(tmp_path: Path) -> None:
    person = Authority.create("封装签名根").issue("某某市档案馆")
    told = "<签名人>甲</签名人><签名时间>2020-01-01T00:00:00</签名时间><签名算法标识>SM3withSM2</签名算法标识>"
    certificate = f"<证书块><证书>{base64.b64encode(person.der).decode()}</证书></证书块>"
    rows = (
        f"<电子签名><签名标识符>修改0-签名1</签名标识符>{told}<签名结果>MEUC</签名结果>{certificate}</电子签名>",
        "<电子签名><签名标识符>修改0-签名2</签名标识符></电子签名>",
    )
    path = changed(eep(tmp_path), "</被签名对象>", f"</被签名对象><电子签名块>{''.join(rows)}</电子签名块>")
    found = checked(path)
    assert found.is_sound
    first, second = found.findings
    assert (first.code, second.code) == ("eep_signature_not_checked", "eep_signature_incomplete")
    assert all(
        text in first.detail for text in ("修改0-签名1", "签名人 甲", "2020-01-01", "SM3withSM2", "某某市档案馆")
    )
    assert "修改0-签名2" in second.detail


def test_an_encapsulation_of_another_system_is_read_by_its_elements(tmp_path: Path) -> None:
    content = base64.b64encode(b"letter").decode()
    (tmp_path / "x.xml").write_text(
        f"""<?xml version="1.0" encoding="UTF-8"?><电子文件封装包 xmlns="{NAMESPACE}"><版本>2009</版本><被签名对象>
<封装包类型>原始型</封装包类型><封装包创建时间>2020-01-01T00:00:00</封装包创建时间><封装包创建单位>某局</封装包创建单位>
<封装内容><文件实体块><文件实体><聚合层次>件</聚合层次><来源><立档单位名称>某局</立档单位名称></来源><电子文件号>E-1</电子文件号>
<内容描述><题名>关于某事的通知</题名><责任者>某局</责任者><日期>2019-12-31</日期></内容描述><文件数据>
<文档><文档标识符>1</文档标识符><题名>正文</题名><文档数据 文档数据ID="a"><编码><电子属性><计算机文件名>../../正文.txt</计算机文件名></电子属性>
<反编码关键字>base64-txt</反编码关键字><编码数据 编码数据ID="b>c">{content[:4]}
 {content[4:]}</编码数据></编码></文档数据></文档></文件数据></文件实体></文件实体块></封装内容></被签名对象></电子文件封装包>""",
        encoding="utf-8",
    )
    with opened_package(tmp_path / "x.xml") as view:
        (held,) = read_any(view)
        (file,) = held.record.files
        assert (file.path, held.record.title, held.record.code) == ("正文.txt", "关于某事的通知", "E-1")
        with held.open(file) as stream:
            assert stream.read() == b"letter"
    assert checked(tmp_path / "x.xml").is_sound


def test_a_large_file_is_encapsulated_and_read_in_flat_memory(tmp_path: Path) -> None:
    block, count = b"0123456789abcdef" * (1 << 12), 1024

    class Large:
        def __init__(self) -> None:
            self.left = count

        def __enter__(self) -> Large:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def read(self, _size: int) -> bytes:
            self.left -= 1
            return block if self.left >= 0 else b""

    import hashlib

    digest = hashlib.sha256()
    for _ in range(count):
        digest.update(block)
    file = TransferFile("01结果材料/大.bin", len(block) * count, {"sha256": digest.hexdigest()})
    one = Outgoing(record_of({}, files=(file,)), lambda _: Large())  # type: ignore[arg-type,return-value]
    tracemalloc.start()
    with (tmp_path / "large.xml").open("wb") as written_to:
        for piece in blocks(one):
            written_to.write(piece)
    assert checked(tmp_path / "large.xml").is_sound
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20  # of 64 MiB


def test_others_accept_the_structure_and_mets_of_our_packages(tmp_path: Path) -> None:
    for form in ("eark-aip", "eark-sip"):
        path = tmp_path / form / record_of(CONTENTS).code
        written(path, form, outgoing(record_of(CONTENTS), CONTENTS))
        assert validate_package_structure(str(path)).status is StructureStatus.WellFormed
        validator = MetsValidator(str(path))
        assert validator.validate_mets("METS.xml"), validator.validation_errors
        rules = {finding.rule for finding in checked(path).findings if finding.level == "warning"}
        assert rules == {"CSIPSTR12/1", "CSIPSTR13/1"}


def mets_changed(folder: Path, old: str, new: str) -> Path:
    path = folder / "eark" / record_of(CONTENTS).code
    written(path, "eark-aip", outgoing(record_of(CONTENTS), CONTENTS))
    changed(path / "METS.xml", old, new)
    return path


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('OAISPACKAGETYPE="AIP"', 'OAISPACKAGETYPE="XIP"', "CSIP9/2"),
        ('LABEL="CSIP"', 'LABEL="Other"', "CSIP82/1"),
        ('MIMETYPE="application/pdf"', 'MIMETYPE="pdf"', "CSIP68/2"),
        ('STATUS="CURRENT"', 'STATUS="NEW"', "CSIP20/2"),
        ('CHECKSUMTYPE="SHA-512"', 'CHECKSUMTYPE="SHA-5"', "mets_value_malformed"),
        ("<fileSec", "<fileBox/><fileSec", "mets_element_unknown"),
        (' TYPE="PHYSICAL"', ' TYPE="PHYSICAL" COLOUR="red"', "mets_attribute_unknown"),
        ('ID="file-3"', 'ID="dmdSec-1"', "mets_id_twice"),
        ('xlink:href="representations/', 'xlink:href="../representations/', "CSIP79/2"),
    ],
)
def test_a_fault_of_mets_is_told_by_its_requirement(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert code in codes(mets_changed(tmp_path, old, new))


def test_content_of_an_eark_package_that_was_changed_is_told(tmp_path: Path) -> None:
    path = mets_changed(tmp_path, "CSIP", "CSIP")
    content = next((path / "representations" / "rep1" / "data").rglob("*.ofd"))
    content.write_bytes(b"x" + content.read_bytes()[1:])
    (path / "representations" / "rep1" / "data" / "more.txt").write_bytes(b"x")
    found = checked(path)
    assert codes(path) == {"CSIP71/2"}
    assert "eark_file_unlisted" in {finding.code for finding in found.findings}


def transfer(folder: Path) -> Path:
    return written(folder / "t", "da-t-93", outgoing(record_of(CONTENTS), CONTENTS))


def test_a_transfer_package_in_another_encoding_is_read(tmp_path: Path) -> None:
    path = transfer(tmp_path)
    text = (path / "目录文件.XML").read_text(encoding="utf-8").replace("UTF-8", "GB2312")
    (path / "目录文件.XML").write_bytes(text.encode("gb18030"))
    for name in ("摘要清单-SHA256.txt", "摘要清单-SM3.txt"):
        (path / "其他" / name).unlink()
    found = checked(path)
    assert (found.is_sound, [finding.code for finding in found.findings]) == (True, ["digest_list_missing"])
    with opened_package(path) as view:
        assert read_any(view)[0].record.title == "食品经营许可·新办"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda p: changed(p / "说明文件.TXT", "档案数量：1", "档案数量：2"), "statement_wrong"),
        (lambda p: changed(p / "说明文件.TXT", "移交单位", "移交"), "statement_key_missing"),
        (lambda p: changed(p / "目录文件.XML", "<责任者>", "<责任>") and None, "document_not_well_formed"),
        (lambda p: changed(p / "目录文件.XML", "XZSP-000017", "XZSP-000018"), "transfer_folder_not_one"),
        (lambda p: changed(p / "目录文件.XML", "<文件目录>", "<!DOCTYPE a><文件目录>"), "document_declares_entities"),
        (lambda p: (p / "散.txt").write_bytes(b"x"), "misplaced"),
        (lambda p: next(p.rglob("*.ofd")).write_bytes(b"x"), "digest_wrong"),
        (lambda p: next(p.rglob("*.ofd")).unlink(), "listed_missing"),
        (lambda p: (p / "说明文件.TXT").write_bytes("移交单位：甲".encode("utf-16")), "document_encoding_unknown"),
    ],
)
def test_a_fault_of_a_transfer_package_is_told(tmp_path: Path, change: object, code: str) -> None:
    path = transfer(tmp_path)
    change(path)  # type: ignore[operator]
    assert code in codes(path)


@pytest.mark.parametrize("form", sorted(FORMS.keys() - {"national-draft"}))
def test_hostile_zip_files_of_every_form_are_refused_without_unpacking(tmp_path: Path, form: str) -> None:
    good = written(tmp_path / "good.zip", form, outgoing(record_of(CONTENTS), CONTENTS))
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
        for entry in source.infolist():
            target.writestr(entry, source.read(entry))
        target.writestr("../../escape.txt", b"x")
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        target.writestr(link, b"/etc/passwd")
    found = check_any(bad, trust=TRUST)
    assert not found.is_sound
    assert {"package_path_unsafe", "package_link"} <= {finding.code for finding in found.findings}
    with pytest.raises(DocumentRefusedError), opened_package(bad) as view:
        read_any(view)
    assert not (tmp_path.parent / "escape.txt").exists()


def test_nothing_and_nonsense_are_no_packages(tmp_path: Path) -> None:
    (tmp_path / "text.bin").write_bytes(b"nonsense")
    (tmp_path / "empty").mkdir()
    (tmp_path / "deep" / "a" / "b" / "c").mkdir(parents=True)
    (tmp_path / "deep" / "a" / "b" / "c" / "file").write_bytes(b"x")
    for name in ("text.bin", "empty", "deep", "gone"):
        found = check_any(tmp_path / name, trust=TRUST)
        assert (found.profile, found.is_sound) == ("", False)


def corpus_rows(corpora: Path, name: str) -> Iterator[tuple[str, bool]]:
    told = json.loads((corpora / "data" / name / "expectations.json").read_text(encoding="utf-8"))
    for bag in told["bags"]:
        yield bag["bag"], bag["expect"].startswith("valid")


def test_the_bags_of_the_conformance_suite_are_judged_as_expected(corpora: Path) -> None:
    for name, is_valid in corpus_rows(corpora, "bagit"):
        assert checked(corpora / "data" / "bagit" / name).is_sound is is_valid, name


def test_tree_of_is_not_blind(tmp_path: Path) -> None:
    assert tree_of(transfer(tmp_path))
