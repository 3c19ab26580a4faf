"""A mapping applied to a document: the messages it gives, and for each field how it came about or why it is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jingui.domain.capture.incoming import Arrival, ArrivalKind, ContentLocation, Unreadable
from jingui.domain.capture.mapped import FieldTrace, ProblemFound, body_of, trace_field
from jingui.domain.capture.mapping import REQUIRED, DocumentMapping, MessageRules, Scope, read_mapping
from jingui.domain.errors import Invalid, Problem
from jingui.formats.mappings.finders import DOCUMENT_LIMIT, FINDERS, Finder

_MOST_PARTS = 10_000


@dataclass(frozen=True, slots=True)
class CompiledMapping:
    """A mapping whose every expression has been compiled."""

    mapping: DocumentMapping
    compiled: Mapping[str, Any]

    def open(self, data: bytes) -> Finder:
        """Open a document. Raises ProblemFound."""
        if len(data) > DOCUMENT_LIMIT:
            raise ProblemFound("too_large", maximum=str(DOCUMENT_LIMIT))
        finder: Finder = FINDERS[self.mapping.language][1](data, self.compiled)
        return finder


@dataclass(frozen=True, slots=True)
class MappedMessage:
    """One message as it was made: its fields in the order of the rules, and what keeps it from being taken."""

    kind: ArrivalKind
    case_number: str
    traces: tuple[FieldTrace, ...]
    problems: tuple[Problem, ...]

    def arrival(self, *, reference: str, raw: str) -> Arrival | Unreadable:
        """Return the message to be taken, or why there is none."""
        if self.problems:
            return Unreadable(reference, self.problems, raw, self.case_number, "mapping_incomplete")
        body: dict[str, Any] = body_of(self.traces)
        stated = body.pop("content", None)
        content = ContentLocation(**stated) if stated else None
        return Arrival(self.kind, self.case_number, body, content, reference, raw)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a document gave. ``problem`` is set if it could not be read at all."""

    messages: tuple[MappedMessage, ...]
    problem: Problem | None = None


def compile_mapping(raw: object) -> CompiledMapping:
    """Read and compile a mapping of configuration.

    Raises:
        Invalid: with every problem of its structure, or of its expressions.
    """
    mapping = read_mapping(raw)
    compile_one: Callable[[str, Mapping[str, str]], object] = FINDERS[mapping.language][0]
    compiled: dict[str, object] = {}
    problems: list[Problem] = []
    for place, text in mapping.expressions():
        try:
            compiled[text] = compile_one(text, mapping.namespaces)
        except ProblemFound as found:
            problems.append(Problem(place, found.code, found.params))
    if problems:
        raise Invalid(tuple(problems))
    return CompiledMapping(mapping, compiled)


def apply_mapping(data: bytes, mapping: CompiledMapping) -> Trial:
    """Make the messages of a document, each with what is missing in it. Never raises for a bad document."""
    try:
        finder = mapping.open(data)
        return Trial(tuple(_messages(finder, mapping.mapping)))
    except ProblemFound as found:
        return Trial((), Problem("document", found.code, found.params))


def arrivals_of(data: bytes, mapping: CompiledMapping, *, reference: str) -> list[Arrival | Unreadable]:
    """Return what a document hands over; what cannot be read is named with the document itself."""
    raw = data.decode("utf-8", "backslashreplace")
    trial = apply_mapping(data, mapping)
    if trial.problem:
        return [Unreadable(reference, (trial.problem,), raw)]
    if not trial.messages:
        return [Unreadable(reference, (Problem("document", "no_message_found"),), raw)]
    return [message.arrival(reference=reference, raw=raw) for message in trial.messages]


def _messages(finder: Finder, mapping: DocumentMapping) -> Iterator[MappedMessage]:
    for rules in mapping.messages:
        parts = finder.parts(rules.each)
        if len(parts) > _MOST_PARTS:
            raise ProblemFound("too_many", limit=str(_MOST_PARTS), count=str(len(parts)))
        for part in parts:
            if not rules.when or _is_true(finder.find(rules.when, part, Scope.ITEM)):
                yield _message(finder, part, rules, mapping)


def _is_absent(value: object) -> bool:
    return value is None or value == ""


def _is_true(found: object) -> bool:
    return bool(found) and found != "false"


def _message(finder: Finder, part: object, rules: MessageRules, mapping: DocumentMapping) -> MappedMessage:
    traces = tuple(
        trace_field(target, rule, find=lambda expression, scope: finder.find(expression, part, scope), mapping=mapping)
        for target, rule in rules.fields.items()
    )
    values = {trace.target: trace.value for trace in traces}
    broken = {trace.target: trace.problem for trace in traces if trace.problem}
    missing = [name for name in REQUIRED[rules.kind] if name not in broken and _is_absent(values.get(name))]
    problems = (*broken.values(), *(Problem(name, "required") for name in missing))
    return MappedMessage(rules.kind, str(values.get("case_number") or ""), traces, problems)
