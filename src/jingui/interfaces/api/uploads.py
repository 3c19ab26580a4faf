"""Taking in the body of a file: checked, staged and identified here, then written by whoever writes rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from django.db import InterfaceError, OperationalError

from jingui.bootstrap import services
from jingui.db.queries.sources import ActiveKey, find_active_key
from jingui.domain.capture.checking import check_file_message
from jingui.domain.capture.messages import FileMessage
from jingui.domain.errors import Invalid, Problem
from jingui.domain.metadata.fields import printable_name
from jingui.formats.identification import identify
from jingui.formats.signing import parse_content_digest
from jingui.interfaces.api.authentication import Sent, sender_of
from jingui.interfaces.api.bodies import check_digest, strict_json
from jingui.interfaces.api.taking import check_case_number, desk, now
from jingui.interfaces.hands import Does, do_here
from jingui.ports import StagedFile
from jingui.usecases.capture.files import Arrival, receive_file
from jingui.usecases.capture.folders import Desk, Sender, Taken


class Passage(Protocol):
    """How one upload goes through: how its body comes in, and what makes it a row."""

    is_durable: bool
    """Whether its bytes must be durable when they are staged; if not, ``receive`` makes them so."""

    def find_key(self, key_id: str) -> ActiveKey | None:
        """Return the key if it may sign."""
        ...

    def body(self) -> AbstractContextManager[Iterable[bytes]]:
        """Give the body, to be digested and staged in the block. Raises Invalid: ``body_interrupted``."""
        ...

    def receive(self, *, arrival: Arrival, sender: Sender, desk: Desk, now: datetime) -> Taken:
        """Make a staged file a row; return once the row is durable. Raises what ``receive_file`` raises."""
        ...


class Straight(Passage):
    """The way of an upload that has nothing to do with others."""

    is_durable = True

    def __init__(self, stream: Iterable[bytes], do: Does = do_here) -> None:
        """Remember where the body comes from, and who asks the database: not who waits for the body."""
        self._stream, self._do = stream, do

    def find_key(self, key_id: str) -> ActiveKey | None:
        """Look the key up."""
        return self._do(partial(find_active_key, key_id))

    @contextmanager
    def body(self) -> Iterator[Iterable[bytes]]:
        """Give the body as it comes."""
        yield self._stream

    def receive(self, *, arrival: Arrival, sender: Sender, desk: Desk, now: datetime) -> Taken:
        """Write its row in a transaction of its own."""
        return self._do(partial(receive_file, arrival=arrival, sender=sender, desk=desk, now=now))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file belongs, as its address says."""

    case_number: str
    file_key: str


@dataclass(frozen=True, slots=True)
class Said:
    """What the query says of a file; these are all the parameters that there are."""

    name: str = ""
    material: str = ""
    title: str = ""
    step: str = ""
    formed_at: str = ""
    replaces: str = ""
    provenance: str = ""


FILE_QUERY = tuple(field.name for field in fields(Said))
Pairs = Sequence[tuple[str, str]]


def said_in(pairs: Pairs) -> Said:
    """Return what the pairs of a query say of a file.

    Raises:
        Invalid: a parameter is not known or told twice; it would be left out silently.
    """
    names = Counter(name for name, _ in pairs)
    problems = [Problem(printable_name(name), "unknown_field") for name in names if name not in FILE_QUERY]
    problems += [Problem(name, "repeated", {"value": name}) for name in FILE_QUERY if names[name] > 1]
    if problems:
        raise Invalid(tuple(problems))
    return Said(**dict(pairs))


@dataclass(frozen=True, slots=True)
class _Admitted:
    """An upload whose head is in order: who sent it, what it says of its file, and which digest it states."""

    sender: Sender
    place: Place
    message: FileMessage
    stated: bytes


def upload(sent: Sent, pairs: Pairs, place: Place, *, passage: Passage) -> Taken:
    """Take a file whole or not at all; ``pairs`` are those of its query.

    Raises:
        DomainError: what the sender did wrong; of the body nothing stays.
        OutsideFailure: the disk failed.
    """
    return _take_in(_admit(sent, pairs, place, passage), passage)


def _admit(sent: Sent, pairs: Pairs, place: Place, passage: Passage) -> _Admitted:
    """Check all that can be checked before the body is asked for."""
    sender = sender_of(sent, now=now(), find=passage.find_key)
    stated = parse_content_digest(sent.content_digest)
    message = _message(place, said_in(pairs), stated)
    check_case_number(place.case_number)
    return _Admitted(sender, place, message, stated)


def _take_in(admitted: _Admitted, passage: Passage) -> Taken:
    ready = services()
    token, is_kept = "", False
    try:
        with passage.body() as stream:
            limit = ready.instance.max_file_bytes
            staged = ready.staging.receive(stream, limit=limit, is_durable=passage.is_durable)
            token = staged.token
            check_digest(admitted.stated, staged.digests.sha256)
            arrival = _arrival(admitted.place, admitted.message, staged)
        taken = passage.receive(arrival=arrival, sender=admitted.sender, desk=desk(), now=now())
        is_kept = not taken.is_repeat
    except (OperationalError, InterfaceError):
        # The commit may have been done and its answer lost. Reconciliation lets go of bytes that no row knows.
        is_kept = True
        raise
    finally:
        if token and not is_kept:
            ready.staging.discard(token)
    return taken


def _message(place: Place, said: Said, stated: bytes) -> FileMessage:
    told: dict[str, Any] = {
        "name": said.name,
        "material_code": said.material,
        "title": said.title,
        "step": said.step,
        "formed_at": said.formed_at,
        "replaces": said.replaces,
        "provenance": provenance_value(said.provenance),
    }
    known = {name: value for name, value in told.items() if value}
    return check_file_message(known | {"file_key": place.file_key, "sha256": stated.hex()})


def _arrival(place: Place, message: FileMessage, staged: StagedFile) -> Arrival:
    staging = services().staging
    identified = identify(staged.head, staged.tail, size=staged.bytes, open_stream=lambda: staging.open(staged.token))
    return Arrival(case_number=place.case_number, message=message, staged=staged, identified=identified)


def provenance_value(text: str) -> Any:  # noqa: ANN401 - the domain checks it
    """Return the provenance that stands in the query as JSON. Raises Invalid if it is none."""
    try:
        return strict_json(text) if text else None
    except (ValueError, RecursionError) as error:
        raise Invalid((Problem("provenance", "not_json"),)) from error
