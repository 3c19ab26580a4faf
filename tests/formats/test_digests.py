from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jingui.formats.digests import (
    ALGORITHMS,
    BLOCK_BYTES,
    SM3_IMPLEMENTATION,
    SM3_SOURCES,
    SM3_VECTOR,
    DigestPass,
    Hasher,
    choose_sm3,
    digest_bytes,
    digest_file,
    new_hasher,
)

# GB/T 32905-2016, appendix A, example 2
SM3_64_BYTES = (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")


class WrongSm3:
    def update(self, data: bytes | bytearray | memoryview, /) -> None: ...

    def hexdigest(self) -> str:
        return "00" * 32


def absent() -> type[Hasher]:
    raise OSError("no such library")


@pytest.mark.parametrize("name", SM3_SOURCES)
@pytest.mark.parametrize(("message", "expected"), [SM3_VECTOR, SM3_64_BYTES])
def test_every_sm3_gives_the_digest_of_the_standard(name: str, message: bytes, expected: str) -> None:
    hasher = SM3_SOURCES[name]()()
    hasher.update(message[:1])
    hasher.update(message[1:])
    assert hasher.hexdigest() == expected


def test_an_sm3_that_fails_its_self_test_is_passed_over() -> None:
    sources: dict[str, Callable[[], Callable[[], Hasher]]] = {
        "absent": absent,
        "wrong": lambda: WrongSm3,
        "hashlib": SM3_SOURCES["hashlib"],
    }
    assert choose_sm3(sources)[0] == "hashlib"


def test_without_any_sound_sm3_nothing_starts() -> None:
    with pytest.raises(RuntimeError, match="SM3"):
        choose_sm3({"absent": absent, "wrong": lambda: WrongSm3})


def test_one_pass_gives_the_three_digests_whatever_the_kind_and_size_of_the_pieces() -> None:
    data = os.urandom(300_001)
    expected = {name: hashlib.new(name, data).hexdigest() for name in ("sha256", "sm3", "sha512")}
    pieces: list[bytes | bytearray | memoryview] = [
        data[:1],
        bytearray(data[1:5000]),
        memoryview(data)[5000:200_000],
        memoryview(bytearray(data[200_000:])),
    ]
    digests = DigestPass()
    for piece in pieces:
        digests.update(piece)
    found = digests.finish()
    assert {"sha256": found.sha256, "sm3": found.sm3, "sha512": found.sha512} == expected
    assert digests.finish() == found == digest_bytes(data)


def test_the_digest_of_nothing_is_that_of_the_empty_stream() -> None:
    assert digest_bytes(b"").sha256 == hashlib.sha256().hexdigest()
    assert digest_bytes(b"").sm3 == "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"


def test_sixteen_threads_digest_side_by_side() -> None:
    blocks = [os.urandom(200_000 + n) for n in range(64)]
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(digest_bytes, blocks))
    assert [digests.sm3 for digests in found] == [hashlib.new("sm3", block).hexdigest() for block in blocks]


@pytest.mark.skipif(SM3_IMPLEMENTATION != "libgcrypt", reason="libgcrypt is not installed")
def test_libgcrypt_digests_give_their_memory_back() -> None:
    def use(count: int) -> int:
        for _ in range(count):
            hasher = new_hasher("sm3")
            hasher.update(b"abc")
            hasher.hexdigest()
        gc.collect()
        return int(Path("/proc/self/statm").read_text().split()[1])

    before = use(2_000)
    assert use(40_000) - before < 500  # pages; a leaked handle would take at least 40 000 * 400 bytes


@pytest.mark.parametrize("size", [0, 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES - 1])
def test_a_file_is_digested_whole(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    path = tmp_path / "申请表.pdf"
    path.write_bytes(data)
    expected = {name: hashlib.new(name, data).hexdigest() for name in ("sha256", "sm3", "sha512")}
    assert digest_file(path, ("sha256", "sm3", "sha512")) == expected


def test_every_listed_algorithm_works() -> None:
    assert all(new_hasher(name).hexdigest() for name in ALGORITHMS)


def test_an_unknown_algorithm_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(KeyError):
        digest_file(tmp_path / "x", ("crc32",))
