"""Which addresses of the web a source may make us fetch: listed hosts only, and no private network unless allowed.

A name is resolved once, every answer is judged, and the connection goes to the very address that was judged, so that a
name that changes its answer in between (DNS rebinding) leads nowhere else.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit

from jingui.domain.errors import Refused, TransientFailure
from jingui.domain.metadata.fields import FieldReader

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

_PORTS = {"https": 443, "http": 80}
_ADDRESS_LIMIT = 2000
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1: the last 32 bits are the IPv4 address that a gateway connects to


@dataclass(frozen=True, slots=True)
class Target:
    """A judged address: where to connect, and what to ask there."""

    scheme: str
    host: str
    port: int
    ip: str
    path: str


@dataclass(frozen=True, slots=True)
class WebRules:
    """What may be fetched: ``hosts`` (``name`` or ``name:port``), networks that are allowed though private, plain HTTP."""

    hosts: frozenset[str]
    networks: tuple[Network, ...] = ()
    is_plain_allowed: bool = False


def read_rules(fields: FieldReader) -> WebRules:
    """Read the rules from a configuration; problems are kept in ``fields``."""
    hosts = frozenset(host.lower() for host in fields.texts("hosts", limit=260, count=100))
    networks = [_network(fields, text) for text in fields.texts("private_networks", limit=60, count=20)]
    return WebRules(hosts, tuple(each for each in networks if each), fields.flag("allow_http"))


def _network(fields: FieldReader, text: str) -> Network | None:
    try:
        return ip_network(text)
    except ValueError:
        fields.fault("private_networks", "network_malformed", value=text)
        return None


def resolve_name(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name. Raises TransientFailure ``host_unknown``."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TransientFailure("host_unknown", f"{host}: {error}") from error
    return [str(entry[4][0]) for entry in found]


def judge(url: str, rules: WebRules, *, resolve: Resolve = resolve_name) -> Target:
    """Return where to connect for a URL.

    Raises:
        Refused: ``address_not_allowed`` with the reason.
        TransientFailure: the name is not known just now.
    """
    parts = _split(url)
    host, port = (parts.hostname or "").lower(), parts.port or _PORTS[parts.scheme]
    if parts.scheme == "http" and not rules.is_plain_allowed:
        raise _no(url, "plain_http")
    is_listed = f"{host}:{port}" in rules.hosts or (host in rules.hosts and port == _PORTS[parts.scheme])
    if not is_listed:
        raise _no(url, "host_not_listed")
    addresses = [_plain(ip_address(text.partition("%")[0])) for text in resolve(host, port)]
    if not addresses or not all(_is_open(address, rules) for address in addresses):
        raise _no(url, "private_address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, str(addresses[0]), path)


def _split(url: str) -> SplitResult:
    if len(url) > _ADDRESS_LIMIT or not url.isascii() or not url.isprintable() or " " in url:
        raise _no(url, "malformed")
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise _no(url, "malformed") from None
    if not is_good or parts.username is not None or parts.password is not None:
        raise _no(url, "malformed")
    return parts


def _plain(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one carries (mapped, 6to4, NAT64), so that it is judged as what it reaches."""
    if not isinstance(address, IPv6Address):
        return address
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address


def _is_open(address: Address, rules: WebRules) -> bool:
    is_public = address.is_global and not address.is_multicast
    return is_public or any(address.version == net.version and address in net for net in rules.networks)


def _no(url: str, reason: str) -> Refused:
    return Refused("address_not_allowed", address=url[:200], reason=reason)


def rules_of(configuration: Mapping[str, Any]) -> WebRules:
    """Return the rules of a configuration that has been checked."""
    return read_rules(FieldReader(configuration))
