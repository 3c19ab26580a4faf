"""Search → record → restricted copy → its QR code → the public page → comparison → made invalid, in a real browser."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import Site

PURPOSE, RECEIVER = "入职云泽市第一人民医院", "云泽市第一人民医院"
Picture = Callable[[Page, str], None]


def open_form(page: Page, site: Site) -> None:
    """Go the whole way: search for a preserved case, open its record, ask for a copy."""
    site.sign_in(page)
    number = site.case_number(twist="none", unit="WSJ")
    page.get_by_label("检索档案").fill(number)
    page.keyboard.press("Enter")
    page.locator("main a[href^='/records/']").first.click()
    expect(page.locator(".record-head")).to_contain_text(number)
    page.get_by_role("link", name="出具限定用途副本").first.click()


def choose_pdf(page: Page) -> None:
    page.locator("tr", has_text="PDF").get_by_role("radio").first.check()


def issue(page: Page, site: Site, *, purpose: str = PURPOSE, receiver: str = RECEIVER) -> None:
    open_form(page, site)
    choose_pdf(page)
    page.get_by_role("textbox", name="用途").fill(purpose)
    page.get_by_role("textbox", name="领用").fill(receiver)
    page.get_by_role("button", name="出具副本").click()
    page.wait_for_url("**/copies/*")


def download(page: Page, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载 PDF").click()
    target = folder / waiting.value.suggested_filename
    waiting.value.save_as(target)
    return target


def code_in(pdf: Path) -> str:
    """Read the QR code of the last page as a telephone would: from its picture."""
    with pypdfium2.PdfDocument(pdf) as opened:
        last = opened[len(opened) - 1]
        found = zxingcpp.read_barcodes(last.render(scale=3).to_pil())
        last.close()
    (code,) = {each.text for each in found}
    return code


def compare(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(file)
    with page.expect_navigation():
        page.get_by_role("button", name="比对", exact=True).click()


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A copy that stands: its file and the address in its code."""

    pdf: Path
    address: str


@pytest.fixture(scope="module")
def handed_out(browser: Browser, site: Site, tmp_path_factory: pytest.TempPathFactory) -> HandedOut:
    """Give one copy out for all tests that only look at it."""
    context = browser.new_context()
    page = context.new_page()
    issue(page, site)
    pdf = download(page, tmp_path_factory.mktemp("copies"))
    context.close()
    return HandedOut(pdf, code_in(pdf))


def altered(file: Path) -> Path:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    changed = file.with_name("改过的副本.pdf")
    changed.write_bytes(content)
    return changed


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_a_copy_is_found_given_out_verified_by_its_code_and_made_invalid(
    page: Page, phone: Page, site: Site, tmp_path: Path, picture: Picture
) -> None:
    issue(page, site)
    picture(page, "copy")
    pdf = download(page, tmp_path)
    address = code_in(pdf)
    assert address.startswith(f"{site.url}/v/")

    phone.goto(address)
    expect(phone.get_by_role("heading", level=1)).to_have_text("副本有效")
    expect(phone.locator("main")).to_contain_text(pdf.stem)
    expect(phone.locator("main")).to_contain_text(PURPOSE)
    picture(phone, "verify-valid-390")

    compare(phone, pdf)
    expect(phone.locator("#result")).to_contain_text("是同一份文件，没有被改动")
    picture(phone, "verify-same-390")
    compare(phone, altered(pdf))
    expect(phone.locator("#result")).to_contain_text("文件被改动过，请不要接受")
    picture(phone, "verify-changed-390")

    page.get_by_role("textbox", name="原因").fill("原注册信息已更正，请使用新副本")
    page.get_by_role("button", name="作废").click()
    expect(page.locator(".notice-needs")).to_contain_text("作废：原注册信息已更正")
    picture(page, "copy-revoked")
    phone.goto(address)
    expect(phone.get_by_role("heading", level=1)).to_have_text("副本已作废")
    expect(phone.locator(".verdict")).to_contain_text("原注册信息已更正")
    picture(phone, "verify-revoked-390")


def test_the_form_says_at_each_field_what_is_wrong_and_keeps_what_was_written(
    page: Page, site: Site, picture: Picture
) -> None:
    open_form(page, site)
    picture(page, "copy-new")
    choose_pdf(page)
    page.get_by_role("textbox", name="用途").fill(PURPOSE)
    page.get_by_role("textbox", name="领用").fill(" ")
    page.get_by_role("button", name="出具副本").click()

    field = page.get_by_role("textbox", name="领用")
    expect(field).to_have_attribute("aria-invalid", "true")
    described = str(field.get_attribute("aria-describedby")).split()
    assert "请写明" in page.locator(f"#{described[-1]}").inner_text()
    assert page.locator(".has-error > *").evaluate_all("all => all.map(each => each.tagName)") == [
        "LABEL",
        "SPAN",
        "SPAN",
        "INPUT",
    ]
    expect(page.get_by_role("textbox", name="用途")).to_have_value(PURPOSE)
    expect(page.get_by_role("radio", checked=True)).to_have_count(1)
    picture(page, "copy-new-error")


