"""Signatures and seals of an OFD package (GB/T 33190-2016, chapter 18; GM/T 0099 for values of other kinds).

Checked are the value over Signature.xml, every reference's digest, and which entries of the package none covers.
"""

from __future__ import annotations

import base64
import binascii
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

from lxml import etree

from jingui.domain.records.signatures import Flaw
from jingui.formats.signatures import sm2
from jingui.formats.signatures.algorithms import UnsupportedAlgorithmError, digest, digest_name
from jingui.formats.signatures.assessment import SEAL, SIGNATURE, Assessment, Context
from jingui.formats.signatures.cms_structures import read_signed_data
from jingui.formats.signatures.der import MalformedError
from jingui.formats.signatures.seals import check_seal_signature
from jingui.formats.signatures.signed_content import check_cms

MAX_SIGNATURES = 64
MAX_REFERENCES = 20_000
MAX_ENTRY_BYTES = 256 << 20
MAX_VALUE_BYTES = 16 << 20
BLOCK = 1 << 20
CHINA = timezone(timedelta(hours=8))
_TIME = re.compile(r"(\d{4})\D?(\d{2})\D?(\d{2})\D?(\d{2})\D?(\d{2})\D?(\d{2})(?:\.\d+)?\s*(Z?)")


# What a package raises over a part that cannot be read; refused XML is a ValueError.
_UNREADABLE = (zipfile.BadZipFile, OSError, ValueError, EOFError, KeyError, NotImplementedError)


class Package(Protocol):
    """An opened OFD package (``formats.reading.ofd_package``)."""

    @property
    def archive(self) -> zipfile.ZipFile:
        """The ZIP container."""

    def part(self, path: str) -> etree._Element:
        """Parse an XML part. Raises ValueError, KeyError if there is none."""

    def resolve(self, base: str, location: str) -> str:
        """Find the entry that ``location`` names from the part ``base``; ``""`` if there is none."""


@dataclass(slots=True)
class _Listed:
    """One signature of the list: where its description and its value are."""

    identifier: str
    kind: str
    path: str
    value_path: str = ""
    references: list[tuple[str, str, str]] = field(default_factory=list)
    tree: etree._Element | None = None
    problem: str = ""


@dataclass(slots=True)
class _Room:
    """A package while its signatures are checked; digests of entries are computed once."""

    package: Package
    context: Context
    list_path: str
    left: int = 4 << 30
    known: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def digest(self, path: str, name: str) -> bytes:
        key = (path, name)
        if key not in self.known:
            entry = self.package.archive.getinfo(path)
            self.left -= entry.file_size
            if self.left < 0 or entry.file_size > MAX_ENTRY_BYTES:
                raise MalformedError(f"{path}: more bytes than are digested")
            self.known[key] = digest(name, self.blocks(path))
        return self.known[key]

    def blocks(self, path: str) -> Iterator[bytes]:
        room = MAX_ENTRY_BYTES
        with self.package.archive.open(path) as stream:
            while room > 0 and (block := stream.read(BLOCK)):
                room -= len(block)
                yield block

    def small(self, path: str) -> bytes:
        if self.package.archive.getinfo(path).file_size > MAX_VALUE_BYTES:
            raise MalformedError(f"{path}: too large")
        return self.package.archive.read(path)


def check_ofd(package: Package, *, context: Context) -> list[Assessment]:
    """Check every signature that the documents of a package list; none listed: an empty list."""
    found: list[Assessment] = []
    for location in _lists(package):
        path = package.resolve("OFD.xml", location)
        if not path:
            missing = Assessment("ofd_signature", location)
            missing.flaw(Flaw.UNREADABLE, "签名列表不在文件里")
            found.append(missing)
            continue
        room = _Room(package, context, path)
        listed = _listed(room)
        found += [row for number in range(len(listed)) for row in _check(room, listed, number)]
    return found


def _lists(package: Package) -> list[str]:
    try:
        bodies = package.part("OFD.xml").findall("{*}DocBody")
    except _UNREADABLE:
        return []
    texts = [(body.findtext("{*}Signatures") or "").strip() for body in bodies[:MAX_SIGNATURES]]
    return list(dict.fromkeys(text for text in texts if text))


def _listed(room: _Room) -> list[_Listed]:
    try:
        tree = room.package.part(room.list_path)
    except _UNREADABLE as error:
        return [_Listed("", "", room.list_path, problem=f"签名列表读不出来（{type(error).__name__}）")]
    rows = tree.findall("{*}Signature")[:MAX_SIGNATURES]
    return [_opened(room, row) for row in rows]


def _opened(room: _Room, row: etree._Element) -> _Listed:
    location = row.get("BaseLoc", "")
    path = room.package.resolve(room.list_path, location) if location else ""
    listed = _Listed(row.get("ID", ""), row.get("Type", ""), path or location)
    if not path:
        listed.problem = "签名清单不在文件里"
        return listed
    try:
        listed.tree = room.package.part(path)
    except _UNREADABLE as error:
        listed.problem = f"签名清单读不出来（{type(error).__name__}）"
        return listed
    value = (listed.tree.findtext(".//{*}SignedValue") or "SignedValue.dat").strip()
    listed.value_path = room.package.resolve(path, value)
    listed.references = [_reference(node) for node in listed.tree.iterfind(".//{*}References/{*}Reference")]
    return listed


def _reference(node: etree._Element) -> tuple[str, str, str]:
    holder = node.getparent()
    method = (holder.get("CheckMethod") if holder is not None else None) or "MD5"
    return node.get("FileRef", ""), method, (node.findtext("{*}CheckValue") or "").strip()


