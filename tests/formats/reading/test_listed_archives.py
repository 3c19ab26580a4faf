"""RAR and 7z are listed by their headers: names, sizes, encryption, damage; nothing in them is unpacked."""

from __future__ import annotations

import base64
import lzma
import struct
import zlib
from pathlib import Path

import pytest

from jingui.domain.records.facts import Reading
from jingui.formats.reading import read

# Two files 材料/第0件.txt (empty) and 材料/第1件.txt, LZMA2, list packed with LZMA; made by another program (py7zr).
FOREIGN_7Z = base64.b64decode(
    "N3q8ryccAAQTT078cwAAAAAAAAAUAAAAAAAAAN69ruQBAAXlhoXlrrkA4AB8AGFdAACBMweuD85vVl76Dfokg54TXsyFQ7iX6bCW"
    "iPp89EWh06mqD9GXB2NSDzwQ88cndL9mJVoncq6aMDNyyTyekZ89WrjTNOEdOW2rpVBMIjO/V7LUpwPvcOfZkaGdQp/0AAAAFwYK"
    "AQlpAAcLAQABISEBGAx9AAA="
)
ENCRYPTED_7Z = base64.b64decode(
    "N3q8ryccAARrLwNTlwAAAAAAAAAWAAAAAAAAAMO4OYN5Ph7uaYn/TR3X4yHqAG5U4ACYAH9dAACBMweuD87zclBWd5qsphs0tJN8"
    "9xzrmCK91X7l62yzXQvsAx8xsIvwiehjSOIY4rxzDcTL/zrTDp1TgdXOL9EMXHJWiFrWrd/ugXNQg3fMywAZNQ7L3Gcyj8/ylE8x"
    "MeLPcCBrvtr+fPWHmneAkS4YlVAlMvIQPKOJlzxQAAAAFwYQAQmAhwAHCwEAASEhARgMgJkAAA=="
)


def read_bytes(folder: Path, name: str, data: bytes) -> Reading:
    path = folder / "file"
    path.write_bytes(data)
    return read(path, name)[0]


def codes_of(reading: Reading) -> set[str]:
    return {code for code, _ in reading.defects}


def vint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def block_5(kind: int, body: bytes, *, extra: bytes = b"", data: bytes = b"") -> bytes:
    flags = (1 if extra else 0) | (2 if data else 0)
    head = vint(kind) + vint(flags) + (vint(len(extra)) if extra else b"") + (vint(len(data)) if data else b"")
    header = head + body + extra
    sized = vint(len(header)) + header
    return struct.pack("<I", zlib.crc32(sized)) + sized + data


def file_5(name: str, *, size: int = 5, extra: bytes = b"") -> bytes:
    raw = name.encode()
    body = vint(0) + vint(size) + vint(0x20) + vint(0) + vint(1) + vint(len(raw)) + raw
    return block_5(2, body, extra=extra, data=b"12345")


def rar_5(*files: bytes, first: bytes = b"", end: bytes = block_5(5, vint(0))) -> bytes:
    return b"Rar!\x1a\x07\x01\x00" + (first or block_5(1, vint(0))) + b"".join(files) + end


def block_4(kind: int, flags: int, body: bytes, data: bytes = b"") -> bytes:
    rest = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest + data


def file_4(name: bytes, *, flags: int = 0, size: int = 5) -> bytes:
    fixed = struct.pack("<IIBIIBBHI", 5, size, 3, 0, 0, 29, 0x30, len(name), 0x20)
    return block_4(0x74, flags | 0x8000, fixed + name, b"12345")


def rar_4(*files: bytes, flags: int = 0) -> bytes:
    main = block_4(0x73, flags, bytes(6))
    return b"Rar!\x1a\x07\x00" + main + b"".join(files) + block_4(0x7B, 0x4000, b"")


ENCRYPTION_RECORD = vint(2) + vint(1) + vint(0)


