"""Checks a package by itself, without a database: structure, digests, signatures, catalogue and statement.

Works on a folder, an OCFL object or a ZIP file. Every file is read once as a stream.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from jingui.domain.packaging.packages import PackageFinding
from jingui.formats.packages import descriptions
from jingui.formats.packages.catalogue import read_catalogue
from jingui.formats.packages.elements import read_value
from jingui.formats.packages.evidence import gather
from jingui.formats.packages.national_draft import SPEC
from jingui.formats.packages.sources import opened
from jingui.formats.packages.zip_source import ZipLimits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from lxml import etree

    from jingui.domain.packaging.packages import PackageSpec, SignatureVerifier
    from jingui.formats.packages.catalogue import CatalogueEntry
    from jingui.formats.packages.evidence import Evidence
    from jingui.formats.packages.sources import PackageSource


def check_package(
    path: Path,
    *,
    verify: SignatureVerifier,
    trusted_keys: Sequence[str] = (),
    spec: PackageSpec = SPEC,
    limits: ZipLimits | None = None,
) -> Iterator[PackageFinding]:
    """Check the package at the path; a sound one signed by trusted keys (PEM) gives nothing.

    A sound signature of a key that is not trusted gives ``issuer_unknown``, which is no fault.
    """
    with opened(path, marker=spec.statement, limits=limits or ZipLimits()) as source:
        yield from source.findings
        if not source.sizes and source.findings:
            return
        evidence = gather(source, spec=spec)
    yield from judge_evidence(evidence, verify, trusted_keys)


def check_source(
    source: PackageSource, *, verify: SignatureVerifier, trusted_keys: Sequence[str] = (), spec: PackageSpec = SPEC
) -> Iterator[PackageFinding]:
    """Check a package that is open already; what was found while opening it is the caller's to say."""
    yield from judge_evidence(gather(source, spec=spec), verify, trusted_keys)


def judge_evidence(
    evidence: Evidence, verify: SignatureVerifier, trusted_keys: Sequence[str]
) -> Iterator[PackageFinding]:
    """Say everything that is wrong with what was gathered of a package."""
    yield from evidence.findings
    for step in _STEPS:
        yield from step(evidence)
    yield from _check_signatures(evidence, verify, trusted_keys)


def judge_unsealed(evidence: Evidence, *, later: frozenset[str]) -> Iterator[PackageFinding]:
    """Say what is wrong with a package that is laid out and not sealed; the paths of ``later`` are still to come."""
    yield from evidence.findings
    for step in _STEPS:
        for finding in step(evidence):
            if not (finding.code == "required_missing" and finding.path in later):
                yield finding


def _check_places(evidence: Evidence) -> Iterator[PackageFinding]:
    required = evidence.spec.required_paths
    for path in sorted(required - evidence.paths):
        yield PackageFinding("required_missing", path)
    folder = f"{evidence.spec.evidence_folder}/"
    for path in sorted(evidence.paths - required - evidence.spec.report_paths - evidence.content_paths):
        if evidence.spec.evidence_folder and path.startswith(folder):
            continue
        yield PackageFinding("misplaced", path)


def _check_lists(evidence: Evidence) -> Iterator[PackageFinding]:
    for seal in evidence.spec.lists:
        listed = evidence.lists.get(seal.path)
        if listed is None:
            continue
        for path, digest in listed.items():
            measured = evidence.measured.get(path)
            if path not in evidence.paths:
                yield PackageFinding("listed_missing", path, seal.path)
            elif measured and measured.digests[seal.digest] != digest:
                yield PackageFinding("digest_wrong", path, seal.path)
        for path in sorted(evidence.paths - listed.keys() - evidence.spec.unlisted_paths):
            yield PackageFinding("not_listed", path, seal.path)


