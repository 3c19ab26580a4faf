"""The public page: what it says, what it compares, and what it keeps to itself."""

from __future__ import annotations

import json
import re
import subprocess
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.usecases.access_desk import Desk, events

from jingui.adapters.signing.verification import verify_signature
from jingui.db.models import AccessCopy
from jingui.domain.records.canonical import canonical_json
from jingui.interfaces.portal import uploads, views
from jingui.usecases.access.revoking import revoke_copy


def today() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def issued(desk: Desk) -> AccessCopy:
    at = today()
    return desk.issue(
        desk.preserved_case(), at=at, request=desk.with_terms(expires_on=(at + timedelta(days=30)).date())
    )


def address(row: AccessCopy) -> str:
    return f"/v/{row.token}"


def compare(row: AccessCopy, content: bytes | None, *, name: str = "副本.pdf") -> Any:
    files = {} if content is None else {"file": SimpleUploadedFile(name, content, "application/pdf")}
    return Client().post(address(row), files)


def handed_out(desk: Desk, row: AccessCopy) -> bytes:
    return desk.kept.path(row.key).read_bytes()


def heading(answer: Any) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.content.decode())
    assert found is not None
    return found[1]


def result(answer: Any) -> str:
    found = re.search(r'id="result".*?<b>(.*?)</b>', answer.content.decode(), re.DOTALL)
    return found[1] if found else ""


def test_a_standing_copy_says_who_issued_what_for_what_and_until_when(issued: AccessCopy) -> None:
    answer = Client().get(address(issued))
    text = answer.content.decode()

    assert heading(answer) == "副本有效"
    for said in (issued.copy_number, "入职云泽市第一人民医院", "云泽市政务服务中心档案室", "《申请表》"):
        assert said in text


def test_the_page_tells_nothing_that_the_copy_does_not(issued: AccessCopy) -> None:
    text = Client().get(address(issued)).content.decode()
    case = issued.case

    for kept in (
        case.applicant_name,
        case.case_number,
        case.archival_code,
        case.key.hex,
        str(case.key),
        "11010519491231002X",
    ):
        assert str(kept) not in text
    assert "巴**" in text


def test_an_expired_copy_says_so(issued: AccessCopy) -> None:
    AccessCopy.objects.filter(pk=issued.pk).update(expires_at=today())

    assert heading(Client().get(address(issued))) == "副本已过有效期"


def test_a_revoked_copy_says_why(desk: Desk, issued: AccessCopy) -> None:
    revoke_copy(copy_key=issued.key, reason="信息已更正", actor=desk.archivist, kept=desk.kept, now=today())
    answer = Client().get(address(issued))

    assert heading(answer) == "副本已作废"
    assert "信息已更正" in answer.content.decode()


def test_an_unknown_token_is_a_404_that_says_what_to_do(issued: AccessCopy) -> None:
    for token in (issued.token[:-1], issued.token.swapcase(), "x" * 4000):
        answer = Client().get(f"/v/{token}")
        assert answer.status_code == 404
        assert heading(answer) == "没有查到这份副本"
    assert events("copy.verified") == []


def test_a_token_with_a_character_that_no_database_takes_is_no_server_error(db: None) -> None:
    for token in ("%00", "a%00b", "%ff%fe"):
        assert Client().get(f"/v/{token}").status_code in {400, 404}


def test_looking_is_noted_and_comparing_is_not_noted_again(desk: Desk, issued: AccessCopy) -> None:
    Client().get(address(issued))
    compare(issued, handed_out(desk, issued))

    assert len(events("copy.verified")) == 1


def test_the_same_file_is_told_from_a_changed_and_from_another_one(desk: Desk, issued: AccessCopy) -> None:
    content = handed_out(desk, issued)

    assert result(compare(issued, content)) == "是同一份文件，没有被改动"
    assert result(compare(issued, content[:-400] + b"X" + content[-399:])) == "文件被改动过，请不要接受"
    assert result(compare(issued, b"something else")) == "不是这份文件"


def test_a_comparison_without_a_file_says_so_at_the_field(issued: AccessCopy) -> None:
    answer = compare(issued, None)

    assert answer.status_code == 422
    assert "还没有选择文件" in answer.content.decode()


