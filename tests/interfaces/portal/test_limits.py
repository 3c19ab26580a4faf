"""How often one address may ask."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from jingui.interfaces.portal.limits import RateLimit, address_of


def test_a_window_allows_so_many_and_then_none_until_it_ends() -> None:
    limit = RateLimit(most=2, seconds=60)

    assert [limit.allows("a", now=at) for at in (0, 1, 2, 59)] == [True, True, False, False]
    assert limit.allows("a", now=60)


def test_addresses_do_not_share_a_count() -> None:
    limit = RateLimit(most=1, seconds=60)

    assert [limit.allows(address, now=0) for address in "aba"] == [True, True, False]


def test_memory_is_bounded() -> None:
    limit = RateLimit(most=1, seconds=60, most_addresses=10)

    for number in range(1000):
        limit.allows(str(number), now=0)

    assert len(limit._windows) == 10


@pytest.mark.parametrize(
    ("peer", "forwarded", "behind_proxy", "address"),
    [
        ("203.0.113.9", "198.51.100.1", False, "203.0.113.9"),
        ("127.0.0.1", "10.9.9.9, 198.51.100.1", True, "198.51.100.1"),
        ("127.0.0.1", "", True, "127.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", False, "2001:db8:1:2::/64"),
        ("127.0.0.1", "not an address", True, "not an address"),
    ],
)
def test_the_proxy_is_believed_only_where_one_is_set_up(
    settings: Any, peer: str, forwarded: str, behind_proxy: bool, address: str
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if behind_proxy else None
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded})

    assert address_of(request) == address
