"""Evaluating expressions on documents that strangers made: JMESPath on JSON, XPath 1.0 on XML.

Expressions come from configuration, documents from outside. Both are limited so that no evaluation can take more than
about the product of its steps and the size of the document: no functions of extensions, no searching the whole document
from inside a predicate, few constructions that copy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

import jmespath
from jmespath.exceptions import JMESPathError
from lxml import etree

from jingui.domain.capture.mapped import ProblemFound
from jingui.domain.capture.mapping import Language, Scope
from jingui.formats.reading.xml_safety import XmlRefusedError, parse

DOCUMENT_LIMIT = 4 * 2**20
"""The largest document in bytes; content of files never stands in documents."""

_MOST_COPIES = 4  # each may double what is there
_MOST_FUNCTIONS = 8
_COPYING = frozenset({"multi_select_list", "multi_select_dict"})
_DETAIL = 200
_STRINGS = re.compile(r"'[^']*'|\"[^\"]*\"")
_WIDE = re.compile(r"//|(?:descendant|following|preceding)(?:-or-self|-sibling)?\s*::")
_PREDICATE = re.compile(r"\[([^\[\]]*)\]")
_ABSOLUTE = re.compile(r"(?:^|[\s(,=<>|+*-])/")
_MOST_WIDE = 3
_SIDEWAYS = re.compile(r"(?:following|preceding)(?:-sibling)?\s*::")
_UPWARDS = re.compile(r"\.\.|(?:parent|ancestor(?:-or-self)?)\s*::")
_MOST_NODES = 2 * 10**8  # that one evaluation may look at: a second or two


class Finder(Protocol):
    """An opened document whose parts can be chosen and searched."""

    def parts(self, expression: str) -> Sequence[object]:
        """Return the parts an expression chooses; ``""`` chooses the whole document. Raises ProblemFound."""
        ...

    def find(self, expression: str, part: object, scope: Scope) -> object:
        """Return what an expression finds, ``None`` if nothing. Raises ProblemFound."""
        ...


class JsonFinder:
    """A JSON document and compiled JMESPath expressions."""

    def __init__(self, data: bytes, compiled: Mapping[str, Any]) -> None:
        """Read the document. Raises ProblemFound with ``body_not_json``."""
        try:
            self.root = json.loads(data.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise ProblemFound("body_not_json") from None
        self._compiled = compiled
        self._of_document: dict[str, object] = {}

    def parts(self, expression: str) -> Sequence[object]:
        """Return the parts an expression chooses."""
        if not expression:
            return [self.root]
        found = self.find(expression, self.root, Scope.DOCUMENT)
        return found if isinstance(found, list) else [] if found is None else [found]

    def find(self, expression: str, part: object, scope: Scope) -> object:
        """Return what an expression finds. What the whole document gives is looked for once, however many parts ask."""
        if scope is Scope.ITEM:
            return self._search(expression, part)
        if expression not in self._of_document:
            self._of_document[expression] = self._search(expression, self.root)
        return self._of_document[expression]

    def _search(self, expression: str, part: object) -> object:
        try:
            return self._compiled[expression].search(part)
        except (JMESPathError, RecursionError, TypeError, ValueError) as error:
            raise ProblemFound("expression_failed", detail=str(error)[:_DETAIL]) from None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


class XmlFinder:
    """An XML document and compiled XPath expressions; nodes count as their text."""

    def __init__(self, data: bytes, compiled: Mapping[str, Any]) -> None:
        """Parse the document without entities. Raises ProblemFound with ``body_not_xml``."""
        try:
            self.root = parse(data)
        except XmlRefusedError as error:
            raise ProblemFound("body_not_xml", detail=error.detail[:_DETAIL]) from None
        self._compiled = compiled
        self._elements = sum(1 for _ in self.root.iter())
        self._of_document: dict[str, object] = {}

    def parts(self, expression: str) -> Sequence[object]:
        """Return the elements an expression chooses."""
        if not expression:
            return [self.root]
        found = self._evaluate(expression, self.root)
        return [each for each in found if etree.iselement(each)] if isinstance(found, list) else []

    def find(self, expression: str, part: object, scope: Scope) -> object:
        """Return the text of what an expression finds: one text, or several as a list."""
        if scope is Scope.ITEM:
            return self._texts(expression, part)
        if expression not in self._of_document:
            self._of_document[expression] = self._texts(expression, self.root)
        return self._of_document[expression]

    def _texts(self, expression: str, part: object) -> object:
        found = self._evaluate(expression, part)
        if not isinstance(found, list):
            return found
        texts = [_node_text(each) for each in found]
        return texts[0] if len(texts) == 1 else texts or None

    def _evaluate(self, expression: str, part: object) -> object:
        if self._elements ** (1 + _turns(expression)) > _MOST_NODES:
            raise ProblemFound("expression_too_costly")
        try:
            return self._compiled[expression](part)
        except etree.XPathError as error:
            raise ProblemFound("expression_failed", detail=str(error)[:_DETAIL]) from None


def _node_text(node: object) -> str:
    element: Any = node
    return "".join(map(str, element.itertext())) if etree.iselement(node) else str(node)


def compile_jmespath(text: str, _namespaces: Mapping[str, str]) -> object:
    """Compile a JMESPath expression. Raises ProblemFound."""
    try:
        compiled = jmespath.compile(text)
    except (JMESPathError, RecursionError, ValueError) as error:
        raise ProblemFound("expression_malformed", detail=str(error).splitlines()[0][:_DETAIL]) from None
    kinds = _kinds(compiled.parsed)
    if sum(kind in _COPYING for kind in kinds) > _MOST_COPIES or kinds.count("function_expression") > _MOST_FUNCTIONS:
        raise ProblemFound("expression_too_costly")
    return compiled


def _kinds(node: Mapping[str, Any]) -> list[str]:
    return [str(node.get("type")), *(kind for child in node.get("children", ()) for kind in _kinds(child))]


def compile_xpath(text: str, namespaces: Mapping[str, str]) -> object:
    """Compile an XPath 1.0 expression without extension functions. Raises ProblemFound."""
    if _is_costly(text):
        raise ProblemFound("expression_too_costly")
    try:
        return etree.XPath(text, namespaces=dict(namespaces) or None, regexp=False, smart_strings=False)
    except (etree.XPathError, ValueError) as error:
        raise ProblemFound("expression_malformed", detail=str(error)[:_DETAIL]) from None


def _is_costly(text: str) -> bool:
    """Say whether an expression searches the whole document for every node of it."""
    bare = _STRINGS.sub("''", text)
    if len(_WIDE.findall(bare)) > _MOST_WIDE:
        return True
    while inner := _PREDICATE.search(bare):
        if _WIDE.search(inner[1]) or _ABSOLUTE.search(inner[1]):
            return True
        bare = bare[: inner.start()] + bare[inner.end() :]
    return False


@lru_cache(maxsize=1000)
def _turns(text: str) -> int:
    """Count the steps that look at all neighbours of each node: sideways anywhere, upwards inside a predicate."""
    bare = _STRINGS.sub("''", text)
    found = len(_SIDEWAYS.findall(bare))
    while inner := _PREDICATE.search(bare):
        found += len(_UPWARDS.findall(inner[1]))
        bare = bare[: inner.start()] + bare[inner.end() :]
    return found


FINDERS: dict[Language, tuple[Any, Any]] = {
    Language.JMESPATH: (compile_jmespath, JsonFinder),
    Language.XPATH: (compile_xpath, XmlFinder),
}
