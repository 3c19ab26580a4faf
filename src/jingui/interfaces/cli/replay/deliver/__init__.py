"""Other ways than push to hand a case log over: batches, bags, a queue, tables of a database, notices to be fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.interfaces.cli.replay.deliver.bags import BagDelivery
from jingui.interfaces.cli.replay.deliver.batches import BatchDelivery
from jingui.interfaces.cli.replay.deliver.handing import Delivery, Handing
from jingui.interfaces.cli.replay.deliver.notices import NoticeDelivery
from jingui.interfaces.cli.replay.deliver.queues import QueueDelivery
from jingui.interfaces.cli.replay.deliver.tables import TableDelivery

if TYPE_CHECKING:
    from collections.abc import Callable

PUSH = "push"
DELIVERIES: dict[str, Callable[[Handing], Delivery]] = {
    "batch": BatchDelivery,
    "bags": BagDelivery,
    "amqp": QueueDelivery,
    "database": TableDelivery,
    "pull": NoticeDelivery,
}

__all__ = ["DELIVERIES", "PUSH", "Delivery", "Handing"]
