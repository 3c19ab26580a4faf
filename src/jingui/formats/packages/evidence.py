"""What a check of a package has to go by: read once, each file streamed, describing files held in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jingui.domain.packaging.packages import PackageFinding
from jingui.formats.digests import BLOCK_BYTES, new_hasher
from jingui.formats.packages.digest_lists import ListMalformedError, read_list
from jingui.formats.packages.elements import XmlMalformedError, XmlUnsafeError, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from jingui.domain.packaging.packages import PackageSpec
    from jingui.formats.packages.sources import PackageSource

MAX_DOCUMENT_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Measured:
    """Size in bytes and digests of a file as it is."""

    size: int
    digests: dict[str, str]


@dataclass(slots=True)
class Evidence:
    """All that was read. ``findings`` are those made while reading."""

    spec: PackageSpec
    paths: frozenset[str]
    measured: dict[str, Measured] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    lists: dict[str, dict[str, str]] = field(default_factory=dict)
    roots: dict[str, etree._Element] = field(default_factory=dict)
    findings: list[PackageFinding] = field(default_factory=list)

    @property
    def content_paths(self) -> frozenset[str]:
        """Return the files that lie in a content folder."""
        prefixes = tuple(f"{folder}/" for folder in self.spec.content_folders)
        return frozenset(path for path in self.paths if path.startswith(prefixes))


def gather(source: PackageSource, *, spec: PackageSpec) -> Evidence:
    """Read the package once."""
    evidence = Evidence(spec, frozenset(source.sizes))
    for path in sorted(source.sizes):
        try:
            _measure(source, path, evidence)
        except (OSError, ValueError) as error:
            evidence.findings.append(PackageFinding("unreadable", path, str(error)))
    evidence.findings.extend(_read_lists(evidence))
    evidence.findings.extend(_read_xml(evidence))
    return evidence


def _measure(source: PackageSource, path: str, evidence: Evidence) -> None:
    hashers = {seal.digest: new_hasher(seal.digest) for seal in evidence.spec.lists}
    is_document = path in evidence.spec.required_paths
    kept, size = bytearray(), 0
    with source.open(path) as stream:
        while block := stream.read(BLOCK_BYTES):
            size += len(block)
            for hasher in hashers.values():
                hasher.update(block)
            if is_document and size <= MAX_DOCUMENT_BYTES:
                kept += block
    evidence.measured[path] = Measured(size, {name: hasher.hexdigest() for name, hasher in hashers.items()})
    if is_document and size > MAX_DOCUMENT_BYTES:
        evidence.findings.append(PackageFinding("too_large", path, f"{size} bytes"))
    elif is_document:
        evidence.documents[path] = bytes(kept)


def _read_lists(evidence: Evidence) -> Iterator[PackageFinding]:
    for seal in evidence.spec.lists:
        if seal.path in evidence.documents:
            try:
                evidence.lists[seal.path] = read_list(evidence.documents[seal.path])
            except ListMalformedError as error:
                yield PackageFinding("list_malformed", seal.path, str(error))


def _read_xml(evidence: Evidence) -> Iterator[PackageFinding]:
    for path in evidence.spec.xml_paths:
        if path not in evidence.documents:
            continue
        try:
            evidence.roots[path] = parse(evidence.documents[path])
        except XmlUnsafeError as error:
            yield PackageFinding("xml_unsafe", path, str(error))
        except XmlMalformedError as error:
            yield PackageFinding("xml_malformed", path, str(error))
