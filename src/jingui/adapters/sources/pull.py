"""Pull (拉取): what notices of a source name is fetched. The cursor holds one notice and how much of it is done."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jingui.adapters.sources.addresses import read_rules, rules_of
from jingui.adapters.sources.opening import Opening, ReaderKind
from jingui.adapters.sources.trust import read_trust, trust_of
from jingui.adapters.sources.web import Limits, WebFetcher
from jingui.domain.capture.incoming import Arrival, ArrivalKind, ContentLocation, Lot, Unreadable
from jingui.domain.capture.notices import DocumentKind, NoticeDocument, NoticeFile, NoticeMessage, check_notice
from jingui.domain.errors import DomainError, Invalid, Problem
from jingui.domain.metadata.fields import FieldReader
from jingui.formats.mappings import arrivals_of, compile_mapping
from jingui.formats.mappings.applying import CompiledMapping
from jingui.formats.mappings.finders import DOCUMENT_LIMIT

FILES_TOGETHER = 20
BYTES_TOGETHER = 64 * 2**20
_GIB = 2**30


def check_pull(configuration: Mapping[str, Any], mapping: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return every problem of the configuration of a pull connection."""
    fields = FieldReader(configuration)
    rules = read_rules(fields)
    read_trust(fields)
    if not rules.hosts:
        fields.fault("hosts", "required")
    fields.text("authorization_secret", limit=60)
    for name, limit in (("interval_seconds", 86400), ("most_bytes", 1024 * _GIB), ("most_seconds", 86400)):
        fields.whole(name, minimum=1, maximum=limit)
    fields.whole("silence_seconds", minimum=1, maximum=600)
    fields.whole("most_attempts", minimum=1, maximum=100)
    _receipt_types(fields)
    fields.refuse_unknown()
    return (*fields.problems, *_mapping_problems(mapping))


def _receipt_types(fields: FieldReader) -> None:
    types = fields.nested("receipt_types")
    for name, _ in types.unknown():
        types.whole(str(name), minimum=0, maximum=999)


def _mapping_problems(mapping: Mapping[str, Any]) -> tuple[Problem, ...]:
    if not mapping:
        return ()
    try:
        compile_mapping(mapping)
    except Invalid as invalid:
        return invalid.problems
    return ()


@dataclass(frozen=True, slots=True)
class PullReader:
    """Reads one notice. ``lots`` begins at the position that the cursor names."""

    fetcher: WebFetcher
    mapping: CompiledMapping | None

    def lots(self, cursor: Mapping[str, Any]) -> Iterator[Lot]:
        """Yield each document alone, then files by the score, then what closes the case."""
        notice = check_notice(cursor["notice"])
        parts = _parts(notice)
        position = int(cursor.get("position", 0))
        while position < len(parts):
            taken = _together(parts[position:])
            items = [item for part in taken for item in self._items(notice, part)]
            position += len(taken)
            yield Lot(tuple(items), {"position": position})

    def open(self, content: ContentLocation) -> Iterator[bytes]:
        """Fetch a file."""
        return self.fetcher.stream(content.address, sha256=content.sha256)

    def again(self, reference: str, raw: str) -> None:
        """Have nothing to read anew by itself: a document belongs to its notice, which is fetched anew as a whole."""

    def acknowledge(self, lot: Lot) -> None:
        """Tell nobody: the source asks for its receipts."""

    def close(self) -> None:
        """Have nothing open; let go of parts that nobody comes back for."""
        self.fetcher.sweep(now=time.time())

    def _items(self, notice: NoticeMessage, part: NoticeDocument | NoticeFile) -> list[Arrival | Unreadable]:
        if isinstance(part, NoticeFile):
            content = ContentLocation(part.url, part.sha256, part.sm3, part.bytes)
            raw = json.dumps({"url": part.url, "sha256": part.sha256, **part.body}, ensure_ascii=False)
            return [Arrival(ArrivalKind.FILE, notice.case_number, part.body, content, notice.notice_id, raw)]
        reference = f"{notice.notice_id} {part.url}"[:500]
        try:
            data = self._document(part)
        except DomainError as error:
            problems = error.problems if isinstance(error, Invalid) else (Problem("url", error.code, error.params),)
            return [Unreadable(reference, problems, part.url, notice.case_number, error.code)]
        if part.kind is DocumentKind.MAPPED:
            return self._mapped(data, notice, reference)
        return canonical_items(data, part.kind, notice.case_number, reference)

    def _mapped(self, data: bytes, notice: NoticeMessage, reference: str) -> list[Arrival | Unreadable]:
        if self.mapping is None:
            raw = data.decode("utf-8", "backslashreplace")
            return [Unreadable(reference, (Problem("mapping", "required"),), raw, notice.case_number)]
        return arrivals_of(data, self.mapping, reference=reference)

    def _document(self, part: NoticeDocument) -> bytes:
        data = bytearray()
        for piece in self.fetcher.stream(part.url, sha256=part.sha256):
            data += piece
            if len(data) > DOCUMENT_LIMIT:
                raise Invalid((Problem("document", "too_large", {"maximum": str(DOCUMENT_LIMIT)}),))
        digest = hashlib.sha256(data).hexdigest()
        if digest != part.sha256:
            raise Invalid((Problem("document", "content_differs", {"received": digest}),), "digest_mismatch")
        return bytes(data)


def _parts(notice: NoticeMessage) -> list[NoticeDocument | NoticeFile]:
    first = [part for part in notice.documents if part.kind is not DocumentKind.CLOSURE]
    last = [part for part in notice.documents if part.kind is DocumentKind.CLOSURE]
    return [*first, *notice.files, *last]


def _together(parts: list[NoticeDocument | NoticeFile]) -> list[NoticeDocument | NoticeFile]:
    """Return how many parts make the next lot: one document, or files up to a count and a size."""
    taken: list[NoticeDocument | NoticeFile] = []
    size = 0
    for part in parts[:FILES_TOGETHER]:
        if isinstance(part, NoticeDocument) or (taken and size + (part.bytes or 0) > BYTES_TOGETHER):
            break
        taken.append(part)
        size += part.bytes or 0
    return taken or parts[:1]


def canonical_items(data: bytes, kind: DocumentKind, number: str, reference: str) -> list[Arrival | Unreadable]:
    """Return the messages of a document in the form of the push interface."""
    raw = data.decode("utf-8", "backslashreplace")
    try:
        told = json.loads(data.decode("utf-8"))
        rows = told["steps"] if kind is DocumentKind.STEPS else [told]
        bodies = [dict(row) for row in rows]
    except (ValueError, TypeError, KeyError, RecursionError):
        return [Unreadable(reference, (Problem("document", "body_not_json"),), raw, number)]
    message = ArrivalKind.STEP if kind is DocumentKind.STEPS else ArrivalKind(kind.value)
    return [Arrival(message, number, body, None, reference, raw) for body in bodies]


def open_pull(opening: Opening) -> PullReader:
    """Open a reader of notices."""
    given = opening.configuration
    headers = {}
    if given.get("authorization_secret"):
        headers["Authorization"] = opening.secret(str(given["authorization_secret"]))
    default = Limits()
    limits = Limits(
        bytes=int(given.get("most_bytes", default.bytes)),
        silence_seconds=int(given.get("silence_seconds", default.silence_seconds)),
        total_seconds=int(given.get("most_seconds", default.total_seconds)),
    )
    fetcher = WebFetcher(opening.folder, rules_of(given), limits, headers, context=trust_of(given))
    return PullReader(fetcher, compile_mapping(opening.mapping) if opening.mapping else None)


PULL = ReaderKind(check_pull, open_pull)
