"""A third party is told how a copy stands and whether a file is it, and can have the answer signed."""

from __future__ import annotations

import io
from base64 import b64decode
from datetime import timedelta

import pikepdf
import pytest
from tests.personas import Office, pdf
from tests.usecases.access_desk import ISSUER, NOW, ZONE, Desk, events, open_desk

from jingui.adapters.signing.verification import verify_signature
from jingui.db.models import AccessCopy
from jingui.domain.access.copies import CopyStanding
from jingui.domain.records.canonical import canonical_json
from jingui.usecases.access.revoking import revoke_copy
from jingui.usecases.access.showing import ShownCopy, mask_receiver, shown_copy
from jingui.usecases.access.verifying import Comparison, compare_with, note_verification, signed_statement

DAY = timedelta(days=1)


@pytest.fixture
def desk(office: Office) -> Desk:
    return open_desk(office)


@pytest.fixture
def issued(desk: Desk) -> AccessCopy:
    return desk.issue(desk.preserved_case())


def shown(row: AccessCopy, *, at: object = NOW) -> ShownCopy:
    found = shown_copy(row.token, now=at, zone=ZONE)  # type: ignore[arg-type]
    assert found is not None
    return found[1]


def compared(row: AccessCopy, content: bytes, *, piece: int = 700) -> Comparison:
    comparer = compare_with(row)
    for at in range(0, len(content), piece):
        comparer.update(content[at : at + piece])
    return comparer.finish()


def handed_out(desk: Desk, row: AccessCopy) -> bytes:
    return desk.kept.path(row.key).read_bytes()


def test_the_very_file_is_the_same(desk: Desk, issued: AccessCopy) -> None:
    assert compared(issued, handed_out(desk, issued)) is Comparison.SAME


@pytest.mark.parametrize("piece", [1, 31, 700, 1 << 20])
def test_one_turned_bit_is_a_change(desk: Desk, issued: AccessCopy, piece: int) -> None:
    content = bytearray(handed_out(desk, issued))
    content[len(content) // 2] ^= 1

    assert compared(issued, bytes(content), piece=piece) is Comparison.CHANGED


def test_a_copy_saved_again_by_a_pdf_program_is_a_change(desk: Desk, issued: AccessCopy) -> None:
    saved = io.BytesIO()
    with pikepdf.open(desk.kept.path(issued.key)) as opened:
        opened.docinfo["/Subject"] = "changed"
        opened.save(saved, object_stream_mode=pikepdf.ObjectStreamMode.disable)

    assert compared(issued, saved.getvalue()) is Comparison.CHANGED


def test_another_copy_of_the_same_file_is_another_file(desk: Desk, issued: AccessCopy) -> None:
    other = desk.issue(issued.case)

    assert compared(issued, handed_out(desk, other)) is Comparison.OTHER


def test_the_original_itself_is_another_file(issued: AccessCopy, desk: Desk) -> None:
    assert compared(issued, desk.stored_path(issued.case).read_bytes()) is Comparison.OTHER
    assert compared(issued, pdf("something else")) is Comparison.OTHER
    assert compared(issued, b"") is Comparison.OTHER


def test_a_file_can_be_compared_after_the_bytes_are_let_go(desk: Desk, issued: AccessCopy) -> None:
    content = handed_out(desk, issued)
    revoke_copy(copy_key=issued.key, reason="信息已更正", actor=desk.archivist, kept=desk.kept, now=NOW)
    issued.refresh_from_db()

    assert compared(issued, content) is Comparison.SAME
    assert compared(issued, content + b"%") is Comparison.CHANGED


def test_a_copy_stands_through_its_last_day(issued: AccessCopy) -> None:
    last = issued.expires_at - timedelta(seconds=1)

    assert shown(issued, at=last).standing is CopyStanding.VALID
    assert shown(issued, at=issued.expires_at).standing is CopyStanding.EXPIRED
    assert shown(issued).last_day == NOW.date() + 30 * DAY


def test_people_are_masked_and_offices_are_not(desk: Desk, issued: AccessCopy) -> None:
    terms = desk.with_terms(purpose="巴特尔办理入学", receiver="云泽市第一中学 王芳")
    named = shown(desk.issue(issued.case, request=terms))

    assert named.applicant == "巴**"
    assert named.purpose == "巴**办理入学"
    assert named.receiver == "云泽市第一中学 王**"
    assert shown(issued).receiver == "云泽市第一人民医院"


@pytest.mark.parametrize(
    ("receiver", "masked"),
    [
        ("王芳", "王**"),
        ("欧阳娜娜（本人）", "欧阳**（本人）"),
        ("阿依古丽·买买提", "阿依古丽·**"),
        ("John Smith", "J** S**"),
        ("云泽市公安局青石分局户政科", "云泽市公安局青石分局户政科"),
        ("民政局", "民政局"),
        ("云泽市天工商贸有限公司，张三", "云泽市天工商贸有限公司，张**"),
    ],
)
def test_a_receiver_is_shown_as_office_or_masked_as_person(receiver: str, masked: str) -> None:
    assert mask_receiver(receiver) == masked


def test_an_unknown_token_shows_nothing(issued: AccessCopy) -> None:
    assert shown_copy(issued.token[:-1], now=NOW, zone=ZONE) is None
    assert shown_copy("", now=NOW, zone=ZONE) is None


def test_asking_is_noted_once_a_minute_for_each_copy(desk: Desk, issued: AccessCopy) -> None:
    other = desk.issue(issued.case, file_key="f2")
    asked = [(issued, 0), (issued, 59), (other, 59), (issued, 61), (issued, 90)]

    noted = [note_verification(copy=row, standing="valid", now=NOW + timedelta(seconds=s)) for row, s in asked]

    assert noted == [True, False, True, True, False]
    facts = [event["facts"]["copy_number"] for event in events("copy.verified")]
    assert facts == [issued.copy_number, other.copy_number, issued.copy_number]
    assert {event["actor"] for event in events("copy.verified")} == {"public:verification"}


def test_a_statement_can_be_checked_with_the_public_key_alone(office: Office, issued: AccessCopy) -> None:
    signer = office.services.receipt_signer
    made = signed_statement(shown(issued), issuer=ISSUER, verify_url="https://d.example/v/x", signer=signer, now=NOW)

    def is_signed(statement: dict[str, object]) -> bool:
        return verify_signature(
            algorithm="Ed25519",
            public_key_pem=signer.public_key_pem,
            message=canonical_json(statement),
            value=b64decode(made["signature"]["value"], validate=True),
        )

    assert made["statement"]["sha256"] == issued.sha256
    assert is_signed(made["statement"])
    assert not is_signed({**made["statement"], "standing": "revoked"})
