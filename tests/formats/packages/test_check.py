from __future__ import annotations

import json
import os
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.packages.built import pack, record, write_folder, write_zip

from jingui.adapters.signing.ed25519 import Ed25519Signer
from jingui.adapters.signing.sm2 import Sm2Signer
from jingui.adapters.signing.verification import verify_signature
from jingui.domain.packaging.packages import FAULTS, NOTES
from jingui.formats.digests import digest_bytes
from jingui.formats.packages.check import check_package
from jingui.formats.packages.digest_lists import read_list, write_list
from jingui.formats.packages.national_draft import SPEC
from jingui.formats.packages.zip_source import ZipLimits

DIGESTS, SM3 = SPEC.lists
FIRST = record().files[0].path


@pytest.fixture(scope="module")
def files(signers):
    return pack(record(), signers)


@pytest.fixture(scope="module")
def trusted(signers):
    return tuple(signer.public_key_pem for signer in signers)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("packages")


def found(path, trusted, **options):
    return list(check_package(path, verify=verify_signature, trusted_keys=trusted, **options))


def codes(path, trusted, **options):
    return {finding.code for finding in found(path, trusted, **options)}


def resealed(files, signers):
    """Seal changed files again, as a forger who has the keys would, so that only the content can betray them."""
    by_algorithm = {signer.algorithm: signer for signer in signers}
    listed = {path: digest_bytes(data) for path, data in files.items() if path not in SPEC.unlisted_paths}
    sealed = dict(files)
    for seal in SPEC.lists:
        sealed[seal.path] = write_list((path, getattr(digests, seal.digest)) for path, digests in listed.items())
        sealed[seal.signature_path] = by_algorithm[seal.signed_by].sign(sealed[seal.path]).value
    return sealed


def write_object(root, files):
    """An OCFL object whose head has some files from version 1 and some from version 2."""
    digests = {path: digest_bytes(data).sha512 for path, data in files.items()}
    manifest: dict[str, list[str]] = {}
    state: dict[str, list[str]] = {}
    for number, (path, data) in enumerate(files.items()):
        content = f"v{1 + number % 2}/content/{path}"
        write_folder(root, {content: data})
        manifest[digests[path]] = [content]
        state.setdefault(digests[path].upper(), []).append(path)
    versions = {"v1": {"state": {}}, "v2": {"state": state}}
    inventory = {"head": "v2", "manifest": manifest, "versions": versions}
    return write_folder(root, {"0=ocfl_object_1.1": b"", "inventory.json": json.dumps(inventory).encode()})


def test_a_built_package_is_clean_as_a_folder(files, trusted, tmp_path):
    assert found(write_folder(tmp_path, files), trusted) == []


def test_a_built_package_is_clean_as_a_zip(files, trusted, tmp_path):
    assert found(write_zip(tmp_path / "p.zip", files), trusted) == []


def test_a_built_package_is_clean_inside_a_folder_of_its_own(files, trusted, tmp_path):
    assert found(write_zip(tmp_path / "p.zip", files, prefix="440100/"), trusted) == []
    assert found(write_folder(tmp_path / "outer" / "440100", files).parent, trusted) == []


def test_a_built_package_is_clean_as_the_head_of_an_ocfl_object(files, trusted, tmp_path):
    assert found(write_object(tmp_path, files), trusted) == []


def test_a_sound_package_of_an_unknown_issuer_is_noted_and_not_blamed(files, tmp_path):
    findings = found(write_folder(tmp_path, files), ())
    assert [finding.code for finding in findings] == ["issuer_unknown"] * 2
    assert not any(finding.is_fault for finding in findings)


def test_a_package_signed_by_others_is_not_taken_for_ours(files, trusted, tmp_path):
    folder = tmp_path / "keys"
    others = pack(record(), [Ed25519Signer.create(folder), Sm2Signer.create(folder)])
    assert codes(write_folder(tmp_path / "p", others), trusted) == {"issuer_unknown"}


