"""How often one address may ask: enough for any person, too little for a machine that tries to wear the server out.

Counts are kept in this process only: with several processes each counts alone, and a restart forgets. Tokens cannot be
guessed at any rate, so nothing secret hangs on this. A public site puts a limit into its proxy as well.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from threading import Lock

from django.conf import settings
from django.http import HttpRequest

MOST_ADDRESSES = 20_000
_HOME_PREFIX = 64  # one connection has a whole network of IPv6 addresses


class RateLimit:
    """So many requests in so many seconds for each address, counted in fixed windows; memory is bounded."""

    def __init__(self, *, most: int, seconds: float, most_addresses: int = MOST_ADDRESSES) -> None:
        """Start with nobody counted."""
        self.most, self.seconds = most, seconds
        self._most_addresses = most_addresses
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = Lock()

    def allows(self, address: str, *, now: float) -> bool:
        """Count a request and say whether it may pass. ``now`` is any clock in seconds that never goes back."""
        with self._lock:
            start, count = self._windows.get(address, (now, 0))
            if now - start >= self.seconds:
                start, count = now, 0
            self._windows[address] = (start, count + 1)
            self._windows.move_to_end(address)
            while len(self._windows) > self._most_addresses:
                self._windows.popitem(last=False)
            return count < self.most

    def forget(self) -> None:
        """Count everybody from nought again."""
        with self._lock:
            self._windows.clear()


def address_of(request: HttpRequest) -> str:
    """Return who asks: the peer, or behind TLS (``JINGUI_HTTPS``) whom the proxy in front of us named last."""
    address = str(request.META.get("REMOTE_ADDR") or "")
    if settings.SECURE_PROXY_SSL_HEADER:
        address = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or address
    return _network(address)


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if parsed.version == 4:  # noqa: PLR2004 - IPv4
        return str(parsed)
    return str(ipaddress.ip_network((parsed, _HOME_PREFIX), strict=False))


LOOKING = RateLimit(most=120, seconds=60)
COMPARING = RateLimit(most=20, seconds=60)
