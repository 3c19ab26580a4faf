"""BagIt bags: what the public test bags say of them, what attackers do to them, and what they say of a case."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.handed_over import bag, handed_case

from jingui.formats.handover.bag_cases import read_bag_case
from jingui.formats.handover.bagit import Bag, read_bag
from jingui.formats.handover.cases import HandedCase
from jingui.formats.handover.documents import DocumentRefusedError
from jingui.formats.handover.trees import opened_tree
from jingui.formats.packages.zip_source import ZipLimits

VERDICTS = {"valid": (False, False), "valid-with-warning": (False, True)}
# Strangers' tools make bags with weak digests only, and an older one writes ./ where its version allows it.
HARMLESS = {"bag_algorithm_weak", "bag_path_with_dot", "bag_fetch_not_needed"}


def read(path: Path, **limits: int) -> Bag:
    with opened_tree(path, marker="bagit.txt", limits=ZipLimits(**limits)) as tree:
        return read_bag(tree)


def case_of(path: Path) -> HandedCase:
    with opened_tree(path, marker="bagit.txt") as tree:
        return read_bag_case(tree, read_bag(tree))


def codes(found: Bag) -> set[str]:
    return {problem.code for problem in found.problems}


@pytest.mark.corpora
def test_every_public_bag_is_judged_as_its_makers_say(corpora: Path) -> None:
    folder = corpora / "data" / "bagit"
    listed = json.loads((folder / "expectations.json").read_bytes())["bags"]
    wrong = []
    for each in listed:
        found = read(folder / each["bag"])
        faults, warnings = codes(found), {warning.code for warning in found.warnings}
        if each["expect"] in VERDICTS:
            has_faults, has_warnings = VERDICTS[each["expect"]]
            is_right = bool(faults) is has_faults and bool(warnings - {"bag_algorithm_weak"}) >= has_warnings
        else:
            is_right = bool(faults)
        wrong += [] if is_right else [(each["bag"], faults, warnings)]
    assert len(listed) == 35
    assert wrong == []


def test_a_bag_of_ours_is_valid_and_gives_the_same_case_as_a_folder_and_as_a_zip(tmp_path: Path) -> None:
    folder = bag(tmp_path / "in", "A-1")
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, f"whatever/{path.relative_to(folder)}")
    for path in (folder, packed):
        found = read(path)
        assert (found.problems, found.warnings) == ((), ())
        assert case_of(path) == handed_case("A-1", tmp_path / "originals")[0]


def rewrite(folder: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    (folder / name).write_bytes(change((folder / name).read_bytes()))


def lay(folder: Path, tags: dict[str, bytes], payload: dict[str, bytes]) -> Path:
    """Lay a bag with sound manifests around any content."""
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in payload.items()}
    manifest = "".join(f"{digest}  {path}\n" for path, digest in digests.items()).encode()
    all_tags = {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "manifest-sha256.txt": manifest,
        **tags,
    }
    listed = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in all_tags.items())
    for path, data in {**payload, **all_tags, "tagmanifest-sha256.txt": listed.encode()}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


ATTACKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a changed file": (lambda b: rewrite(b, "data/f1/申请表.pdf", lambda data: data + b" "), "bag_digest_wrong"),
    "a changed description": (lambda b: rewrite(b, "metadata/case.json", lambda data: data + b" "), "bag_digest_wrong"),
    "a file gone": (lambda b: (b / "data/f1/申请表.pdf").unlink(), "bag_file_missing"),
    "a file more": (lambda b: (b / "data/more").write_bytes(b"x"), "bag_file_in_no_manifest"),
    "no manifest": (lambda b: (b / "manifest-sha256.txt").unlink(), "bag_without_manifest"),
    "something to fetch": (lambda b: (b / "fetch.txt").write_bytes(b"http://a/ - data/x\n"), "bag_to_be_fetched"),
    "a link": (lambda b: (b / "data/link").symlink_to("/etc/passwd"), "package_link"),
    "two names that fall together": (lambda b: (b / "data/f1/申请表.PDF").write_bytes(b"x"), "package_path_collision"),
    "two normalisations": (
        lambda b: [(b / f"data/{name}").write_bytes(b"x") for name in ("Nu\u0301", "N\u00fa")],
        "package_path_collision",
    ),
    "a path above": (
        lambda b: rewrite(b, "manifest-sha256.txt", lambda d: d + b"0" * 64 + b"  data/../../x\n"),
        "bag_manifest_path_unsafe",
    ),
    "a second manifest that lists less": (lambda b: (b / "manifest-sha512.txt").write_bytes(b""), "bag_file_not_in_every_manifest"),
    "an unknown version": (
        lambda b: (b / "bagit.txt").write_bytes(b"BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n"),
        "bag_version_unknown",
    ),
    "an odd encoding": (
        lambda b: (b / "bagit.txt").write_bytes(b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-7\n"),
        "bag_encoding_unknown",
    ),
    "a wrong oxum": (lambda b: rewrite(b, "bag-info.txt", lambda d: d.replace(b".2\n", b".3\n")), "bag_oxum_wrong"),
}  # fmt: skip


@pytest.mark.parametrize("attack", sorted(ATTACKS))
def test_a_bag_that_was_tampered_with_is_refused_for_what_was_done_to_it(attack: str, tmp_path: Path) -> None:
    tamper, code = ATTACKS[attack]
    folder = bag(tmp_path / "in", "A-1")
    tamper(folder)
    assert code in codes(read(folder))


def test_a_packed_bag_with_a_slip_or_a_bomb_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    slip, bomb = tmp_path / "slip.zip", tmp_path / "bomb.zip"
    with zipfile.ZipFile(slip, "w") as archive:
        archive.writestr("bagit.txt", "x")
        archive.writestr("../../outside", "x")
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bagit.txt", "x")
        archive.writestr("data/zeros", bytes(1 << 20))
    assert codes(read(slip)) == {"package_path_unsafe"}
    assert codes(read(bomb, free_bytes=1 << 10)) == {"package_bomb"}
    assert codes(read(bomb, total_bytes=1 << 10)) == {"package_bomb"}
    assert not (tmp_path.parent / "outside").exists()


LABELS = (
    "External-Identifier: A-7\nExternal-Description: 护士注册\n  变更\nCase-Item-Code: X1\nCase-Item-Version: 2\n"
    "Case-Received-At: 2025-11-03T09:00:00+08:00\nCase-Applicant-Name: 巴特尔\nCase-Closed-At: 2025-11-05T09:00:00+08:00\n"
    "Source-Organization: 卫健局\nBagging-Date: 2025-11-21\n"
)


def test_without_a_description_of_its_own_a_bag_is_read_by_the_labels_of_bag_info(tmp_path: Path) -> None:
    payload = {"data/A01/申请表.pdf": b"form", "data/loose.txt": b"note"}
    case = case_of(lay(tmp_path / "b", {"bag-info.txt": LABELS.encode()}, payload))
    assert case.case is not None
    assert (case.case_number, case.case["title"], case.case["item_version"]) == ("A-7", "护士注册 变更", 2)
    assert case.case["metadata"] == {"Source-Organization": "卫健局"}
    assert case.closure == {"closed_at": "2025-11-05T09:00:00+08:00"}
    assert [(file.said["name"], file.said["material"]) for file in case.files] == [
        ("申请表.pdf", "A01"),
        ("loose.txt", ""),
    ]


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({}, "bag_label_missing"),
        ({"bag-info.txt": (LABELS + "External-Identifier: B\n").encode()}, "bag_label_twice"),
        ({"metadata/case.json": b"{}"}, "bag_case_unknown"),
        ({"metadata/case.json": b'{"case_number": "A", "case_number": "B"}'}, "document_not_well_formed"),
        ({"metadata/case.json": "{}".encode("utf-16")}, "document_not_utf8"),
        ({"metadata/case.json": b"[" * 100_000}, "document_not_well_formed"),
        ({"metadata/case.json": b'{"case_number": "A", "files": {}}'}, "package_file_unlisted"),
        ({"metadata/case.json": b'{"case_number": "A", "files": {"data/x": {"a": 1}}}'}, "document_shape"),
    ],
)
def test_a_bag_that_does_not_tell_its_case_is_refused_with_the_reason(
    tags: dict[str, bytes], code: str, tmp_path: Path
) -> None:
    with pytest.raises(DocumentRefusedError) as caught:
        case_of(lay(tmp_path / "b", tags, {"data/x": b"x"}))
    assert code in {problem.code for problem in caught.value.problems}


def test_a_description_that_no_tag_manifest_vouches_for_is_not_believed(tmp_path: Path) -> None:
    folder = bag(tmp_path / "in", "A-1")
    (folder / "tagmanifest-sha256.txt").unlink()
    with pytest.raises(DocumentRefusedError) as caught:
        case_of(folder)
    assert [problem.code for problem in caught.value.problems] == ["bag_file_in_no_manifest"]


def plain_bag(folder: Path, version: str, manifests: dict[str, str]) -> Path:
    root = folder / "plain"
    (root / "data").mkdir(parents=True)
    (root / "data" / "a").write_bytes(b"1")
    declared = f"BagIt-Version: {version}\nTag-File-Character-Encoding: UTF-8\n"
    for name, text in {"bagit.txt": declared, **manifests}.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("algorithm", ["sha224", "sha384", "sha3_256", "SHA256", "sha3512"])
def test_a_digest_of_any_registered_algorithm_is_compared(tmp_path: Path, algorithm: str) -> None:
    known = {"SHA256": "sha256", "sha3512": "sha3_512"}.get(algorithm, algorithm)
    name = f"manifest-{algorithm}.txt"
    assert read(plain_bag(tmp_path / "1", "0.97", {name: f"{hashlib.new(known, b'1').hexdigest()}  data/a\n"})).is_valid
    wrong = read(plain_bag(tmp_path / "2", "0.97", {name: f"{hashlib.new(known, b'2').hexdigest()}  data/a\n"}))
    assert codes(wrong) == {"bag_digest_wrong"}


def test_a_bag_with_digests_of_no_known_algorithm_is_not_vouched_for(tmp_path: Path) -> None:
    found = read(plain_bag(tmp_path, "1.0", {"manifest-crc32.txt": "00000000  data/a\n"}))
    assert codes(found) == {"bag_without_manifest"}
    assert {each.code for each in found.warnings} == {"bag_algorithm_not_checked"}


@pytest.mark.parametrize(("version", "is_valid"), [("0.97", True), ("1.0", False)])
def test_a_path_told_twice_alike_was_harmless_in_the_drafts(tmp_path: Path, version: str, *, is_valid: bool) -> None:
    line = f"{hashlib.sha256(b'1').hexdigest()}  data/a\n"
    found = read(plain_bag(tmp_path, version, {"manifest-sha256.txt": line * 2}))
    assert found.is_valid is is_valid
    assert "bag_path_listed_twice" in {each.code for each in (*found.problems, *found.warnings)}


def test_a_path_told_twice_with_two_digests_is_a_fault_in_every_version(tmp_path: Path) -> None:
    lines = "".join(f"{hashlib.sha256(data).hexdigest()}  data/a\n" for data in (b"1", b"2"))
    assert "bag_path_listed_twice" in codes(read(plain_bag(tmp_path, "0.97", {"manifest-sha256.txt": lines})))


def test_a_value_that_goes_on_over_many_lines_is_read_in_linear_time(tmp_path: Path) -> None:
    line = f"{hashlib.sha256(b'1').hexdigest()}  data/a\n"
    info = "Note: first\n" + " more\n" * 100_000
    found = read(plain_bag(tmp_path, "1.0", {"manifest-sha256.txt": line, "bag-info.txt": info}))
    assert found.is_valid
    assert found.info[0][1] == "first" + " more" * 100_000
