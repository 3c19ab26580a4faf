"""A catalogue is imported in a real browser while the workers are killed: left, come back to, and every row once."""

from __future__ import annotations

import csv
import io
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook
from tests.browser.conftest import Site
from tests.browser.test_plans import TOO_WIDE

Picture = Callable[[Page, str], None]
AGENCY = "11440000006940116U"
ITEMS, BAD = 8_000, 3  # seconds of work on any machine, so that the page is seen half-way before the workers are killed
WORK_TIME = 240_000  # the one worker of the site may be reading sixty pages for another test
"""How long a worker may take on a busy machine, in milliseconds."""


def list_of_items() -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("事项名称", "实施编码", "实施主体编码", "区划", "部门", "备注"))
    of = (AGENCY, "440000", "省教育厅")
    writer.writerows((f"浏览器导入{n}", f"{AGENCY}2440109{n:06}", *of, "长" * 200) for n in range(ITEMS))
    writer.writerows((f"坏行{n}", f"12{n}", *of, "") for n in range(BAD))
    return text.getvalue().encode()


def kill_workers(home: Path) -> int:
    """Kill the workers of an instance as a power failure does; return how many. The server starts others."""
    killed = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            variables = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"worker" in words and f"JINGUI_HOME={home}".encode() in variables:
            os.kill(int(folder.name), signal.SIGKILL)
            killed += 1
    return killed


def preview(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/catalogue/import")
    page.locator("#catalogue").set_input_files(
        {"name": "大清单.csv", "mimeType": "text/csv", "buffer": list_of_items()}
    )
    page.get_by_role("button", name="上传并预览").click()
    page.get_by_text("读法：").click(timeout=WORK_TIME)
    page.get_by_label("校验口径").select_option("strict")
    page.get_by_role("button", name="按这样重新看").click()
    expect(page.get_by_role("button", name="确认导入")).to_be_visible(timeout=WORK_TIME)


@pytest.mark.timeout(900)
def test_an_import_whose_workers_are_killed_ends_with_every_row_once(
    page: Page, site: Site, phone: Page, picture: Picture
) -> None:
    site.sign_in(page)
    preview(page, site)
    other = page.context.new_page()
    preview(other, site)
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("#work")).to_be_visible()
    here = page.url
    other.get_by_role("button", name="确认导入").click()
    expect(other.locator("main")).to_contain_text("没有另开一个")
    assert other.url == here
    other.goto(f"{site.url}/catalogue/imports")

    expect(page.locator("#work")).to_contain_text("新增", timeout=WORK_TIME)
    assert kill_workers(site.home)
    picture(page, "import-progress")
    other.get_by_role("link", name="看进度").click()

    expect(other.locator(".pill-pass")).to_contain_text("完成", timeout=WORK_TIME)
    expect(page.locator(".pill-pass")).to_contain_text("完成", timeout=WORK_TIME)
    expect(page.locator(".outcomes")).to_contain_text(f"{ITEMS:,}新增事项")
    expect(page.locator(".outcomes")).to_contain_text(f"{BAD}未收的行")
    with page.expect_download() as told:
        page.get_by_role("link", name="Excel").click()
    assert len(CalamineWorkbook.from_path(told.value.path()).get_sheet_by_index(0).to_python()) == BAD + 1

    site.sign_in(phone)
    phone.goto(here)
    assert phone.evaluate(TOO_WIDE) == []
