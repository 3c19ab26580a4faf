"""Trying out a mapping on a screen: the sample on the left, what it gives and what is missing on the right."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Site

MAPPING: dict[str, Any] = {
    "language": "jmespath",
    "zone": "Asia/Shanghai",
    "tables": {"channel": {"1": "online", "2": "counter"}},
    "messages": [
        {
            "kind": "case",
            "fields": {
                "case_number": "bjbh",
                "title": "bjmc",
                "item_code": "sxbm",
                "applicant.name": "sqr",
                "received_at": {"find": "sjsj", "date": "%Y%m%d%H%M%S"},
                "channel": {"find": "sqfs", "table": "channel"},
            },
        }
    ],
}
SAMPLE = {"bjbh": "A-1", "bjmc": "护士执业注册", "sxbm": "1153", "sqr": "张三", "sjsj": "20250303090000", "sqfs": "9"}


def try_out(page: Page, site: Site) -> None:
    site.sign_in(page)
    page.goto(f"{site.url}/sources")
    expect(page.get_by_role("heading", name="还没有来源连接")).to_be_visible()
    page.get_by_role("link", name="试映射").click()
    page.get_by_label("来源样例").fill(json.dumps({**SAMPLE, "bjmc": ""}, ensure_ascii=False, indent=1))
    page.get_by_label("映射", exact=True).fill(json.dumps(MAPPING, ensure_ascii=False, indent=1))
    page.get_by_role("button", name="试一试").click()


def test_what_a_sample_lacks_is_marked_and_mended(page: Page, site: Site) -> None:
    try_out(page, site)
    result = page.get_by_role("region", name="结果")
    expect(result).to_contain_text("缺 2 项")
    expect(result).to_contain_text("代码“9”不在代码表“channel”中")
    page.get_by_label("来源样例").fill(json.dumps({**SAMPLE, "sqfs": "1"}, ensure_ascii=False))
    page.get_by_role("button", name="试一试").click()
    expect(result).to_contain_text("可收")
    expect(result).to_contain_text("2025-03-03T09:00:00+08:00")


@pytest.mark.parametrize("path", ["/sources", "/sources/problems", "/sources/try"])
def test_a_telephone_shows_it_without_sideways_scrolling(phone: Page, site: Site, path: str) -> None:
    site.sign_in(phone)
    phone.goto(f"{site.url}{path}")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