def _check(room: _Room, listed: list[_Listed], number: int) -> list[Assessment]:
    row = listed[number]
    kind = "ofd_seal" if row.kind != "Sign" else "ofd_signature"
    subject = Assessment(kind, f"{row.path}#{row.identifier}" if row.identifier else row.path)
    if row.problem or row.tree is None:
        subject.flaw(Flaw.UNREADABLE, row.problem)
        return [subject]
    subject.claimed_at = _time(row.tree.findtext(".//{*}SignatureDateTime") or "")
    try:
        _check_references(room, listed, number, subject)
        return _check_value(room, row, subject)
    except (MalformedError, zipfile.BadZipFile, OSError, ValueError, EOFError, KeyError, NotImplementedError) as error:
        subject.flaw(Flaw.UNREADABLE, f"{type(error).__name__}: {error}"[:160])
    return [subject]


def _check_references(room: _Room, listed: list[_Listed], number: int, subject: Assessment) -> None:
    row = listed[number]
    covered: set[str] = set()
    for location, method, stated in row.references[:MAX_REFERENCES]:
        path = room.package.resolve(row.path, location)
        if not path:
            subject.flaw(Flaw.PART_MISSING, location)
            continue
        covered.add(path)
        _check_reference(room, path, (method, stated), subject, is_followed=number + 1 < len(listed))
    if not row.references:
        subject.flaw(Flaw.UNREADABLE, "没有列出任何被签部件")
    bare = _uncovered(room, listed, covered)
    subject.covered = f"{len(covered)} 个部件，另有 {len(bare)} 个没有签" if bare else f"全部 {len(covered)} 个部件"
    for path in bare[:10]:
        subject.flaw(Flaw.PARTS_UNCOVERED, path)


def _check_reference(
    room: _Room, path: str, stated: tuple[str, str], subject: Assessment, *, is_followed: bool
) -> None:
    try:
        name = digest_name(stated[0])
        wanted = base64.b64decode(stated[1], validate=False)
    except UnsupportedAlgorithmError as error:
        subject.flaw(Flaw.ALGORITHM_UNKNOWN, str(error))
        return
    except binascii.Error:
        wanted = b""
    actual = room.digest(path, name)
    subject.digests.append((path, name, actual.hex()))
    if actual != wanted:
        is_list = path == room.list_path and is_followed
        subject.flaw(Flaw.LATER_SEAL_IN_LIST if is_list else Flaw.DIGEST_WRONG, path)


def _uncovered(room: _Room, listed: list[_Listed], covered: set[str]) -> list[str]:
    """Return the entries that a signature leaves out, without what belongs to the signatures and their list.

    OFD.xml is left out too: a first signature has to be entered there, and another document in it would be uncovered.
    An entry whose name stands twice is told: readers disagree about which of the two they show.
    """
    own = {room.list_path, "OFD.xml", *(path for row in listed for path in _own_files(room.package, row))}
    names = [info.filename for info in room.package.archive.infolist() if not info.is_dir()]
    twice = [name for name, count in Counter(names).items() if count > 1]
    return twice + [name for name in names if name not in covered and name not in own and name not in twice]


def _own_files(package: Package, row: _Listed) -> Iterator[str]:
    """Yield the description of a signature, its value and its seal."""
    yield row.path
    yield row.value_path
    location = row.tree.findtext(".//{*}Seal/{*}BaseLoc") if row.tree is not None else None
    if location:
        yield package.resolve(row.path, location)


def _check_value(room: _Room, row: _Listed, subject: Assessment) -> list[Assessment]:
    if not row.value_path:
        subject.flaw(Flaw.UNREADABLE, "签名值不在文件里")
        return [subject]
    value = room.small(row.value_path)
    described = room.small(row.path)
    content: Callable[[], tuple[bytes]] = lambda: (described,)  # noqa: E731 - typed
    if sm2.is_plain_value(value):
        return [_check_plain(value, content, subject, room.context)]
    try:
        data = read_signed_data(value)
    except MalformedError:
        subject.kind = "ofd_seal"
        return [check_seal_signature(value, content, subject=subject, context=room.context)]
    purpose = SEAL if subject.kind == "ofd_seal" else SIGNATURE
    own = data.content
    is_attached = own is not None and own != described
    # Some writers sign the digest of Signature.xml instead of the file itself.
    over = _as_digest(own, described) if is_attached and own is not None else content
    if over is None:
        subject.flaw(Flaw.LIST_WRONG, "被签的不是这份签名清单")
    return check_cms(value, over, subject=subject, context=room.context, purpose=purpose)


def _as_digest(own: bytes, described: bytes) -> Callable[[], tuple[bytes]] | None:
    for name in ("sm3", "sha256", "sha1"):
        if digest(name, (described,)) == own:
            return lambda: (own,)
    return None


def _check_plain(
    value: bytes, content: Callable[[], tuple[bytes]], subject: Assessment, context: Context
) -> Assessment:
    """Check a bare SM2 value, which names no signer: every trusted SM2 certificate is tried."""
    subject.algorithm = "SM2-SM3"
    subject.value = value
    for anchor in context.anchors:
        point = anchor.certificate.key.sm2_point
        if point and sm2.is_signed(point, content(), value):
            subject.signer = anchor.certificate
            subject.judge_signer(context, purpose=SIGNATURE)
            return subject
    subject.flaw(Flaw.SIGNER_UNKNOWN, "签名值里没有附证书")
    return subject


def _time(text: str) -> datetime | None:
    """Read SignatureDateTime; without a zone it is China's time."""
    found = _TIME.match(text.strip())
    if not found:
        return None
    try:
        year, month, day, hour, minute, second = (int(found[n]) for n in range(1, 7))
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC if found[7] else CHINA)
    except ValueError:
        return None
    return moment
