"""A real server with a few real cases for the browser: made by the demo's own hands, once for all browser tests.

Every test here has the marks ``browser`` and ``journey`` and runs in one group, so that the server is started once. They
run on SQLite only: what a browser draws does not depend on the database, and every query and act has its test on both.
With ``JINGUI_PICTURES=1`` the tests renew the pictures in ``docs/pictures``.
"""

from __future__ import annotations

import io
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Request, ViewportSize, expect

from jingui.interfaces.cli.demo import START_SECONDS, Stage, answers, command, free_port, stop
from jingui.interfaces.cli.output import Out
from jingui.interfaces.cli.replay.play import PlayedCase

# What a page shows at once may take a busy machine seconds: other tests use the same processors.
expect.set_options(timeout=30_000)

CASES = 12
PHONE: ViewportSize = {"width": 390, "height": 844}
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
PICTURE_BYTES = 150_000
HERE = Path(__file__).parent
MARKS = (pytest.mark.browser, pytest.mark.journey, pytest.mark.one_database, pytest.mark.xdist_group("browser"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test of this folder its marks."""
    for item in items:
        if HERE in item.path.parents:
            for mark in MARKS:
                item.add_marker(mark)


@dataclass(frozen=True, slots=True)
class Site:
    """A running server: its address, its instance, the cases in it, and the password of every persona."""

    url: str
    home: Path
    password: str
    cases: tuple[PlayedCase, ...]

    def sign_in(self, page: Page, username: str = "danganyuan") -> None:
        """Sign a persona in (``jingui.interfaces.cli.demo.PERSONAS``)."""
        page.context.clear_cookies()
        page.goto(f"{self.url}/login")
        page.get_by_label("账号").fill(username)
        page.get_by_label("密码").fill(self.password)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "/login" not in url)

    def case_number(self, state: str = "preserved", *, twist: str = "", unit: str = "") -> str:
        """Return the number of a played case that came to rest in a state: of one twist, of one unit (WSJ: the clerk's)."""
        fits = (case for case in self.cases if case.status.state == state and twist in {"", case.twist})
        return next(case.number for case in fits if unit in case.number)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run a server on a free port with a dozen cases played at it."""
    stage = Stage(tmp_path_factory.mktemp("site") / "home", f"127.0.0.1:{free_port(0)}", Out(as_json=True))
    stage.prepare()
    server = start_server(stage)
    try:
        played = tuple(stage.play(CASES))
        yield Site(stage.url, stage.home, stage.password, played)
    finally:
        stop(server)


def start_server(stage: Stage) -> subprocess.Popen[bytes]:
    """Start the server of a prepared instance and wait until it answers; its log lies in the instance."""
    with (stage.home / "serve.log").open("wb") as log:
        line = [*command("serve"), "--bind", stage.bind]
        server = subprocess.Popen(line, env=stage.environment, stdout=log, stderr=log)
    deadline = time.monotonic() + START_SECONDS
    while not answers(f"{stage.url}/api/v1/keys"):
        is_hopeless = server.poll() is not None or time.monotonic() > deadline
        assert not is_hopeless, (stage.home / "serve.log").read_text(encoding="utf-8")
        time.sleep(0.1)
    return server


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """Open an empty page as on a telephone, 390×844, watched like ``page``."""
    with watched(browser, javascript=True) as opened:
        yield opened


@pytest.fixture
def plain_phone(browser: Browser) -> Iterator[Page]:
    """Open an empty page as on a telephone whose browser runs no scripts."""
    with watched(browser, javascript=False) as opened:
        yield opened


@contextmanager
def watched(browser: Browser, *, javascript: bool) -> Iterator[Page]:
    """Open a page; fail afterwards if anything on it asked another machine, broke in a script, or broke the policy."""
    context = browser.new_context(
        viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai", has_touch=True, java_script_enabled=javascript
    )
    opened, foreign, broken = context.new_page(), [], []

    def note(request: Request) -> None:
        if request.url.startswith("http") and urlsplit(request.url).hostname != "127.0.0.1":
            foreign.append(request.url)

    context.on("request", note)
    opened.on("pageerror", lambda error: broken.append(str(error)))
    opened.on("console", lambda said: broken.append(said.text) if "Content Security Policy" in said.text else None)
    yield opened
    context.close()
    assert not foreign, f"a page asked another machine: {foreign}"
    assert not broken, f"a page broke: {broken}"


@pytest.fixture(scope="session")
def picture() -> Callable[[Page, str], None]:
    """Return what takes a picture for the documents, or does nothing unless pictures are asked for."""
    return _take_picture if os.environ.get("JINGUI_PICTURES") == "1" else lambda _page, _name: None


_LOADED = "images => images.every(image => image.complete || image.getBoundingClientRect().top > innerHeight)"


def _take_picture(page: Page, name: str) -> None:
    deadline = time.monotonic() + 10
    # What lies in the window; pictures further down are loaded when they come into view.
    while not page.locator("img").evaluate_all(_LOADED) and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    with Image.open(io.BytesIO(page.screenshot())) as taken:
        small = taken.convert("RGB").quantize(192, dither=Image.Dither.NONE)
    PICTURES.mkdir(exist_ok=True)
    path = PICTURES / f"{name}.png"
    small.save(path, optimize=True)
    assert path.stat().st_size <= PICTURE_BYTES, path
