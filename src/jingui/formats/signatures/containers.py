"""Signatures in ZIP containers: ASiC (ETSI EN 319 162-1), OpenDocument (part 3, §4), EPUB and Office Open XML packages.

Checked are the values, every digest they state of the container's entries, and which entries none of them covers.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import unquote

from lxml import etree

from jingui.domain.records.signatures import Flaw
from jingui.formats.signatures.algorithms import UnsupportedAlgorithmError, digest
from jingui.formats.signatures.assessment import Assessment, Context
from jingui.formats.signatures.der import MalformedError
from jingui.formats.signatures.opc import (
    SIGNATURES,
    TYPES,
    ContentTypes,
    Package,
    content_types,
    describing_parts,
    is_of_signed_type,
    uncovered,
)
from jingui.formats.signatures.signed_content import check_cms
from jingui.formats.signatures.timestamps import check_token, moment_of
from jingui.formats.signatures.xml_canonical import parsed
from jingui.formats.signatures.xml_names import DS, xml_digest_name
from jingui.formats.signatures.xml_properties import decoded
from jingui.formats.signatures.xml_signatures import COUNTERSIGNED, check_xml

MAX_FILES = 64
MAX_ENTRY_BYTES = 256 << 20
MAX_BYTES = 2 << 30
TOLD = 10
_BROKEN = (MalformedError, zipfile.BadZipFile, OSError, ValueError, EOFError, KeyError, NotImplementedError)
_VALUES = re.compile(r"META-INF/[^/]*\.(p7s|tst)", re.IGNORECASE)
_DOCUMENTS = re.compile(r"META-INF/[^/]*signatures[^/]*\.xml|_xmlsignatures/[^/]*\.xml", re.IGNORECASE)
_RECORDS = re.compile(r"META-INF/[^/]*evidencerecord[^/]*\.(ers|xml)", re.IGNORECASE)
_MANIFESTS = re.compile(r"META-INF/[^/]*ASiC[^/]*Manifest[^/]*\.xml", re.IGNORECASE)
# What describes a container and its signatures, and is no content of it.
_APART = re.compile(r"META-INF/.*|_xmlsignatures/.*|mimetype|\[Content_Types\]\.xml")


@dataclass(slots=True)
class _Container:
    archive: zipfile.ZipFile
    context: Context
    left: int = MAX_BYTES
    manifests: dict[str, str] = field(default_factory=dict)
    package: Package | None = None

    def read(self, name: str) -> bytes:
        """Return an entry. Raises MalformedError, and what zipfile raises over a broken one."""
        info = self.archive.getinfo(name)
        self.left -= info.file_size
        if self.left < 0 or info.file_size > MAX_ENTRY_BYTES:
            raise MalformedError(f"{name}: more bytes than are digested")
        return self.archive.read(info)

    def find(self, uri: str) -> str:
        """Return the entry that a URI names, ``""`` if there is none."""
        path = uri.partition("?")[0] if uri not in self.archive.NameToInfo else uri
        candidates = (one.lstrip("/") for one in (path, unquote(path)))
        return next((one for one in candidates if one in self.archive.NameToInfo), "")

    def content(self, uri: str) -> bytes | None:
        """Return what a reference of a signature in the container names."""
        name = self.find(uri)
        return self.read(name) if name else None

    def entries(self) -> list[str]:
        """Return the entries that are content."""
        names = (info.filename for info in self.archive.infolist() if not info.is_dir())
        return [name for name in names if not _APART.fullmatch(name)]


def check_container(archive: zipfile.ZipFile, *, context: Context) -> list[Assessment]:
    """Check the signatures of a container; one without any has none."""
    names = [name for name in archive.namelist() if _VALUES.fullmatch(name) or _DOCUMENTS.fullmatch(name)]
    found = [_not_supported(name) for name in archive.namelist() if _RECORDS.fullmatch(name)][:MAX_FILES]
    if not names:
        return found
    container = _Container(archive, context)
    container.package = _package_of(container)
    for name in [one for one in archive.namelist() if _MANIFESTS.fullmatch(one)][:MAX_FILES]:
        _note_manifest(container, name)
    for name in names[:MAX_FILES]:
        found += _check_file(container, name)
    if len(names) > MAX_FILES:
        found.append(_refused(names[MAX_FILES], f"{len(names)} 个签名文件，多于能验的 {MAX_FILES} 个"))
    return found


def _refused(place: str, text: str) -> Assessment:
    row = Assessment("xmldsig" if place.lower().endswith(".xml") else "cms", place)
    row.flaw(Flaw.UNREADABLE, text[:160])
    return row


def _not_supported(place: str) -> Assessment:
    row = Assessment("timestamp", place)
    row.flaw(Flaw.ALGORITHM_UNKNOWN, "evidence record (RFC 4998, RFC 6283)")
    return row


def _check_file(container: _Container, name: str) -> list[Assessment]:
    try:
        if _DOCUMENTS.fullmatch(name):
            return _check_document(container, name)
        return _check_value(container, name)
    except _BROKEN as error:
        return [_refused(name, f"{type(error).__name__}: {error}")]


def _check_document(container: _Container, name: str) -> list[Assessment]:
    """Check an XML document of signatures; what they are about stands beside it in the container."""
    package = container.package
    root = parsed(container.read(name))
    rows = check_xml(root, context=container.context, outside=container.content, is_in_package=package is not None)
    for row in rows:
        row.place = f"{name} {row.place}"
        if row.covered == COUNTERSIGNED:
            continue
        if package:
            _note_package(container, package, row)
        else:
            _note_uncovered(container, {container.find(uri) for uri, _, _ in row.digests}, row)
    return rows


def _package_of(container: _Container) -> Package | None:
    """Return what is to be known of an Office Open XML package or its kin; any other container is none.

    Where its content types cannot be read no part has any, so that none is what was signed.
    """
    if TYPES not in container.archive.NameToInfo:
        return None
    try:
        types = content_types(container.read(TYPES))
    except _BROKEN:
        types = ContentTypes({}, {})
    names = (info.filename for info in container.archive.infolist() if not info.is_dir())
    parts = tuple(name for name in names if name != TYPES and not name.startswith(SIGNATURES))
    return Package(parts, types, container.read)


def _note_package(container: _Container, package: Package, row: Assessment) -> None:
    """Note what is to be said of a signature in a package; where that cannot be read, so much is said."""
    try:
        _compare_package(container, package, row)
    except UnsupportedAlgorithmError as error:
        row.flaw(Flaw.ALGORITHM_UNKNOWN, str(error))
    except _BROKEN as error:
        row.flaw(Flaw.UNREADABLE, f"{type(error).__name__}: {error}"[:160])


def _compare_package(container: _Container, package: Package, row: Assessment) -> None:
    """Say which parts and relationships a signature leaves out, and which have another type than was signed."""
    found = {uri: container.find(uri) for uri, _, _ in row.digests}
    for uri, name in found.items():
        if name and not is_of_signed_type(package, uri, name):
            row.flaw(Flaw.DIGEST_WRONG, f"{name} 的内容类型")
    chosen = {found[uri]: names for uri, names in row.relationships.items() if uri in found}
    covered = set(found.values()) - {""}
    twice = [name for name, times in Counter(package.names).items() if times > 1]
    bare = [*uncovered(package, covered, chosen), *twice]
    aside = len(describing_parts(package) - covered)
    said = f"另有 {len(bare)} 处没有签" if bare else f"文档属性 {aside} 个照例不签" if aside else ""
    row.covered = "，".join(filter(None, (f"{len(covered)} 个部件", said)))
    for one in bare[:TOLD]:
        row.flaw(Flaw.PARTS_UNCOVERED, one)


def _note_uncovered(container: _Container, covered: Iterable[str], row: Assessment) -> None:
    """Say which entries a signature leaves out; of two of one name nobody knows which a reader shows."""
    taken = set(covered)
    count = Counter(container.entries())
    bare = [name for name, times in count.items() if name not in taken or times > 1]
    row.covered = f"{len(taken - {''})} 个部件，另有 {len(bare)} 个没有签" if bare else f"全部 {len(count)} 个部件"
    for one in bare[:TOLD]:
        row.flaw(Flaw.PARTS_UNCOVERED, one)


def _note_manifest(container: _Container, name: str) -> None:
    """Note which signature a manifest is signed by; one that cannot be read is signed by none."""
    try:
        tree = parsed(container.read(name))
    except _BROKEN:
        return
    reference = tree.find("{*}SigReference")
    target = container.find(reference.get("URI", "")) if reference is not None else ""
    if target:
        container.manifests.setdefault(target, name)


def _check_value(container: _Container, name: str) -> list[Assessment]:
    """Check a CMS value or a time-stamp: over its manifest, or over the one entry that the container has."""
    about = container.manifests.get(name, "")
    entries = container.entries()
    content = about or (entries[0] if len(entries) == 1 else "")
    value = container.read(name)
    pieces = partial(_alone, container.read(content)) if content else None
    if name.lower().endswith(".tst"):
        token = check_token(value, pieces, context=container.context, place=name)
        token.assessment.timestamp = moment_of(token)
        rows = [token.assessment]
    else:
        rows = check_cms(value, pieces, subject=Assessment("cms", name), context=container.context)
    for row in rows:
        if "会签" in row.place:
            continue
        if not content:
            row.flaw(Flaw.CONTENT_UNKNOWN, "没有清单说明所签的内容")
        elif about:
            _check_manifest(container, about, row)
        else:
            _note_uncovered(container, {content}, row)
    return rows


def _alone(content: bytes) -> tuple[bytes]:
    return (content,)


def _check_manifest(container: _Container, name: str, row: Assessment) -> None:
    """Compare the digests that a manifest states with the entries."""
    covered = set()
    for reference in parsed(container.read(name)).iterfind("{*}DataObjectReference"):
        uri = reference.get("URI", "")
        entry = container.find(uri)
        if not entry:
            row.flaw(Flaw.PART_MISSING, uri)
            continue
        covered.add(entry)
        _check_digest(container, reference, entry, row)
    _note_uncovered(container, covered, row)


def _check_digest(container: _Container, reference: etree._Element, entry: str, row: Assessment) -> None:
    method = reference.find(f"{{{DS}}}DigestMethod")
    try:
        name = xml_digest_name(method.get("Algorithm", "") if method is not None else "")
    except UnsupportedAlgorithmError as error:
        row.flaw(Flaw.ALGORITHM_UNKNOWN, str(error))
        return
    actual = digest(name, (container.read(entry),))
    row.digests.append((entry, name, actual.hex()))
    if actual != decoded(reference.find(f"{{{DS}}}DigestValue")):
        row.flaw(Flaw.DIGEST_WRONG, entry)