@pytest.mark.parametrize(
    "data", [rar_5(file_5("材料/申请.pdf"), file_5("b.zip")), rar_4(file_4(b"dir\\a.pdf"), file_4(b"b.zip"))]
)
def test_a_rar_is_listed(tmp_path: Path, data: bytes) -> None:
    reading = read_bytes(tmp_path, "包.rar", data)

    assert (reading.is_readable, reading.defects) == (None, ())
    assert set(reading.notes) >= {"entries: 2", "nested_archives: 1", "structure_only"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (rar_5(file_5("a.pdf", extra=ENCRYPTION_RECORD)), "encrypted"),
        (rar_5(first=block_5(4, vint(0))), "encrypted"),
        (rar_4(file_4(b"a.pdf", flags=0x0004)), "encrypted"),
        (rar_4(flags=0x0080), "encrypted"),
        (rar_5(file_5("../../etc/passwd")), "zip_slip"),
        (rar_4(file_4(b"..\\..\\x.exe")), "zip_slip"),
        (rar_5(file_5("a.bin", size=5 * 1024**3)), "zip_bomb"),
        (rar_5(file_5("a.pdf"), end=b""), "truncated"),
        (rar_4(file_4(b"a.pdf"))[:60], "truncated"),
        (rar_5(file_5("a.pdf")).replace(b"a.pdf", b"b.pdf"), "checksum_mismatch"),
        (rar_4(file_4(b"a.pdf")).replace(b"a.pdf", b"b.pdf"), "checksum_mismatch"),
    ],
)
def test_what_is_wrong_with_a_rar_is_told_by_its_headers(tmp_path: Path, data: bytes, code: str) -> None:
    reading = read_bytes(tmp_path, "包.rar", data)

    assert code in codes_of(reading)
    assert reading.is_readable is False


def seven_zip(header: bytes, body: bytes = b"") -> bytes:
    start = struct.pack("<QQI", len(body), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(start)) + start + body + header


def files_header(*names: str) -> bytes:
    told = b"\0" + b"".join(name.encode("utf-16-le") + b"\0\0" for name in names)
    empty = b"\x0e\x01" + bytes([0xFF << (8 - len(names)) & 0xFF])
    return b"\x01\x05" + bytes([len(names)]) + empty + b"\x11" + bytes([len(told)]) + told + b"\0\0"


def packed_list(plain: bytes) -> bytes:
    """Pack a list of entries as writers do: LZMA, its streams told by an encoded header."""
    chosen = {"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 2}
    body = lzma.compress(plain, lzma.FORMAT_RAW, filters=[chosen])
    coder = b"\x01\x23\x03\x01\x01\x05" + struct.pack("<BI", 93, 1 << 16)
    streams = (
        b"\x17\x06\0\x01\x09"
        + bytes([len(body)])
        + b"\0\x07\x0b\x01\0"
        + coder
        + b"\x0c"
        + bytes([len(plain)])
        + b"\0\0"
    )
    return seven_zip(streams, body)


@pytest.mark.parametrize("data", [seven_zip(files_header("空", "b")), packed_list(files_header("空", "b")), FOREIGN_7Z])
def test_a_7z_is_listed(tmp_path: Path, data: bytes) -> None:
    reading = read_bytes(tmp_path, "包.7z", data)

    assert (reading.is_readable, reading.defects) == (None, ())
    assert set(reading.notes) >= {"entries: 2", "structure_only"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (ENCRYPTED_7Z, "encrypted"),
        (FOREIGN_7Z[:-3], "truncated"),
        (FOREIGN_7Z[:-3] + b"xyz", "checksum_mismatch"),
        (seven_zip(files_header("../up", "b")), "zip_slip"),
        (seven_zip(b"\x01\x04\x06\xff" + b"\xff" * 8), "damaged_structure"),
        (seven_zip(b"\x01\x05\xf0\xff\xff\xff\x7f"), "zip_bomb"),
    ],
)
def test_what_is_wrong_with_a_7z_is_told_by_its_headers(tmp_path: Path, data: bytes, code: str) -> None:
    reading = read_bytes(tmp_path, "包.7z", data)

    assert code in codes_of(reading)
    assert reading.is_readable is False
