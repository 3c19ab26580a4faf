"""The day's closing in a real browser: a dropped case is seen, explained, and the certificate is renewed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Site
from tests.waiting import wait_for

from jingui.interfaces.cli.client import Answer, Body, CaptureClient, Endpoint
from jingui.interfaces.cli.demo import SOURCE

DROPPED = "539900WSJ-DROPPED-1"
Picture = Callable[[Page, str], None]


@dataclass(frozen=True, slots=True)
class Closed:
    """A day that the source has reported: its date."""

    day: str


@pytest.fixture(scope="module")
def closed(site: Site) -> Closed:
    """Send yesterday's ledger with one case that never came."""
    key = json.loads((site.home / "sources" / f"{SOURCE}.json").read_text(encoding="utf-8"))
    day = (datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")) - timedelta(days=1)).date().isoformat()
    agency = next(case for case in site.cases if "WSJ" in case.number)
    with CaptureClient(Endpoint(site.url, key["key_id"], key["secret"])) as client:
        kept = [case for case in site.cases if case.status.state == "preserved"]
        lines = [line_of(client.case(case.number)) for case in kept]
        item = client.case(agency.number).document["item_code"]
        lines.append(
            {
                "case_number": DROPPED,
                "state": "closed",
                "closed_at": f"{day}T16:00:00+08:00",
                "kind": "completed",
                "item_code": item,
            }
        )
        taken = client.request("PUT", f"/ledgers/{day}", body=Body.of_json({"lines": lines}))
        assert taken.is_taken, taken.document
        wait_for_certificates(client, day)
    return Closed(day)


def wait_for_certificates(client: CaptureClient, day: str) -> None:
    """Wait until the worker has closed the day, which it does within seconds."""
    wait_for(lambda: bool(client.request("GET", f"/ledgers/{day}").document["certificates"]), lambda: "the day is open")


def line_of(answer: Answer) -> dict[str, Any]:
    """Write the ledger line of a case as its source would."""
    told = answer.document
    line = {"case_number": told["case_number"], "item_code": told["item_code"], "received_at": told["received_at"]}
    return line | {"state": "closed", "closed_at": told["closed_at"], "kind": "completed"}


def open_list(page: Page, site: Site) -> None:
    """Go to what nobody accounts for."""
    site.sign_in(page)
    page.goto(f"{site.url}/coverage/unexplained")
    expect(page.get_by_text(DROPPED)).to_be_visible()


def test_a_dropped_case_is_seen_and_explained_and_the_certificate_renewed(
    page: Page, site: Site, closed: Closed, picture: Picture
) -> None:
    open_list(page, site)
    page.goto(site.url)
    page.get_by_role("link", name="逐件查看和说明").click()
    expect(page.locator("tr", has_text=DROPPED)).to_contain_text("什么都没有收到")
    picture(page, "coverage-unexplained")

    page.goto(f"{site.url}/coverage")
    expect(page.locator("main")).to_contain_text("1 件去向不明")
    picture(page, "coverage")
    page.locator("tbody", has_text=closed.day).get_by_role("link", name="1", exact=True).last.click()
    expect(page.locator(".page-head")).to_contain_text("未说明 1")
    picture(page, "coverage-certificate")
    page.get_by_label(DROPPED).check()
    page.get_by_label("原因").select_option("system_fault")
    page.get_by_label("情况").fill("16 时平台升级，未能报送")
    page.get_by_role("button", name="说明", exact=True).click()

    expect(page.locator(".notice-done")).to_contain_text("证书已更新")
    expect(page.locator(".page-head")).to_contain_text("全部有着落")
    expect(page.locator("main")).to_contain_text("第 2 版")
    page.get_by_role("link", name="已说明").click()
    expect(page.locator("tr", has_text=DROPPED)).to_contain_text("16 时平台升级")


def test_a_telephone_shows_days_and_public_certificate_without_sideways_scrolling(
    phone: Page, site: Site, closed: Closed, picture: Picture
) -> None:
    site.sign_in(phone)
    phone.goto(f"{site.url}/coverage")
    expect(phone.locator("main")).to_contain_text(closed.day)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture(phone, "coverage-390")
    phone.locator("th[scope=row] a").first.click()
    expect(phone.locator(".page-head")).to_contain_text(closed.day)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture(phone, "coverage-certificate-390")

    phone.get_by_role("link", name="公开核验页").click()

    expect(phone.get_by_role("heading", level=1)).to_contain_text("证书")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture(phone, "coverage-public-390")
