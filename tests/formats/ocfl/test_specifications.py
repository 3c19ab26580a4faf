"""Objects whose versions follow different versions of the specification."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from jingui.formats.ocfl.object_validation import validate_object
from jingui.formats.ocfl.root_validation import validate_root

CONTENT = {f"v{number}": f"content {number}".encode() for number in (1, 2, 3)}


def inventory(head: int, spec: str) -> bytes:
    """The inventory of an object at a version; each version adds one file."""
    digests = {name: hashlib.sha512(data).hexdigest() for name, data in CONTENT.items()}
    names = [f"v{number}" for number in range(1, head + 1)]
    block = {"created": "2026-01-02T03:04:05Z", "message": "m", "user": {"name": "n", "address": "urn:n"}}
    document = {
        "id": "urn:object:1",
        "type": f"https://ocfl.io/{spec}/spec/#inventory",
        "digestAlgorithm": "sha512",
        "head": f"v{head}",
        "manifest": {digests[name]: [f"{name}/content/{name}.txt"] for name in names},
        "versions": {
            name: {**block, "state": {digests[each]: [f"{each}.txt"] for each in names[: number + 1]}}
            for number, name in enumerate(names)
        },
    }
    return json.dumps(document).encode()


def put_inventory(folder: Path, data: bytes) -> None:
    (folder / "inventory.json").write_bytes(data)
    (folder / "inventory.json.sha512").write_text(f"{hashlib.sha512(data).hexdigest()} inventory.json\n")


def object_of(root: Path, specs: list[str]) -> Path:
    for number, spec in enumerate(specs, start=1):
        content = root / f"v{number}" / "content"
        content.mkdir(parents=True)
        (content / f"v{number}.txt").write_bytes(CONTENT[f"v{number}"])
        put_inventory(root / f"v{number}", inventory(number, spec))
    put_inventory(root, inventory(len(specs), specs[-1]))
    (root / f"0=ocfl_object_{specs[-1]}").write_text(f"ocfl_object_{specs[-1]}\n")
    return root


@pytest.mark.parametrize("specs", [["1.0", "1.0"], ["1.0", "1.0", "1.1"], ["1.0", "1.1", "1.1"], ["1.1", "1.1"]])
def test_a_version_may_follow_the_same_or_a_newer_specification(tmp_path: Path, specs: list[str]) -> None:
    assert not list(validate_object(object_of(tmp_path, specs)))


def test_a_version_may_not_go_back_behind_the_one_before_it(tmp_path: Path) -> None:
    found = list(validate_object(object_of(tmp_path, ["1.1", "1.0", "1.1"])))
    assert [(finding.code, finding.path) for finding in found] == [("E103", "v2/inventory.json")]


def test_a_version_that_gave_a_file_another_digest_tells_another_story(tmp_path: Path) -> None:
    root = object_of(tmp_path, ["1.1", "1.1"])
    right = hashlib.sha512(CONTENT["v1"]).hexdigest()
    wrong = hashlib.sha512(b"something else").hexdigest()
    put_inventory(root / "v1", (root / "v1" / "inventory.json").read_bytes().replace(right.encode(), wrong.encode()))
    assert {finding.code for finding in validate_object(root)} == {"E066", "E092"}


def test_a_digest_told_in_capitals_is_the_same(tmp_path: Path) -> None:
    root = object_of(tmp_path, ["1.1", "1.1"])
    digest = hashlib.sha512(CONTENT["v1"]).hexdigest()
    old = (root / "v1" / "inventory.json").read_bytes()
    put_inventory(root / "v1", old.replace(digest.encode(), digest.upper().encode()))
    assert not list(validate_object(root))


def test_a_file_that_is_missing_is_missed_by_its_digest_and_by_its_fixity(tmp_path: Path) -> None:
    root = object_of(tmp_path, ["1.1"])
    document = json.loads((root / "inventory.json").read_bytes())
    md5 = hashlib.md5(CONTENT["v1"], usedforsecurity=False).hexdigest()
    document["fixity"] = {"md5": {md5: ["v1/content/v1.txt"]}}
    for folder in (root, root / "v1"):
        put_inventory(folder, json.dumps(document).encode())
    assert not list(validate_object(root))
    (root / "v1" / "content" / "v1.txt").unlink()
    assert {finding.code for finding in validate_object(root) if finding.is_error} == {"E092", "E093"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"extension": ["x"], "description": "y"}', "E071"),
        ('{"extension": "x", "description": "y"}', "E071"),
        ('{"extension": "0003-hash-and-id-n-tuple-storage-layout"}', "E070"),
        ('{"extension": "x", "extension": "x", "description": "y"}', "E070"),
        ('{"extension": "x", "description": NaN}', "E070"),
        ("[]", "E070"),
    ],
)
def test_a_layout_that_makes_no_sense_is_found(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "0=ocfl_1.1").write_text("ocfl_1.1\n")
    (tmp_path / "ocfl_layout.json").write_text(text)
    object_of(tmp_path / "a", ["1.1"])
    assert {finding.code for finding in validate_root(tmp_path)} == {code}
