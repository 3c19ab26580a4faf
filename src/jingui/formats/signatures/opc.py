"""Signed packages of the Open Packaging Conventions (ECMA-376 part 2, §13): Office Open XML and its kin.

What stands beside the digests: of which content type each part was signed, and which parts and relationships no
signature covers. Properties of the document and its thumbnail are never signed by the programs that write such packages
([MS-OFFCRYPTO] §2.5.2); they describe the document and are no content of it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from jingui.formats.signatures.der import MalformedError
from jingui.formats.signatures.opc_relationships import relationships_in
from jingui.formats.signatures.xml_canonical import parsed

TYPES = "[Content_Types].xml"
ROOT_RELATIONSHIPS = "_rels/.rels"
SIGNATURES = "_xmlsignatures/"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships/"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships/"
_SIGNING = (f"{_PACKAGE}digital-signature/origin",)
_DESCRIBING = (
    f"{_PACKAGE}metadata/core-properties", f"{_OFFICE}metadata/core-properties", f"{_PACKAGE}metadata/thumbnail",
    f"{_OFFICE}extended-properties", f"{_OFFICE}custom-properties",
    f"{_STRICT}extendedProperties", f"{_STRICT}customProperties",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of a package but for its signatures, its content types, and how a part is read."""

    names: tuple[str, ...]
    types: ContentTypes
    read: Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class ContentTypes:
    """Which type each part has: by its name, else by its extension, in any case."""

    by_name: Mapping[str, str]
    by_extension: Mapping[str, str]

    def of(self, name: str) -> str:
        """Return the type of a part, ``""`` if it has none."""
        extension = posixpath.basename(name).rpartition(".")[2].lower()
        return self.by_name.get(f"/{name}".lower()) or self.by_extension.get(extension, "")


def content_types(data: bytes) -> ContentTypes:
    """Read the content types of a package. Raises ValueError."""
    root = parsed(data)
    named = {row.get("PartName", "").lower(): row.get("ContentType", "") for row in root.iterfind(f"{_TYPES}Override")}
    rest = {row.get("Extension", "").lower(): row.get("ContentType", "") for row in root.iterfind(f"{_TYPES}Default")}
    return ContentTypes(named, rest)


def is_of_signed_type(package: Package, uri: str, name: str) -> bool:
    """Say whether a part still has the content type that the reference to it names; one that names none is met."""
    signed = uri.partition("?ContentType=")[2]
    return not signed or unquote(signed).lower() == package.types.of(name).lower()


def uncovered(package: Package, covered: Iterable[str], chosen: Mapping[str, frozenset[str]]) -> list[str]:
    """Return the parts that no reference covers, and single relationships as ``part#Id``.

    ``chosen`` are the relationships covered of parts of which not all are. Raises MalformedError, ValueError.
    """
    whole = set(covered) - set(chosen)
    apart = describing_parts(package)
    found: list[str] = []
    for name in package.names:
        if name in whole or name in apart:
            continue
        if not _is_relationships(name):
            found.append(name)
        elif bare := _bare(package, name, chosen.get(name, frozenset())):
            found += [f"{name}#{one}" for one in bare] if name in chosen else [name]
    return found


def describing_parts(package: Package) -> set[str]:
    """Return the parts that hold properties of the document: the package itself calls them so, and nothing else needs them.

    Raises as ``uncovered`` does.
    """
    describing: set[str] = set()
    needed: set[str] = set()
    for name in filter(_is_relationships, package.names):
        for row in relationships_in(package.read(name)):
            is_apart = name == ROOT_RELATIONSHIPS and row.get("Type", "") in _DESCRIBING
            (describing if is_apart else needed).add(_target(name, row.get("Target", "")))
    return (describing - needed) & set(package.names)


def _target(relationships: str, target: str) -> str:
    """Return the part that a relationship leads to; relative ones begin where the part lies whose relationships they are."""
    folder = posixpath.dirname(posixpath.dirname(relationships))
    return posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")


def _is_relationships(name: str) -> bool:
    folder, _, last = name.rpartition("/")
    return last.endswith(".rels") and posixpath.basename(folder) == "_rels"


def _bare(package: Package, name: str, covered: frozenset[str]) -> list[str]:
    """Return the relationships of a part that are content and not covered."""
    found = list(_identified(package.read(name)))
    if len({identifier for identifier, _ in found}) < len(found):
        raise MalformedError(f"{name}: two relationships of one name")
    passed_over = (*_SIGNING, *_DESCRIBING) if name == ROOT_RELATIONSHIPS else ()
    return [one for one, kind in found if one not in covered and kind not in passed_over]


def _identified(data: bytes) -> Iterator[tuple[str, str]]:
    for row in relationships_in(data):
        yield row.get("Id", ""), row.get("Type", "")
