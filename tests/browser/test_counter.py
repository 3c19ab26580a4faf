"""A batch of sixty sheets through the counter: clerk and applicant each at a screen of their own, up to the archived case."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.conftest import Site, watched
from tests.browser.counter_batch import PAPERS, batch, write_jpeg, write_tiff

Picture = Callable[[Page, str], None]
APPLICANT = "萨仁高娃"
SHEETS = 60
READING_MS = 400_000
LOOKS = 60


@pytest.fixture
def applicant(browser: Browser) -> Iterator[Page]:
    """Open the applicant's screen in a browser context of its own: no cookie of the clerk's, a telephone's size."""
    with watched(browser, javascript=True) as opened:
        yield opened


def open_case(page: Page, site: Site) -> None:
    site.sign_in(page, "chuangkou")
    page.goto(f"{site.url}/counter")
    page.get_by_role("link", name="新收件").click()
    page.get_by_label("查找事项").fill("注销")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("radio", name=re.compile("护士注销注册")).check()
    page.get_by_label("姓名或单位名称").fill(APPLICANT)
    page.locator("#id_number").fill("150105199003076528")
    page.get_by_role("textbox", name="窗口").fill("3 号窗口")
    page.get_by_role("button", name="开始收材料").click()
    page.wait_for_url(re.compile(r"/counter/[0-9a-f-]{36}$"))


def upload(page: Page, *files: Path) -> None:
    page.locator("#scans").set_input_files(list(files))
    page.get_by_role("button", name="上传", exact=True).click()


def cell(page: Page, number: int) -> Locator:
    return page.locator(".sheet-cell").nth(number - 1)


def code_shown(page: Page) -> str:
    return page.locator("#one-time").inner_text().replace(" ", "")


def write_name(screen: Page) -> None:
    """Write on the canvas as a hand does: two strokes with many points."""
    field = screen.locator("#sign")
    field.scroll_into_view_if_needed()
    frame = field.bounding_box()
    assert frame is not None
    for stroke in range(2):
        left, top = frame["x"] + frame["width"] * (0.15 + 0.35 * stroke), frame["y"] + frame["height"] / 2
        screen.mouse.move(left, top)
        screen.mouse.down()
        for step in range(1, 25):
            screen.mouse.move(left + step * frame["width"] * 0.012, top + math.sin(step / 3) * frame["height"] * 0.22)
        screen.mouse.up()


def open_screen(screen: Page, site: Site, code: str) -> None:
    screen.goto(f"{site.url}/c")
    screen.get_by_label("验证码").fill(code)
    screen.get_by_role("button", name="开始").click()
    expect(screen.get_by_role("heading", level=1)).to_have_text("护士注销注册")


def confirm_all(screen: Page, count: int) -> None:
    screen.get_by_role("link", name="开始看材料").click()
    for at in range(1, count + 1):
        expect(screen.locator(".c-count")).to_have_text(f"第 {at} 份，共 {count} 份")
        screen.get_by_role("button", name="这份材料无误，确认").click()
    expect(screen.get_by_role("heading", level=1)).to_have_text("签名")


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.timeout(900)  # the server's start and sixty pages, on whatever machine there is
def test_sixty_sheets_pass_the_counter_with_the_applicant_at_a_second_screen(
    page: Page, applicant: Page, site: Site, tmp_path: Path, picture: Picture
) -> None:
    for each in (page, applicant):
        each.set_default_timeout(40_000)
    open_case(page, site)
    upload(page, write_tiff(tmp_path / "批次.tif", batch()))
    see_it_split(page)
    picture(page, "counter-grid")
    settle_unmarked(page)
    work_by_keyboard(page)

    # The applicant looks, and says that a page is not right: everything goes back.
    page.get_by_role("button", name="请申请人确认").click()
    open_screen(applicant, site, code_shown(page))
    picture(applicant, "citizen-summary-390")
    object_to_a_page(applicant, picture)
    expect(page.locator("#screen")).to_contain_text("第 2 页歪了")

    # Again, with a new code; confirmed and signed; then a change makes it void.
    page.get_by_role("button", name="请申请人确认").click()
    picture(page, "counter-code")
    open_screen(applicant, site, code_shown(page))
    confirm_all(applicant, len(PAPERS))
    expect(page.locator(".counter-seen .mark-pass")).to_have_count(len(PAPERS))
    sign(applicant, picture, "citizen-sign-390")
    expect(page.locator(".counter-head")).to_contain_text("申请人已签名")
    turn_a_page_round(page)

    page.get_by_role("button", name="请申请人确认").click()
    applicant.set_viewport_size({"width": 1024, "height": 768})
    open_screen(applicant, site, code_shown(page))
    confirm_all(applicant, len(PAPERS))
    sign(applicant, picture, "citizen-sign-tablet")

    hand_over_and_close(page)
    page.get_by_role("link", name=re.compile("^原文")).click()
    expect(page.locator("main")).to_contain_text("窗口材料确认单")
    expect(page.locator("main")).to_contain_text("注销护士执业注册决定书")
    picture(page, "counter-archived")


def see_it_split(page: Page) -> None:
    """Wait for the batch: split by separator sheets and blank pages, in the background."""
    expect(page.locator("#progress")).to_be_visible()
    expect(page.locator(".sheet-cell")).to_have_count(SHEETS, timeout=READING_MS)
    expect(page.locator(".sheet-cell.is-dropped")).to_have_count(6)
    expect(page.locator(".sheet-cell.state-stated")).to_have_count(sum(p.pages for p in PAPERS if p.is_marked))
    expect(cell(page, 4).locator(".flag")).to_contain_text("歪斜")
    assert not is_too_wide(page)


