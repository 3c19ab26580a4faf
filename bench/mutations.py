"""Hostile inputs made of sound files: bytes flipped, cut, moved and spliced, and changes that know ZIP, XML and PDF.

Every mutation is a function of its seed alone, so that a finding can be made again. Standard library only.
"""

from __future__ import annotations

import io
import random
import re
import struct
import warnings
import zipfile
from collections.abc import Callable, Sequence

Mutation = Callable[[bytes, random.Random, Sequence[bytes]], bytes]

ODD_NUMBERS = (
    0,
    1,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0xFFFF,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
    0xFFFFFFFE,
    0x7FFFFFFFFFFFFFFF,
)
ODD_NAMES = (
    "../../etc/passwd", "/etc/passwd", "C:\\Windows\\x", "a/../../b", "con.txt", "\u202egpj.exe", "a" * 5_000, "a\0b",
    "", ".", "x/", "OFD.xml", "[Content_Types].xml", "é", "e\u0301",
)  # fmt: skip
ENTITIES = (
    b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>',
    b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
)
PDF_NUMBER = re.compile(rb"(?<![\w.])\d{1,10}(?![\w.])")
PDF_KEYS = (b"/Length", b"/Kids", b"/Parent", b"/Count", b"/Prev", b"/Size", b"/Root", b"/W", b"/Index", b"/First", b"/N",
            b"/Filter", b"/Type", b"/Contents", b"/Resources", b"/MediaBox", b"/Font")  # fmt: skip


def flip(data: bytes, rng: random.Random, _others: Sequence[bytes]) -> bytes:
    """Change single bytes or bits."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        at = rng.randrange(len(changed))
        changed[at] = rng.randrange(256) if rng.random() < 0.5 else changed[at] ^ 1 << rng.randrange(8)
    return bytes(changed)


def head_flip(data: bytes, rng: random.Random, _others: Sequence[bytes]) -> bytes:
    """Change bytes where headers stand."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 2, 4))):
        changed[rng.randrange(min(512, len(changed)))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    return bytes(changed)


def cut(data: bytes, rng: random.Random, _others: Sequence[bytes]) -> bytes:
    """End the file early, or begin it late."""
    at = rng.randrange(1, len(data)) if len(data) > 1 else 1
    return data[:at] if rng.random() < 0.8 else data[at:] or data


def drop(data: bytes, rng: random.Random, _others: Sequence[bytes]) -> bytes:
    """Leave a piece out."""
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.choice((1, 4, 64, 1024)) :] or data


def repeat(data: bytes, rng: random.Random, _others: Sequence[bytes]) -> bytes:
    """Say a piece many times."""
    start = rng.randrange(len(data))
    piece = data[start : start + rng.choice((1, 16, 256))]
    return data[:start] + piece * rng.choice((2, 64, 2_000)) + data[start:]


def insert(data: bytes, rng: random.Random, _others: Sequence[bytes]) -> bytes:
    """Put chance bytes in."""
    at = rng.randrange(len(data))
    return data[:at] + rng.randbytes(rng.choice((1, 8, 512))) + data[at:]