def test_a_file_beyond_the_limit_is_not_compared(issued: AccessCopy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_BYTES", 1000)

    answer = compare(issued, b"x" * 1001)

    assert answer.status_code == 413
    assert result(answer) == ""


def test_a_body_that_announces_too_much_is_refused_unread(issued: AccessCopy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_MOST_BODY", 100)
    monkeypatch.setattr(uploads.ComparingHandler, "new_file", None)

    assert compare(issued, b"x" * 200).status_code == 413


def test_an_uploaded_file_touches_no_disk(
    desk: Desk, issued: AccessCopy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a temporary file")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", refuse)
    before = sorted(path for path in (tmp_path / "home").rglob("*") if "sqlite" not in path.name)

    assert result(compare(issued, handed_out(desk, issued) + bytes(5 * 2**20))) == "文件被改动过，请不要接受"
    assert sorted(path for path in (tmp_path / "home").rglob("*") if "sqlite" not in path.name) == before


def test_a_file_name_cannot_put_markup_into_the_page(issued: AccessCopy) -> None:
    text = compare(issued, b"x", name='<img src=x onerror="1">.pdf').content.decode()

    assert "<img" not in text


def test_only_the_first_file_counts_and_files_of_other_fields_are_passed_over(desk: Desk, issued: AccessCopy) -> None:
    content = handed_out(desk, issued)
    files = {
        "other": SimpleUploadedFile("a.pdf", b"x"),
        "file": [SimpleUploadedFile("b.pdf", content), SimpleUploadedFile("c.pdf", b"y")],
    }

    assert result(Client().post(address(issued), files)) == "是同一份文件，没有被改动"


def test_a_form_from_elsewhere_is_refused_before_anything_is_compared(desk: Desk, issued: AccessCopy) -> None:
    file = SimpleUploadedFile("a.pdf", handed_out(desk, issued))

    answer = Client(enforce_csrf_checks=True).post(address(issued), {"file": file})

    assert answer.status_code == 403
    assert result(answer) == ""


def test_the_form_of_the_page_itself_is_taken(desk: Desk, issued: AccessCopy) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get(address(issued)).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    file = SimpleUploadedFile("a.pdf", handed_out(desk, issued))

    answer = client.post(address(issued), {"csrfmiddlewaretoken": token[1], "file": file})

    assert result(answer) == "是同一份文件，没有被改动"


@pytest.mark.parametrize("body", [b"", b"--x\r\n", b"\x00" * 100])
def test_a_broken_body_is_no_server_error(issued: AccessCopy, body: bytes) -> None:
    answer = Client().post(address(issued), body, content_type="multipart/form-data; boundary=x")

    assert answer.status_code in {400, 422}


def test_the_page_asks_only_for_files_of_this_site(issued: AccessCopy) -> None:
    answer = Client().get(address(issued))
    asked = re.findall(r'(?:src|href|action)="([^"]+)"', answer.content.decode())

    assert asked
    assert [link for link in asked if not link.startswith(("/", "#", "tel:"))] == []
    assert "'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "style=" not in answer.content.decode()


def test_the_statement_can_be_checked_as_the_page_says(desk: Desk, issued: AccessCopy) -> None:
    statement = Client().get(f"{address(issued)}/statement.json").json()
    keys = Client().get("/api/v1/keys").json()["keys"]
    signature = statement["signature"]
    (key,) = [key for key in keys if key["key_id"] == signature["key_id"]]

    assert statement["statement"]["standing"] == "valid"
    assert verify_signature(
        algorithm=signature["algorithm"],
        public_key_pem=key["public_key_pem"],
        message=canonical_json(statement["statement"]),
        value=b64decode(signature["value"], validate=True),
    )


def test_openssl_agrees_with_the_signature(desk: Desk, issued: AccessCopy, tmp_path: Path) -> None:
    made = Client().get(f"{address(issued)}/statement.json").json()
    parts = {
        "key.pem": desk.office.services.receipt_signer.public_key_pem.encode(),
        "text": json.dumps(made["statement"], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(),
        "signature": b64decode(made["signature"]["value"]),
    }
    for name, content in parts.items():
        (tmp_path / name).write_bytes(content)
    line = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in text -sigfile signature"
    try:
        done = subprocess.run(line.split(), cwd=tmp_path, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("openssl is not on this machine")

    assert done.returncode == 0, done.stderr


def test_an_address_that_asks_too_often_is_told_to_wait(issued: AccessCopy) -> None:
    answers = [Client().get(address(issued), REMOTE_ADDR="203.0.113.9") for _ in range(121)]

    assert {answer.status_code for answer in answers[:120]} == {200}
    assert answers[120].status_code == 429
    assert answers[120].headers["Retry-After"] == "60"
    assert Client().get(address(issued), REMOTE_ADDR="203.0.113.10").status_code == 200


def test_other_methods_are_refused(issued: AccessCopy) -> None:
    assert Client().put(address(issued)).status_code == 405
    assert Client().post(f"{address(issued)}/statement.json").status_code == 405
