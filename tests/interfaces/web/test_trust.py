"""The screens of the trust list, and of signatures on the page of a record."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.formats.signatures.authority import Authority
from tests.interfaces.web.conftest import SignIn

from jingui.db.models import TrustedCertificate
from jingui.domain.access.roles import Role


@pytest.fixture(scope="module")
def root() -> Authority:
    return Authority.create("页面测试根")


def upload(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("root.cer", data)


def test_the_administrator_adds_a_certificate_and_ends_it(sign_in: SignIn, root: Authority) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    assert "还没有信任任何签发者" in client.get("/trust").content.decode()
    form = {
        "certificate": upload(root.root.der),
        "purpose": ["seal", "timestamp"],
        "note": "来文 3 号",
        "since": "2024-01-01",
    }
    shown = client.post("/trust/add", form, follow=True).content.decode()
    assert "页面测试根" in shown
    assert "第 1 版" in shown
    row = TrustedCertificate.objects.get()
    assert row.purposes == ["seal", "timestamp"]
    ended = client.post(
        f"/trust/{row.fingerprint}/end", {"until": "2025-01-01", "note": "换发"}, follow=True
    ).content.decode()
    assert "换发" in ended
    assert "这一版里没有证书" in ended
    assert "页面测试根" in client.get("/trust?version=1").content.decode()


def test_what_is_no_certificate_is_said_above_the_form(sign_in: SignIn, root: Authority) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    answer = client.post("/trust/add", {"certificate": upload(b"nothing"), "purpose": ["seal"]})
    assert answer.status_code == 422
    assert "读不出证书" in answer.content.decode()
    assert client.post("/trust/add", {"purpose": ["seal"]}).status_code == 422
    assert client.post("/trust/add", {"certificate": upload(root.root.der)}).status_code == 422
    assert (
        client.post("/trust/add", {"certificate": upload(root.root.der), "purpose": ["seal"], "since": "x"}).status_code
        == 422
    )
    assert not TrustedCertificate.objects.exists()


def test_an_auditor_reads_the_list_and_changes_nothing(sign_in: SignIn, root: Authority) -> None:
    client = sign_in(Role.AUDITOR)
    assert client.get("/trust").status_code == 200
    assert client.post("/trust/add", {"certificate": upload(root.root.der), "purpose": ["seal"]}).status_code == 403
    assert sign_in(Role.CLERK, agency_code="").get("/trust").status_code == 403
