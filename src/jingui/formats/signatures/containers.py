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
    except (MalformedError, zipfile.BadZipFile, OSError, ValueError, EOFError, KeyError, NotImplementedError) as error:
        return [_refused(name, f"{type(error).__name__}: {error}")]


def _check_document(container: _Container, name: str) -> list[Assessment]:
    """Check an XML document of signatures; what they are about stands beside it in the container."""
    rows = check_xml(parsed(container.read(name)), context=container.context, outside=container.content)
    for row in rows:
        row.place = f"{name} {row.place}"
        if row.covered == COUNTERSIGNED:
            continue
        _note_uncovered(container, {container.find(uri) for uri, _, _ in row.digests}, row)
    return rows


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
    except (MalformedError, zipfile.BadZipFile, OSError, ValueError, EOFError, KeyError, NotImplementedError):
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
