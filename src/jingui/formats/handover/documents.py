"""Small XML and JSON documents of unknown origin: bounded, UTF-8, without document types or entities."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jingui.formats.handover.problems import problem
from jingui.formats.packages.elements import XmlMalformedError, XmlUnsafeError, parse

if TYPE_CHECKING:
    from lxml import etree

    from jingui.domain.errors import Problem
    from jingui.formats.handover.trees import Tree

MAX_DOCUMENT_BYTES = 16 << 20


class DocumentRefusedError(ValueError):
    """A document cannot be used; the problems say why."""

    def __init__(self, *problems: Problem) -> None:
        """Keep the problems."""
        super().__init__(", ".join(each.code for each in problems))
        self.problems = problems


def read_document(tree: Tree, path: str, *, limit: int = MAX_DOCUMENT_BYTES) -> bytes:
    """Return a document of a package whole.

    Raises:
        DocumentRefusedError: it is missing, too large or damaged.
    """
    if path not in tree.sizes:
        raise DocumentRefusedError(problem("package_file_missing", path))
    try:
        return tree.read(path, limit=limit)
    except OverflowError:
        raise DocumentRefusedError(problem("document_too_large", path, limit=limit)) from None
    except (OSError, ValueError) as error:
        raise DocumentRefusedError(problem("package_unreadable", path, detail=error)) from error


def parse_xml(data: bytes, path: str) -> etree._Element:
    """Parse an XML document.

    Raises:
        DocumentRefusedError: it is not UTF-8, declares a document type or entities, or is not well-formed.
    """
    try:
        data.decode("utf-8")
        return parse(data)
    except UnicodeDecodeError:
        raise DocumentRefusedError(problem("document_not_utf8", path)) from None
    except XmlUnsafeError:
        raise DocumentRefusedError(problem("document_declares_entities", path)) from None
    except XmlMalformedError as error:
        raise DocumentRefusedError(problem("document_not_well_formed", path, detail=error)) from None


def parse_json(data: bytes, path: str) -> dict[str, Any]:
    """Parse a JSON document that is an object, no name of which comes twice.

    Raises:
        DocumentRefusedError: it is something else.
    """
    try:
        told = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except UnicodeDecodeError:
        raise DocumentRefusedError(problem("document_not_utf8", path)) from None
    except (ValueError, RecursionError) as error:
        raise DocumentRefusedError(problem("document_not_well_formed", path, detail=error)) from None
    if not isinstance(told, dict):
        raise DocumentRefusedError(problem("document_shape", path, detail="object"))
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) != len(pairs):
        raise ValueError("a name comes twice")
    return told


def _refuse(text: str) -> None:
    raise ValueError(text)
