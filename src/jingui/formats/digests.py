"""Digests of bit streams: SHA-256, SM3 (GB/T 32905) and SHA-512 from the same buffer in one pass.

SM3 is by far the dearest of the three, so the fastest implementation at hand that passes its self-test
is taken: libgcrypt, then the interpreter's OpenSSL, then the OpenSSL inside ``cryptography``.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from jingui.domain.records.facts import Digests

BLOCK_BYTES = 128 << 10
"""How much is read at once; one buffer of this size is kept per thread. It stays in the cache of a core."""

SM3_VECTOR = (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
"""Example 1 of GB/T 32905-2016, appendix A."""

_SM3_BYTES = 32
_GCRY_MD_SM3 = 326
_GCRYCTL_DISABLE_SECMEM = 37
_GCRYCTL_INITIALIZATION_FINISHED = 38
_GCRYCTL_INITIALIZATION_FINISHED_P = 39

_log = logging.getLogger(__name__)


class Hasher(Protocol):
    """What digests a stream piece by piece, as in ``hashlib``."""

    def update(self, data: bytes | bytearray | memoryview, /) -> None:
        """Take in more bytes."""
        ...

    def hexdigest(self) -> str:
        """Return the digest of all bytes so far, lower-case hexadecimal."""
        ...


class _Gcrypt:
    """The few functions of libgcrypt that are used. Raises OSError or AttributeError if they are not there."""

    def __init__(self) -> None:
        library = _load_gcrypt()
        library.gcry_check_version.restype = ctypes.c_char_p
        library.gcry_md_open.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_uint]
        library.gcry_md_write.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
        library.gcry_md_write.restype = None
        library.gcry_md_copy.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_void_p]
        library.gcry_md_read.argtypes = [ctypes.c_void_p, ctypes.c_int]
        library.gcry_md_read.restype = ctypes.POINTER(ctypes.c_ubyte * _SM3_BYTES)
        library.gcry_md_close.argtypes = [ctypes.c_void_p]
        library.gcry_md_close.restype = None
        if library.gcry_check_version(None) is None:
            raise OSError("libgcrypt did not start")
        if not library.gcry_control(_GCRYCTL_INITIALIZATION_FINISHED_P):
            library.gcry_control(_GCRYCTL_DISABLE_SECMEM, 0)
            library.gcry_control(_GCRYCTL_INITIALIZATION_FINISHED, 0)
        self.library = library


def _load_gcrypt() -> ctypes.CDLL:
    """Load the library by its name on Linux; only where there is none it is looked for, which starts a process."""
    try:
        return ctypes.CDLL("libgcrypt.so.20")
    except OSError:
        return ctypes.CDLL(ctypes.util.find_library("gcrypt") or "libgcrypt.so")


class _GcryptSm3:
    """SM3 by libgcrypt. One object belongs to one thread at a time, as with ``hashlib``."""

    def __init__(self, gcrypt: _Gcrypt) -> None:
        self._library = gcrypt.library
        self._handle = ctypes.c_void_p()
        if self._library.gcry_md_open(ctypes.byref(self._handle), _GCRY_MD_SM3, 0):
            raise OSError("libgcrypt has no SM3")

    def update(self, data: bytes | bytearray | memoryview, /) -> None:
        """Take in more bytes, without copying them and without the interpreter lock."""
        size = len(data) if not isinstance(data, memoryview) else data.nbytes
        self._library.gcry_md_write(self._handle, _address(data), size)

    def hexdigest(self) -> str:
        """Return the digest so far; a copy is finished, so that more bytes may follow."""
        copy = ctypes.c_void_p()
        if self._library.gcry_md_copy(ctypes.byref(copy), self._handle):
            raise MemoryError("libgcrypt could not copy a digest")
        try:
            return bytes(self._library.gcry_md_read(copy, _GCRY_MD_SM3).contents).hex()
        finally:
            self._library.gcry_md_close(copy)

    def __del__(self) -> None:
        handle = getattr(self, "_handle", None)
        if handle:
            self._library.gcry_md_close(handle)


def _address(data: bytes | bytearray | memoryview) -> Any:  # noqa: ANN401 - a type that ctypes keeps to itself
    """Return what ctypes passes as a pointer to the bytes; only a read-only view has to be copied."""
    if isinstance(data, bytes):
        return data
    view = memoryview(data)
    if view.readonly or not view.contiguous or not view.nbytes:
        return view.tobytes()
    # Of the first octet: an array of this length would be a new type for each length, ten times as dear.
    return ctypes.byref(ctypes.c_char.from_buffer(view))


class _CryptographySm3:
    """SM3 by ``cryptography``."""

    def __init__(self) -> None:
        self._hash = hashes.Hash(hashes.SM3())

    def update(self, data: bytes | bytearray | memoryview, /) -> None:
        """Take in more bytes."""
        self._hash.update(data)

    def hexdigest(self) -> str:
        """Return the digest so far."""
        return self._hash.copy().finalize().hex()


def gcrypt_sm3() -> Callable[[], Hasher]:
    """Return a maker of libgcrypt digests. Raises OSError or AttributeError without a usable library."""
    return partial(_GcryptSm3, _Gcrypt())


def hashlib_sm3() -> Callable[[], Hasher]:
    """Return a maker of the interpreter's own SM3 digests."""
    return partial(hashlib.new, "sm3")


