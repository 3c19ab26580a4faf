"""The message of a queue in our own form: JSON that says which message of the push interface it stands for.

``{"kind": "case"|"file"|"step"|"closure", "case_number": …, "body": {…}}``; a file also has ``"content"``: one of
``"inline"`` (base64), ``"path"`` (below the folder of the connection) or ``"url"``, with ``"sha256"``, ``"sm3"`` and
``"bytes"`` as far as the sender knows them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

from jingui.domain.capture.incoming import Arrival, ArrivalKind, ContentLocation, Unreadable
from jingui.domain.metadata.fields import FieldReader
from jingui.formats.handover.documents import DocumentRefusedError, parse_json

INLINE, PATH, URL = "inline:", "path:", "url:"
_WAYS = {"inline": INLINE, "path": PATH, "url": URL}
_BODY_LIMIT = 500


def read_envelope(data: bytes, *, reference: str, inline_limit: int) -> Arrival | Unreadable:
    """Make the arrival of a message, or say why there is none. ``inline_limit`` is in bytes of content."""
    raw = data.decode("utf-8", "backslashreplace")
    try:
        told = parse_json(data, "message")
    except DocumentRefusedError as error:
        return Unreadable(reference, error.problems, raw)
    fields = FieldReader(told)
    kind = fields.member("kind", ArrivalKind)
    number = fields.key("case_number", limit=50)
    body = _body(fields, kind)
    content = _content(fields.nested("content"), inline_limit) if kind is ArrivalKind.FILE else None
    fields.refuse_unknown()
    if fields.problems or kind is None:
        return Unreadable(reference, tuple(fields.problems), raw, number)
    return Arrival(kind, number, body, content, reference, raw)


def _body(fields: FieldReader, kind: ArrivalKind | None) -> dict[str, Any]:
    body = fields.take("body")
    if not isinstance(body, dict):
        fields.fault("body", "wrong_type", expected="object")
        return {}
    if kind is ArrivalKind.FILE:
        for name in (name for name, value in body.items() if not isinstance(value, str)):
            fields.fault(f"body.{name[:_BODY_LIMIT]}", "wrong_type", expected="string")
    return body


def _content(fields: FieldReader, inline_limit: int) -> ContentLocation | None:
    """Read where the bytes are; faults go into the fields of the message."""
    ways = [(name, str(fields.take(name))) for name in _WAYS if fields.has(name)]
    if len(ways) != 1:
        fields.fault("", "content_not_one", count=str(len(ways)))
        return None
    sha256, sm3 = fields.text("sha256", limit=64).lower(), fields.text("sm3", limit=64).lower()
    size = fields.whole("bytes", minimum=0, maximum=2**63 - 1)
    fields.refuse_unknown()
    name, value = ways[0]
    if name == "inline":
        data = _decoded(value, fields, inline_limit)
        sha256 = sha256 or hashlib.sha256(data).hexdigest()
    return ContentLocation(_WAYS[name] + value, sha256, sm3, size)


def _decoded(value: str, fields: FieldReader, limit: int) -> bytes:
    if len(value) > limit * 4 // 3 + 4:
        fields.fault("inline", "content_too_large_inline", limit=str(limit))
        return b""
    try:
        return inline_bytes(value)
    except ValueError:
        fields.fault("inline", "value_malformed")
        return b""


def inline_bytes(value: str) -> bytes:
    """Decode base64. Raises ValueError."""
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


ENVELOPE_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "content_not_one": ("count",),
    "content_too_large_inline": ("limit",),
}
"""Codes of problems with messages of queues, beside those of ``metadata.fields``."""
