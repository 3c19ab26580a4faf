"""7z: checksums of the headers, the list of entries and the methods they are packed with; nothing but the list is unpacked.

The format is published with its reference implementation (7zFormat.txt, LZMA SDK, public domain).
"""

from __future__ import annotations

import lzma
import struct
import zlib

from jingui.formats.reading.listed_entries import Listed, check_listed
from jingui.formats.reading.seven_zip_headers import AES, ENCODED, END, HEADER, Broken7zError, Reader, Streams
from jingui.formats.reading.source import Outcome, Source

READER = "jingui 7z"
START_BYTES = 32
LZMA, LZMA2, COPY = b"\x03\x01\x01", b"\x21", b"\x00"
MAX_LIST_BYTES = 32 * 1024**2
MAX_LEVELS = 4


def read_7z(source: Source) -> Outcome:
    """List an archive by its headers; whether the packed content unpacks is not established."""
    outcome = Outcome(READER)
    try:
        entries = _listed(source)
    except Broken7zError as error:
        return outcome.refuse(error.code, error.detail)
    except (struct.error, IndexError, ValueError, lzma.LZMAError) as error:
        return outcome.refuse("damaged_structure", f"list of entries: {error}")
    check_listed(entries, source, outcome)
    return outcome


def _listed(source: Source) -> list[Listed]:
    if len(source.head) < START_BYTES:
        raise Broken7zError("truncated", "start header")
    checksum, offset, size, wanted = _start(source.head)
    if zlib.crc32(source.head[12:START_BYTES]) != checksum:
        raise Broken7zError("checksum_mismatch", "start header")
    if START_BYTES + offset + size > source.size:
        raise Broken7zError("truncated", "end header lies past the end")
    if size > MAX_LIST_BYTES:
        raise Broken7zError("zip_bomb", f"a list of {size} bytes")
    source.stream.seek(START_BYTES + offset)
    header = source.stream.read(size)
    if zlib.crc32(header) != wanted:
        raise Broken7zError("checksum_mismatch", "end header")
    for _ in range(MAX_LEVELS):
        reader = Reader(header)
        kind = reader.byte() if header else END
        if kind == ENCODED:
            header = _unpacked(source, reader.streams())
        else:
            return reader.files() if kind == HEADER else []
    raise Broken7zError("damaged_structure", "headers in headers")


def _start(head: bytes) -> tuple[int, int, int, int]:
    checksum = struct.unpack_from("<I", head, 8)[0]
    offset, size, wanted = struct.unpack_from("<QQI", head, 12)
    return checksum, offset, size, wanted


def _unpacked(source: Source, streams: Streams) -> bytes:
    """Unpack the list of entries itself, which writers pack."""
    if len(streams.folders) != 1 or not streams.packed:
        raise Broken7zError("damaged_structure", "a list in several parts")
    folder = streams.folders[0]
    if any(method == AES for method, _ in folder.coders):
        raise Broken7zError("encrypted", "headers are encrypted")
    if len(folder.coders) != 1 or folder.size > MAX_LIST_BYTES:
        raise Broken7zError("damaged_structure", "a list packed in an unknown way")
    source.stream.seek(START_BYTES + streams.position)
    data = source.stream.read(min(streams.packed[0], source.size))
    method, properties = folder.coders[0]
    if method == COPY:
        return data
    decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[_filter(method, properties)])
    return decoder.decompress(data, max_length=folder.size)


def _filter(method: bytes, properties: bytes) -> dict[str, int]:
    if method == LZMA and len(properties) == 5:  # noqa: PLR2004 - as the SDK writes them
        first, size = struct.unpack("<BI", properties)
        return {
            "id": lzma.FILTER_LZMA1, "dict_size": min(max(size, 4096), MAX_LIST_BYTES),
            "lc": first % 9, "lp": first // 9 % 5, "pb": first // 45,
        }  # fmt: skip
    if method == LZMA2 and properties:
        return {
            "id": lzma.FILTER_LZMA2,
            "dict_size": min((2 | properties[0] & 1) << (properties[0] // 2 + 11), MAX_LIST_BYTES),
        }
    raise Broken7zError("damaged_structure", "a list packed in an unknown way")