def cryptography_sm3() -> Callable[[], Hasher]:
    """Return a maker of SM3 digests of the ``cryptography`` package."""
    return _CryptographySm3


SM3_SOURCES: dict[str, Callable[[], Callable[[], Hasher]]] = {
    "libgcrypt": gcrypt_sm3,
    "hashlib": hashlib_sm3,
    "cryptography": cryptography_sm3,
}


def choose_sm3(sources: dict[str, Callable[[], Callable[[], Hasher]]]) -> tuple[str, Callable[[], Hasher]]:
    """Return the name and maker of the first SM3 that gives the standard's own result.

    Raises:
        RuntimeError: none does.
    """
    message, expected = SM3_VECTOR
    for name, source in sources.items():
        try:
            make = source()
            hasher = make()
            hasher.update(message)
            actual = hasher.hexdigest()
        except (OSError, AttributeError, ValueError, UnsupportedAlgorithm) as error:
            _log.info("SM3 of %s cannot be used: %s", name, error)
            continue
        if actual == expected:
            return name, make
        _log.error("SM3 of %s gives a wrong digest and is not used", name)
    raise RuntimeError("no usable SM3: install libgcrypt or the cryptography package")


SM3_IMPLEMENTATION, _new_sm3 = choose_sm3(SM3_SOURCES)

_HASHERS: dict[str, Callable[[], Hasher]] = {
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
    "sm3": _new_sm3,
    "md5": partial(hashlib.new, "md5", usedforsecurity=False),
    "sha1": partial(hashlib.new, "sha1", usedforsecurity=False),
    "sha512/256": partial(hashlib.new, "sha512_256"),
    "blake2b-512": hashlib.blake2b,
    "blake2b-384": partial(hashlib.blake2b, digest_size=48),
    "blake2b-256": partial(hashlib.blake2b, digest_size=32),
    "blake2b-160": partial(hashlib.blake2b, digest_size=20),
}

ALGORITHMS = frozenset(_HASHERS)
"""Names of the digests that can be computed, as OCFL writes them, and ``sm3``."""


def new_hasher(name: str) -> Hasher:
    """Start a digest by its OCFL name. Raises KeyError for one that is not in ``ALGORITHMS``."""
    return _HASHERS[name]()


class DigestPass:
    """SHA-256, SM3 and SHA-512 of one stream, each byte looked at while it is warm."""

    __slots__ = ("_sha256", "_sha512", "_sm3")

    def __init__(self) -> None:
        self._sha256, self._sm3, self._sha512 = hashlib.sha256(), _new_sm3(), hashlib.sha512()

    def update(self, data: bytes | bytearray | memoryview) -> None:
        """Take in more bytes."""
        self._sha256.update(data)
        self._sm3.update(data)
        self._sha512.update(data)

    def finish(self) -> Digests:
        """Return the three digests of all bytes so far."""
        return Digests(sha256=self._sha256.hexdigest(), sm3=self._sm3.hexdigest(), sha512=self._sha512.hexdigest())


_scratch = threading.local()


def scratch_buffer() -> memoryview:
    """Return this thread's own buffer of ``BLOCK_BYTES``; its content is anyone's in the same thread."""
    buffer: memoryview | None = getattr(_scratch, "buffer", None)
    if buffer is None:
        buffer = _scratch.buffer = memoryview(bytearray(BLOCK_BYTES))
    return buffer


def digest_file(path: Path | str, names: Iterable[str]) -> dict[str, str]:
    """Read a file once and return the named digests, lower-case hexadecimal.

    Raises:
        KeyError: a name is not in ``ALGORITHMS``.
        OSError: the file cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return digest_descriptor(descriptor, names)
    finally:
        os.close(descriptor)


def digest_descriptor(descriptor: int, names: Iterable[str]) -> dict[str, str]:
    """Read an open file to its end and return the named digests, lower-case hexadecimal.

    Raises:
        KeyError: a name is not in ``ALGORITHMS``.
        OSError: the file cannot be read.
    """
    hashers = {name: new_hasher(name) for name in names}
    updates = [hasher.update for hasher in hashers.values()]
    buffer = scratch_buffer()
    while count := os.readv(descriptor, (buffer,)):
        block = buffer[:count]
        for update in updates:
            update(block)
    return {name: hasher.hexdigest() for name, hasher in hashers.items()}


def digest_bytes(data: bytes) -> Digests:
    """Return the three digests of bytes in memory."""
    digests = DigestPass()
    digests.update(data)
    return digests.finish()