def test_a_clerk_sees_a_copy_with_people_masked_and_can_neither_fetch_nor_revoke_it(page: Page, site: Site) -> None:
    issue(page, site, receiver="王芳")
    address = page.url
    site.sign_in(page, "chuangkou")
    page.goto(address)

    expect(page.locator("main")).to_contain_text("王**")
    assert "王芳" not in page.content()
    expect(page.get_by_role("link", name="下载 PDF")).to_have_count(0)
    expect(page.get_by_role("button", name="作废")).to_have_count(0)


def test_the_public_page_works_without_scripts(plain_phone: Page, handed_out: HandedOut) -> None:
    plain_phone.goto(handed_out.address)

    compare(plain_phone, handed_out.pdf)
    expect(plain_phone.locator("#result")).to_contain_text("没有被改动")
    plain_phone.locator("summary").click()
    expect(plain_phone.locator("details")).to_contain_text("SHA-256")


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(
    phone: Page, handed_out: HandedOut, tmp_path: Path
) -> None:
    phone.goto(handed_out.address)
    large = tmp_path / "large.bin"
    with large.open("wb") as sparse:
        sparse.truncate(64 * 2**20 + 1)

    phone.locator("input[type=file]").set_input_files(large)
    expect(phone.locator("#f-e")).to_contain_text("64 MB")
    expect(phone.get_by_role("button", name="比对", exact=True)).to_be_disabled()


def test_a_file_that_is_too_large_is_refused_without_scripts_too(
    plain_phone: Page, handed_out: HandedOut, tmp_path: Path
) -> None:
    plain_phone.goto(handed_out.address)
    large = tmp_path / "large.bin"
    with large.open("wb") as sparse:
        sparse.truncate(70 * 2**20)

    plain_phone.locator("input[type=file]").set_input_files(large)
    plain_phone.get_by_role("button", name="比对", exact=True).click()
    expect(plain_phone.locator("#f-e")).to_contain_text("没有比对")


def test_a_file_dropped_on_the_frame_is_compared(phone: Page, handed_out: HandedOut) -> None:
    phone.goto(handed_out.address)
    drop = phone.locator(".drop")
    drop.scroll_into_view_if_needed()
    frame = drop.bounding_box()
    assert frame is not None
    devtools = phone.context.new_cdp_session(phone)
    place = {"x": frame["x"] + 20, "y": frame["y"] + 20}
    files = {"items": [], "files": [str(handed_out.pdf)], "dragOperationsMask": 1}

    for kind in ("dragEnter", "dragOver"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, "data": files, **place})
    expect(drop).to_have_class(re.compile("is-over"))
    devtools.send("Input.dispatchDragEvent", {"type": "drop", "data": files, **place})
    expect(drop).not_to_have_class(re.compile("is-over"))
    with phone.expect_navigation():
        phone.get_by_role("button", name="比对", exact=True).click()

    expect(phone.locator("#result")).to_contain_text("没有被改动")


def test_an_unknown_address_says_what_to_do(phone: Page, site: Site, picture: Picture) -> None:
    answer = phone.goto(f"{site.url}/v/unknown")

    assert answer is not None
    assert answer.status == 404
    expect(phone.get_by_role("heading", level=1)).to_have_text("没有查到这份副本")
    picture(phone, "verify-unknown-390")


def test_no_page_is_wider_than_its_window(
    page: Page, phone: Page, site: Site, tmp_path: Path, picture: Picture
) -> None:
    open_form(page, site)
    assert not is_too_wide(page)
    issue(page, site, purpose="用" * 200, receiver="R" * 200)
    assert not is_too_wide(page)
    address = code_in(download(page, tmp_path))
    for visitor in (phone, page):
        visitor.goto(address)
        visitor.locator("summary").click()
        assert not is_too_wide(visitor)


def test_the_public_page_at_a_desk(page: Page, handed_out: HandedOut, tmp_path: Path, picture: Picture) -> None:
    page.goto(handed_out.address)
    picture(page, "verify-valid")
    other = tmp_path / "别的文件.pdf"
    other.write_bytes(b"%PDF-1.7\n%%EOF\n")
    compare(page, other)

    expect(page.locator("#result")).to_contain_text("不是这份文件")
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    picture(page, "verify-other")


def test_copies_asked_for_at_once_are_numbered_without_gaps(page: Page, site: Site) -> None:
    open_form(page, site)
    choose_pdf(page)
    fields = page.locator("form.cols input[name]").evaluate_all(
        "all => all.filter(each => each.type !== 'radio' || each.checked).map(each => [each.name, each.value])"
    )
    body = urlencode({**dict(fields), "purpose": PURPOSE, "receiver": RECEIVER})
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in page.context.cookies())
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded", "Referer": page.url}
    places: list[str] = []

    def post() -> None:
        connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=60)
        connection.request("POST", urlsplit(page.url).path, body=body, headers=headers)
        places.append(connection.getresponse().headers.get("Location", ""))
        connection.close()

    threads = [threading.Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    numbers = []
    for place in places:
        page.goto(site.url + place)
        numbers.append(int(page.locator(".page-head .code").inner_text().rpartition("-")[2]))
    assert sorted(numbers) == list(range(min(numbers), min(numbers) + 6))
