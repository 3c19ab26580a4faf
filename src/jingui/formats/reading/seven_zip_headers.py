"""The headers of 7z as their published description has them (7zFormat.txt, LZMA SDK, public domain)."""

from __future__ import annotations

from dataclasses import dataclass, field

from jingui.formats.reading.listed_entries import Listed

AES = b"\x06\xf1\x07\x01"
END, HEADER, PROPERTIES, MORE_STREAMS, STREAMS, FILES = 0x00, 0x01, 0x02, 0x03, 0x04, 0x05
PACK, UNPACK, SUBSTREAMS, SIZE, CRC, FOLDER, UNPACK_SIZE = 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C
COUNT_OF_SUBSTREAMS, EMPTY_STREAM, NAMES, ENCODED = 0x0D, 0x0E, 0x11, 0x17
MAX_COUNT = 200_000
MAX_CODERS = 32


class Broken7zError(ValueError):
    """Headers cannot be followed; ``code`` is a defect code."""

    def __init__(self, code: str, detail: str) -> None:
        """Keep a defect code and a detail."""
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(slots=True)
class Folder:
    """How some streams are packed: methods with their properties, and unpacked sizes of each coder."""

    coders: list[tuple[bytes, bytes]] = field(default_factory=list)
    outputs: int = 0
    bound: set[int] = field(default_factory=set)
    sizes: list[int] = field(default_factory=list)

    has_checksum: bool = False
    substreams: int = 1
    parts: list[int] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes of what comes out of the last coder."""
        return next((size for at, size in enumerate(self.sizes) if at not in self.bound), 0)

    @property
    def is_encrypted(self) -> bool:
        """Whether a password is needed."""
        return any(method == AES for method, _ in self.coders)


@dataclass(slots=True)
class Streams:
    """Where packed streams lie, and the folders they are packed in."""

    position: int = 0
    packed: list[int] = field(default_factory=list)
    folders: list[Folder] = field(default_factory=list)


class Reader:
    """A cursor over a header."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        """Take one byte."""
        self.at += 1
        return self.data[self.at - 1]

    def take(self, size: int) -> bytes:
        """Take some bytes. Raises Broken7zError past the end."""
        if size < 0 or self.at + size > len(self.data):
            raise Broken7zError("damaged_structure", "a header is cut off")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self) -> int:
        """Read a number whose first byte tells how many follow."""
        first, mask, value = self.byte(), 0x80, 0
        for place in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << 8 * place
            value |= self.byte() << 8 * place
            mask >>= 1
        return value

    def count(self) -> int:
        """Read a number of things that a header lists. Raises Broken7zError beyond any sense."""
        found = self.number()
        if found > MAX_COUNT:
            raise Broken7zError("zip_bomb", f"{found} entries")
        return found

    def bits(self, count: int) -> list[bool]:
        """Read a bit for each of some things."""
        raw = self.take((count + 7) // 8)
        return [bool(raw[at // 8] & 0x80 >> at % 8) for at in range(count)]

    def digests(self, count: int) -> list[bool]:
        """Pass over checksums; return which of some things have one."""
        known = [True] * count if self.byte() else self.bits(count)
        self.take(4 * sum(known))
        return known

    def streams(self) -> Streams:
        """Read where packed streams lie and how they are packed."""
        found = Streams()
        while (kind := self.number()) != END:
            if kind == PACK:
                self._packed(found)
            elif kind == UNPACK:
                self._folders(found)
            elif kind == SUBSTREAMS:
                self._substreams(found)
            else:
                raise Broken7zError("damaged_structure", f"property {kind}")
        return found

    def _packed(self, found: Streams) -> None:
        found.position, count = self.number(), self.count()
        while (kind := self.number()) != END:
            if kind == SIZE:
                found.packed = [self.number() for _ in range(count)]
            elif kind == CRC:
                self.digests(count)
            else:
                raise Broken7zError("damaged_structure", f"property {kind}")

    def _folders(self, found: Streams) -> None:
        if self.number() != FOLDER:
            raise Broken7zError("damaged_structure", "no folders")
        count, is_elsewhere = self.count(), self.byte()
        if is_elsewhere:
            raise Broken7zError("damaged_structure", "folders elsewhere")
        found.folders = [self._folder() for _ in range(count)]
        while (kind := self.number()) != END:
            if kind == UNPACK_SIZE:
                for folder in found.folders:
                    folder.sizes = [self.number() for _ in range(folder.outputs)]
            elif kind == CRC:
                for folder, known in zip(found.folders, self.digests(count), strict=True):
                    folder.has_checksum = known
            else:
                raise Broken7zError("damaged_structure", f"property {kind}")

    def _folder(self) -> Folder:
        folder, inputs = Folder(), 0
        count = self.number()
        if not 0 < count <= MAX_CODERS:
            raise Broken7zError("damaged_structure", "coders")
        for _ in range(count):
            flags = self.byte()
            method = self.take(flags & 0x0F)
            one_in, one_out = (self.number(), self.number()) if flags & 0x10 else (1, 1)
            inputs, folder.outputs = inputs + min(one_in, 64), folder.outputs + min(one_out, 64)
            properties = self.take(self.number()) if flags & 0x20 else b""
            folder.coders.append((method, properties))
        for _ in range(folder.outputs - 1):
            self.number()
            folder.bound.add(self.number())
        packed = inputs - (folder.outputs - 1)
        for _ in range(packed if packed > 1 else 0):
            self.number()
        return folder

    def _substreams(self, found: Streams) -> None:
        kind = self.number()
        if kind == COUNT_OF_SUBSTREAMS:
            for folder in found.folders:
                folder.substreams = self.count()
            kind = self.number()
        sized = kind == SIZE
        for folder in found.folders:
            told = [self.number() for _ in range(folder.substreams - 1)] if sized else []
            folder.parts = [*told, folder.size - sum(told)] if folder.substreams else []
        kind = self.number() if sized else kind
        if kind == CRC:
            self.digests(sum(one.substreams for one in found.folders if one.substreams != 1 or not one.has_checksum))
            kind = self.number()
        if kind != END:
            raise Broken7zError("damaged_structure", f"property {kind}")

    def files(self) -> list[Listed]:
        """Read the header proper: the streams, then the entries."""
        streams = Streams()
        while (kind := self.number()) != END:
            if kind == PROPERTIES:
                while self.number() != END:
                    self.take(self.number())
            elif kind in (MORE_STREAMS, STREAMS):
                found = self.streams()
                streams = found if kind == STREAMS else streams
            elif kind == FILES:
                return self._entries(streams)
            else:
                raise Broken7zError("damaged_structure", f"property {kind}")
        return []

    def _entries(self, streams: Streams) -> list[Listed]:
        count = self.count()
        empty, names = [False] * count, [""] * count
        while (kind := self.number()) != END:
            content = Reader(self.take(self.number()))
            if kind == EMPTY_STREAM:
                empty = content.bits(count)
            elif kind == NAMES and not content.byte():
                names = content.data[1:].decode("utf-16-le", "replace").split("\0")
        parts = iter([(size, folder.is_encrypted) for folder in streams.folders for size in folder.parts])
        return [
            Listed(name.replace("\\", "/"), *((0, False) if is_empty else next(parts, (0, False))))
            for name, is_empty in zip(names, empty, strict=False)
        ]
