"""A durable queue of an AMQP 0-9-1 broker. A message is acknowledged when what it says has been committed, never before.

Messages are in our own form (``formats.handover.envelopes``) or in the source's, read by the connection's mapping. What
cannot be read is kept as a problem with the whole message and then acknowledged. A message over which taking failed many
times is put aside in the same way, so that it does not keep those behind it.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pika

from jingui.adapters.sources.addresses import WebRules, read_rules, rules_of
from jingui.adapters.sources.amqp_line import Delivery, Line
from jingui.adapters.sources.attempts import Attempts
from jingui.adapters.sources.opening import Opening, ReaderKind
from jingui.adapters.sources.paths import open_path
from jingui.adapters.sources.trust import read_trust, trust_of
from jingui.adapters.sources.web import WebFetcher
from jingui.domain.capture.incoming import Arrival, ContentLocation, Lot, Unreadable
from jingui.domain.errors import Invalid, OutsideFailure, Problem, Refused
from jingui.domain.metadata.fields import FieldReader
from jingui.formats.handover.envelopes import INLINE, PATH, URL, inline_bytes, read_envelope
from jingui.formats.mappings import arrivals_of, compile_mapping
from jingui.formats.mappings.applying import CompiledMapping

MESSAGE_LIMIT = 4 << 20
INLINE_LIMIT = 1 << 20
MOST_ATTEMPTS = 20
DEFAULT_PREFETCH = 20
DEFAULT_HEARTBEAT_SECONDS = 30
_PORTS = {False: 5672, True: 5671}
_TOO_LARGE = Problem("message", "too_large", {"maximum": str(MESSAGE_LIMIT)})
_PUT_ASIDE = re.compile(r'\{"kept": "refused/(?P<digest>[0-9a-f]{64})", "bytes": \d+\}')


@dataclass(frozen=True, slots=True)
class _Batch:
    """What a lot is acknowledged by: its last delivery, and the messages that were tried before."""

    tag: int
    digests: tuple[str, ...] = ()


@dataclass(slots=True)
class QueueReader:
    """Consumes one queue. Lots are as large as what has come; a message that comes again is a lot of its own."""

    line: Callable[[], Line]
    prefetch: int
    folder: Path
    inline_limit: int
    mapping: CompiledMapping | None = None
    files_folder: Path | None = None
    fetcher: WebFetcher | None = None
    name: str = ""
    _open_line: Line | None = None
    _attempts: Attempts = field(init=False)
    _is_trying: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Find out what was tried before."""
        self._attempts = Attempts(self.folder / "attempts.json")

    def lots(self, cursor: Mapping[str, Any]) -> Iterator[Lot]:
        """Yield what comes until nothing has come for a moment.

        Raises:
            TransientFailure, PermanentFailure: the broker is away, or refuses us.
        """
        del cursor
        if self._open_line is None:
            self._open_line = self.line()
            self._open_line.start()
        while deliveries := self._gathered(self._open_line):
            yield self._lot(deliveries)

    def open(self, content: ContentLocation) -> Iterator[bytes]:
        """Yield the bytes of a file: from the message itself, the folder of the source, or the web."""
        try:
            yield from self._bytes(content)
        except OutsideFailure:
            self._attempts.take_back(self._is_trying)  # the message is not to blame
            raise

    def again(self, reference: str, raw: str) -> Lot:
        """Read a message that was kept, in the table of problems or as a file."""
        body = self._kept(raw)
        if len(body) > MESSAGE_LIMIT:
            return Lot((Unreadable(reference, (_TOO_LARGE,), raw, code="message_put_aside"),))
        return Lot(tuple(self._read(body, reference)))

    def acknowledge(self, lot: Lot) -> None:
        """Tell the broker that the messages of a lot are taken."""
        if isinstance(lot.token, _Batch) and self._open_line is not None:
            self._attempts.forget(lot.token.digests)
            self._open_line.acknowledge(lot.token.tag)

    def close(self) -> None:
        """Disconnect; messages that are not acknowledged go back to the queue."""
        if self._open_line is not None:
            self._open_line.close()
            self._open_line = None
        if self.fetcher is not None:
            self.fetcher.sweep(now=time.time())

    def _gathered(self, line: Line) -> list[Delivery]:
        first = line.next(seconds=line.wait_seconds)
        if first is None:
            return []
        found = [first]
        while len(found) < self.prefetch and not found[-1].is_again and (more := line.next(seconds=0)):
            found.append(more)
        return found

    def _lot(self, deliveries: list[Delivery]) -> Lot:
        again = tuple(hashlib.sha256(each.body).hexdigest() for each in deliveries if each.is_again)
        self._is_trying = again
        self._attempts.add(again)
        items = [item for delivery in deliveries for item in self._items(delivery)]
        return Lot(tuple(items), {}, _Batch(deliveries[-1].tag, again))

    def _items(self, delivery: Delivery) -> list[Arrival | Unreadable]:
        digest = hashlib.sha256(delivery.body).hexdigest()
        reference = f"{self.name} {delivery.message_id or digest[:16]}"[:500]
        if len(delivery.body) > MESSAGE_LIMIT:
            return [self._put_aside(delivery, digest, reference, _TOO_LARGE)]
        if self._attempts.count(digest) > MOST_ATTEMPTS:
            problem = Problem("message", "failed_often", {"count": str(MOST_ATTEMPTS)})
            return [self._put_aside(delivery, digest, reference, problem)]
        return self._read(delivery.body, reference)

    def _read(self, body: bytes, reference: str) -> list[Arrival | Unreadable]:
        if self.mapping is not None:
            return arrivals_of(body, self.mapping, reference=reference)
        return [read_envelope(body, reference=reference, inline_limit=self.inline_limit)]

    def _kept(self, raw: str) -> bytes:
        """Return a message that was put aside as a file, else the text itself."""
        named = _PUT_ASIDE.fullmatch(raw)
        kept = self.folder / "refused" / named["digest"] if named else None
        return kept.read_bytes() if kept and kept.is_file() else raw.encode()

    def _put_aside(self, delivery: Delivery, digest: str, reference: str, problem: Problem) -> Unreadable:
        """Keep a message that no table should hold as a file, before the broker is told to let go of it."""
        kept = self.folder / "refused" / digest
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(".part")
        part.write_bytes(delivery.body)
        part.replace(kept)
        raw = json.dumps({"kept": f"refused/{digest}", "bytes": len(delivery.body)})
        return Unreadable(reference, (problem,), raw, code="message_put_aside")

    def _bytes(self, content: ContentLocation) -> Iterator[bytes]:
        address = content.address
        if address.startswith(INLINE):
            return iter((_decoded(address.removeprefix(INLINE)),))
        if address.startswith(PATH) and self.files_folder:
            return open_path(self.files_folder, address.removeprefix(PATH))
        if address.startswith(URL) and self.fetcher:
            return self.fetcher.stream(address.removeprefix(URL), sha256=content.sha256)
        raise Refused("address_not_allowed", address=address[:200], reason="unknown_kind")


