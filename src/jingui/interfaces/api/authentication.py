"""Who sent a request: the source whose key signed it. Time, nonce and body digest are part of what is signed."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from django.http import HttpRequest

from jingui.bootstrap import source_secret
from jingui.db.queries.sources import ActiveKey, find_active_key
from jingui.domain.errors import Refused
from jingui.formats.signing import Signable, is_timely, parse_authorization, verify
from jingui.usecases.capture.folders import Sender


def signed_path(request: HttpRequest) -> str:
    """Return the path in its one signed form: each character percent-encoded unless it is unreserved."""
    return quote(request.path, safe="/")


def authenticate(request: HttpRequest, *, now: datetime) -> Sender:
    """Return who signed the request.

    Raises:
        Refused: with the code that says what is wrong; the nonce is claimed later, with the message itself.
    """
    authorization = parse_authorization(request.META.get("HTTP_AUTHORIZATION"))
    if not is_timely(authorization, now=now.timestamp()):
        raise Refused("clock_skew", server_time=str(int(now.timestamp())))
    key = find_active_key(authorization.key_id)
    secret = source_secret(authorization.key_id)
    signable = Signable(
        method=request.method or "",
        path=signed_path(request),
        query=request.META.get("QUERY_STRING", ""),
        content_digest=request.META.get("HTTP_CONTENT_DIGEST", ""),
    )
    # An unknown key takes as long as a wrong signature and is told apart only afterwards.
    is_right = verify(signable, authorization=authorization, secret=secret)
    if key is None:
        raise Refused("key_unknown")
    if not is_right:
        raise Refused("signature_wrong")
    return _sender(key, authorization.nonce)


def _sender(key: ActiveKey, nonce: str) -> Sender:
    return Sender(
        source_key=key.source_key,
        source_name=key.source_name,
        key_id=key.key_id,
        nonce=nonce,
        agency_codes=key.agency_codes,
    )