def splice(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Put the end of another file behind the start of this one."""
    other = rng.choice(others)
    return data[: rng.randrange(1, len(data) + 1)] + other[rng.randrange(len(other)) :]


def join(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Put two whole files behind each other."""
    return data + rng.choice(others)


def number(data: bytes, rng: random.Random, _others: Sequence[bytes]) -> bytes:
    """Write an odd number over two, four or eight bytes, in either order."""
    width = rng.choice((2, 4, 4, 8))
    if len(data) <= width:
        return data
    at = rng.randrange(len(data) - width)
    value = rng.choice(ODD_NUMBERS) & (1 << width * 8) - 1
    return data[:at] + value.to_bytes(width, rng.choice(("little", "big"))) + data[at + width :]


def zip_entries(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Pack the archive anew with entries renamed, left out, doubled, nested or mutated inside."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [(entry.filename, archive.read(entry)) for entry in archive.infolist()[:200]]
    except Exception:  # noqa: BLE001 - a seed that does not open is mutated as bytes
        return flip(data, rng, others)
    if not entries:
        return flip(data, rng, others)
    at = rng.randrange(len(entries))
    name, content = entries[at]
    act = rng.randrange(6)
    if act == 0:
        entries[at] = (rng.choice(ODD_NAMES), content)
    elif act == 1:
        del entries[at]
    elif act == 2:
        entries.append((name, rng.choice(others)[:10_000]))
    elif act == 3:
        entries.append(("nested.zip", data))
    elif act == 4:
        entries.append(("bomb.bin", bytes(rng.choice((1_000_000, 30_000_000)))))
    else:
        entries[at] = (name, mutated(content, rng, others) if content else b"x")
    return _packed(entries, rng)


def _packed(entries: list[tuple[str, bytes]], rng: random.Random) -> bytes:
    buffer = io.BytesIO()
    kind = rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", kind) as archive:
        warnings.simplefilter("ignore")  # doubled names are meant
        for name, content in entries:
            entry = zipfile.ZipInfo(name or "x")
            entry.compress_type = kind
            if rng.random() < 0.02:
                entry.external_attr = 0o120777 << 16  # a symbolic link
            archive.writestr(entry, content)
    return buffer.getvalue()


def zip_fields(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Change a number in a local header, the directory or its end record."""
    marks = [found.start() for found in re.finditer(rb"PK(?:\x01\x02|\x03\x04|\x05\x06)", data)]
    if not marks:
        return number(data, rng, others)
    changed = bytearray(data)
    at = rng.choice(marks) + rng.randrange(4, 42)
    if at + 4 <= len(changed):
        struct.pack_into("<I", changed, at, rng.choice(ODD_NUMBERS) & 0xFFFFFFFF)
    return bytes(changed)


def xml_parts(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Put entities, depth, width or foreign markup into XML."""
    if b"<" not in data[:1024]:
        return flip(data, rng, others)
    tags = [found.start() for found in re.finditer(rb"<[A-Za-z]", data)] or [0]
    at = rng.choice(tags)
    return rng.choice(XML_ACTS)(data, at, rng)


def _entities(data: bytes, _at: int, rng: random.Random) -> bytes:
    body = re.sub(rb"^\s*<\?xml.*?\?>", b"", data, flags=re.DOTALL)
    return b'<?xml version="1.0"?>' + rng.choice(ENTITIES) + body.replace(b">", b">&a;", 1)


def _deep(data: bytes, at: int, rng: random.Random) -> bytes:
    depth = rng.choice((100, 5_000, 100_000))
    return data[:at] + b"<a>" * depth + b"</a>" * depth + data[at:]


def _wide(data: bytes, at: int, rng: random.Random) -> bytes:
    return data[:at] + b"<a " + b" ".join(b'x%d="1"' % n for n in range(rng.choice((2, 5_000)))) + b"/>" + data[at:]


def _comment(data: bytes, at: int, rng: random.Random) -> bytes:
    return data[:at] + b"<!--" + b"-" * rng.randrange(9) + data[at:]


def _encoding(data: bytes, _at: int, rng: random.Random) -> bytes:
    other = rng.choice((b"utf-16", b"ebcdic", b"gb18030", b"x"))
    return data.replace(b"utf-8", other, 1).replace(b"UTF-8", b"UTF-7", 1)


def _unclosed(data: bytes, at: int, _rng: random.Random) -> bytes:
    return data[:at] + b"<![CDATA[" + data[at:]


XML_ACTS: tuple[Callable[[bytes, int, random.Random], bytes], ...] = (
    _entities,
    _deep,
    _wide,
    _comment,
    _encoding,
    _unclosed,
)


def pdf_numbers(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Change numbers that objects are found and measured by."""
    spots = list(PDF_NUMBER.finditer(data[:200_000]))
    if not spots:
        return flip(data, rng, others)
    for spot in rng.sample(spots, min(len(spots), rng.choice((1, 1, 3)))):
        new = str(rng.choice((0, 1, -1, 2**31 - 1, 2**31, 2**63, rng.randrange(100)))).encode()
        data = (
            data[: spot.start()] + new + data[spot.end() :]
            if rng.random() < 0.5
            else data[: spot.start()]
            + new.ljust(spot.end() - spot.start())[: spot.end() - spot.start()]
            + data[spot.end() :]
        )
    return data


def pdf_keys(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Exchange a key, or make an object refer to itself, nest or repeat without end."""
    key, other = rng.sample(PDF_KEYS, 2)
    at = data.find(key)
    if at < 0:
        return flip(data, rng, others)
    made = (
        other,
        key + b" " + b"[" * rng.choice((10, 50_000)),
        key + b" " + b"<<" * rng.choice((10, 50_000)),
        key + b" %d 0 R " % rng.randrange(12),
        b"/Filter[" + b"/FlateDecode " * rng.choice((2, 5_000)) + b"]" + key,
    )
    return data[:at] + rng.choice(made) + data[at + len(key) :]


ANY: tuple[Mutation, ...] = (flip, head_flip, cut, drop, repeat, insert, splice, join, number, number)
OF_KIND: tuple[tuple[Callable[[bytes], bool], tuple[Mutation, ...]], ...] = (
    (lambda data: data.startswith(b"PK"), (zip_entries, zip_entries, zip_entries, zip_fields)),
    (lambda data: b"%PDF" in data[:1024], (pdf_numbers, pdf_numbers, pdf_keys, pdf_keys)),
    (lambda data: data.lstrip()[:1] == b"<", (xml_parts, xml_parts, xml_parts)),
)


def mutated(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Return one hostile input made of ``data``; half of them by what knows the kind, where there is something."""
    own = next((acts for fits, acts in OF_KIND if fits(data)), ())
    act = rng.choice(own) if own and rng.random() < 0.5 else rng.choice(ANY)
    return act(data, rng, others) or data