def _check_catalogue(evidence: Evidence) -> Iterator[PackageFinding]:
    root = evidence.roots.get(evidence.spec.catalogue)
    if root is None:
        return
    named: set[str] = set()
    for number, entry in enumerate(read_catalogue(root), start=1):
        if entry is None:
            yield PackageFinding("catalogue_entry_malformed", evidence.spec.catalogue, f"entry {number}")
            continue
        if entry.sequence != str(number) or entry.path in named:
            yield PackageFinding("catalogue_sequence_wrong", entry.path, f"entry {number}")
        named.add(entry.path)
        yield from _check_entry(evidence, entry)
    for path in sorted(evidence.content_paths - named):
        yield PackageFinding("catalogue_entry_missing", path)


def _check_entry(evidence: Evidence, entry: CatalogueEntry) -> Iterator[PackageFinding]:
    measured = evidence.measured.get(entry.path)
    if entry.path not in evidence.content_paths:
        yield PackageFinding("catalogue_file_missing", entry.path)
    elif measured:
        if entry.bytes != str(measured.size):
            yield PackageFinding("catalogue_bytes_wrong", entry.path, f"{entry.bytes} said, {measured.size} found")
        if {"sha256": entry.sha256, "sm3": entry.sm3} != measured.digests:
            yield PackageFinding("catalogue_digest_wrong", entry.path)


def _check_statement(evidence: Evidence) -> Iterator[PackageFinding]:
    path = evidence.spec.statement
    if path not in evidence.documents:
        return
    try:
        said = descriptions.read_statement(evidence.documents[path])
    except ValueError as error:
        yield PackageFinding("statement_malformed", path, str(error))
        return
    for key, shown in _shown(evidence):
        if said.get(key) != shown:
            yield PackageFinding("statement_wrong", path, f"{key}: {said.get(key)!r} said, {shown!r} found")


def _shown(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """List what the statement must say, as far as the rest of the package could be read."""
    contents = evidence.content_paths
    yield descriptions.FILE_COUNT, str(len(contents))
    if contents <= evidence.measured.keys():
        yield descriptions.FILE_BYTES, str(sum(evidence.measured[path].size for path in contents))
    process = evidence.roots.get(evidence.spec.process_metadata)
    if process is not None:
        yield descriptions.STEP_COUNT, str(len(process.findall("step")))
    catalogue = evidence.roots.get(evidence.spec.catalogue)
    if catalogue is not None:
        yield descriptions.RECORD_CODE, descriptions.one_line(_text_of(catalogue, "electronic_record_code"))
        yield descriptions.ARCHIVAL_CODE, descriptions.one_line(_text_of(catalogue, "archival_code"))


def _text_of(root: etree._Element, name: str) -> str:
    element = root.find(name)
    try:
        return read_value(element) if element is not None else ""
    except ValueError:
        return ""


def _check_signatures(
    evidence: Evidence, verify: SignatureVerifier, trusted_keys: Sequence[str]
) -> Iterator[PackageFinding]:
    trusted = {_key_bytes(key) for key in trusted_keys}
    for seal in evidence.spec.lists:
        parts = [evidence.documents.get(path) for path in (seal.path, seal.signature_path, seal.public_key_path)]
        message, value, key = parts
        if message is None or value is None or key is None:
            continue
        pem = key.decode("ascii", "replace")
        if not verify(algorithm=seal.signed_by, public_key_pem=pem, message=message, value=value):
            yield PackageFinding("signature_wrong", seal.signature_path, seal.signed_by)
        elif _key_bytes(pem) not in trusted:
            yield PackageFinding("issuer_unknown", seal.public_key_path, seal.signed_by)


def _key_bytes(pem: str) -> bytes:
    """Return what two PEM forms of the same key have in common; nonsense is equal to no key."""
    body = "".join(line.strip() for line in pem.splitlines() if not line.startswith("-----"))
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return pem.encode("utf-8", "replace")


_STEPS: tuple[Callable[[Evidence], Iterator[PackageFinding]], ...] = (
    _check_places,
    _check_lists,
    _check_catalogue,
    _check_statement,
)
