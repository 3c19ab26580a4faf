"""One suite for every PreservationStore. A new store adds one line to STORES."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from tests.contracts.store_cases import FIRST, OBJECT_ID, SECOND, Shelf, folder_shelf

from jingui.domain.errors import Conflict, Invalid, PermanentFailure, TransientFailure
from jingui.formats.digests import digest_bytes
from jingui.ports import Content

STORES: dict[str, Callable[[Path], Shelf]] = {"folder": folder_shelf}


@pytest.fixture(params=STORES)
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    return STORES[request.param](tmp_path)


def stored(shelf: Shelf, paths: dict[str, str]) -> dict[str, bytes]:
    contents = {}
    for logical_path, content_path in paths.items():
        with shelf.store.open_content(OBJECT_ID, content_path) as file:
            contents[logical_path] = file.read()
    return contents


def test_a_committed_version_gives_back_every_byte_under_its_name(shelf: Shelf) -> None:
    built = shelf.put(FIRST)
    assert stored(shelf, built.content_paths) == FIRST
    assert built.content_paths["元数据.xml"] == "v1/content/元数据.xml"
    assert built.bytes == sum(map(len, FIRST.values()))


def test_a_built_version_is_not_in_the_store_before_it_is_committed(shelf: Shelf) -> None:
    built = shelf.store.build(shelf.spec(FIRST))
    assert not shelf.store.has_version(OBJECT_ID, 1, built.inventory_sha512)
    assert not list(shelf.store.object_ids())
    with pytest.raises(FileNotFoundError):
        shelf.store.open_content(OBJECT_ID, "v1/content/元数据.xml")


def test_a_committed_version_stands_in_the_store(shelf: Shelf) -> None:
    built = shelf.put(FIRST)
    assert shelf.store.has_version(OBJECT_ID, 1, built.inventory_sha512)
    assert not shelf.store.has_version(OBJECT_ID, 1, "0" * 128)
    assert not shelf.store.has_version(OBJECT_ID, 2, built.inventory_sha512)
    assert not shelf.store.has_version("urn:other", 1, built.inventory_sha512)


def test_staged_bytes_may_go_once_a_version_is_committed(shelf: Shelf) -> None:
    spec = shelf.spec(FIRST)
    built = shelf.store.build(spec)
    shelf.store.commit(built)
    for content in spec.contents:
        shelf.staging.discard(content.staged_token)
    assert stored(shelf, built.content_paths) == FIRST


def test_a_later_version_stores_only_what_is_new(shelf: Shelf) -> None:
    first, second = shelf.put(FIRST), shelf.put(SECOND, number=2)
    new = {path for path in second.content_paths.values() if path.startswith("v2/")}
    assert new == {"v2/content/材料/补正材料.pdf", "v2/content/元数据.xml"}
    assert second.bytes == len(SECOND["材料/补正材料.pdf"]) + len(SECOND["元数据.xml"])
    assert stored(shelf, second.content_paths) == SECOND
    assert stored(shelf, first.content_paths) == FIRST
    assert shelf.store.has_version(OBJECT_ID, 1, first.inventory_sha512)
    assert shelf.store.has_version(OBJECT_ID, 2, second.inventory_sha512)


def test_a_version_may_take_over_everything_and_store_nothing(shelf: Shelf) -> None:
    shelf.put(FIRST)
    contents = tuple(
        Content(f"改名/{path}", digest_bytes(data), len(data)) for path, data in FIRST.items()
    )  # neither token nor data: the object holds the bytes
    built = shelf.store.build(replace(shelf.spec({}, number=2), contents=contents))
    shelf.store.commit(built)
    assert built.bytes == 0
    assert stored(shelf, built.content_paths) == {f"改名/{path}": data for path, data in FIRST.items()}


def test_committing_again_changes_nothing(shelf: Shelf) -> None:
    first = shelf.put(FIRST)
    shelf.store.commit(first)
    second = shelf.put(SECOND, number=2)
    shelf.store.commit(first)
    shelf.store.commit(second)
    assert shelf.store.has_version(OBJECT_ID, 2, second.inventory_sha512)
    assert not list(shelf.store.verify_object(OBJECT_ID))


def test_building_again_starts_afresh(shelf: Shelf) -> None:
    shelf.store.build(shelf.spec({"other.txt": b"other"}))
    built = shelf.put(FIRST)
    assert stored(shelf, built.content_paths) == FIRST
    assert not list(shelf.store.verify_object(OBJECT_ID))


def test_the_same_version_is_built_to_the_same_inventory(shelf: Shelf) -> None:
    assert shelf.store.build(shelf.spec(FIRST)) == shelf.store.build(shelf.spec(FIRST))


def test_a_different_version_of_the_same_number_is_a_conflict(shelf: Shelf) -> None:
    built = shelf.put(FIRST)
    other = shelf.store.build(shelf.spec({"other.txt": b"other"}))
    with pytest.raises(Conflict, match="version_differs"):
        shelf.store.commit(other)
    assert stored(shelf, built.content_paths) == FIRST


def test_a_version_cannot_be_built_on_one_that_is_not_there(shelf: Shelf) -> None:
    shelf.put(FIRST)
    with pytest.raises(Conflict, match="version_gap"):
        shelf.store.build(shelf.spec(SECOND, number=3))


def test_a_discarded_build_cannot_be_committed(shelf: Shelf) -> None:
    built = shelf.store.build(shelf.spec(FIRST))
    shelf.store.discard_build(OBJECT_ID)
    shelf.store.discard_build(OBJECT_ID)
    with pytest.raises(TransientFailure, match="build_missing"):
        shelf.store.commit(built)


@pytest.mark.parametrize("path", ["", "/a", "../a", "a/../b", "a//b", "a\0b", "..\\a", "\ud800", "档" * 100])
def test_a_bad_logical_path_is_refused(shelf: Shelf, path: str) -> None:
    with pytest.raises(Invalid) as caught:
        shelf.store.build(shelf.spec({path: b"x"}))
    assert caught.value.problems


def test_conflicting_logical_paths_are_refused(shelf: Shelf) -> None:
    with pytest.raises(Invalid) as caught:
        shelf.store.build(shelf.spec({"a": b"1", "a/b": b"2"}))
    assert [problem.code for problem in caught.value.problems] == ["path_conflict"]


def test_a_file_without_bytes_is_refused(shelf: Shelf) -> None:
    spec = replace(shelf.spec({}), contents=(Content("a", digest_bytes(b"a"), 1),))
    with pytest.raises(Invalid) as caught:
        shelf.store.build(spec)
    assert [problem.code for problem in caught.value.problems] == ["content_without_bytes"]


def test_data_that_is_not_what_its_digest_says_is_refused(shelf: Shelf) -> None:
    spec = replace(shelf.spec({}), contents=(Content("a", digest_bytes(b"a"), 1, data=b"b"),))
    with pytest.raises(Invalid) as caught:
        shelf.store.build(spec)
    assert [problem.code for problem in caught.value.problems] == ["digest_wrong"]


def test_staged_bytes_that_are_gone_or_cut_are_a_permanent_failure(shelf: Shelf) -> None:
    content = shelf.content("a.pdf", b"abc")
    spec = replace(shelf.spec({}), contents=(replace(content, bytes=4),))
    with pytest.raises(PermanentFailure, match="staged_bytes_differ"):
        shelf.store.build(spec)
    shelf.staging.discard(content.staged_token)
    with pytest.raises(PermanentFailure, match="staged_bytes_missing"):
        shelf.store.build(replace(spec, contents=(content,)))


def test_a_time_without_its_zone_is_refused(shelf: Shelf) -> None:
    with pytest.raises(Invalid):
        shelf.store.build(replace(shelf.spec(FIRST), created=datetime(2026, 1, 1)))  # noqa: DTZ001


@pytest.mark.parametrize("path", ["../../../../README.md", "/etc/passwd", "v1/../../x", "v1\0"])
def test_no_content_path_leads_out_of_the_object(shelf: Shelf, path: str) -> None:
    shelf.put(FIRST)
    with pytest.raises(FileNotFoundError):
        shelf.store.open_content(OBJECT_ID, path)
    with pytest.raises(FileNotFoundError):
        shelf.store.content_location(OBJECT_ID, path)


def test_stored_bytes_have_a_local_path_for_readers(shelf: Shelf) -> None:
    built = shelf.put(FIRST)
    location = shelf.store.content_location(OBJECT_ID, built.content_paths["元数据.xml"])
    assert location.read_bytes() == FIRST["元数据.xml"]


def test_every_object_is_listed_whatever_its_identifier(shelf: Shelf) -> None:
    identifiers = {"urn:a", "urn:莞城/0001 ..", "urn:" + "long" * 60, "urn:" + "档" * 40}
    for object_id in identifiers:
        shelf.put({"a.txt": object_id.encode()}, object_id=object_id)
    assert sorted(shelf.store.object_ids()) == sorted(identifiers)


def test_the_inventory_digest_is_that_of_the_inventory_file(shelf: Shelf) -> None:
    built = shelf.put(FIRST)
    inventory = shelf.store.content_location(OBJECT_ID, "inventory.json").read_bytes()
    assert hashlib.sha512(inventory).hexdigest() == built.inventory_sha512


def test_an_untouched_store_has_no_findings(shelf: Shelf) -> None:
    shelf.put(FIRST)
    shelf.put(SECOND, number=2)
    assert not list(shelf.store.verify_object(OBJECT_ID))
    assert not list(shelf.store.verify_root())
    assert not list(shelf.store.reconcile())
