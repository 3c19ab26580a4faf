"""What was added to a PDF after it was signed: forms filled in, hidden changes, forged dictionaries, later signatures."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.formats.signatures import authority as made
from tests.formats.signatures.authority import Authority, Person
from tests.formats.signatures.signed_pdf import (
    CATALOG,
    FIELD,
    PAGE,
    appended,
    repainted,
    signed_again,
    signed_pdf,
    stream,
    value_of,
)

from jingui.domain.records.facts import SignatureFact
from jingui.domain.records.terms import SignatureVerdict
from jingui.formats.signatures.trust import TrustEntry
from jingui.formats.signed_files import file_rows

FORM = CATALOG.replace("[5 0 R]", "[5 0 R 11 0 R]")
TEXT = "<</FT/Tx/T(name)/V(%s)/Subtype/Widget/Rect[9 9 90 30]/AP<</N 12 0 R>>/P 3 0 R>>"
WITH_FORM = {1: FORM, 3: PAGE.replace("[5 0 R]", "[5 0 R 11 0 R]"), 11: TEXT % "", 12: stream("() Tj")}
FILLED = {11: (TEXT % "Zhang").replace("12 0 R", "13 0 R"), 13: stream("(Zhang) Tj")}
RULE = "/Reference[<</TransformMethod/%s/TransformParams<<%s>>>>]"


@pytest.fixture(scope="module")
def signer(authority: Authority) -> Person:
    return authority.issue("某某市行政审批局")


def sealed(signer: Person, *, says: str = "", objects: dict[int, str] | None = None) -> bytes:
    return signed_pdf(lambda covered: made.cms(signer, covered), says=says, objects=objects)


def check(folder: Path, data: bytes, authority: Authority) -> list[SignatureFact]:
    path = folder / "file.pdf"
    path.write_bytes(data)
    trusted = TrustEntry(authority.root.der, ("signature", "seal", "timestamp"))
    return [row.fact() for row in file_rows(path, [trusted])]


def test_filling_in_a_field_is_told_and_no_change_of_what_was_signed(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    (fact,) = check(tmp_path, appended(sealed(signer, objects=WITH_FORM), FILLED), authority)
    assert fact.verdict is SignatureVerdict.PART_NOT_COVERED
    assert "第 1 页、表单域 name" in fact.detail


@pytest.mark.parametrize(
    "rule",
    [
        RULE % ("DocMDP", "/P 1"),
        RULE % ("FieldMDP", "/Action/All"),
        RULE % ("FieldMDP", "/Action/Include/Fields[(name)]"),
    ],
)
def test_filling_in_what_a_signature_locks_is_content_changed(
    tmp_path: Path, signer: Person, authority: Authority, rule: str
) -> None:
    (fact,) = check(tmp_path, appended(sealed(signer, says=rule, objects=WITH_FORM), FILLED), authority)
    assert fact.verdict is SignatureVerdict.CONTENT_CHANGED


def test_a_lock_on_other_fields_lets_this_one_be_filled_in(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    rule = RULE % ("FieldMDP", "/Action/Exclude/Fields[(name)]")
    (fact,) = check(tmp_path, appended(sealed(signer, says=rule, objects=WITH_FORM), FILLED), authority)
    assert fact.verdict is SignatureVerdict.PART_NOT_COVERED


def test_a_field_that_is_moved_while_it_is_filled_in_is_content_changed(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    moved = {**FILLED, 11: FILLED[11].replace("[9 9 90 30]", "[0 0 200 200]")}
    (fact,) = check(tmp_path, appended(sealed(signer, objects=WITH_FORM), moved), authority)
    assert fact.verdict is SignatureVerdict.CONTENT_CHANGED


def test_a_field_on_no_page_that_gets_another_value_is_told(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    objects = {1: FORM, 11: "<</FT/Tx/T(amount)/V(100)>>"}
    changed = appended(sealed(signer, objects=objects), {11: "<</FT/Tx/T(amount)/V(900)>>"})
    (fact,) = check(tmp_path, changed, authority)
    assert fact.verdict is SignatureVerdict.PART_NOT_COVERED
    assert "表单域 amount" in fact.detail


def test_rights_granted_to_readers_are_not_hurt_by_their_use(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    data = sealed(signer, says=RULE % ("UR3", "/Form[/FillIn]"), objects=WITH_FORM)
    (fact,) = check(tmp_path, appended(data, FILLED), authority)
    assert fact.verdict is SignatureVerdict.SOUND, fact.detail


def test_a_resource_is_compared_whatever_it_is_called(tmp_path: Path, signer: Person, authority: Authority) -> None:
    painted = "<</Type/XObject/Subtype/Form/BBox[0 0 200 200]/Length %d>>stream\n%s\nendstream"
    objects = {3: PAGE.replace("/Resources<<>>", "/Resources<</XObject<</P 10 0 R>>>>"), 10: painted % (7, "0 0 m S")}
    changed = appended(sealed(signer, objects=objects), {10: painted % (7, "9 9 m S")})
    (fact,) = check(tmp_path, changed, authority)
    assert fact.verdict is SignatureVerdict.CONTENT_CHANGED


def test_a_dictionary_that_only_calls_itself_a_page_is_followed(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    note = "<</Subtype/Stamp/Rect[0 0 9 9]/AP 14 0 R>>"
    objects = {
        3: PAGE.replace("[5 0 R]", "[5 0 R 10 0 R]"), 10: note,
        14: "<</Type/Page/N 15 0 R>>", 15: stream("1 g"),
    }  # fmt: skip
    (fact,) = check(tmp_path, appended(sealed(signer, objects=objects), {15: stream("0 g")}), authority)
    assert fact.verdict is SignatureVerdict.CONTENT_CHANGED


@pytest.mark.parametrize("spoofed", ["/Reason(approved)", "/Name(Somebody else)"])
def test_a_signature_dictionary_rewritten_later_is_content_changed(
    tmp_path: Path, signer: Person, authority: Authority, spoofed: str
) -> None:
    data = sealed(signer, says="/Reason(read)")
    said = re.search(rb"6 0 obj\n(.*?)\nendobj", data, re.DOTALL)
    assert said is not None
    (fact,) = check(tmp_path, appended(data, {6: said[1].decode().replace("/Reason(read)", spoofed)}), authority)
    assert fact.verdict is SignatureVerdict.CONTENT_CHANGED
    assert "签名字典" in fact.detail


def test_a_second_field_with_the_ranges_of_the_first_and_another_value_is_no_signature(
    tmp_path: Path, signer: Person, stranger: Authority, authority: Authority
) -> None:
    data = sealed(signer)
    ranges = data[data.index(b"/ByteRange[") :].partition(b"]")[0].decode() + "]"
    forged = value_of().replace(f"/ByteRange[{'0' * 40}]", ranges)
    forged = re.sub("<0+>", f"<{made.cms(stranger.issue('别人'), b'else').hex()}>", forged)
    field = FIELD.replace("(seal)", "(second)").replace("/V 6 0 R", "/V 8 0 R")
    rows = check(
        tmp_path, appended(data, {1: CATALOG.replace("[5 0 R]", "[5 0 R 7 0 R]"), 7: field, 8: forged}), authority
    )
    assert sorted((fact.place, fact.verdict) for fact in rows) == [
        ("seal", SignatureVerdict.SOUND),
        ("second", SignatureVerdict.CONTENT_CHANGED),
    ]


@pytest.mark.parametrize("gone", [r"/ByteRange ?\[[^\]]*\]", r"/Contents<[0-9a-fA-F]*>"])
def test_a_signature_without_ranges_or_without_a_value_is_malformed(
    tmp_path: Path, signer: Person, authority: Authority, gone: str
) -> None:
    data = re.sub(gone.encode(), lambda found: b" " * len(found[0]), sealed(signer)) + b"%/ByteRange"
    (fact,) = check(tmp_path, data, authority)
    assert fact.verdict is SignatureVerdict.MALFORMED


def test_the_appearance_of_a_signature_that_stands_is_not_to_be_exchanged(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    shown = FIELD.replace("[0 0 0 0]", "[9 9 90 30]/AP<</N 10 0 R>>")
    data = sealed(signer, objects={5: shown, 10: stream("(Wang) Tj")})
    (fact,) = check(tmp_path, appended(data, {10: stream("(Li) Tj")}), authority)
    assert fact.verdict is SignatureVerdict.CONTENT_CHANGED


def test_a_picture_in_a_field_that_nobody_signs_is_told(tmp_path: Path, signer: Person, authority: Authority) -> None:
    empty = "<</Subtype/Widget/FT/Sig/T(empty)/Rect[0 0 200 200]/AP<</N 12 0 R>>/P 3 0 R>>"
    added = {1: FORM, 3: PAGE.replace("[5 0 R]", "[5 0 R 11 0 R]"), 11: empty, 12: stream("0 0 200 200 re f")}
    (fact,) = check(tmp_path, appended(sealed(signer), added), authority)
    assert fact.verdict is not SignatureVerdict.SOUND


def test_a_second_signature_leaves_the_first_one_sound(tmp_path: Path, signer: Person, authority: Authority) -> None:
    data = signed_again(sealed(signer), lambda covered: made.cms(signer, covered))
    first, second = check(tmp_path, data, authority)
    assert (first.verdict, second.verdict) == (SignatureVerdict.SOUND, SignatureVerdict.SOUND), first.detail
    assert (first.place, second.covered) == ("seal", "全文")


def test_a_certification_that_allows_nothing_is_hurt_by_a_signature_and_not_by_a_time_stamp(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    certified = sealed(signer, says=RULE % ("DocMDP", "/P 1"))
    first, _ = check(tmp_path, signed_again(certified, lambda covered: made.cms(signer, covered)), authority)
    assert first.verdict is SignatureVerdict.CONTENT_CHANGED
    clock = authority.issue("时间戳", purpose="time_stamping")
    stamp = signed_again(certified, lambda one: made.token(clock, one, at=made.SIGNED_AT), filter_name="ETSI.RFC3161")
    first, _ = check(tmp_path, stamp, authority)
    assert first.verdict is SignatureVerdict.SOUND, first.detail


def test_a_time_stamp_over_picked_bytes_proves_no_time(tmp_path: Path, authority: Authority) -> None:
    """The ranges of a stamp made long ago over other bytes can be laid over a copy of them behind a new signature."""
    clock, short = (
        authority.issue("时间戳", purpose="time_stamping"),
        authority.issue("短", until=datetime(2025, 1, 1, tzinfo=UTC)),
    )
    data, old = sealed(short), b"some words of old times"
    data = appended(data, {17: stream(old.decode())})
    at = data.rindex(old)
    token = made.token(clock, old, at=datetime(2024, 6, 1, tzinfo=UTC)).hex()
    stamp = (
        f"<</Type/DocTimeStamp/SubFilter/ETSI.RFC3161/ByteRange[{at} {len(old)} {at + len(old)} 0]/Contents<{token}>>>"
    )
    field = FIELD.replace("(seal)", "(stamp)").replace("/V 6 0 R", "/V 8 0 R")
    data = appended(data, {1: CATALOG.replace("[5 0 R]", "[5 0 R 7 0 R]"), 7: field, 8: stamp})
    found = {fact.place: fact for fact in check(tmp_path, data, authority)}
    assert found["seal"].timestamp_at is None
    assert found["seal"].verdict is SignatureVerdict.CERTIFICATE_NOT_VALID
    assert found["stamp"].verdict is SignatureVerdict.MALFORMED


def test_more_left_out_than_the_value_is_malformed(tmp_path: Path, signer: Person, authority: Authority) -> None:
    """What stands in the gap beside the value is free for anybody to write, and the digest holds all the same."""
    data, said = sealed(signer), b"/Reason(approved)"
    gap = re.search(rb"/Contents(<[0-9a-f]*>)", data)
    assert gap is not None
    value = gap[1]
    (fact,) = check(tmp_path, data.replace(value, value[: -1 - len(said)] + b">" + said), authority)
    assert fact.verdict is SignatureVerdict.MALFORMED
    assert "digest_wrong" not in fact.detail


def test_pages_repainted_between_two_signatures_hurt_the_first_alone(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    data = signed_again(repainted(sealed(signer)), lambda covered: made.cms(signer, covered))
    first, second = check(tmp_path, data, authority)
    assert (first.verdict, second.verdict) == (SignatureVerdict.CONTENT_CHANGED, SignatureVerdict.SOUND)
