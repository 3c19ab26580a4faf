from __future__ import annotations

import errno
import os
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.contracts.store_cases import DyingDisk, Killed

from jingui.adapters.stores.disk import Disk
from jingui.adapters.stores.staging import EDGE_BYTES, GATHER_BYTES, FolderStagingArea
from jingui.domain.errors import Refused, TransientFailure
from jingui.formats.digests import digest_bytes


@pytest.fixture
def staging(tmp_path: Path) -> FolderStagingArea:
    area = FolderStagingArea(tmp_path / "staging")
    area.initialise()
    return area


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


@pytest.mark.parametrize("size", [0, 1, EDGE_BYTES - 1, EDGE_BYTES, EDGE_BYTES + 1, 3 * GATHER_BYTES + 7])
@pytest.mark.parametrize("piece", [1000, GATHER_BYTES - 1, GATHER_BYTES, 4 * GATHER_BYTES])
def test_received_bytes_are_kept_digested_and_known_by_their_ends(
    staging: FolderStagingArea, size: int, piece: int
) -> None:
    data = os.urandom(size)
    staged = staging.receive(pieces(data, piece))
    with staging.open(staged.token) as file:
        assert file.read() == data
    assert (staged.bytes, staged.digests) == (size, digest_bytes(data))
    assert (staged.head, staged.tail) == (data[:EDGE_BYTES], data[-EDGE_BYTES:])


def test_large_and_small_pieces_keep_their_order(staging: FolderStagingArea) -> None:
    parts = [b"a", b"b" * GATHER_BYTES, b"", b"c", b"d" * 10, b"e" * GATHER_BYTES * 2, b"f"]
    staged = staging.receive(parts)
    assert staging.path(staged.token).read_bytes() == b"".join(parts)


def test_a_stream_of_the_limit_is_taken_and_one_byte_more_is_refused(staging: FolderStagingArea) -> None:
    assert staging.receive([b"x" * 100], limit=100).bytes == 100
    with pytest.raises(Refused, match="file_too_large"):
        staging.receive([b"x" * 100, b"x"], limit=100)
    assert len(list(staging.folder.iterdir())) == 1


def test_a_stream_beyond_the_limit_is_not_read_to_its_end(staging: FolderStagingArea) -> None:
    read = []

    def endless() -> Iterator[bytes]:
        while True:
            read.append(1)
            yield b"x" * GATHER_BYTES

    with pytest.raises(Refused):
        staging.receive(endless(), limit=10 * GATHER_BYTES)
    assert len(read) == 11


def test_a_stream_that_breaks_off_leaves_nothing(staging: FolderStagingArea) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * 200_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        staging.receive(broken())
    assert not list(staging.folder.iterdir())


def test_memory_does_not_grow_with_the_stream(staging: FolderStagingArea) -> None:
    block = bytes(GATHER_BYTES)
    staging.receive([block])
    tracemalloc.start()
    try:
        staging.receive(block for _ in range(512))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1 << 20


def test_several_uploads_at_once_do_not_mix(staging: FolderStagingArea) -> None:
    blocks = [os.urandom(100_000 + n) for n in range(16)]
    with ThreadPoolExecutor(8) as pool:
        staged = list(pool.map(lambda data: staging.receive(pieces(data, 7000)), blocks))
    assert [staging.path(item.token).read_bytes() for item in staged] == blocks
    assert {token for token, _ in staging.tokens()} == {item.token for item in staged}


def test_discarding_twice_is_no_error_and_removes_only_tokens(staging: FolderStagingArea) -> None:
    staged = staging.receive([b"x"])
    other = staging.folder.parent / "other"
    other.touch()
    for token in (staged.token, staged.token, "../other", ""):
        staging.discard(token)
    assert other.exists()
    assert not list(staging.tokens())


@pytest.mark.parametrize("token", ["", "../secret", "/etc/passwd", "0" * 31, "0" * 32 + ".part", "0" * 32 + "\n"])
def test_what_is_no_token_opens_nothing(staging: FolderStagingArea, token: str) -> None:
    with pytest.raises(FileNotFoundError):
        staging.open(token)


def test_only_old_broken_uploads_are_swept(staging: FolderStagingArea) -> None:
    kept = staging.receive([b"x"]).token
    old, new = (staging.folder / f"{letter * 32}.part" for letter in "ab")
    old.write_bytes(b"half")
    new.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    assert staging.sweep_parts(older_than_seconds=3600) == 1
    assert {path.name for path in staging.folder.iterdir()} == {kept, new.name}


class FullDisk(Disk):
    """A disk that has no room left when data is to become durable, as with delayed allocation or a quota."""

    def __init__(self, number: int) -> None:
        self.number = number

    def sync_data(self, descriptor: int) -> None:
        raise OSError(self.number, os.strerror(self.number))


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "storage_full"), (errno.EDQUOT, "storage_full"), (errno.EIO, "storage_failing")],
)
def test_a_disk_that_takes_no_more_is_a_failure_that_may_pass(tmp_path: Path, number: int, code: str) -> None:
    staging = FolderStagingArea(tmp_path / "staging", disk=FullDisk(number))
    staging.initialise()
    with pytest.raises(TransientFailure, match=code):
        staging.receive([b"x"])
    assert not list(staging.folder.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_device_is_a_failure_that_may_pass(tmp_path: Path) -> None:
    class FullDevice(Disk):
        def create(self, path: Path | str) -> int:
            Path(path).touch()
            return os.open("/dev/full", os.O_WRONLY)

    staging = FolderStagingArea(tmp_path / "staging", disk=FullDevice())
    staging.initialise()
    with pytest.raises(TransientFailure, match="storage_full"):
        staging.receive([b"x"])
    assert not list(staging.folder.iterdir())


def test_an_upload_that_ends_before_it_is_durable_returns_no_token(tmp_path: Path) -> None:
    for dies_at in range(1, 20):
        disk = DyingDisk(dies_at)
        staging = FolderStagingArea(tmp_path / str(dies_at), disk=disk)
        staging.initialise()
        try:
            staging.receive([b"x" * 100])
        except Killed:
            continue
        assert dies_at == 5  # create, rename, data, folder: four acts and each was fatal
        return
    pytest.fail("never ended")


def test_what_was_received_without_waiting_is_made_durable_later(tmp_path: Path) -> None:
    acts: list[str] = []

    class Noting(Disk):
        def sync_data(self, descriptor: int) -> None:
            acts.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
            super().sync_data(descriptor)

        def sync(self, path: Path | str) -> None:
            acts.append(Path(path).name)
            super().sync(path)

    staging = FolderStagingArea(tmp_path / "staging", disk=Noting())
    staging.initialise()
    one, two = (staging.receive([data], is_durable=False) for data in (b"one", b"two"))
    assert not acts
    staging.make_durable([one.token, two.token])
    assert acts == [one.token, two.token, "staging"]
    assert staging.path(two.token).read_bytes() == b"two"


def test_what_is_not_there_cannot_be_made_durable(staging: FolderStagingArea) -> None:
    with pytest.raises(FileNotFoundError):
        staging.make_durable(["0" * 32])
    with pytest.raises(FileNotFoundError):
        staging.make_durable(["../secret"])


def test_a_disk_that_takes_no_more_when_bytes_are_made_durable_is_a_failure_that_may_pass(tmp_path: Path) -> None:
    staging = FolderStagingArea(tmp_path / "staging", disk=FullDisk(errno.ENOSPC))
    staging.initialise()
    token = staging.receive([b"x"], is_durable=False).token
    with pytest.raises(TransientFailure, match="storage_full"):
        staging.make_durable([token])
    assert staging.path(token).exists()
