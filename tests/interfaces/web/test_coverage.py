"""The screens of the day's closing: what each role sees, explaining, taking back, documents that can be checked."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.builders import Built, make_case_at, now
from tests.interfaces.web.conftest import SignIn

from jingui.bootstrap import closing_desk
from jingui.db.models import Agency, CoverageCertificate, DayClosing, Explanation, Ledger
from jingui.domain.access.roles import Role
from jingui.domain.lifecycle import CaseState
from jingui.domain.supervision.ledgers import LedgerPart
from jingui.domain.supervision.terms import LedgerForm
from jingui.interfaces.cli.coverage import certificate_faults
from jingui.usecases.supervision.certifying import close_day
from jingui.usecases.supervision.receiving import LedgerArrival, LedgerSender, receive_ledger

DROPPED = "539900XX-DROPPED"


@pytest.fixture
def certificate(built: Built) -> CoverageCertificate:
    """One archived case and one that nobody has seen, on yesterday's ledger."""
    case = make_case_at(built, CaseState.PRESERVED)
    assert case.agency is not None
    line = {"state": "closed", "closed_at": "2026-03-02T17:00:00+08:00", "kind": "completed"}
    lines = [line | {"case_number": n, "agency_code": case.agency.code} for n in (case.case_number, DROPPED)]
    body = json.dumps({"lines": lines}).encode()
    day = timezone.localdate() - timedelta(days=1)
    sender = built.next_sender()
    known = LedgerSender(sender.source_key, sender.source_name, sender.key_id, sender.nonce)
    arrival = LedgerArrival(LedgerPart(day), LedgerForm.JSON, hashlib.sha256(body).hexdigest(), len(body), 2, [body])
    receive_ledger(arrival=arrival, sender=known, signer=built.services.receipt_signer, now=now())
    close_day(DayClosing.objects.get().pk, closing_desk(), now=now())
    return CoverageCertificate.objects.get()


def text_of(response: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))  # type: ignore[attr-defined]


def choice(certificate: CoverageCertificate, number: str = DROPPED) -> str:
    return f"{certificate.source_id.hex}/{number}"


def test_home_and_overview_tell_of_what_nobody_accounts_for(
    archivist: Client, certificate: CoverageCertificate
) -> None:
    home, overview = archivist.get("/"), archivist.get("/coverage")

    assert "1 件去向不明" in text_of(home)
    assert "1 件去向不明" in text_of(overview)
    assert f"/coverage/certificates/{certificate.pk}" in overview.content.decode()


def test_the_list_names_the_case_with_its_reason(archivist: Client, certificate: CoverageCertificate) -> None:
    shown = text_of(archivist.get("/coverage/unexplained"))

    assert DROPPED in shown
    assert "什么都没有收到" in shown


def test_an_explanation_renews_the_certificate(archivist: Client, certificate: CoverageCertificate) -> None:
    told = {"case": [choice(certificate)], "kind": "system_fault", "text": "上午平台升级", "until": ""}

    answer = archivist.post(
        "/coverage/explain", told | {"back": f"/coverage/certificates/{certificate.pk}"}, follow=True
    )

    newest = CoverageCertificate.objects.latest("version")
    assert (newest.version, newest.explained, newest.unexplained) == (2, 1, 0)
    assert answer.redirect_chain[-1][0] == f"/coverage/certificates/{newest.pk}"
    assert "已说明 1 件，证书已更新" in text_of(answer)
    assert "上午平台升级" in text_of(answer)


def test_an_explanation_can_be_taken_back(archivist: Client, certificate: CoverageCertificate) -> None:
    told = {"case": [choice(certificate)], "kind": "other", "text": "等待查明"}
    archivist.post("/coverage/explain", told)
    row = Explanation.objects.get()

    archivist.post(f"/coverage/explanations/{row.pk}/revoke", {"text": ""})
    assert Explanation.objects.filter(revoked_at=None).exists()
    archivist.post(f"/coverage/explanations/{row.pk}/revoke", {"text": "已查明漏报"})

    assert CoverageCertificate.objects.latest("version").unexplained == 1
    assert Explanation.objects.get().revoked_text == "已查明漏报"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"case": []}, "请先在左边的名单里选择办件"),
        ({"case": ["nonsense"]}, "请先在左边的名单里选择办件"),
        ({"kind": "because"}, "请选择原因"),
        ({"text": " "}, "没有填写"),
        ({"text": "长" * 301}, "太长"),
        ({"until": "2020-01-01"}, "日期已经过去"),
        ({"until": "someday"}, "写法不对"),
    ],
)
def test_a_wrong_form_is_shown_again_with_what_is_wrong(
    archivist: Client, certificate: CoverageCertificate, wrong: dict[str, object], said: str
) -> None:
    told: dict[str, object] = {"case": [choice(certificate)], "kind": "other", "text": "等待查明", "until": ""}

    answer = archivist.post("/coverage/explain", told | wrong)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Explanation.objects.exists()


