from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingui.formats.ocfl.findings import BadInventory
from jingui.formats.ocfl.inventory import (
    Entry,
    Inventory,
    VersionBlock,
    at_version,
    inventory_bytes,
    read_inventory,
    sidecar_bytes,
    with_version,
)
from jingui.formats.ocfl.inventory_checks import inventory_findings

BLOCK = VersionBlock("2026-01-02T03:04:05Z", "归档", "档案员", "urn:jingui:user:1")


def entry(path: str, data: str) -> Entry:
    raw = data.encode()
    return Entry(path, hashlib.sha512(raw).hexdigest(), {"sha256": hashlib.sha256(raw).hexdigest()})


def two_versions() -> Inventory:
    first = with_version(Inventory("urn:case:1"), BLOCK, [entry("材料/申请表.pdf", "a"), entry("说明.txt", "b")])
    return with_version(first, BLOCK, [entry("材料/申请表.pdf", "a"), entry("材料/补正.pdf", "c")])


def codes_of(data: bytes) -> set[str]:
    with pytest.raises(BadInventory) as caught:
        read_inventory(data)
    return {finding.code for finding in caught.value.findings}


def altered(**changes: object) -> bytes:
    document = json.loads(inventory_bytes(two_versions()))
    document.update(changes)
    return json.dumps({key: value for key, value in document.items() if value is not None}).encode()


def test_what_is_written_is_read_back() -> None:
    inventory = two_versions()
    assert inventory_bytes(read_inventory(inventory_bytes(inventory))) == inventory_bytes(inventory)


def test_what_is_written_breaks_no_rule_and_no_recommendation() -> None:
    assert not list(inventory_findings(json.loads(inventory_bytes(two_versions())), where="inventory.json"))


def test_chinese_paths_stand_readable_in_the_inventory() -> None:
    assert "v1/content/材料/申请表.pdf".encode() in inventory_bytes(two_versions())


def test_bytes_that_the_object_holds_are_listed_once() -> None:
    inventory = two_versions()
    paths = [path for paths in inventory.manifest.values() for path in paths]
    assert sorted(paths) == ["v1/content/材料/申请表.pdf", "v1/content/说明.txt", "v2/content/材料/补正.pdf"]


def test_the_same_bytes_under_two_names_in_one_version_are_stored_once() -> None:
    inventory = with_version(Inventory("urn:x:1"), BLOCK, [entry("a", "same"), entry("b", "same")])
    assert list(inventory.manifest.values()) == [("v1/content/a",)]
    assert list(inventory.versions[0].state.values()) == [("a", "b")]


logical_states = st.lists(
    st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("uvwxyz"), min_size=1), min_size=1, max_size=4
)


@given(logical_states)
def test_every_older_inventory_can_be_made_again_byte_for_byte(states: list[dict[str, str]]) -> None:
    inventory, written = Inventory("urn:x:1"), []
    for state in states:
        inventory = with_version(inventory, BLOCK, [entry(path, data) for path, data in sorted(state.items())])
        written.append(inventory_bytes(inventory))
    newest = read_inventory(written[-1])
    assert [inventory_bytes(at_version(newest, n)) for n in range(1, len(states) + 1)] == written


def test_the_sidecar_is_a_line_for_sha512sum() -> None:
    assert sidecar_bytes(b"{}") == f"{hashlib.sha512(b'{}').hexdigest()} inventory.json\n".encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E033"),
        (b"[]", "E033"),
        (b"\xff\xfe{}", "E033"),
        (b"[" * 100_000, "E033"),
        (b'{"id": 1, "id": 2}', "E033"),
        (b"{}", "E036"),
        (altered(id=""), "E037"),
        (altered(id=7), "E037"),
        (altered(type="https://ocfl.io/9.9/spec/#inventory"), "E038"),
        (altered(digestAlgorithm="md5"), "E025"),
        (altered(head="v1"), "E040"),
        (altered(head=["v2"]), "E040"),
        (altered(manifest=None), "E041"),
        (altered(manifest=[]), "E106"),
        (altered(manifest={}), "E050"),
        (altered(versions={}), "E008"),
        (altered(versions=3), "E044"),
        (altered(versions={"v1": 3}), "E047"),
        (altered(versions={"v" + "9" * 5000: {}}), "E104"),
        (altered(contentDirectory="a/b"), "E017"),
        (altered(contentDirectory=".."), "E018"),
        (altered(fixity=[]), "E111"),
        (altered(fixity={"sm3": {}}), "E056"),
        (altered(fixity={"md5": {"xyz": []}}), "E057"),
        (altered(fixity={"md5": {"0" * 32: ["v9/content/x"]}}), "E057"),
        (altered(fixity={"md5": {"0" * 32: ["/etc/passwd"]}}), "E100"),
        (altered(fixity={"md5": {"a" * 32: [], "A" * 32: []}}), "E097"),
        (altered(surprise=1), "E102"),
    ],
)
def test_a_bad_inventory_is_refused_with_the_code_of_the_standard(data: bytes, code: str) -> None:
    assert code in codes_of(data)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("../../etc/passwd", "E099"),
        ("v1/content/../../x", "E099"),
        ("/v1/content/x", "E100"),
        ("v1/content/x/", "E100"),
        ("v3/content/x", "E042"),
        ("v1/stuff/x", "E042"),
        ("x", "E042"),
    ],
)
def test_a_manifest_path_that_leaves_its_place_is_refused(path: str, code: str) -> None:
    document = json.loads(inventory_bytes(two_versions()))
    digest = next(iter(document["manifest"]))
    document["manifest"][digest] = [path]
    assert code in codes_of(json.dumps(document).encode())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"created": "2026-01-02"}, "E049"),
        ({"created": "2026-01-02T03:04:05"}, "E049"),
        ({"created": "2026-13-02T03:04:05Z"}, "E049"),
        ({"message": 5}, "E094"),
        ({"user": "me"}, "E054"),
        ({"user": {"name": "me", "address": 1}}, "E054"),
        ({"state": []}, "E050"),
        ({"more": 1}, "E102"),
    ],
)
def test_a_bad_version_block_is_refused_with_the_code_of_the_standard(changes: dict[str, object], code: str) -> None:
    document = json.loads(inventory_bytes(two_versions()))
    document["versions"]["v2"] |= changes
    assert code in codes_of(json.dumps(document).encode())


@pytest.mark.parametrize(
    ("paths", "code"),
    [(["a", "a"], "E095"), (["a", "a/b"], "E095"), (["../a"], "E052"), (["/a"], "E053"), ([7], "E051"), ("a", "E051")],
)
def test_bad_logical_paths_are_refused_with_the_code_of_the_standard(paths: object, code: str) -> None:
    document = json.loads(inventory_bytes(two_versions()))
    state = document["versions"]["v2"]["state"]
    state[next(iter(state))] = paths
    assert code in codes_of(json.dumps(document).encode())


def test_other_softwares_variants_are_not_taken_for_our_own() -> None:
    document = json.loads(inventory_bytes(with_version(Inventory("urn:x:1"), BLOCK, [entry("a", "a")])))
    padded = json.loads(json.dumps(document).replace('"v1', '"v01'))
    assert codes_of(json.dumps(padded).encode()) == {"W001"}


@pytest.mark.parametrize(
    "text", ['{"id": NaN}', '{"id": -Infinity}', '{"id": 1, "id": 2}', '{"id": "\\ud800"}', "[" * 100_000, "[]"]
)
def test_what_is_no_json_object_of_characters_is_no_inventory(text: str) -> None:
    assert codes_of(text.encode()) == {"E033"}
