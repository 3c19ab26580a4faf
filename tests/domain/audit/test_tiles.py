from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jingui.domain.audit import merkle, tiles
from jingui.domain.errors import PermanentFailure


def leaves_of(start: int, end: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(start, end)]


class Shelf:
    """Tiles kept as bytes, as a table would keep them; counts what is read."""

    def __init__(self) -> None:
        self.data: dict[tuple[int, int], bytes] = {}
        self.size = 0
        self.root = merkle.EMPTY_ROOT
        self.reads = 0

    def read(self, level: int, index: int) -> tuple[bytes, ...]:
        self.reads += 1
        return tiles.tile_from_data(level, index, self.data[level, index]).hashes

    def grow(self, count: int) -> tiles.Growth:
        growth = tiles.grow(self.size, leaves_of(self.size, self.size + count), read_tile=self.read)
        self.data.update({(tile.level, tile.index): tile.data for tile in growth.tiles})
        self.size, self.root = growth.size, growth.root
        return growth


def shelf_of(*counts: int) -> Shelf:
    shelf = Shelf()
    for count in counts:
        shelf.grow(count)
    return shelf


@given(st.lists(st.integers(0, 700), max_size=6))
@settings(max_examples=40, deadline=None)
def test_a_log_grown_in_any_steps_has_the_root_of_all_its_leaves(counts):
    shelf = shelf_of(*counts)
    assert shelf.root == merkle.root_of(leaves_of(0, sum(counts)))
    assert shelf.root == tiles.root(shelf.size, read_tile=shelf.read)


def test_the_third_level_of_tiles_appears_with_its_first_entry():
    shelf = shelf_of(65_000, 1_000)
    assert set(shelf.data) == {(0, i) for i in range(258)} | {(1, 0), (1, 1), (2, 0)}
    assert shelf.root == merkle.root_of(leaves_of(0, 66_000))


def test_only_new_and_grown_tiles_are_written():
    shelf = shelf_of(500)
    assert [(tile.level, tile.index, len(tile.hashes)) for tile in shelf.grow(20).tiles] == [
        (0, 1, 256),
        (0, 2, 8),
        (1, 0, 2),
    ]


def test_appending_reads_no_more_from_a_large_log_than_from_a_small_one():
    shelf = shelf_of(66_000)
    shelf.reads = 0
    shelf.grow(10)
    assert shelf.reads <= 8


def test_appending_nothing_writes_nothing():
    shelf = shelf_of(300)
    assert shelf.grow(0).tiles == ()
    assert shelf.root == merkle.root_of(leaves_of(0, 300))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_proofs_from_tiles_verify_for_the_present_and_for_earlier_sizes(data):
    shelf = shelf_of(data.draw(st.integers(1, 400)), data.draw(st.integers(0, 700)))
    size = data.draw(st.integers(1, shelf.size))
    index = data.draw(st.integers(0, size - 1))
    root = tiles.root(size, read_tile=shelf.read)
    proof = tiles.inclusion_proof(index, size, read_tile=shelf.read)
    leaf = leaves_of(index, index + 1)[0]
    assert merkle.verify_inclusion(leaf=leaf, index=index, size=size, proof=proof, root=root)
    proof = tiles.consistency_proof(size, shelf.size, read_tile=shelf.read)
    assert merkle.verify_consistency(old=size, new=shelf.size, old_root=root, new_root=shelf.root, proof=proof)


def test_a_tile_that_lost_hashes_is_an_error_and_not_a_wrong_root():
    shelf = shelf_of(300)
    shelf.data[0, 1] = shelf.data[0, 1][:-32]
    with pytest.raises(PermanentFailure, match="journal_tile_damaged"):
        tiles.root(300, read_tile=shelf.read)


@pytest.mark.parametrize("data", [b"", b"x" * 31, b"x" * 32 * 257])
def test_bytes_that_are_no_tile_are_refused(data):
    with pytest.raises(PermanentFailure, match="journal_tile_damaged"):
        tiles.tile_from_data(0, 0, data)


def test_a_sound_log_has_no_disagreeing_tile():
    assert list(tiles.disagreeing_tiles(2_000, read_tile=shelf_of(2_000).read)) == []


def test_a_changed_full_tile_is_named():
    shelf = shelf_of(2_000)
    shelf.data[0, 3] = bytes(32) + shelf.data[0, 3][32:]
    assert list(tiles.disagreeing_tiles(2_000, read_tile=shelf.read)) == [(0, 3)]


def test_a_proof_reads_few_tiles_of_a_large_log():
    shelf = shelf_of(66_000)
    for index in range(0, 66_000, 3_300):
        read: list[tuple[int, int]] = []

        def counted(level, place, read=read):
            read.append((level, place))
            return shelf.read(level, place)

        tiles.inclusion_proof(index, 66_000, read_tile=counted)
        assert len(read) <= 6, read