def test_another_agency_knows_nothing_of_it(built: Built, sign_in: SignIn, certificate: CoverageCertificate) -> None:
    assert certificate.agency_id is not None
    other = Agency.objects.exclude(pk=certificate.agency_id).first()
    assert other is not None
    stranger = sign_in(Role.ARCHIVIST, agency_code=other.code)

    assert stranger.get(f"/coverage/certificates/{certificate.pk}").status_code == 404
    assert DROPPED not in text_of(stranger.get("/coverage/unexplained"))
    told = {"case": [choice(certificate)], "kind": "other", "text": "等待查明"}
    assert stranger.post("/coverage/explain", told).status_code == 404
    assert not Explanation.objects.exists()


@pytest.mark.parametrize(
    ("role", "overview", "listed", "page"),
    [
        (Role.AUDITOR, 200, 403, 200),
        (Role.ADMINISTRATOR, 200, 403, 200),
        (Role.INTEGRATOR, 200, 200, 200),
    ],
)
def test_who_reads_no_case_sees_the_counts_only(
    sign_in: SignIn, certificate: CoverageCertificate, role: Role, overview: int, listed: int, page: int
) -> None:
    client = sign_in(role)

    assert client.get("/coverage").status_code == overview
    assert client.get("/coverage/unexplained").status_code == listed
    shown = client.get(f"/coverage/certificates/{certificate.pk}")
    assert shown.status_code == page
    assert client.post("/coverage/explain", {"case": [choice(certificate)]}).status_code == 403


def test_the_document_verifies_offline_and_a_changed_one_does_not(
    archivist: Client, built: Built, certificate: CoverageCertificate
) -> None:
    document = archivist.get(f"/coverage/certificates/{certificate.pk}/certificate.json").json()
    keys = [signer.public_key_pem for signer in built.services.signers]

    assert certificate_faults(document, keys) == []
    assert [fault.code for fault in certificate_faults(document, [])] == ["key_not_trusted"] * 2
    assert [fault.code for fault in certificate_faults(document, keys[:1])] == ["signature_wrong"]
    document["certificate"]["lists"]["unexplained"]["rows"][0]["case_number"] = "another"
    assert [fault.code for fault in certificate_faults(document, keys)] == ["signature_wrong"] * 2
    document["certificate"]["totals"]["unexplained"] = 0
    assert [fault.code for fault in certificate_faults(document, keys)] == ["sums_differ", "list_differs"]


def test_the_list_that_can_be_downloaded_is_the_one_that_the_certificate_digests(
    archivist: Client, certificate: CoverageCertificate
) -> None:
    answer = archivist.get(f"/coverage/certificates/{certificate.pk}/standings.txt")

    assert hashlib.sha256(answer.getvalue()).hexdigest() == json.loads(certificate.body)["standings_sha256"]


def test_the_printed_certificate_is_a_pdf(archivist: Client, certificate: CoverageCertificate) -> None:
    answer = archivist.get(f"/coverage/certificates/{certificate.pk}/certificate.pdf")

    assert answer.content.startswith(b"%PDF-")


def test_the_public_page_tells_counts_and_no_case(certificate: CoverageCertificate) -> None:
    address = f"/v/coverage/{certificate.pk}"
    shown = text_of(Client(HTTP_HOST="127.0.0.1").get(address))

    assert "证书有效" in shown
    assert DROPPED not in shown
    assert Client(HTTP_HOST="127.0.0.1").get("/v/coverage/01a2000c-952e-7062-b13a-75410e38cdd2").status_code == 404


def test_an_old_version_leads_to_the_one_in_force(archivist: Client, certificate: CoverageCertificate) -> None:
    archivist.post("/coverage/explain", {"case": [choice(certificate)], "kind": "other", "text": "等待查明"})

    newest = CoverageCertificate.objects.latest("version")
    old = archivist.get(f"/coverage/certificates/{certificate.pk}")
    public = Client(HTTP_HOST="127.0.0.1").get(f"/v/coverage/{certificate.pk}")
    assert f"/coverage/certificates/{newest.pk}" in old.content.decode()
    assert f"/v/coverage/{newest.pk}" in public.content.decode()
    assert archivist.get(f"/coverage/certificates/{certificate.pk}/standings.txt").status_code == 404


def test_comparing_again_on_demand_makes_a_new_version_only_if_something_changed(
    archivist: Client, built: Built, certificate: CoverageCertificate
) -> None:
    address = f"/coverage/certificates/{certificate.pk}/renew"

    assert "没有变化" in text_of(archivist.post(address, follow=True))


def test_a_day_without_a_ledger_is_told(archivist: Client, certificate: CoverageCertificate) -> None:
    DayClosing.objects.update(day=timezone.localdate() - timedelta(days=3))
    Ledger.objects.update(day=timezone.localdate() - timedelta(days=3))

    assert "台账未到" in text_of(archivist.get("/coverage"))
