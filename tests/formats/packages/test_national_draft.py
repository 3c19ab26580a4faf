from __future__ import annotations

import dataclasses
import shutil
import subprocess
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from tests.formats.packages.built import START, arranged, pack, record, step, with_case, write_folder

from jingui.domain.errors import Invalid
from jingui.domain.packaging.records import FileSignature
from jingui.formats.packages.descriptions import read_statement
from jingui.formats.packages.elements import add_value, parse, read_value, root_element, to_bytes
from jingui.formats.packages.national_draft import SPEC, layout

OPENSSL = shutil.which("openssl")


def xml(files: dict[str, bytes], path: str) -> etree._Element:
    return parse(files[path])


def texts(root: etree._Element, path: str) -> list[str]:
    return [read_value(element) for element in root.iterfind(path)]


@pytest.fixture(scope="module")
def files(signers):
    return pack(record(), signers)


def test_a_package_has_every_required_file_and_the_archived_ones(files):
    contents = {file.path for file in record().files}
    assert set(files) == SPEC.required_paths | contents


def test_the_archived_files_are_named_and_not_held(signers):
    made = [file for file in layout(record(), signers=signers) if file.file_key]
    assert [file.file_key for file in made] == ["f1", "f2", "f3", "f4"]
    assert all(file.data is None for file in made)


def test_the_same_record_gives_the_same_bytes_but_for_the_random_signature(signers):
    one, other = pack(record(), signers), pack(record(), signers)
    assert {path for path in one if one[path] != other[path]} <= {"固化信息/签名-SM2-SM3.sig"}


def test_the_statement_gives_codes_and_counts(files):
    said = read_statement(files[SPEC.statement])
    assert said["电子文件号"] == record().record_code
    assert said["归档文件数"] == "4"
    assert said["归档文件字节数"] == str(sum(file.fact.bytes for file in record().files))


def test_the_statement_claims_no_conformance(files):
    assert "不构成对任何标准的符合性声明" in files[SPEC.statement].decode()


def test_every_element_carries_its_chinese_title(files):
    for path in SPEC.xml_paths:
        assert all(element.get("title") for element in xml(files, path).iter(etree.Element)), path


def test_the_catalogue_lists_the_files_in_order(files):
    root = xml(files, SPEC.catalogue)
    assert texts(root, "file/sequence") == ["1", "2", "3", "4"]
    assert texts(root, "file/path") == [file.path for file in record().files]


def test_every_step_stands_once_in_the_order_of_time(signers):
    steps = (
        step("10", at=START, name="丙"),
        step("9", at=START, name="乙"),
        step("x", at=START - timedelta(days=1), name="甲"),
        step("9", at=START, name="乙"),
    )
    root = xml(pack(with_case(record(), steps=steps), signers), SPEC.process_metadata)
    assert texts(root, "step/step_name") == ["甲", "乙", "丙"]
    assert texts(root, "step_count") == ["3"]


def test_the_offset_of_the_source_is_kept_and_the_moment_orders(signers):
    early = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    late = datetime(2026, 3, 2, 7, 0, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    steps = (step("a", at=late), step("b", at=early))
    root = xml(pack(with_case(record(), steps=steps), signers), SPEC.process_metadata)
    assert texts(root, "step/start_time") == ["2026-03-02T01:00:00+00:00", "2026-03-02T07:00:00+05:30"]


def test_what_the_source_sent_besides_is_kept_verbatim(signers):
    metadata = {"x:own": "甲\r\n乙 <&>\t", "控\x00": "\x01\ud800", "electronic_record_code": record().record_code}
    root = xml(pack(with_case(record(), metadata=metadata), signers), SPEC.base_metadata)
    assert sorted(texts(root, "extension/element")) == sorted(["甲\r\n乙 <&>\t", "\x01\ud800"])
    element = root.find("extension/element")
    assert element is not None
    assert element.get("name") == "x:own"


def test_a_value_that_differs_from_ours_is_kept_too(signers):
    made = with_case(record(), metadata={"electronic_record_code": "another"})
    assert texts(xml(pack(made, signers), SPEC.base_metadata), "extension/element") == ["another"]


def test_signatures_in_files_are_told_and_their_absence_is_not_called_a_pass(signers):
    signature = FileSignature("f2", "OFD签章", "SM2-SM3", "市场监督管理局", None, "passed")
    root = xml(pack(record(file_signatures=(signature,)), signers), SPEC.signature_metadata)
    assert texts(root, "file_signature/outcome") == ["not_checked", "passed", "not_checked", "not_checked"]


def test_people_who_handled_the_case_are_listed_once(files):
    assert texts(xml(files, SPEC.agent_metadata), "person/person_name") == ["李四"]


@pytest.mark.parametrize(
    "change",
    [
        {"stored_name": "a/b"},
        {"stored_name": ".."},
        {"folder": "元数据"},
        {"stored_name": arranged(2).stored_name, "folder": arranged(2).folder},
    ],
)
def test_a_file_outside_its_place_is_refused(signers, change):
    broken = dataclasses.replace(arranged(1), **change)
    with pytest.raises(Invalid, match="package_layout_invalid"):
        layout(record(files=(broken, arranged(2))), signers=signers)


def test_a_missing_signer_is_an_error_and_not_an_unsigned_package(signers):
    with pytest.raises(KeyError):
        layout(record(), signers=signers[:1])


def test_a_case_without_files_is_packed(signers):
    assert read_statement(pack(record(0), signers)[SPEC.statement])["归档文件数"] == "0"


@given(st.text())
def test_any_text_survives_xml(text):
    root = root_element("r", "根")
    add_value(root, "v", "值", text, name=text)
    written = parse(to_bytes(root)).find("v")
    assert written is not None
    assert read_value(written) == text


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum command")
def test_sha256sum_checks_the_list(files, tmp_path):
    write_folder(tmp_path, files)
    command = ["sha256sum", "--strict", "-c", SPEC.lists[0].path]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / record().files[0].path).write_bytes(b"x")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1


@pytest.mark.skipif(OPENSSL is None, reason="no openssl command")
def test_the_commands_of_the_readme_verify_the_signatures(files, tmp_path):
    write_folder(tmp_path, files)
    text = files[SPEC.readme].decode().replace("\\\n", " ")
    commands = [line.split() for line in text.splitlines() if line.strip().startswith("openssl pkeyutl")]
    assert len(commands) == 2
    for command in commands:
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert result.returncode == 0, result.stderr