@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_any_single_bit_changed_in_any_file_is_found(files, trusted, scratch, data):
    path = data.draw(st.sampled_from(sorted(files)))
    bit = data.draw(st.integers(0, len(files[path]) * 8 - 1))
    changed = bytearray(files[path])
    changed[bit // 8] ^= 1 << bit % 8
    package = write_zip(scratch / "p.zip", {**files, path: bytes(changed)})
    faults = [finding for finding in found(package, trusted) if finding.is_fault]
    assert faults
    if path not in SPEC.unlisted_paths:
        assert path in {fault.path for fault in faults}


def test_any_file_that_is_missing_is_named(files, trusted, tmp_path):
    for path in files:
        package = write_zip(tmp_path / "p.zip", {name: data for name, data in files.items() if name != path})
        assert path in {finding.path for finding in found(package, trusted) if finding.is_fault}, path


@pytest.mark.parametrize("path", ["extra.txt", "01结果材料/0009-X.pdf", "元数据/更多.xml", ".DS_Store", "固化信息/x"])
def test_any_file_that_is_added_is_named(files, trusted, tmp_path, path):
    package = write_folder(tmp_path, {**files, path: b"x"})
    assert {finding.path for finding in found(package, trusted)} >= {path}


def test_a_file_that_is_listed_but_not_catalogued_is_found_even_if_sealed_again(files, trusted, signers, tmp_path):
    changed = resealed({**files, "03申请材料/9999-X.pdf": b"x"}, signers)
    assert codes(write_folder(tmp_path, changed), trusted) == {"catalogue_entry_missing", "statement_wrong"}


def test_a_file_taken_away_and_sealed_again_is_found(files, trusted, signers, tmp_path):
    changed = resealed({path: data for path, data in files.items() if path != FIRST}, signers)
    assert codes(write_folder(tmp_path, changed), trusted) == {"catalogue_file_missing", "statement_wrong"}


def test_a_file_changed_and_sealed_again_disagrees_with_the_catalogue(files, trusted, signers, tmp_path):
    changed = resealed({**files, FIRST: files[FIRST] + b"!"}, signers)
    expected = {"catalogue_bytes_wrong", "catalogue_digest_wrong", "statement_wrong"}
    assert codes(write_folder(tmp_path, changed), trusted) == expected


@pytest.mark.parametrize(
    "change",
    [
        ('<sequence title="顺序号">2<', '<sequence title="顺序号">3<', "catalogue_sequence_wrong"),
        ('<sequence title="顺序号">2<', '<other title="顺序号">2<', "xml_malformed"),
        ("</catalogue>", "<file/></catalogue>", "catalogue_entry_malformed"),
        ("<catalogue", "<!DOCTYPE a [<!ENTITY b 'c'>]><catalogue", "xml_unsafe"),
        ("<catalogue", "<!doctype a><catalogue", "xml_unsafe"),
        ('档号">0123', '档号">0124', "statement_wrong"),
    ],
)
def test_a_catalogue_changed_and_sealed_again_is_found(files, trusted, signers, tmp_path, change):
    old, new, code = change
    text = files[SPEC.catalogue].decode()
    assert old in text
    changed = resealed({**files, SPEC.catalogue: text.replace(old, new, 1).encode()}, signers)
    assert code in codes(write_folder(tmp_path, changed), trusted)


@pytest.mark.parametrize("key", ["电子文件号", "档号", "归档文件数", "归档文件字节数", "办理环节数"])
def test_a_statement_changed_and_sealed_again_is_found(files, trusted, signers, tmp_path, key):
    text = files[SPEC.statement].decode().replace(f"{key}: ", f"{key}: 9", 1)
    changed = resealed({**files, SPEC.statement: text.encode()}, signers)
    assert codes(write_folder(tmp_path, changed), trusted) == {"statement_wrong"}


def test_a_statement_in_another_encoding_is_found(files, trusted, signers, tmp_path):
    changed = resealed({**files, SPEC.statement: files[SPEC.statement].decode().encode("gb18030")}, signers)
    assert codes(write_folder(tmp_path, changed), trusted) == {"statement_malformed"}


def test_xml_in_utf_16_is_not_parsed(files, trusted, signers, tmp_path):
    data = files[SPEC.base_metadata].decode().replace("UTF-8", "UTF-16").encode("utf-16")
    changed = resealed({**files, SPEC.base_metadata: data}, signers)
    assert codes(write_folder(tmp_path, changed), trusted) == {"xml_unsafe"}


def test_a_list_signed_by_nobody_who_has_the_key_is_found(files, trusted, tmp_path):
    listed = read_list(files[DIGESTS.path])
    changed = {
        **files,
        FIRST: b"other",
        DIGESTS.path: write_list({**listed, FIRST: digest_bytes(b"other").sha256}.items()),
    }
    assert {"signature_wrong", "digest_wrong", "catalogue_digest_wrong"} <= codes(
        write_folder(tmp_path, changed), trusted
    )


def test_a_link_in_the_folder_is_not_followed(files, trusted, tmp_path):
    root = write_folder(tmp_path / "p", files)
    (tmp_path / "outside").write_bytes(files[FIRST])
    (root / FIRST).unlink()
    (root / FIRST).symlink_to(tmp_path / "outside")
    assert "link_not_allowed" in codes(root, trusted)


def test_a_linked_folder_and_a_pipe_are_not_followed(files, trusted, tmp_path):
    root = write_folder(tmp_path / "p", files)
    (root / "link").symlink_to(tmp_path)
    os.mkfifo(root / "pipe")
    assert {(f.code, f.path) for f in found(root, trusted)} == {
        ("link_not_allowed", "link"),
        ("link_not_allowed", "pipe"),
    }


@pytest.mark.parametrize("path", ["nowhere", "empty.zip", "text.zip"])
def test_what_is_no_package_is_said_to_be_none(trusted, tmp_path, path):
    (tmp_path / "empty.zip").write_bytes(b"")
    (tmp_path / "text.zip").write_text("hello")
    assert codes(tmp_path / path, trusted) == {"not_a_package"}


def test_an_empty_folder_misses_everything(trusted, tmp_path):
    assert codes(tmp_path, trusted) == {"required_missing"}


@pytest.mark.parametrize(
    "inventory",
    [
        b"",
        b"[]",
        b'{"head":"v1"}',
        b'{"head":"v1","manifest":{},"versions":{"v1":{"state":{"a":["x"]}}}}',
        b"[" * 100_000,
        b'{"head":"v1","manifest":{"a":[]},"versions":{"v1":{"state":{"a":["x"]}}}}',
        b'{"head":"v1","manifest":{"a":["\\ud800"]},"versions":{"v1":{"state":{"a":["x"]}}}}',
        b'{"head":"v1","head":"v1","manifest":{"a":["x"]},"versions":{"v1":{"state":{"a":["x"]}}}}',
        b'{"head":"v1","manifest":{"a":["x"]},"versions":{"v1":{"state":{"a":["x"]}}},"x":NaN}',
        b'{"head":["v1"],"manifest":{"a":["x"]},"versions":{"v1":{"state":{"a":["x"]}}}}',
    ],
)
def test_an_inventory_that_makes_no_sense_is_found(trusted, tmp_path, inventory):
    write_folder(tmp_path, {"0=ocfl_object_1.1": b"", "inventory.json": inventory})
    assert codes(tmp_path, trusted) == {"inventory_unreadable"}


def test_an_inventory_that_points_outside_is_not_followed(files, trusted, tmp_path):
    root = write_object(tmp_path / "o", files)
    write_folder(tmp_path, {"secret": b"x"})
    text = (root / "inventory.json").read_text()
    inventory = json.loads(text)
    digest = digest_bytes(files[FIRST]).sha512
    inventory["manifest"][digest] = ["v1/content/../../../secret"]
    (root / "inventory.json").write_text(json.dumps(inventory))
    assert ("path_unsafe", FIRST) in {(finding.code, finding.path) for finding in found(root, trusted)}


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "C:/evil", "a\\..\\evil", "a//b"])
def test_a_name_that_leaves_the_zip_is_found(files, trusted, tmp_path, name):
    package = write_zip(tmp_path / "p.zip", {**files, name: b"x"})
    assert {(finding.code, finding.path) for finding in found(package, trusted)} == {("path_unsafe", name)}


