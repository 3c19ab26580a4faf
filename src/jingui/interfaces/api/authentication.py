"""Who sent a request: the source whose key signed it. Time, nonce and body digest are part of what is signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest

from jingui.bootstrap.secrets import source_secret
from jingui.db.queries.sources import ActiveKey, find_active_key
from jingui.domain.errors import Refused
from jingui.formats.signing import Signable, is_timely, parse_authorization, verify
from jingui.usecases.capture.folders import Sender

FindKey = Callable[[str], ActiveKey | None]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a request says before its body: what its signature covers, and the header with that signature."""

    signable: Signable
    authorization: str | None

    @property
    def content_digest(self) -> str:
        """What it states of its body; empty if it states nothing."""
        return self.signable.content_digest


def signed_path(path: str) -> str:
    """Return a path in its one signed form: each character percent-encoded unless it is unreserved."""
    return quote(path, safe="/")


def sent_in(environ: Mapping[str, Any], path: str) -> Sent:
    """Return what a request says before its body, by its environment and its decoded path."""
    signable = Signable(
        method=environ["REQUEST_METHOD"],
        path=signed_path(path),
        query=environ.get("QUERY_STRING", ""),
        content_digest=environ.get("HTTP_CONTENT_DIGEST", ""),
    )
    return Sent(signable, environ.get("HTTP_AUTHORIZATION"))


def sent_of(request: HttpRequest) -> Sent:
    """Return what a request says before its body."""
    return sent_in(request.META, request.path)


def authenticate(request: HttpRequest, *, now: datetime) -> Sender:
    """Return who signed the request. Raises what ``sender_of`` raises."""
    return sender_of(sent_of(request), now=now)


def sender_of(sent: Sent, *, now: datetime, find: FindKey = find_active_key) -> Sender:
    """Return who signed what was sent, by a key that is found active.

    Raises:
        Refused: with the code that says what is wrong; the nonce is claimed later, with the message itself.
    """
    authorization = parse_authorization(sent.authorization)
    if not is_timely(authorization, now=now.timestamp()):
        raise Refused("clock_skew", server_time=str(int(now.timestamp())))
    key = find(authorization.key_id)
    secret = source_secret(authorization.key_id)
    # An unknown key takes as long as a wrong signature and is told apart only afterwards.
    is_right = verify(sent.signable, authorization=authorization, secret=secret)
    if key is None:
        raise Refused("key_unknown")
    if not is_right:
        raise Refused("signature_wrong")
    return sender_by(key, authorization.nonce)


def sender_by(key: ActiveKey, nonce: str) -> Sender:
    """Return the sender of a request that a key has signed."""
    return Sender(
        source_key=key.source_key,
        source_name=key.source_name,
        key_id=key.key_id,
        nonce=nonce,
        agency_codes=key.agency_codes,
    )
