"""Inspection as people use it: a statement with its reason, a profile with its effect, statistics with the cases behind."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, expect
from tests.browser.conftest import PHONE, Site

SHOTS = os.environ.get("B1_SHOTS", "")


def _shot(page: Page, name: str) -> None:
    if SHOTS:
        sizes: tuple[ViewportSize, ...] = ({"width": 1366, "height": 768}, PHONE)
        for size in sizes:
            page.set_viewport_size(size)
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{size['width']}.png"))
        page.set_viewport_size({"width": 1366, "height": 768})


def test_a_statement_of_a_person_is_taken_and_stands_in_the_list(page: Page, site: Site) -> None:
    site.sign_in(page)
    page.goto(f"{site.url}/inspection/tasks?rule=GD-4-7")
    page.get_by_label("所见与理由").fill("归档操作按制度执行，权限每季核对，见检查记录")
    page.get_by_label("依据文件").set_input_files(
        {"name": "检查记录.txt", "mimeType": "text/plain", "buffer": "已核对".encode()}
    )
    page.get_by_role("button", name="记下结论").click()

    expect(page.get_by_role("status").first).to_contain_text("结论已记下")
    expect(page.get_by_role("link", name="检查记录.txt").first).to_be_visible()
    _shot(page, "tasks")


def test_a_profile_says_what_it_changes_before_and_after_it_is_saved(page: Page, site: Site) -> None:
    site.sign_in(page)
    page.goto(f"{site.url}/inspection/profiles/edit")
    page.get_by_label("检测 GD-3-6").uncheck()
    page.locator('[id="GD-3-4:minimum_dpi"]').fill("200")
    page.get_by_label("修改理由").fill("扫描件不得低于 200 dpi")
    _shot(page, "profile")
    page.get_by_role("button", name="保存为新版本").click()

    expect(page.get_by_text("不检测；每份报告写明")).to_be_visible()
    expect(page.get_by_text("0 → 200")).to_be_visible()
    _shot(page, "profiles")


def test_a_number_of_the_statistics_leads_to_its_cases(page: Page, site: Site) -> None:
    site.sign_in(page)
    page.goto(f"{site.url}/inspection")
    _shot(page, "statistics")
    page.get_by_role("table").get_by_role("link").first.click()

    expect(page.get_by_role("link", name="回到统计")).to_be_visible()
    _shot(page, "cases")
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_text("归档环节检测：")).to_be_visible()
    _shot(page, "record-held")


def test_a_kept_record_is_inspected_anew_and_its_report_is_a_pdf(page: Page, site: Site) -> None:
    site.sign_in(page)
    page.goto(f"{site.url}/library?q={site.case_number()}")
    page.locator("table a[href^='/records/']").first.click()
    page.get_by_role("link", name="四性检测").click()
    page.get_by_role("button", name="长期保存检测").click()

    expect(page.get_by_text("长期保存环节检测：通过")).to_be_visible()
    _shot(page, "record-cq")
    address = page.get_by_role("link", name="报告", exact=True).get_attribute("href")
    made = page.request.get(f"{site.url}{address}")
    assert made.ok
    assert made.body().startswith(b"%PDF-")
    if SHOTS:
        (Path(SHOTS) / "report.pdf").write_bytes(made.body())
