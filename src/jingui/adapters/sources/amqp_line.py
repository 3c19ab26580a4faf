"""A connection to a broker in a thread of its own, so that heartbeats go on however long taking a message lasts."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker, ProbableAccessDeniedError, ProbableAuthenticationError

from jingui.domain.errors import OutsideFailure, PermanentFailure, TransientFailure

if TYPE_CHECKING:
    from pika.adapters.blocking_connection import BlockingChannel

# What goes wrong is noted with the connection; the library's own stack traces say nothing more to an operator.
logging.getLogger("pika").setLevel(logging.CRITICAL)

_TURN_SECONDS = 0.2
_IDLE_SECONDS = 1.0
_CONNECT_SECONDS = 60.0
_JOIN_SECONDS = 15.0
_NOT_FOUND = 404
_REFUSED = frozenset({403, 406})


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as the broker gave it out; ``tag`` counts within the connection."""

    tag: int
    body: bytes
    message_id: str
    is_again: bool


class Line:
    """One connection that consumes one queue. Messages that are not acknowledged go back when it closes."""

    def __init__(self, parameters: pika.ConnectionParameters, *, queue_name: str, prefetch: int) -> None:
        """Remember where to connect; ``prefetch`` is how many messages may be out at once."""
        self._parameters, self._queue_name, self._prefetch = parameters, queue_name, prefetch
        self._inbox: queue.Queue[Delivery | None] = queue.Queue()
        self._is_stopping, self._has_begun = threading.Event(), threading.Event()
        self._failure: OutsideFailure | None = None
        self._connection: pika.BlockingConnection | None = None
        self._channel: BlockingChannel | None = None
        self._thread = threading.Thread(target=self._run, name=f"amqp {queue_name}", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    @property
    def wait_seconds(self) -> float:
        """How long to wait for a message: longer until the broker has had time to answer at all."""
        return _IDLE_SECONDS if self._has_begun.wait(_CONNECT_SECONDS) else 0.0

    def next(self, *, seconds: float) -> Delivery | None:
        """Return the next message, ``None`` if none comes in so many seconds.

        Raises:
            TransientFailure, PermanentFailure: the connection is lost or was refused.
        """
        try:
            delivery = self._inbox.get(timeout=seconds) if seconds else self._inbox.get_nowait()
        except queue.Empty:
            return None
        if delivery is None:
            self._inbox.put(None)
            raise self._failure or TransientFailure("queue_away", "the connection was closed")
        return delivery

    def acknowledge(self, tag: int) -> None:
        """Tell the broker that this message and those before it are taken. On a lost connection they come again."""
        connection, channel = self._connection, self._channel
        if connection is None or channel is None or not self._thread.is_alive():
            return
        with contextlib.suppress(AMQPError):
            connection.add_callback_threadsafe(lambda: _acknowledge(channel, tag))

    def close(self) -> None:
        """Send what is to be sent and disconnect."""
        self._is_stopping.set()
        if self._thread.is_alive():
            self._thread.join(_JOIN_SECONDS)

    def _run(self) -> None:
        try:
            self._consume()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told to who asks for messages
            self._failure = _failure_of(error)
        finally:
            self._inbox.put(None)
            self._has_begun.set()
            if self._connection is not None and self._connection.is_open:
                with contextlib.suppress(AMQPError):
                    self._connection.close()

    def _consume(self) -> None:
        self._connection = connection = pika.BlockingConnection(self._parameters)
        self._channel = channel = _channel_of(connection, self._queue_name)
        channel.basic_qos(prefetch_count=self._prefetch)
        channel.basic_consume(self._queue_name, self._deliver)
        self._has_begun.set()
        while not self._is_stopping.is_set():
            connection.process_data_events(time_limit=_TURN_SECONDS)
            if not channel.is_open:
                raise TransientFailure("queue_away", "the broker closed the channel")
            if not channel.consumer_tags:
                raise TransientFailure("queue_away", "the queue was deleted")
        connection.process_data_events(time_limit=0)  # acknowledgements that were asked for last

    def _deliver(
        self,
        _channel: BlockingChannel,
        method: pika.spec.Basic.Deliver,
        properties: pika.BasicProperties,
        body: bytes,
    ) -> None:
        self._inbox.put(
            Delivery(int(method.delivery_tag or 0), body, str(properties.message_id or ""), method.redelivered)
        )


def _acknowledge(channel: BlockingChannel, tag: int) -> None:
    if channel.is_open:
        channel.basic_ack(tag, multiple=True)


def _channel_of(connection: pika.BlockingConnection, name: str) -> BlockingChannel:
    """Open a channel on which the queue exists: as it is, or made durable by us."""
    channel = connection.channel()
    try:
        channel.queue_declare(name, passive=True)
    except ChannelClosedByBroker as error:
        if error.reply_code != _NOT_FOUND:
            raise
        channel = connection.channel()
        channel.queue_declare(name, durable=True)
    return channel


def _failure_of(error: Exception) -> OutsideFailure:
    if isinstance(error, OutsideFailure):
        return error
    is_refused = isinstance(error, ProbableAuthenticationError | ProbableAccessDeniedError)
    is_refused |= isinstance(error, ChannelClosedByBroker) and error.reply_code in _REFUSED
    kind, code = (PermanentFailure, "queue_refused") if is_refused else (TransientFailure, "queue_away")
    return kind(code, f"{type(error).__name__}: {error}")