def _decoded(text: str) -> bytes:
    try:
        return inline_bytes(text)
    except ValueError:
        raise Invalid((Problem("content.inline", "value_malformed"),)) from None


def check_queue(configuration: Mapping[str, Any], mapping: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return every problem of the configuration of a queue."""
    fields = FieldReader(configuration)
    for name in ("host", "queue"):
        fields.text(name, limit=255, is_required=True)
    for name in ("virtual_host", "user", "password_secret"):
        fields.text(name, limit=255)
    fields.whole("port", minimum=1, maximum=65535)
    fields.whole("prefetch", minimum=1, maximum=500)
    fields.whole("heartbeat_seconds", minimum=5, maximum=600)
    fields.whole("inline_bytes", minimum=0, maximum=2 << 20)
    fields.whole("interval_seconds", minimum=1, maximum=86400)
    fields.text("files_folder", limit=1000)
    fields.flag("tls")
    read_rules(fields)
    read_trust(fields)
    fields.refuse_unknown()
    try:
        if mapping:
            compile_mapping(mapping)
    except Invalid as invalid:
        return (*fields.problems, *invalid.problems)
    return tuple(fields.problems)


def open_queue(opening: Opening) -> QueueReader:
    """Open a reader of a queue; it connects when it is first asked."""
    given = opening.configuration
    name, prefetch = str(given["queue"]), int(given.get("prefetch") or DEFAULT_PREFETCH)
    folder, rules = given.get("files_folder"), rules_of(given)
    return QueueReader(
        line=lambda: Line(_parameters(opening), queue_name=name, prefetch=prefetch),
        prefetch=prefetch,
        folder=opening.folder,
        inline_limit=int(given.get("inline_bytes", INLINE_LIMIT)),
        mapping=compile_mapping(opening.mapping) if opening.mapping else None,
        files_folder=Path(str(folder)) if folder else None,
        fetcher=_fetcher(opening, rules),
        name=name,
    )


def _fetcher(opening: Opening, rules: WebRules) -> WebFetcher | None:
    return (
        WebFetcher(opening.folder / "fetched", rules, context=trust_of(opening.configuration)) if rules.hosts else None
    )


def _parameters(opening: Opening) -> pika.ConnectionParameters:
    given = opening.configuration
    is_tls = bool(given.get("tls"))
    secret = str(given.get("password_secret") or "")
    password = opening.secret(secret) if secret else "guest"
    heartbeat = int(given.get("heartbeat_seconds") or DEFAULT_HEARTBEAT_SECONDS)
    return pika.ConnectionParameters(
        host=str(given["host"]),
        port=int(given.get("port") or _PORTS[is_tls]),
        virtual_host=str(given.get("virtual_host") or "/"),
        credentials=pika.PlainCredentials(str(given.get("user") or "guest"), password),
        heartbeat=heartbeat,
        blocked_connection_timeout=2 * heartbeat,
        socket_timeout=10,
        stack_timeout=15,
        ssl_options=pika.SSLOptions(trust_of(given), str(given["host"])) if is_tls else None,
    )


AMQP = ReaderKind(check_queue, open_queue)
