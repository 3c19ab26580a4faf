"""The staff's way in a real browser: sign in, see what waits, find by a two-character name, read a record's tabs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Site

Picture = Callable[[Page, str], None]
TABS = {
    "材料清点": "inventory",
    "四性检测": "inspection",
    "过程": "process",
    "版本": "versions",
    "审计证明": "proof",
}


def test_a_stranger_is_asked_to_sign_in(page: Page, site: Site, picture: Picture) -> None:
    page.goto(f"{site.url}/library")

    expect(page.get_by_role("button", name="登录")).to_be_visible()
    picture(page, "login")


def test_home_shows_what_waits_and_leads_to_it(page: Page, site: Site, picture: Picture) -> None:
    site.sign_in(page)
    held = site.case_number("held")
    expect(page.get_by_role("heading", name="我的工作")).to_be_visible()
    picture(page, "home")

    page.get_by_role("link", name="材料不齐").first.click()

    expect(page.locator("main")).to_contain_text("缺")
    page.locator("main a[href^='/records/']").first.click()
    expect(page.locator(".record-head")).to_contain_text(held[:6])


def test_the_library_finds_a_name_of_two_characters(page: Page, site: Site, picture: Picture) -> None:
    site.sign_in(page)
    page.goto(f"{site.url}/library")
    picture(page, "library")

    page.get_by_label("检索档案").fill("护士")
    page.keyboard.press("Enter")

    rows = page.locator("main a[href^='/records/']")
    expect(rows.first).to_be_visible()
    assert all("护士" in row.inner_text() for row in rows.all() if row.inner_text().strip())


CUT = (
    "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth || cell.scrollHeight > cell.clientHeight).length"
)


def test_titles_in_the_library_are_whole_on_a_desk_and_on_a_telephone(page: Page, phone: Page, site: Site) -> None:
    for screen in (page, phone):
        site.sign_in(screen)
        screen.goto(f"{site.url}/library")
        expect(screen.locator("td.title").first).to_be_visible()
        assert screen.locator("td.title, td.unit").evaluate_all(CUT) == 0
        assert screen.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("tab", TABS)
def test_every_side_of_a_record_can_be_opened(page: Page, site: Site, picture: Picture, tab: str) -> None:
    site.sign_in(page)
    page.get_by_label("检索档案").fill(site.case_number(twist="none", unit="WSJ"))
    page.keyboard.press("Enter")
    page.locator("main a[href^='/records/']").first.click()

    page.get_by_role("navigation", name="档案各面").get_by_role("link", name=tab).click()

    expect(page.get_by_role("navigation", name="档案各面").locator("[aria-current]")).to_contain_text(tab)
    image = page.locator(".canvas img").first
    expect(image).to_be_visible()
    assert image.evaluate("async image => { await image.decode(); return image.naturalWidth }") > 400
    picture(page, f"record-{TABS[tab]}")


def test_a_telephone_shows_the_record_without_sideways_scrolling(phone: Page, site: Site, picture: Picture) -> None:
    site.sign_in(phone)
    phone.goto(f"{site.url}/library?q={site.case_number(twist='none', unit='WSJ')}")
    phone.locator("main a[href^='/records/']").first.click()

    expect(phone.locator(".record-head")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture(phone, "record-390")
