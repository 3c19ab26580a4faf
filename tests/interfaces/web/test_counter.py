"""The screens of the counter: who may open them, what is taken, what the applicant's address gives away."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.builders import Built
from tests.interfaces.web.conftest import SignIn

from jingui.domain.access.roles import Role
from jingui.interfaces.cli.samplegen import catalogue
from jingui.interfaces.portal.counter import SEEING, TYPING
from jingui.interfaces.web.scan_folder import scan_blocks, waiting_scans
from jingui.interfaces.web.views import counter_acts

AGENCY, OTHER = (agency["code"] for agency in catalogue()["agencies"][:2])
ITEM = next(item["item_code"] for item in catalogue()["items"] if item["agency"] == AGENCY)
TOLD = {
    "item_code": ITEM,
    "name": "萨仁高娃",
    "kind": "person",
    "id_type": "居民身份证",
    "id_number": "150105199003076528",
}


@pytest.fixture(autouse=True)
def _unlimited() -> Iterator[None]:
    for limit in (TYPING, SEEING):
        limit.forget()
    yield
    for limit in (TYPING, SEEING):
        limit.forget()


@pytest.fixture
def clerk(sign_in: SignIn) -> Client:
    return sign_in(Role.CLERK, agency_code=AGENCY)


def jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (60, 84), 200).save(buffer, "JPEG")
    return buffer.getvalue()


def opened(clerk: Client) -> str:
    """Open a case and return the address of its session."""
    answer = clerk.post("/counter/new", {**TOLD, "station": "3 号窗口"})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


@pytest.mark.parametrize("role", [Role.ARCHIVIST, Role.INTEGRATOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_clerks_sit_at_the_counter(sign_in: SignIn, role: Role) -> None:
    client = sign_in(role)

    assert client.get("/counter").status_code == 403
    assert "窗口收件" not in client.get("/").content.decode()


def test_a_session_of_another_agency_does_not_exist(clerk: Client, sign_in: SignIn) -> None:
    address = opened(clerk)
    stranger = sign_in(Role.CLERK, agency_code=OTHER)

    for path in ("", "/progress", "/screen", "/separators.pdf", f"/pages/{'0' * 32}.jpg"):
        assert stranger.get(address + path).status_code == 404, path
    for path in ("/pages", "/ask", "/finish", "/abandon", "/close", "/scans", "/folder"):
        assert stranger.post(address + path, {"act": "drop"}).status_code in {403, 404}, path


def test_the_form_says_what_is_wrong_and_keeps_what_was_written(clerk: Client) -> None:
    answer = clerk.post("/counter/new", {**TOLD, "name": "", "agent": "巴特尔"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'id="name-e"' in page
    assert "巴特尔" in page


def test_an_item_of_another_agency_cannot_be_opened(clerk: Client) -> None:
    code = next(item["item_code"] for item in catalogue()["items"] if item["agency"] == OTHER)
    assert clerk.post("/counter/new", {**TOLD, "item_code": code}).status_code == 422


def test_the_name_of_the_applicant_is_masked_on_the_clerks_screens(clerk: Client) -> None:
    address = opened(clerk)

    for path in (address, "/counter", "/counter?find=萨仁高娃"):
        page = clerk.get(path).content.decode().replace('value="萨仁高娃"', "")
        assert "萨**" in page
        assert "萨仁高娃" not in page


def test_an_upload_that_is_too_long_is_refused_before_it_is_read(clerk: Client) -> None:
    address = opened(clerk)
    length = str(counter_acts.MOST_UPLOAD_BYTES + 1)
    answer = clerk.generic("POST", f"{address}/scans", b"", CONTENT_LENGTH=length)

    assert answer.status_code == 413


def test_a_scan_that_is_too_long_leaves_nothing(clerk: Client, built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    address = opened(clerk)
    monkeypatch.setattr(counter_acts, "MOST_SCAN_BYTES", 100)
    answer = clerk.post(f"{address}/scans", {"scans": SimpleUploadedFile("a.jpg", jpeg())})

    assert answer.status_code == 422
    assert list((built.services.instance.home / "scans").iterdir()) == []


def test_scripts_from_elsewhere_cannot_post_scans(built: Built, clerk: Client) -> None:
    address = opened(clerk)
    strict = Client(HTTP_HOST="127.0.0.1", enforce_csrf_checks=True)
    strict.cookies = clerk.cookies
    answer = strict.post(f"{address}/scans", {"scans": SimpleUploadedFile("a.jpg", jpeg())})

    assert answer.status_code == 403
    assert list((built.services.instance.home / "scans").iterdir()) == []


def test_a_file_that_is_no_scan_is_named_and_nothing_is_kept(clerk: Client, built: Built) -> None:
    address = opened(clerk)
    answer = clerk.post(f"{address}/scans", {"scans": SimpleUploadedFile("a.jpg", b"MZ not a picture")})

    assert answer.status_code == 422
    assert list((built.services.instance.home / "scans").iterdir()) == []


@pytest.mark.parametrize(
    "told", [{}, {"act": "burn"}, {"act": "drop", "page": "x"}, {"act": "turn:x", "page": "0" * 32}]
)
def test_an_order_that_means_nothing_is_refused(clerk: Client, told: dict[str, str]) -> None:
    address = opened(clerk)
    assert clerk.post(f"{address}/pages", told).status_code in {302, 422}


def waiting(folder: Path, agency: str, name: str, data: bytes) -> Path:
    place = folder / agency
    place.mkdir(exist_ok=True)
    path = place / name
    path.write_bytes(data)
    os.utime(path, (time.time() - 60,) * 2)
    return path


def test_the_scan_folder_shows_each_agency_its_own_and_no_links(tmp_path: Path) -> None:
    waiting(tmp_path, AGENCY, "甲.tif", b"x")
    waiting(tmp_path, OTHER, "乙.tif", b"x")
    (tmp_path / AGENCY / "link.tif").symlink_to(tmp_path / OTHER / "乙.tif")
    (tmp_path / AGENCY / "fresh.tif").write_bytes(b"growing")

    assert [scan.name for scan in waiting_scans(str(tmp_path), AGENCY)] == ["甲.tif"]
    for name in ("../" + OTHER + "/乙.tif", "link.tif", "没有.tif"):
        with pytest.raises(FileNotFoundError):
            list(scan_blocks(str(tmp_path), AGENCY, name))


def test_a_file_of_the_scan_folder_is_taken_once_and_put_away(clerk: Client, built: Built, tmp_path: Path) -> None:
    settings.JINGUI = replace(settings.JINGUI, scan_folder=str(tmp_path))
    path = waiting(tmp_path, AGENCY, "甲.jpg", jpeg())
    address = opened(clerk)

    assert "甲.jpg" in clerk.get(address).content.decode()
    assert clerk.post(f"{address}/folder", {"names": "../x"}).status_code == 404
    assert clerk.post(f"{address}/folder", {"names": "甲.jpg"}).status_code == 302
    assert not path.exists()
    assert len(list((built.services.instance.home / "scans").iterdir())) == 1


def test_the_applicants_address_gives_nothing_away_without_the_code(clerk: Client) -> None:
    opened(clerk)
    stranger = Client(HTTP_HOST="127.0.0.1")

    for path, status in (("/c", 200), ("/c/unknown", 404), (f"/c/unknown/pages/{'0' * 32}.jpg", 404)):
        answer = stranger.get(path)
        assert answer.status_code == status
        assert "萨仁高娃" not in answer.content.decode()
    for path in ("/c/unknown/confirm", "/c/unknown/sign", "/c/unknown/object"):
        assert stranger.post(path).status_code in {404, 422}


def test_codes_cannot_be_tried_without_end(built: Built) -> None:
    stranger = Client(HTTP_HOST="127.0.0.1")
    statuses = [stranger.post("/c", {"code": f"{number:08}"}).status_code for number in range(TYPING.most + 1)]

    assert set(statuses[:-1]) == {422}
    assert statuses[-1] == 429
    assert built


def test_what_is_looked_for_on_a_page_does_not_stand_in_the_search_for_records(clerk: Client) -> None:
    shown = clerk.get("/counter/new", {"q": "注册"}).content.decode()

    assert shown.count('value="注册"') == 2  # the field of the page and what its form carries on
