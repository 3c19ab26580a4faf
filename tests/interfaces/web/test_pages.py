"""What holds for every page: no dead link, nothing inline, nothing from elsewhere, no overflow on any screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Page
from tests.builders import PASSWORD, Built, demo_case, make_account, make_case_at, seal
from tests.interfaces.web.conftest import SignIn

from jingui.domain.access.roles import Role
from jingui.domain.lifecycle import CaseState

TEMPLATES = Path(__file__).resolve().parents[3] / "src" / "jingui" / "interfaces" / "web" / "templates"
MOST_PAGES = 150
PHONE = {"width": 390, "height": 844}


class Links(HTMLParser):
    """Collects what a page leads to and what it must not have."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.found += [values[name] or "" for name in ("href", "src") if name in values]
        self.inline += [name for name in values if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and not values.get("src")):
            self.inline.append(tag)


def read(content: str) -> Links:
    links = Links()
    links.feed(content)
    return links


def crawl(client: Client, start: str) -> Iterator[tuple[str, Links]]:
    """Follow every link of our own pages; each kind of address with a number in it is followed a few times only."""
    waiting, seen = [start], {start}
    shapes: dict[str, int] = {}
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        if not answer.headers["Content-Type"].startswith("text/html"):
            if answer.streaming:
                answer.getvalue()  # read to its end, a file closes itself
            continue
        links = read(answer.content.decode())
        yield address, links
        for link in links.found:
            target = urljoin(address, link)
            parts = urlsplit(target)
            shape = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "N", f"{parts.path}?{parts.query}")
            if parts.path.startswith("/static/") or parts.fragment or target in seen or shapes.get(shape, 0) >= 2:
                continue
            shapes[shape] = shapes.get(shape, 0) + 1
            seen.add(target)
            waiting.append(target)


@pytest.mark.parametrize("role", list(Role))
def test_no_link_of_any_page_is_dead(built: Built, sign_in: SignIn, role: Role) -> None:
    make_case_at(built, CaseState.PRESERVED)
    make_case_at(built, CaseState.HELD)
    seal(built)
    pages = dict(crawl(sign_in(role), "/integration" if role is Role.INTEGRATOR else "/"))

    assert len(pages) >= 3
    assert [address for address, links in pages.items() if links.inline] == []
    assert [link for links in pages.values() for link in links.found if link in {"", "#"}] == []


def test_every_page_forbids_what_is_inline_or_from_elsewhere(archivist: Client) -> None:
    for address in ("/", "/library", "/nothing", "/login"):
        policy = archivist.get(address).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_pages_are_not_kept_by_caches(archivist: Client) -> None:
    assert archivist.get("/library").headers["Cache-Control"] == "no-store"


def test_the_script_of_htmx_is_the_installed_package_s_own(archivist: Client) -> None:
    assert "/static/django_htmx/htmx-2.min.js" in archivist.get("/").content.decode()
    assert list((TEMPLATES.parent / "static").rglob("htmx*")) == []


def test_templates_mark_nothing_safe_by_hand() -> None:
    marked = [
        path.name for path in TEMPLATES.rglob("*.html") if re.search(r"\|\s*safe\b|autoescape off", path.read_text())
    ]

    assert marked == []


def signed_in(page: Page, server: str) -> None:
    make_account("chen", Role.ARCHIVIST)
    page.goto(f"{server}/login")
    page.fill("#u", "chen")
    page.fill("#p", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"{server}/")


@pytest.fixture
def server(transactional_db: None, built: Built, live_server: object) -> str:
    return str(live_server)


@pytest.mark.browser
def test_from_search_to_a_page_image_without_a_reload(server: str, built: Built, page: Page) -> None:
    case = make_case_at(built, CaseState.PRESERVED, demo=demo_case("none"))
    signed_in(page, server)
    page.keyboard.press("/")
    page.keyboard.type(case.applicant_name[:2])
    page.keyboard.press("Enter")
    page.click(".grid .title a")
    page.wait_for_selector("#viewer img.sheet")
    page.evaluate("window.isSamePage = true")

    page.click("text=材料清点")
    page.wait_for_selector(".inventory-head")
    page.click(".inventory-grid a >> nth=1")
    page.wait_for_selector(".canvas img.sheet")
    page.wait_for_load_state("networkidle")

    assert page.evaluate("document.querySelector('.canvas img.sheet').naturalWidth") > 0

    assert page.evaluate("window.isSamePage") is True
    assert "file=" in page.url
    assert "/inventory" in page.url


@pytest.mark.browser
def test_no_page_is_wider_than_the_screen(server: str, built: Built, page: Page) -> None:
    make_case_at(built, CaseState.PRESERVED)
    held = make_case_at(built, CaseState.HELD)
    seal(built)
    signed_in(page, server)
    tabs = [
        f"/records/{held.key}/{tab}" for tab in ("metadata", "files", "inventory", "inspection", "process", "proof")
    ]
    too_wide = []
    for size in (PHONE, {"width": 1366, "height": 768}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for address in ("/", "/library", "/library?show=files", "/catalogue", "/worklists/incomplete", *tabs):
            page.goto(server + address)
            over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            too_wide += [(address, size["width"], over)] if over > 0 else []

    assert too_wide == []