def settle_unmarked(page: Page) -> None:
    """Settle what no sheet marked: by its heading where this installation can read, otherwise by the clerk's hand."""
    accept = page.get_by_role("button", name=re.compile("采纳全部建议"))
    if accept.count():
        accept.click()
        expect(page.locator(".sheet-cell.state-suggested")).to_have_count(0)
    for first, paper in ((51, PAPERS[4]), (57, PAPERS[5])):
        if paper.code in cell(page, first).inner_text():
            continue
        cell(page, first).locator(".thumb").click()
        cell(page, first + paper.pages - 1).locator(".thumb").click(modifiers=["Shift"])
        page.locator(f".counter-mat[value={paper.code}]").click()
        expect(cell(page, first)).to_contain_text(paper.code)
    expect(page.locator(".counter-sum")).to_contain_text("已分 54")


def work_by_keyboard(page: Page) -> None:
    """Drop a page, take it back, move one."""
    cell(page, 13).locator(".thumb").click()
    page.keyboard.press("d")
    expect(page.locator(".sheet-cell.is-dropped")).to_have_count(7)
    cell(page, 13).locator(".thumb").click()
    page.keyboard.press("k")
    expect(page.locator(".sheet-cell.is-dropped")).to_have_count(6)
    before = cell(page, 12).get_attribute("data-page")
    cell(page, 12).locator(".thumb").click()
    page.keyboard.press("]")
    expect(cell(page, 13)).to_have_attribute("data-page", str(before))


def object_to_a_page(applicant: Page, picture: Picture) -> None:
    applicant.get_by_role("link", name="开始看材料").click()
    picture(applicant, "citizen-material-390")
    assert not is_too_wide(applicant)
    applicant.get_by_text("有问题，要改").click()
    applicant.get_by_label("哪里不对").fill("第 2 页歪了")
    applicant.get_by_role("button", name="告诉窗口人员").click()
    expect(applicant.get_by_role("heading", level=1)).to_have_text("这次确认已经作废")


def sign(applicant: Page, picture: Picture, name: str) -> None:
    write_name(applicant)
    picture(applicant, name)
    assert not is_too_wide(applicant)
    applicant.get_by_role("button", name="签好了，提交").click()
    expect(applicant.locator(".c-good")).to_contain_text("确认好了")


def turn_a_page_round(page: Page) -> None:
    """Turn a page once, which makes the signature void, and on until it stands as before."""
    cell(page, 2).locator(".thumb").click()
    page.keyboard.press("r")
    expect(page.locator("#screen")).to_contain_text("页面有改动")
    expect(page.get_by_role("button", name="提交归档")).to_have_count(0)
    for _ in range(3):
        cell(page, 2).locator(".thumb").click()
        with page.expect_response(re.compile("/pages$")):
            page.keyboard.press("r")


def hand_over_and_close(page: Page) -> None:
    page.get_by_role("button", name="提交归档").click()
    expect(page.locator(".notice-done")).to_contain_text("已提交 7 份文件")
    page.get_by_label("办理环节").fill("受理、办结")
    page.get_by_label("结果", exact=True).fill("准予注销")
    page.get_by_role("button", name="办结并归档").click()
    page.get_by_role("link", name="看办件").click()
    wait_until_archived(page)


def wait_until_archived(page: Page) -> None:
    """Look again until the record bears its archival code; the worker needs a moment for four stages."""
    head = page.locator(".record-head")
    for _ in range(LOOKS):
        if "-ZW·" in head.inner_text():
            return
        page.wait_for_timeout(1000)
        page.reload()
    expect(head).to_contain_text("-ZW·")


def test_a_page_out_of_focus_is_flagged_and_what_is_no_scan_is_refused(page: Page, site: Site, tmp_path: Path) -> None:
    open_case(page, site)
    note = tmp_path / "说明.txt"
    note.write_text("这不是扫描件", encoding="utf-8")
    upload(page, note)
    expect(page.locator(".notice-needs")).to_be_visible()
    expect(page.locator(".sheet-cell")).to_have_count(0)

    upload(page, write_jpeg(tmp_path / "模糊.jpg", batch()[1]))
    expect(page.locator(".sheet-cell")).to_have_count(1, timeout=READING_MS)
    expect(cell(page, 1).locator(".flag")).to_contain_text("模糊")


def test_the_code_beside_the_picture_opens_the_screen_once_and_a_wrong_one_never(
    page: Page, applicant: Page, site: Site, tmp_path: Path
) -> None:
    open_case(page, site)
    upload(page, write_tiff(tmp_path / "两页.tif", batch()[:2]))
    expect(page.locator(".sheet-cell")).to_have_count(2, timeout=READING_MS)
    page.get_by_role("button", name="请申请人确认").click()
    with Image.open(io.BytesIO(page.locator(".counter-code img").screenshot())) as seen:
        (address,) = {found.text for found in zxingcpp.read_barcodes(seen.resize((400, 400)))}
    code = code_shown(page)

    for wrong, said in ((f"{(int(code) + 1) % 10**8:08}", "还可以试 4 次"), (code, "")):
        applicant.goto(address)
        applicant.get_by_label("验证码").fill(wrong)
        applicant.get_by_role("button", name="开始").click()
        if said:
            expect(applicant.locator(".c-alert")).to_contain_text(said)
    expect(applicant.get_by_role("heading", level=1)).to_have_text("护士注销注册")
    applicant.context.clear_cookies()
    applicant.goto(address)
    expect(applicant.locator("main")).not_to_contain_text(APPLICANT)
    applicant.get_by_label("验证码").fill(code)
    applicant.get_by_role("button", name="开始").click()
    expect(applicant.locator(".c-alert")).to_contain_text("不能再用")
