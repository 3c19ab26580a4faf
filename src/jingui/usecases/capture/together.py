"""Files that come at the same moment, taken in one commit: the disk is waited for once instead of once for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from jingui.usecases.capture.files import Arrival, take_files
from jingui.usecases.capture.folders import Desk, Sender, Taken, claim_nonces, one_transaction


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file, who sent it, and when it was all there."""

    arrival: Arrival
    sender: Sender
    now: datetime


Outcome = Taken | Exception
Renew = Callable[[Sequence[Delivery]], Sequence[Delivery]]
"""Gives deliveries with what their senders may do now, in order. Raises Refused if one may do nothing any more."""


def receive_together(deliveries: Sequence[Delivery], desk: Desk, *, renew: Renew) -> list[Outcome]:
    """Take files of any cases and return what became of each, in order, once all that was taken is durable.

    Each file has its own row, nonce and receipt, and fares as if it had come alone; one journal event vouches for
    those of a case. If one is refused, nothing of the common transaction stays and each is taken in a transaction of
    its own. Senders are looked at in the transaction that writes, so that no row is younger than the revocation of its
    key. Never raises an ``Exception``.
    """
    if len(deliveries) <= 1:
        return [_alone(delivery, desk, renew) for delivery in deliveries]
    try:
        with transaction.atomic():
            return _take(renew(deliveries), desk)
    except (OperationalError, InterfaceError) as error:
        # Whether it was committed is not known. A second try would take a file's own nonce for a replay.
        return [type(error)(*error.args) for _ in deliveries]
    except Exception:  # noqa: BLE001 - whatever it was, it is rolled back, and told to the file that caused it
        return [_alone(delivery, desk, renew) for delivery in deliveries]


def _take(deliveries: Sequence[Delivery], desk: Desk) -> list[Outcome]:
    now = max(delivery.now for delivery in deliveries)
    claim_nonces((delivery.sender for delivery in deliveries), now=now)
    cases: dict[tuple[UUID, str], list[int]] = {}
    for place, delivery in enumerate(deliveries):
        cases.setdefault((delivery.sender.source_key, delivery.arrival.case_number), []).append(place)
    outcomes: dict[int, Taken] = {}
    for (_, case_number), places in cases.items():
        arrivals = [deliveries[place].arrival for place in places]
        sender = deliveries[places[0]].sender
        taken = take_files(case_number=case_number, arrivals=arrivals, sender=sender, desk=desk, now=now)
        outcomes.update(zip(places, taken, strict=True))
    return [outcomes[place] for place in range(len(deliveries))]


def _alone(delivery: Delivery, desk: Desk, renew: Renew) -> Outcome:
    try:
        return _take_one(delivery, desk, renew)
    except Exception as error:  # noqa: BLE001 - raised again where the file came in
        return error


@one_transaction
def _take_one(delivery: Delivery, desk: Desk, renew: Renew) -> Outcome:
    return _take(renew([delivery]), desk)[0]
