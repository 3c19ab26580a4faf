"""Messages in a durable queue of an AMQP broker; small files travel in them, others lie in a folder."""

from __future__ import annotations

import base64
import json
import shutil
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pika

from jingui.interfaces.cli.replay.deliver.handing import Connecting, file_body, sha256_of, step_bodies, tallied
from jingui.interfaces.cli.replay.plan import Kind
from jingui.interfaces.cli.replay.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jingui.interfaces.cli.replay.deliver.handing import Handing
    from jingui.interfaces.cli.replay.feed import FeedResult
    from jingui.interfaces.cli.replay.plan import Message

INLINE_BYTES = 32 << 10
PASSWORD_SECRET = "replay_broker"  # noqa: S105 - the name of a secret


class QueueDelivery:
    """Publishes every sending as a persistent message, each confirmed by the broker."""

    def __init__(self, handing: Handing) -> None:
        """Use ``amqp://user:password@host:port/vhost``."""
        self._url, self._queue, self._files = handing.into, handing.queue, handing.files.resolve()

    def connecting(self) -> Connecting:
        """Return the configuration of the connection; the password is a secret of the installation."""
        parts = urlsplit(self._url)
        told: dict[str, Any] = {
            "host": parts.hostname or "",
            "port": parts.port or pika.ConnectionParameters.DEFAULT_PORT,
            "virtual_host": unquote(parts.path.removeprefix("/")) or "/",
            "user": unquote(parts.username or "guest"),
            "queue": self._queue,
            "files_folder": str(self._files),
            "interval_seconds": 1,
        }
        return Connecting("amqp", told | ({"password_secret": PASSWORD_SECRET} if parts.password else {}))

    def deliver(self, sendings: Sequence[Message]) -> FeedResult:
        """Publish everything. Raises pika's AMQPError."""
        started, progress = time.monotonic(), Progress("messages", len(sendings))
        with pika.BlockingConnection(pika.URLParameters(self._url)) as connection:
            channel = connection.channel()
            channel.queue_declare(self._queue, durable=True)
            channel.confirm_delivery()
            for message in sendings:
                for envelope in self._envelopes(message):
                    self._publish(channel, envelope)
                progress.advance()
        progress.finish()
        return tallied(sendings, seconds=time.monotonic() - started)

    def close(self) -> None:
        """Leave the messages to the broker."""

    def _publish(self, channel: pika.adapters.blocking_connection.BlockingChannel, envelope: dict[str, Any]) -> None:
        properties = pika.BasicProperties(content_type="application/json", delivery_mode=pika.DeliveryMode.Persistent)
        body = json.dumps(envelope, ensure_ascii=False, sort_keys=True).encode()
        channel.basic_publish("", self._queue, body, properties, mandatory=True)

    def _envelopes(self, message: Message) -> list[dict[str, Any]]:
        told = {"kind": message.kind.value, "case_number": message.case_number}
        if message.kind is Kind.STEP:
            return [{**told, "body": step} for step in step_bodies(message)]
        if message.kind is Kind.FILE and message.path is not None:
            return [{**told, "body": file_body(message), "content": self._content(message.path)}]
        return [{**told, "body": dict(message.document)}]

    def _content(self, path: Path) -> dict[str, Any]:
        size, digest = path.stat().st_size, sha256_of(path)
        told: dict[str, Any] = {"sha256": digest, "bytes": size}
        if size <= INLINE_BYTES:
            return {**told, "inline": base64.b64encode(path.read_bytes()).decode("ascii")}
        laid = self._files / digest
        if not laid.exists():
            self._files.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, laid.with_suffix(".part"))
            laid.with_suffix(".part").replace(laid)
        return {**told, "path": digest}