def test_two_entries_of_one_name_are_found(files, trusted, tmp_path):
    package = write_zip(tmp_path / "p.zip", files)
    with zipfile.ZipFile(package, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(FIRST, b"other")
    assert ("path_duplicate", FIRST) in {(finding.code, finding.path) for finding in found(package, trusted)}


def test_a_link_in_a_zip_is_found(files, trusted, tmp_path):
    package = write_zip(tmp_path / "p.zip", files)
    with zipfile.ZipFile(package, "a") as archive:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    assert codes(package, trusted) == {"link_not_allowed"}


def test_a_bomb_is_not_read(files, trusted, tmp_path):
    package = write_zip(tmp_path / "p.zip", {**files, "01结果材料/bomb": bytes(4 << 20)})
    limits = ZipLimits(free_bytes=1 << 20)
    assert ("zip_bomb", "01结果材料/bomb") in {(f.code, f.path) for f in found(package, trusted, limits=limits)}
    assert codes(package, trusted, limits=ZipLimits(total_bytes=1 << 20)) == {"zip_bomb"}
    assert codes(package, trusted, limits=ZipLimits(entries=3)) == {"zip_bomb"}


def test_entries_that_share_bytes_are_found(files, trusted, tmp_path):
    package = write_zip(tmp_path / "p.zip", {"01结果材料/a": b"x" * 99, "01结果材料/b": b"x" * 99})
    data = bytearray(package.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<L", 0)
    package.write_bytes(bytes(data))
    assert "zip_overlap" in codes(package, trusted)


def test_an_encrypted_entry_is_found(files, trusted, tmp_path):
    package = write_zip(tmp_path / "p.zip", {**files, "z": b"x"})
    data = bytearray(package.read_bytes())
    last = data.rindex(b"PK\x01\x02")
    data[last + 8] |= 1
    package.write_bytes(bytes(data))
    assert codes(package, trusted) == {"zip_encrypted"}


def test_an_entry_of_another_compression_is_found(files, trusted, tmp_path):
    package = write_zip(tmp_path / "p.zip", files)
    with zipfile.ZipFile(package, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("z", b"x")
    assert codes(package, trusted) == {"zip_method_unknown"}


def test_damage_inside_a_compressed_entry_is_found(files, trusted, tmp_path):
    package = write_zip(tmp_path / "p.zip", files)
    data = bytearray(package.read_bytes())
    with zipfile.ZipFile(package) as archive:
        start = archive.getinfo(FIRST).header_offset + 30 + len(FIRST.encode())
    data[start + 2] ^= 0xFF
    package.write_bytes(bytes(data))
    assert ("unreadable", FIRST) in {(finding.code, finding.path) for finding in found(package, trusted)}


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_zip_is_judged_and_never_breaks_the_check(files, trusted, scratch, data):
    package = write_zip(scratch / "d.zip", files)
    content = bytearray(package.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    package.write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    assert all(finding.code in {*FAULTS, *NOTES} for finding in found(package, trusted))
