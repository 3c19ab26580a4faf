"""What inspection wants to know of a package, gathered from one laid out in memory, one that was built, or any at a path."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from jingui.domain.inspection.subject import PackageFacts
from jingui.domain.packaging.packages import PackageFinding
from jingui.formats.packages import descriptions
from jingui.formats.packages.check import judge_evidence, judge_unsealed
from jingui.formats.packages.elements import XmlMalformedError, XmlUnsafeError, parse, read_value
from jingui.formats.packages.evidence import Evidence, Measured, gather
from jingui.formats.packages.national_draft import SPEC
from jingui.formats.packages.sources import opened
from jingui.formats.packages.zip_source import ZipLimits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from lxml import etree

    from jingui.domain.packaging.packages import PackageFile, PackageSpec, SignatureVerifier
    from jingui.formats.packages.sources import PackageSource

_STRANGE = frozenset({"misplaced", "not_listed"})


def facts_of_layout(files: Iterable[PackageFile], *, tool: str, spec: PackageSpec = SPEC) -> PackageFacts:
    """Look over a package that is laid out and not sealed yet; its report, lists and signatures are still to come."""
    listed = tuple(files)
    evidence = Evidence(spec, frozenset(file.logical_path for file in listed))
    for file in listed:
        evidence.measured[file.logical_path] = Measured(
            file.size, {"sha256": file.digests.sha256, "sm3": file.digests.sm3}
        )
        if file.data is not None and file.logical_path in spec.required_paths:
            evidence.documents[file.logical_path] = file.data
    for path in spec.xml_paths:
        if path in evidence.documents:
            _parse(evidence, path)
    later = spec.unlisted_paths | spec.report_paths
    return replace(facts_of(evidence, tuple(judge_unsealed(evidence, later=later)), tool=tool), is_sealed=False)


def _parse(evidence: Evidence, path: str) -> None:
    try:
        evidence.roots[path] = parse(evidence.documents[path])
    except XmlUnsafeError as error:
        evidence.findings.append(PackageFinding("xml_unsafe", path, str(error)))
    except XmlMalformedError as error:
        evidence.findings.append(PackageFinding("xml_malformed", path, str(error)))


def sealed_facts(
    facts: PackageFacts, files: Iterable[PackageFile], place: Callable[[str], Path], *, sha256: str
) -> PackageFacts:
    """Add what a built package shows: every file is there, of its size, and what was made here has its very bytes.

    Captured files are linked in and were digested when the case was inspected, so they are measured by size alone.
    """
    faults = [fault for file in files for fault in _built_faults(file, place)]
    return replace(facts, faults=(*facts.faults, *faults), is_sealed=True, sha256=sha256)


def _built_faults(file: PackageFile, place: Callable[[str], Path]) -> Iterator[tuple[str, str, str]]:
    try:
        path = place(file.logical_path)
        size = path.stat().st_size
        if size != file.size:
            yield "not_as_laid_out", file.logical_path, f"{size} bytes instead of {file.size}"
        elif file.data is not None and _whole(path) != file.data:
            yield "not_as_laid_out", file.logical_path, "other bytes"
    except OSError as error:
        yield "unreadable", file.logical_path, type(error).__name__


def _whole(path: Path) -> bytes:
    with path.open("rb", buffering=0) as file:
        return file.readall()


@contextmanager
def looking_over(
    path: Path, *, verify: SignatureVerifier, trusted_keys: Sequence[str], tool: str, spec: PackageSpec = SPEC
) -> Iterator[tuple[PackageFacts, Evidence, PackageSource]]:
    """Check the package at a path and keep it open, so that its files can be examined too."""
    with opened(path, marker=spec.statement, limits=ZipLimits()) as source:
        evidence = gather(source, spec=spec)
        found = (*source.findings, *judge_evidence(evidence, verify, trusted_keys))
        yield facts_of(evidence, found, tool=tool), evidence, source


def facts_of(evidence: Evidence, findings: tuple[PackageFinding, ...], *, tool: str) -> PackageFacts:
    """Put together what was found."""
    described = evidence.paths - evidence.content_paths
    return PackageFacts(
        faults=tuple((finding.code, finding.path, finding.detail) for finding in findings),
        elements=elements_of(evidence.roots.get(evidence.spec.base_metadata)),
        documents=len(described),
        files=len(evidence.content_paths),
        stated_files=_stated(evidence),
        extra=tuple(sorted({finding.path for finding in findings if finding.code in _STRANGE})),
        tool=tool,
        sha256=_digest(evidence),
    )


def elements_of(root: etree._Element | None) -> dict[str, str]:
    """Return the plain values of a metadata file; what is damaged counts as absent."""
    values: dict[str, str] = {}
    for child in root if root is not None else ():
        if len(child) == 0 and isinstance(child.tag, str):
            try:
                values[child.tag] = read_value(child)
            except ValueError:
                values[child.tag] = ""
    return values


def _stated(evidence: Evidence) -> int | None:
    document = evidence.documents.get(evidence.spec.statement)
    try:
        said = descriptions.read_statement(document).get(descriptions.FILE_COUNT, "") if document else ""
    except ValueError:
        return None
    return int(said) if said.isascii() and said.isdigit() else None


def _digest(evidence: Evidence) -> str:
    lines = (f"{evidence.measured[path].digests.get('sha256', '')}  {path}\n" for path in sorted(evidence.measured))
    return hashlib.sha256("".join(lines).encode()).hexdigest()
