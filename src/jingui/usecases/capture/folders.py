"""What every message of a source has in common: who sent it, the case's folder, its receipt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, wraps
from typing import Any, ParamSpec, Self, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from jingui.db.models import Case, Nonce
from jingui.db.nonces import take_nonces
from jingui.db.queries.rows import find_row, locking
from jingui.db.receipts import signed_receipt
from jingui.domain.errors import Refused
from jingui.domain.lifecycle import CaseState
from jingui.domain.records.receipts import ReceiptFacts
from jingui.ports import JobQueue, SearchIndex, Signer

P = ParamSpec("P")
R = TypeVar("R")

# A signature older than this is refused by the clock check, so its nonce need not be remembered longer.
NONCE_MEMORY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Sender:
    """The source a message is from. ``agency_codes`` is empty when it may send for every agency.

    ``nonce`` is that of the signed request; it is empty for what we fetched ourselves, which nobody can play again.
    """

    source_key: UUID
    source_name: str
    key_id: str
    nonce: str
    agency_codes: tuple[str, ...] = ()

    @property
    def actor(self) -> str:
        """The name it has in the journal."""
        return f"source:{self.source_name}"


@dataclass(frozen=True, slots=True)
class Desk:
    """What a message needs at hand: the signer of receipts, the queue of the pipeline and the index."""

    signer: Signer
    queue: JobQueue
    search: SearchIndex


class Taken:
    """What became of a message: its signed receipt, and whether it had been taken before.

    A receipt is the same whenever it is made, so it is made when it is asked for: who takes a folder asks for none.
    """

    def __init__(self, answer: Callable[[], dict[str, Any]], *, is_repeat: bool) -> None:
        """Remember how the answer is made."""
        self._answer = answer
        self.is_repeat = is_repeat

    @classmethod
    def of(cls, facts: ReceiptFacts, signer: Signer, *, is_repeat: bool) -> Self:
        """Return the answer to a message that one receipt answers."""
        return cls(lambda: signed_receipt(facts, signer), is_repeat=is_repeat)

    @cached_property
    def answer(self) -> dict[str, Any]:
        """The body of the answer: the receipt with its signature."""
        return self._answer()


def one_transaction(function: Callable[P, R]) -> Callable[P, R]:
    """Run a use case in one transaction; once more if two first messages of a case ran into each other."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic():
                return function(*args, **kwargs)
        except IntegrityError:
            # The other transaction has opened the folder; this time it is found (or the nonce is refused).
            with transaction.atomic():
                return function(*args, **kwargs)

    return run


def claim_nonces(senders: Iterable[Sender], *, now: datetime) -> None:
    """Remember the nonces of requests, in the one transaction of their messages.

    Raises:
        Refused: ``nonce_reused``, one of the requests has been played before.
    """
    used = [(sender.key_id, sender.nonce) for sender in senders if sender.nonce]
    if used and not take_nonces(used, now=now):
        raise Refused("nonce_reused")


def claim_nonce(sender: Sender, *, now: datetime) -> None:
    """Remember the nonce of one request, as ``claim_nonces`` does. Raises Refused: ``nonce_reused``."""
    claim_nonces([sender], now=now)


@transaction.atomic
def claim_nonce_alone(sender: Sender, *, now: datetime) -> None:
    """Remember the nonce of a request that writes nothing else."""
    claim_nonce(sender, now=now)


@transaction.atomic
def forget_old_nonces(*, now: datetime) -> int:
    """Drop nonces whose signatures the clock check refuses anyway; return how many."""
    return Nonce.objects.filter(used_at__lt=now - NONCE_MEMORY).delete()[0]


def find_case(sender: Sender, case_number: str) -> Case | None:
    """Return the sender's own case, locked until the transaction ends."""
    condition = f"source_id = %s AND case_number = %s{locking()}"
    return find_row(Case, condition, sender.source_key, case_number)


def open_folder(sender: Sender, case_number: str, *, now: datetime) -> Case:
    """Return a new case that only waits for its own message."""
    return Case(source_id=sender.source_key, case_number=case_number, state=CaseState.EXPECTED.value, opened_at=now)


WAITING_FOR_MORE = frozenset({CaseState.EXPECTED.value, CaseState.OPEN.value})


def ask_for_work(case: Case, desk: Desk, *, now: datetime) -> None:
    """Put the case on the queue if it has ended at its source; before that only the inventory runs."""
    if case.state not in WAITING_FOR_MORE:
        desk.queue.put(case.key.hex, now=now)
