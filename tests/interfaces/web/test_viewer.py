"""The viewer: pages, texts, originals, and files that are hostile."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image
from tests.builders import Built, demo_case, make_case_at, send_files

from jingui.db.models import Case, CaseFile
from jingui.domain.lifecycle import CaseState
from jingui.interfaces.cli.samplegen.story import FileMessage
from jingui.interfaces.web.page_cache import PageKey, cached_page, shrink, turned


def png(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(buffer, "PNG")
    return buffer.getvalue()


def opened(built: Built, *files: tuple[str, bytes]) -> tuple[Case, list[CaseFile]]:
    """Send a case in handling with these files."""
    case = make_case_at(built, CaseState.OPEN, demo=demo_case("none"))
    messages = [
        FileMessage(f"F{at}", name, "A01", "收件", "2025-03-03T09:00:00+08:00", content)
        for at, (name, content) in enumerate(files)
    ]
    send_files(built, demo_case("none"), messages)
    return case, [case.files.get(file_key=message.file_key) for message in messages]


def pages(case: Case, file: CaseFile, number: int = 1) -> str:
    return f"/records/{case.key}/files/{file.file_key}/pages/{number}.png"


def test_pages_of_every_shown_format_are_real_images(built: Built, archivist: Client) -> None:
    case = make_case_at(built, CaseState.PRESERVED)
    shown = [file for file in case.files.all() if file.format_name in {"pdf", "pdfa", "ofd", "jpeg"}]

    assert {file.format_name for file in shown} >= {"pdfa", "jpeg"}
    for file in shown:
        answer = archivist.get(pages(case, file), {"w": "112"})
        assert Image.open(io.BytesIO(answer.content)).width == 112
        assert answer.headers["Cache-Control"].startswith("private")


def test_a_page_can_be_turned(built: Built, archivist: Client) -> None:
    case, [file] = opened(built, ("a.png", png(300, 200)))

    upright = Image.open(io.BytesIO(archivist.get(pages(case, file)).content))
    sideways = Image.open(io.BytesIO(archivist.get(pages(case, file), {"turn": "90"}).content))

    assert upright.size == (sideways.height, sideways.width)


@pytest.mark.parametrize("query", [{"w": "99999"}, {"w": "-1"}, {"w": "x"}, {"turn": "45"}])
def test_an_odd_size_or_turn_is_the_ordinary_one(built: Built, archivist: Client, query: dict[str, str]) -> None:
    case, [file] = opened(built, ("a.png", png(30, 20)))

    assert Image.open(io.BytesIO(archivist.get(pages(case, file), query).content)).width == 900


def test_a_page_that_cannot_be_drawn_says_so_in_a_picture(built: Built, archivist: Client) -> None:
    case, [broken] = opened(built, ("a.pdf", b"%PDF-1.7\nbroken"))

    answer = archivist.get(pages(case, broken))
    beyond = archivist.get(pages(case, broken, 99))

    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "image/svg+xml")
    assert "不能显示" in answer.content.decode()
    assert beyond.status_code == 422


def test_markup_in_a_file_is_text_and_nothing_else(built: Built, archivist: Client) -> None:
    hostile = b"<?xml version='1.0'?><a><script>alert(1)</script></a>"
    case, [file] = opened(built, ("a.xml", hostile))

    page = archivist.get(f"/records/{case.key}", {"file": file.file_key}).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_markup_in_a_file_name_is_text_and_nothing_else(built: Built, archivist: Client) -> None:
    case, _ = opened(built, ('<img src=x onerror="alert(1)">.png', png(3, 3)))

    page = archivist.get(f"/records/{case.key}/files").content.decode()

    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_what_cannot_be_shown_says_so_and_can_be_downloaded(built: Built, archivist: Client) -> None:
    case, [file] = opened(built, ("声音.wav", b"RIFF$\x00\x00\x00WAVEfmt " + bytes(40)))

    page = archivist.get(f"/records/{case.key}", {"file": file.file_key}).content.decode()

    assert "不能在这里显示" in page
    assert f"/files/{file.file_key}/original" in page


def test_an_original_comes_byte_for_byte_and_can_do_nothing_in_the_browser(built: Built, archivist: Client) -> None:
    content = b"<html><script>alert(1)</script></html>"
    case, [file] = opened(built, ("证明（王）.html", content))

    answer = archivist.get(f"/records/{case.key}/files/{file.file_key}/original")

    assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined]
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E8%AF%81")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_bytes_that_are_gone_are_told_and_nothing_breaks(built: Built, archivist: Client) -> None:
    case, [file] = opened(built, ("a.xml", b"<a/>"))
    built.services.staging.discard(file.staged_token)

    assert "暂时取不到原文" in archivist.get(f"/records/{case.key}", {"file": file.file_key}).content.decode()
    assert archivist.get(f"/records/{case.key}/files/{file.file_key}/original").status_code == 503


def test_a_file_of_another_record_is_not_found(built: Built, archivist: Client) -> None:
    case, _ = opened(built, ("a.png", png(3, 3)))

    assert archivist.get(f"/records/{case.key}/files/nothing/pages/1.png").status_code == 404


def test_a_page_is_drawn_once(tmp_path: Path) -> None:
    drawn = []

    def draw() -> bytes:
        drawn.append(1)
        return png(2, 3)

    key = PageKey("ab", 1, 100, 0)

    assert cached_page(tmp_path / "pages", key, draw) == cached_page(tmp_path / "pages", key, draw)
    assert len(drawn) == 1


def test_the_cache_forgets_what_was_used_longest_ago(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "middle", "old")):
        (tmp_path / name).write_bytes(bytes(100))
        os.utime(tmp_path / name, (1000 - age, 1000 - age))

    assert shrink(tmp_path, limit=150) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_turning_four_times_by_a_quarter_is_no_turn() -> None:
    image = png(3, 5)

    assert turned(image, 0) == image
    assert turned(image, 360) == image
    assert Image.open(io.BytesIO(turned(turned(image, 90), 270))).size == (3, 5)
