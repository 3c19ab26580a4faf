"""An archiving plan in a real browser: drawn up, a fault shown, mended, examined by the authority, in force."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect
from tests.browser.conftest import Site

Picture = Callable[[Page, str], None]
WORK_TIME = 60_000
"""How long a worker may take on a busy machine, in milliseconds."""

TOO_WIDE = (
    "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth"
    " && !e.closest('.grid-wrap, .tabs')).map(e => e.outerHTML.slice(0, 90))"
)


def draw_up_with_a_contradiction(page: Page, site: Site) -> str:
    site.sign_in(page)
    page.goto(f"{site.url}/plans")
    page.get_by_label("从哪里起草").select_option("shipped")
    page.get_by_role("button", name="起草").click()
    expect(page.get_by_role("heading", name="全部事项")).to_be_visible()
    address = page.url
    page.get_by_role("link", name="保管期限", exact=True).click()
    page.get_by_role("link", name="加规则").click()
    page.get_by_label("规则名称").fill("网上申报永久")
    page.locator("#r-period").select_option("Y")
    page.locator("#r-reason").fill("试行")
    page.get_by_label("网上申报", exact=True).check()
    page.get_by_role("button", name="保存规则").click()
    return address


def give_opinion(page: Page, site: Site, address: str) -> None:
    site.sign_in(page, "daju")
    page.goto(address)
    page.locator("#opinion").fill("同意，试行一年")
    page.locator("#number").fill("云档批〔2026〕3 号")
    page.get_by_role("button", name="同意").click()
    expect(page.get_by_role("status")).to_contain_text("审查意见：同意")


def test_a_plan_is_drawn_up_mended_examined_and_comes_into_force(page: Page, site: Site, picture: Picture) -> None:
    address = draw_up_with_a_contradiction(page, site)
    page.get_by_role("button", name="提交审查").click()
    expect(page.locator(".findings").first).to_contain_text("规则“未办成”与同级的“网上申报永久”矛盾", timeout=WORK_TIME)
    picture(page, "plan-compiler")

    page.get_by_role("link", name="去改").first.click()
    page.get_by_label("优先级").fill("20")
    page.get_by_role("button", name="保存规则").click()
    page.get_by_role("link", name="材料与条件").click()
    picture(page, "plan-editor")
    page.get_by_role("button", name="提交审查").click()
    expect(page.locator(".page-head")).to_contain_text("审查中", timeout=WORK_TIME)
    expect(page.locator("form[action$='/opinion']")).to_have_count(0)  # nobody examines a plan of his own

    give_opinion(page, site, address)

    site.sign_in(page)
    page.goto(address)
    begin = page.get_by_role("button", name="现在生效")
    if begin.count():  # unless the worker, which looks once a minute, was there before
        begin.click()
    expect(page.locator(".page-head")).to_contain_text("现行")


def test_a_telephone_shows_plans_and_levels_without_sideways_scrolling(phone: Page, site: Site) -> None:
    site.sign_in(phone)
    for path in ("/plans", "/consistency"):
        phone.goto(f"{site.url}{path}")
        expect(phone.locator("h1")).to_be_visible()
        assert phone.evaluate(TOO_WIDE) == [], path
        assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
