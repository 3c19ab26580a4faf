"""Which addresses a source may make us fetch, whatever its name service answers."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from jingui.adapters.sources.addresses import WebRules, judge
from jingui.domain.errors import Refused

RULES = WebRules(frozenset({"files.example.org", "inner.example.org:8443"}))
PUBLIC = "93.184.216.34"


def reason(url: str, *answers: str, rules: WebRules = RULES) -> str:
    with pytest.raises(Refused, match="address_not_allowed") as refused:
        judge(url, rules, resolve=lambda _host, _port: answers or (PUBLIC,))
    return refused.value.params["reason"]


def test_a_listed_host_is_reached_at_the_address_that_was_judged() -> None:
    target = judge("https://files.example.org/a/b?c=d", RULES, resolve=lambda _host, _port: (PUBLIC,))
    assert (target.host, target.port, target.ip, target.path) == ("files.example.org", 443, PUBLIC, "/a/b?c=d")


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example.org/", "https://files.example.org:8443/", "https://inner.example.org/",
        "https://files.example.org.evil.org/", "https://93.184.216.34/",
    ],
)  # fmt: skip
def test_what_is_not_on_the_list_is_refused(url: str) -> None:
    assert reason(url) == "host_not_listed"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "gopher://files.example.org/", "https://files.example.org@evil.org/",
        "https://user:pw@files.example.org/", "https:///x", "https://files.example.org:99999/", "//files.example.org/",
        "https://files.example.org/a b", "https://files.example.org/\r\nHost: x", "https://[::1/", "https://文件.例/",
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    assert reason(url) == "malformed"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "::",
        "64:ff9b::7f00:1", "64:ff9b::a00:1",
    ],
)  # fmt: skip
def test_a_name_that_leads_into_a_private_network_is_refused(address: str) -> None:
    assert reason("https://files.example.org/", address) == "private_address"


def test_one_private_answer_among_public_ones_is_enough_to_refuse() -> None:
    assert reason("https://files.example.org/", PUBLIC, "10.0.0.1") == "private_address"


def test_a_private_network_may_be_allowed_by_name_and_no_other_with_it() -> None:
    rules = WebRules(RULES.hosts, (ip_network("10.1.0.0/16"),))
    assert judge("https://files.example.org/", rules, resolve=lambda _host, _port: ("10.1.2.3",)).ip == "10.1.2.3"
    assert reason("https://files.example.org/", "10.2.0.1", rules=rules) == "private_address"


def test_plain_http_is_refused_unless_allowed() -> None:
    assert reason("http://files.example.org/") == "plain_http"
