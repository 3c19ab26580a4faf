"""Somebody changes bytes of the store: any file of it is named, and no other."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.personas import Office
from tests.usecases.tampering.hands import coded, plain, run

from jingui.db.models import PackageVersion


def stored(office: Office) -> list[Path]:
    return sorted(path for path in (office.home / "store").rglob("*") if path.is_file())


def place(office: Office, path: Path) -> str:
    return path.relative_to(office.home / "store").as_posix()


def overwrite(path: Path, data: bytes) -> None:
    """Write in place, past the permissions; the file may share its bytes with none other."""
    path.chmod(0o644)
    path.write_bytes(data)


def change_bytes(path: Path, rng: random.Random, most: int = 8) -> None:
    data = bytearray(path.read_bytes())
    for at in rng.sample(range(len(data)), min(most, len(data))):
        data[at] ^= rng.randrange(1, 256)
    overwrite(path, bytes(data))


@pytest.mark.parametrize("seed", range(4))
def test_random_bytes_changed_in_random_files_are_named_exactly(spoiled: Office, seed: int) -> None:
    rng = random.Random(seed)
    chosen = rng.sample(stored(spoiled), 9)
    for path in chosen:
        change_bytes(path, rng)
    assert set(coded(spoiled)) == {place(spoiled, path) for path in chosen}


def test_each_kind_of_file_is_named_by_what_it_is(spoiled: Office) -> None:
    rng = random.Random(7)
    kinds: dict[str, Path] = {}
    for path in stored(spoiled):
        kinds.setdefault(path.name if "/content/" not in path.as_posix() else "content", path)
    for path in kinds.values():
        change_bytes(path, rng)
    found = coded(spoiled)
    assert set(found) == {place(spoiled, path) for path in kinds.values()}
    assert set(found.values()) == {
        "content_damaged",
        "inventory_damaged",
        "sidecar_damaged",
        "declaration_damaged",
        "layout_damaged",
        "layout_config_damaged",
        "readme_damaged",
    }


def is_in_company(path: Path) -> bool:
    """A folder that becomes empty is named beside its missing file."""
    return len(list(path.parent.iterdir())) > 1


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "taken away": (lambda path: path.unlink(), "content_missing"),
    "emptied": (lambda path: overwrite(path, b""), "content_damaged"),
    "lengthened": (lambda path: overwrite(path, path.read_bytes() + b"x"), "content_damaged"),
}


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_a_file_that_was_changed_whole_is_named(spoiled: Office, change: str) -> None:
    path = next(path for path in stored(spoiled) if "/content/" in path.as_posix() and is_in_company(path))
    act, code = CHANGES[change]
    act(path)
    assert coded(spoiled) == {place(spoiled, path): code}


def test_a_file_and_a_folder_that_belong_to_nothing_are_named(spoiled: Office) -> None:
    inside = next(path for path in stored(spoiled) if "/content/" in path.as_posix()).parent / "extra.txt"
    inside.write_text("smuggled", encoding="utf-8")
    (spoiled.home / "store" / "stray.txt").write_text("x", encoding="utf-8")
    assert coded(spoiled) == {place(spoiled, inside): "file_unexpected", "stray.txt": "file_unexpected"}


def test_a_whole_object_taken_away_is_named_once(spoiled: Office) -> None:
    folder = next(path for path in stored(spoiled) if path.name.startswith("0=ocfl_object")).parent
    shutil.rmtree(folder)
    found = coded(spoiled)
    assert found.pop(place(spoiled, folder)) == "object_missing"
    # The way to it may be empty now, which is named too.
    assert set(found.values()) <= {"folder_unexpected", "folder_empty"}


def test_a_damaged_file_and_its_altered_row_are_both_named(spoiled: Office) -> None:
    """The row cannot be believed, so the object is measured by its own inventory."""
    path = next(path for path in stored(spoiled) if "/v1/content/" in path.as_posix())
    change_bytes(path, random.Random(1))
    object_id = path.as_posix().split("/urn")[1].split("/")[0].removeprefix("%3auuid%3a").replace("-", "")
    key = package_of(object_id)
    run("UPDATE jingui_package_version SET object_id = 'urn:uuid:x' WHERE key = %s", key)
    assert coded(spoiled) == {
        f"jingui_package_version/{plain(key)}": "row_altered",
        place(spoiled, path): "content_damaged",
    }


def package_of(case_key: str) -> object:
    row = PackageVersion.objects.filter(case_id=case_key).order_by("number")[0]
    return row.key.hex


def test_bytes_that_wait_in_staging_are_watched_too(spoiled: Office) -> None:
    waiting = sorted((spoiled.home / "staging").iterdir())
    assert len(waiting) >= 2
    overwrite(waiting[0], waiting[0].read_bytes() + b"x")
    waiting[1].unlink()
    assert sorted(coded(spoiled).values()) == ["staged_damaged", "staged_missing"]
