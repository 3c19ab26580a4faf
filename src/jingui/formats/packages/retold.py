"""What a package says of its case, in the words of its own files, to rebuild from it what a database has lost.

Nothing is made up: what a package does not say stays empty. The texts are untrusted until the caller has weighed them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jingui.domain.metadata.elements import ELEMENTS
from jingui.formats.packages import descriptions
from jingui.formats.packages.course import ToldCourse, read_course
from jingui.formats.packages.elements import XmlMalformedError, XmlUnsafeError, parse, read_attribute, read_value
from jingui.formats.packages.looked_over import elements_of

if TYPE_CHECKING:
    from lxml import etree

    from jingui.domain.packaging.packages import PackageSpec

Values = Mapping[str, str]
_METADATA = {e.identifier for e in ELEMENTS if e.source.startswith("metadata.")}


class NotRetoldError(ValueError):
    """The package is not one of ours, or a file of it cannot be read. The text names the file."""


@dataclass(frozen=True, slots=True)
class ToldFile:
    """One archived file: its path in the package, what the metadata say of it, and of its making, if it was made here.

    ``provenance``, ``shared_from`` and ``conversion`` are empty where the metadata say nothing of the kind.
    """

    path: str
    said: Values
    received_at: str
    made: Values = field(default_factory=dict)
    provenance: Values = field(default_factory=dict)
    shared_from: Values = field(default_factory=dict)
    conversion: Values = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The source's own identity of the file; made files have ours."""
        return self.said.get("source_key", "")


@dataclass(frozen=True, slots=True)
class ToldPackage:
    """What a package tells: the base elements, what the source sent besides, files, steps, the agency, and the report.

    ``theme`` is what the case is part of (一件事), empty if nothing; ``course`` what was said of its handling.
    """

    base: Values
    metadata: Values
    files: tuple[ToldFile, ...]
    steps: tuple[Values, ...]
    agency: Values
    flags: frozenset[str]
    report: dict[str, Any] | None
    theme: Values = field(default_factory=dict)
    course: ToldCourse = field(default_factory=ToldCourse)


def retell(read: Callable[[str], bytes | None], *, spec: PackageSpec) -> ToldPackage:
    """Read the describing files of a package; ``read`` returns one by its path, nothing if there is none.

    Raises:
        NotRetoldError: a file that must be there is not, or is not what it should be.
    """
    base = _document(read, spec.base_metadata)
    agents, process = _document(read, spec.agent_metadata), _document(read, spec.process_metadata)
    try:
        received = dict(_received(_document(read, spec.catalogue)))
        return ToldPackage(
            base=elements_of(base),
            metadata=_metadata(base),
            files=tuple(_files(base, received)),
            steps=tuple(elements_of(step) for step in process.iterfind("step")),
            agency=elements_of(agents.find("agency")),
            flags=_flags(read(spec.statement)),
            report=_report(read(spec.report)),
            theme=elements_of(base.find("theme")),
            course=read_course(process),
        )
    except (ValueError, KeyError) as error:
        raise NotRetoldError(str(error)) from error


def _document(read: Callable[[str], bytes | None], path: str) -> etree._Element:
    data = read(path)
    if data is None:
        raise NotRetoldError(path)
    try:
        return parse(data)
    except (XmlUnsafeError, XmlMalformedError) as error:
        raise NotRetoldError(f"{path}: {error}") from error


def _metadata(base: etree._Element) -> dict[str, str]:
    said = {name: value for name, value in elements_of(base).items() if name in _METADATA and value}
    extension = base.find("extension")
    for element in extension.iterfind("element") if extension is not None else ():
        said[read_attribute(element, "name")] = read_value(element)
    return said


def _received(catalogue: etree._Element) -> Iterator[tuple[str, str]]:
    for element in catalogue.iterfind("file"):
        said = elements_of(element)
        yield said.get("path", ""), said.get("received_at", "")


def _files(base: etree._Element, received: Values) -> Iterator[ToldFile]:
    fileset = base.find("fileset")
    for folder in fileset.iterfind("folder") if fileset is not None else ():
        for element in folder.iterfind("file"):
            said = elements_of(element)
            path = f"{read_attribute(folder, 'title')}/{said.get('computer_file_name', '')}"
            if path not in received:
                raise NotRetoldError(path)
            yield ToldFile(
                path=path,
                said=said,
                received_at=received[path],
                made=elements_of(element.find("made")),
                provenance=elements_of(element.find("provenance")),
                shared_from=elements_of(element.find("shared_from")),
                conversion=elements_of(element.find("made/conversion")),
            )


def _flags(statement: bytes | None) -> frozenset[str]:
    if statement is None:
        return frozenset()
    return frozenset(descriptions.read_statement(statement).get("标记", "").split(", "))


def _report(data: bytes | None) -> dict[str, Any] | None:
    report = json.loads(data) if data else None
    return report if isinstance(report, dict) else None
