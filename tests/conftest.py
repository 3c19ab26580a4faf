"""What every test may use: the selection for the second database, fresh databases, corpora, and a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from _pytest.nodeid import NodeId
from django.test import override_settings
from playwright.sync_api import Browser, Page, Request, ViewportSize, sync_playwright
from tests.brokers import Broker, rabbitmq
from tests.costs import CpuReport
from tests.fresh_databases import fresh_database

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "fresh_database_url"}
# Folders without a test that touches a database.
PURE = {"architecture", "domain", "formats", "samples"}
LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1", None}
DESKTOP: ViewportSize = {"width": 1366, "height": 768}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the choice of ``run.py test`` for its second run."""
    parser.addoption("--database-only", action="store_true", help="run only the tests that touch a database")
    parser.addoption("--cpu-report", action="store_true", help="say which files and tests cost most CPU seconds")


def pytest_configure(config: pytest.Config) -> None:
    """Keep passwords quickly; count CPU seconds if asked to."""
    override_settings(PASSWORD_HASHERS=["tests.passwords.QuickHasher"]).enable()
    if config.getoption("--cpu-report"):
        config.pluginmanager.register(CpuReport())


def touches_database(item: pytest.Item) -> bool:
    """Say whether a test can come out differently on another database; what a browser draws does not."""
    names = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("one_database") or "browser" in names:
        return False
    is_marked = any(item.get_closest_marker(name) for name in ("django_db", "journey"))
    return is_marked or bool(DATABASE_FIXTURES & names)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even import, for the second run, what has no test for it; ``check_pure`` sees to that."""
    is_pure = collection_path.parent == HERE and collection_path.name in PURE
    return True if is_pure and config.getoption("--database-only") else None


def check_pure(items: list[pytest.Item]) -> None:
    """Stop if a test of the second run would be left out silently."""
    lost = [item.nodeid for item in items if touches_database(item) and item.path.relative_to(HERE).parts[0] in PURE]
    if lost:
        message = f"these touch a database and must lie elsewhere than in tests/{{{','.join(sorted(PURE))}}}: {lost}"
        raise pytest.UsageError(message)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what was asked for; what is left out because the machine lacks a browser shows as skipped."""
    check_pure(items)
    if config.getoption("--database-only"):
        dropped = [item for item in items if not touches_database(item)]
        items[:] = [item for item in items if touches_database(item)]
        config.hook.pytest_deselected(items=dropped)
    for name in filter(None, os.environ.get("JINGUI_TESTS_WITHOUT", "").split(",")):
        for item in items:
            if item.get_closest_marker(name) or name in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason=f"run without {name}"))
    # The long ones first, each group on one worker, so that no worker is left alone with them in the end.
    items.sort(key=lambda item: not (item.get_closest_marker("xdist_group") or item.get_closest_marker("journey")))
    if getattr(config.option, "loadgroup", False):  # in a worker of --dist loadgroup
        name_groups(items)


def name_groups(items: list[pytest.Item]) -> None:
    """Tell the scheduler the group of each test by the end of its id, as pytest-xdist means to.

    pytest 9.2 no longer reads the attribute that pytest-xdist 3.8 writes (pytest-xdist issue 1386): every group fell apart,
    and what a group has made once was made on every worker.
    """
    for item in items:
        mark = item.get_closest_marker("xdist_group")
        if mark is not None and "@" not in item.nodeid.rpartition("]")[2]:
            item._id = NodeId.parse(f"{item.nodeid}@{mark.args[0]}")


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Return the folder of the public corpora; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("JINGUI_CORPORA", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip("the corpora are not on this machine (JINGUI_CORPORA)")
    return folder


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """Run a real RabbitMQ, started by the first test that asks; those tests share a worker (xdist_group "broker")."""
    with rabbitmq() as running:
        yield running


@pytest.fixture
def fresh_database_url() -> Iterator[str]:
    """Return the address of an empty database for an instance of its own: "" means its default, SQLite in its home."""
    with fresh_database() as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Run a real Chromium, without sound and without a sandbox (which needs rights that containers lack)."""
    path = os.environ.get("JINGUI_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    # Playwright keeps an event loop in this thread; Django would take its queries for asynchronous ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--mute-audio"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open an empty page at 1366×768; the test fails if anything on it asks another machine or breaks in a script."""
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN", timezone_id="Asia/Shanghai")
    opened, foreign, broken = context.new_page(), [], []

    def note(request: Request) -> None:
        if request.url.startswith("http") and urlsplit(request.url).hostname not in LOCAL_HOSTS:
            foreign.append(request.url)

    context.on("request", note)
    opened.on("pageerror", lambda error: broken.append(str(error)))
    yield opened
    context.close()
    assert not foreign, f"a page asked another machine: {foreign}"
    assert not broken, f"a script broke: {broken}"
