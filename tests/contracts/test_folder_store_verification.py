"""Verification names exactly the files that are damaged, missing or too many, and an outsider agrees with it."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.store_cases import FIRST, OBJECT_ID, SECOND, Shelf, expected_of, folder_shelf

from jingui.adapters.stores.disk import Disk
from jingui.adapters.stores.folder_copies import FolderObjects
from jingui.adapters.stores.readme import README
from jingui.domain.errors import PermanentFailure
from jingui.formats.ocfl.layout import CONFIG_FILE, LAYOUT_FILE, object_path
from jingui.formats.ocfl.root_validation import validate_root
from jingui.ports import CopiedVersion, Depth

PLACE = object_path(OBJECT_ID)
THIRD = {**SECOND, "材料/再补正.pdf": b"even later"}
SMALL = [
    f"{folder}{name}" for folder in ("", "v1/", "v2/", "v3/") for name in ("inventory.json", "inventory.json.sha512")
]
CONTENTS = [
    "v1/content/元数据.xml",
    "v1/content/材料/𠮷野·身份证.jpg",
    "v1/content/材料/申请表〔2024〕5号.pdf",
    "v2/content/元数据.xml",
    "v2/content/材料/补正材料.pdf",
    "v3/content/材料/再补正.pdf",
]
FILES = ["0=ocfl_object_1.1", *SMALL, *CONTENTS]
ROLES = {"inventory.json": "inventory", "inventory.json.sha512": "sidecar", "0=ocfl_object_1.1": "declaration"}


def role(path: str) -> str:
    return ROLES.get(path.rpartition("/")[2], "content")


class Filled:
    """A store with one object of three versions, and what a database would know of it."""

    def __init__(self, home: Path) -> None:
        self.shelf = folder_shelf(home)
        self.expected: dict[str, str] = {}
        self.built = []
        for number, files in enumerate((FIRST, SECOND, THIRD), 1):
            self.built.append(self.shelf.put(files, number=number))
            self.expected |= expected_of(files, self.built[-1])
        self.folder = self.shelf.store.root / PLACE

    def found(self, *, knows: bool = True, **more: object) -> set[tuple[str, str]]:
        known: dict[str, Any] = {
            "expected": self.expected,
            "expected_inventory_sha512": self.built[-1].inventory_sha512,
        }
        known = {**known, **more} if knows else {}
        findings = list(self.shelf.store.verify_object(OBJECT_ID, **known))
        assert all(finding.object_id == OBJECT_ID for finding in findings)
        assert len(findings) == len(set(findings))
        return {(finding.code, finding.path.removeprefix(f"{PLACE}/")) for finding in findings}


@pytest.fixture
def filled(tmp_path: Path) -> Filled:
    return Filled(tmp_path)


def flip(path: Path, at: int = -1) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("knows", [True, False])
@pytest.mark.parametrize("at", [0, 40, -1])
def test_one_changed_bit_is_found_in_exactly_its_file(filled: Filled, knows: bool, at: int) -> None:
    for path in FILES:
        file = filled.folder / path
        sound = file.read_bytes()
        flip(file, min(at, len(sound) - 1))
        assert filled.found(knows=knows) == {(f"{role(path)}_damaged", path)}
        file.write_bytes(sound)
    assert not filled.found(knows=knows)


@pytest.mark.parametrize("knows", [True, False])
def test_a_lost_file_is_found_to_be_lost(filled: Filled, knows: bool) -> None:
    for path in FILES:
        file = filled.folder / path
        sound = file.read_bytes()
        file.unlink()
        missing = {(code, name) for code, name in filled.found(knows=knows) if code != "folder_empty"}
        assert missing == {(f"{role(path)}_missing", path)}
        file.write_bytes(sound)


def test_when_every_file_is_changed_every_file_is_named(filled: Filled) -> None:
    for path in FILES:
        flip(filled.folder / path)
    older = {number: built.inventory_sha512 for number, built in enumerate(filled.built[:-1], 1)}
    assert filled.found(older_inventories=older) == {(f"{role(path)}_damaged", path) for path in FILES}


def test_with_every_inventory_damaged_the_contents_stay_above_suspicion(filled: Filled) -> None:
    inventories = [path for path in SMALL if role(path) == "inventory"]
    for path in inventories:
        flip(filled.folder / path, 100)
    assert filled.found() == {("inventory_damaged", path) for path in inventories}


def test_with_both_newest_inventories_gone_older_ones_are_judged_by_their_sidecars(filled: Filled) -> None:
    for path in ("inventory.json", "v3/inventory.json", "v1/inventory.json.sha512"):
        flip(filled.folder / path, 5)
    flip(filled.folder / "v2/inventory.json", 300)
    assert filled.found() == {
        ("inventory_damaged", "inventory.json"),
        ("inventory_damaged", "v3/inventory.json"),
        ("inventory_damaged", "v2/inventory.json"),
        ("sidecar_damaged", "v1/inventory.json.sha512"),
    }


@pytest.mark.parametrize("depth", [Depth.PLAIN, Depth.ROUTINE])
def test_who_knows_the_digest_of_every_inventory_names_each_damaged_file_and_no_other(
    filled: Filled, depth: Depth
) -> None:
    older = {number: built.inventory_sha512 for number, built in enumerate(filled.built[:-1], 1)}
    version = CopiedVersion(OBJECT_ID, 3, filled.built[-1].inventory_sha512, filled.expected, older)

    def found() -> set[tuple[str, str]]:
        told = FolderObjects(filled.shelf.store.root.parent).verify_copy(version, depth=depth)
        return {(finding.code, finding.path.removeprefix(f"{PLACE}/")) for finding in told}

    assert not found()
    for path in FILES:
        flip(filled.folder / path)
        assert found() == {(f"{role(path)}_damaged", path)}
        flip(filled.folder / path)
    for path in SMALL:
        flip(filled.folder / path)
    assert found() == {(f"{role(path)}_damaged", path) for path in SMALL}


def test_an_exchanged_inventory_with_a_matching_sidecar_does_not_deceive_who_knows_better(filled: Filled) -> None:
    for name in ("inventory.json", "inventory.json.sha512"):
        (filled.folder / name).write_bytes((filled.folder / "v2" / name).read_bytes())
    assert filled.found() == {("inventory_damaged", "inventory.json"), ("sidecar_damaged", "inventory.json.sha512")}


def test_what_nobody_put_there_is_named(filled: Filled) -> None:
    (filled.folder / "v1/content/extra.txt").write_text("x")
    (filled.folder / "v1/content/empty").mkdir()
    (filled.folder / "v4").mkdir()
    (filled.folder / "v4/inventory.json").write_text("{}")
    (filled.folder / "v2/content/link").symlink_to("/etc/passwd")
    assert filled.found() == {
        ("file_unexpected", "v1/content/extra.txt"),
        ("folder_empty", "v1/content/empty"),
        ("file_unexpected", "v4/inventory.json"),
        ("entry_not_a_file", "v2/content/link"),
    }


def test_a_file_replaced_by_a_link_to_the_same_bytes_is_missing(filled: Filled, tmp_path: Path) -> None:
    file = filled.folder / CONTENTS[0]
    (tmp_path / "elsewhere").write_bytes(file.read_bytes())
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere")
    assert filled.found() == {("content_missing", CONTENTS[0]), ("entry_not_a_file", CONTENTS[0])}


def _pipe(place: Path) -> None:
    os.mkfifo(place)


def _circle(place: Path) -> None:
    place.symlink_to(place)


def _folder(place: Path) -> None:
    place.mkdir()


@pytest.mark.parametrize(
    ("replaced_by", "code"),
    [(_pipe, "entry_not_a_file"), (_circle, "entry_not_a_file"), (_folder, "folder_empty")],
)
def test_what_is_no_file_in_the_place_of_one_is_named_and_never_waited_for(
    filled: Filled, replaced_by: Callable[[Path], None], code: str
) -> None:
    place = filled.folder / CONTENTS[0]
    place.unlink()
    replaced_by(place)
    assert filled.found() == {("content_missing", CONTENTS[0]), (code, CONTENTS[0])}


def test_an_object_below_a_link_that_leads_to_itself_is_missing(filled: Filled) -> None:
    above = filled.folder.parent
    above.rename(above.with_name("away"))
    above.symlink_to(above)
    assert {code for code, _ in filled.found()} == {"object_missing"}


def test_an_object_that_is_gone_is_missing(filled: Filled) -> None:
    found = list(filled.shelf.store.verify_object("urn:never:stored", expected={}, expected_inventory_sha512="0"))
    assert [(finding.code, finding.path) for finding in found] == [("object_missing", object_path("urn:never:stored"))]


@pytest.mark.parametrize(
    ("path", "name"),
    [("0=ocfl_1.1", "declaration"), (LAYOUT_FILE, "layout"), (CONFIG_FILE, "layout_config"), (README, "readme")],
)
def test_the_roots_own_files_are_watched(filled: Filled, path: str, name: str) -> None:
    flip(filled.shelf.store.root / path)
    assert [(f.code, f.path) for f in filled.shelf.store.verify_root()] == [(f"{name}_damaged", path)]
    (filled.shelf.store.root / path).unlink()
    codes = [(f.code, f.path) for f in filled.shelf.store.verify_root() if f.code != "folder_unexpected"]
    assert codes == [(f"{name}_missing", path)]


def test_what_belongs_to_no_object_is_named(filled: Filled) -> None:
    root = filled.shelf.store.root
    for path in ("stray.txt", "abc/stray.txt", f"{PLACE[:11]}/stray.txt", "extensions/stray.txt"):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text("x")
    for path in ("not-hex", "abd/abc", f"{PLACE[:11]}/wrong%3aplace", "extensions/empty"):
        (root / path).mkdir(parents=True)
    (root / "link").symlink_to("/etc")
    assert {(finding.code, finding.path) for finding in filled.shelf.store.verify_root()} == {
        ("file_unexpected", "stray.txt"),
        ("file_unexpected", "abc/stray.txt"),
        ("file_unexpected", f"{PLACE[:11]}/stray.txt"),
        ("file_unexpected", "extensions/stray.txt"),
        ("folder_unexpected", "not-hex"),
        ("folder_unexpected", "abd/abc"),
        ("folder_unexpected", f"{PLACE[:11]}/wrong%3aplace"),
        ("folder_unexpected", "extensions/empty"),
        ("entry_not_a_file", "link"),
    }
    assert list(filled.shelf.store.object_ids()) == [OBJECT_ID]


def test_a_store_that_lost_its_declaration_is_not_taken_for_a_new_one(filled: Filled) -> None:
    (filled.shelf.store.root / "0=ocfl_1.1").unlink()
    with pytest.raises(PermanentFailure, match="store_damaged"):
        filled.shelf.store.initialise()


def test_initialising_again_changes_nothing(filled: Filled) -> None:
    (filled.shelf.store.root / README).unlink()
    filled.shelf.store.initialise()
    assert [finding.code for finding in filled.shelf.store.verify_root()] == ["readme_missing"]


def ocfl_py(root: Path) -> str:
    command = [sys.executable, str(Path(sys.executable).with_name("ocfl-root.py")), "validate", "--validate-objects"]
    done = subprocess.run(
        [*command, "--check-digests", "--root", str(root)], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_an_independent_validator_finds_the_root_valid_without_a_warning(filled: Filled) -> None:
    for object_id in ("urn:莞城/0001 ..", "urn:" + "long" * 60):
        filled.shelf.put(FIRST, object_id=object_id)
    said = ocfl_py(filled.shelf.store.root)
    assert "Objects checked: 3 / 3 are VALID" in said
    assert f"Storage root {filled.shelf.store.root} is VALID" in said
    assert "W0" not in said
    assert "W9" not in said
    assert not list(validate_root(filled.shelf.store.root))


@pytest.mark.parametrize("path", ["inventory.json", "v1/inventory.json.sha512", CONTENTS[2], "v3/inventory.json"])
def test_the_independent_validator_and_ours_both_see_damage(filled: Filled, path: str) -> None:
    flip(filled.folder / path, 8)
    assert "is INVALID" in ocfl_py(filled.shelf.store.root)
    assert any(finding.is_error for finding in validate_root(filled.shelf.store.root))


@pytest.mark.parametrize(("path", "code"), [("0=ocfl_1.1", "E080"), (LAYOUT_FILE, "E070")])
def test_our_validator_names_damage_of_the_root_by_the_standards_code(filled: Filled, path: str, code: str) -> None:
    flip(filled.shelf.store.root / path, 0)
    assert {finding.code for finding in validate_root(filled.shelf.store.root)} == {code}


def test_our_validator_names_what_no_root_may_hold(filled: Filled) -> None:
    root = filled.shelf.store.root
    (root / "0=ocfl_1.0").write_bytes(b"ocfl_1.0\n")
    (root / "fff").mkdir()
    (root / "ffe/x").mkdir(parents=True)
    (root / "ffe/x/file").touch()
    (root / "extensions/file").touch()
    (root / "extensions/homemade").mkdir()
    found = {(finding.code, finding.path) for finding in validate_root(root)}
    assert found == {
        ("E076", ""),
        ("E073", "fff"),
        ("E072", "ffe/x/file"),
        ("E112", "extensions/file"),
        ("W016", "extensions/homemade"),
    }


class HastyDisk(Disk):
    """Makes nothing durable: for tests with many objects."""

    def sync(self, path: Path | str) -> None: ...

    def sync_all(self, folder: Path | str) -> None: ...

    def sync_data(self, descriptor: int) -> None: ...


def test_memory_does_not_grow_with_the_objects(tmp_path: Path) -> None:
    def peak(shelf: Shelf) -> int:
        tracemalloc.start()
        try:
            assert not list(validate_root(shelf.store.root))
            assert not list(shelf.store.verify_root())
            assert not [f for object_id in shelf.store.object_ids() for f in shelf.store.verify_object(object_id)]
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    shelf = folder_shelf(tmp_path, HastyDisk())
    peaks = []
    for number in range(200):
        shelf.put({"a.xml": b"%d" % number}, object_id=f"urn:case:{number}")
        if number in (19, 199):
            peaks.append(peak(shelf))
    assert peaks[1] < peaks[0] + 100_000
