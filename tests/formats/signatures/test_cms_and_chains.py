"""CMS with SM2: digests, chains, validity, revocation and time-stamps, over detached content."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from tests.formats.signatures import authority as made
from tests.formats.signatures.authority import Authority, Person

from jingui.domain.records.facts import SignatureFact
from jingui.domain.records.signatures import flaws_in
from jingui.domain.records.terms import SignatureVerdict
from jingui.formats.signatures.assessment import PURPOSES, Assessment, Context
from jingui.formats.signatures.certificates import read_certificate
from jingui.formats.signatures.chains import Anchor
from jingui.formats.signatures.der import MalformedError
from jingui.formats.signatures.signed_content import check_cms

CONTENT = "正文".encode() * 1000
EARLY, LATE = datetime(2025, 5, 1, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC)


def anchor(der: bytes, **times: datetime) -> Anchor:
    return Anchor(read_certificate(der), frozenset(PURPOSES), **times)


def check(der: bytes, *anchors: Anchor, content: bytes = CONTENT) -> SignatureFact:
    subject = Assessment("cms", "value.p7s")
    return check_cms(der, lambda: (content,), subject=subject, context=Context(anchors))[0].fact()


@pytest.fixture(scope="module")
def signer(authority: Authority) -> Person:
    return authority.issue("审批专用章")


def test_a_detached_sm2_value_by_a_trusted_issuer_is_sound(signer: Person, authority: Authority) -> None:
    fact = check(made.cms(signer, CONTENT), anchor(authority.root.der))
    assert fact.verdict is SignatureVerdict.SOUND, fact.detail
    assert fact.signed_at == made.SIGNED_AT
    assert ("time_only_claimed", "") in flaws_in(fact.detail)


def test_other_content_is_told_apart_from_a_wrong_value(signer: Person, authority: Authority) -> None:
    der = made.cms(signer, CONTENT)
    assert check(der, anchor(authority.root.der), content=b"other").verdict is SignatureVerdict.CONTENT_CHANGED
    value = made.value_of(der)
    wrong = der.replace(value, value[:-1] + bytes([value[-1] ^ 1]))
    assert check(wrong, anchor(authority.root.der)).verdict is SignatureVerdict.SIGNATURE_BROKEN


def test_an_intermediate_authority_is_followed_up_to_the_trusted_root(authority: Authority) -> None:
    middle = authority.issue("中级证书", is_ca=True)
    under = Authority(middle)
    person = under.issue("窗口")
    der = made.cms(Person(person.key, person.der, person.name), CONTENT)
    assert check(der, anchor(authority.root.der)).verdict is SignatureVerdict.SOUND_ISSUER_NOT_TRUSTED
    assert check(der, anchor(middle.der)).verdict is SignatureVerdict.SOUND


def test_a_certificate_of_no_authority_cannot_issue_others(authority: Authority) -> None:
    plain = authority.issue("普通证书")
    person = Authority(plain).issue("冒充下级")
    fact = check(made.cms(person, CONTENT), anchor(authority.root.der), anchor(plain.der))
    assert fact.verdict is SignatureVerdict.SOUND_ISSUER_NOT_TRUSTED


def test_an_authority_that_may_have_none_below_it_has_none(authority: Authority) -> None:
    for room, verdict in ((1, SignatureVerdict.SOUND), (0, SignatureVerdict.SOUND_ISSUER_NOT_TRUSTED)):
        upper = authority.issue("上级", is_ca=True, room=room)
        lower = Authority(upper).issue("下级", is_ca=True)
        both = Authority(lower).issue("窗口")
        der = made.cms(Person(both.key, both.der + lower.der, both.name), CONTENT)
        assert check(der, anchor(upper.der)).verdict is verdict


def test_a_key_that_is_not_for_signatures_makes_no_valid_one(authority: Authority) -> None:
    fact = check(made.cms(authority.issue("中级证书", is_ca=True), CONTENT), anchor(authority.root.der))
    assert fact.verdict is SignatureVerdict.CERTIFICATE_NOT_VALID
    assert any(code == "certificate_mismatch" for code, _ in flaws_in(fact.detail))


def test_trust_is_bounded_by_the_time_of_signing(signer: Person, authority: Authority) -> None:
    der = made.cms(signer, CONTENT)
    assert check(der, anchor(authority.root.der, until=LATE)).verdict is SignatureVerdict.SOUND
    assert check(der, anchor(authority.root.der, until=EARLY)).verdict is SignatureVerdict.SOUND_ISSUER_NOT_TRUSTED
    assert check(der, anchor(authority.root.der, since=LATE)).verdict is SignatureVerdict.SOUND_ISSUER_NOT_TRUSTED


def test_a_revocation_before_the_signature_counts_and_one_after_it_does_not(authority: Authority) -> None:
    person = authority.issue("将被吊销")
    revoked = check(made.cms(person, CONTENT, crls=authority.revoke(person, EARLY)), anchor(authority.root.der))
    assert (revoked.verdict, revoked.revocation) == (SignatureVerdict.CERTIFICATE_NOT_VALID, "revoked")
    later = check(made.cms(person, CONTENT, crls=authority.revoke(person, LATE)), anchor(authority.root.der))
    assert (later.verdict, later.revocation) == (SignatureVerdict.SOUND, "good")


def test_a_list_says_nothing_of_a_time_after_its_next_update(authority: Authority) -> None:
    signer, other = authority.issue("窗口"), authority.issue("别人")
    for until, told in ((LATE, "good"), (EARLY, "unknown")):
        lists = authority.revoke(other, EARLY, until=until)
        assert check(made.cms(signer, CONTENT, crls=lists), anchor(authority.root.der)).revocation == told
    gone = authority.revoke(signer, EARLY, until=EARLY)
    fact = check(made.cms(signer, CONTENT, crls=gone), anchor(authority.root.der))
    assert fact.verdict is SignatureVerdict.CERTIFICATE_NOT_VALID


@pytest.mark.parametrize("scope", [b"\x82\x01\xff", b"\x84\x01\xff"], ids=["only authorities", "of other issuers"])
def test_a_list_about_other_certificates_says_nothing_of_this_one(authority: Authority, scope: bytes) -> None:
    signer = authority.issue("窗口")
    point = made.seq(made.oid("2.5.29.28"), made.octets(made.seq(scope)))
    lists = authority.revoke(signer, EARLY, extensions=made.tlv(0xA0, made.seq(point)))
    fact = check(made.cms(signer, CONTENT, crls=lists), anchor(authority.root.der))
    assert (fact.verdict, fact.revocation) == (SignatureVerdict.SOUND, "unknown")


def test_a_list_that_the_issuer_did_not_sign_says_nothing(authority: Authority, stranger: Authority) -> None:
    person = authority.issue("无辜者")
    forged = Authority(Person(stranger.root.key, stranger.root.der, authority.root.name)).revoke(person, EARLY)
    fact = check(made.cms(person, CONTENT, crls=forged), anchor(authority.root.der))
    assert (fact.verdict, fact.revocation) == (SignatureVerdict.SOUND, "unknown")


def test_a_time_stamp_over_the_value_gives_the_time(signer: Person, authority: Authority) -> None:
    clock = authority.issue("时间戳", purpose="time_stamping")
    attributes = made.cms(signer, CONTENT)
    # The value is random by nature, so the token is put into the very bytes it is about.
    stamped = _with_token(attributes, made.token(clock, made.value_of(attributes), at=LATE))
    fact = check(stamped, anchor(authority.root.der))
    assert fact.verdict is SignatureVerdict.SOUND, fact.detail
    assert fact.timestamp_at == LATE == fact.signed_at


def test_a_time_stamp_about_something_else_is_told_and_does_not_count(signer: Person, authority: Authority) -> None:
    clock = authority.issue("时间戳", purpose="time_stamping")
    stamped = _with_token(made.cms(signer, CONTENT), made.token(clock, b"something else", at=LATE))
    fact = check(stamped, anchor(authority.root.der))
    assert fact.timestamp_at is None
    assert any(code == "timestamp_wrong" for code, _ in flaws_in(fact.detail))


def test_a_certificate_that_is_not_for_time_stamps_makes_none(signer: Person, authority: Authority) -> None:
    der = made.cms(signer, CONTENT)
    fact = check(_with_token(der, made.token(signer, made.value_of(der), at=LATE)), anchor(authority.root.der))
    assert fact.timestamp_at is None


def _with_token(der: bytes, token: bytes) -> bytes:
    """Put a token among the unsigned attributes of the only signer, and write the lengths around it anew."""
    unsigned = made.tlv(0xA1, made.seq(made.oid("1.2.840.113549.1.9.16.2.14"), made.tlv(0x31, token)))
    return _grown(der, made.octets(made.value_of(der)), unsigned)


def _grown(der: bytes, anchor_bytes: bytes, more: bytes) -> bytes:
    from asn1crypto import parser

    tag, content = der[0], parser.parse(der)[4]
    parts, at = [], 0
    while at < len(content):
        _, method, _, header, inner, trailer = parser.parse(content[at:])
        whole = content[at : at + len(header) + len(inner) + len(trailer)]
        at += len(whole)
        if whole == anchor_bytes:
            parts += [whole, more]
        else:
            parts.append(_grown(whole, anchor_bytes, more) if method and anchor_bytes in whole else whole)
    return made.tlv(tag, b"".join(parts))


def test_without_any_certificate_the_signer_is_unknown(signer: Person) -> None:
    der = made.cms(signer, CONTENT)
    bare = der.replace(made.tlv(0xA0, signer.der), b"")
    fact = check(_relengthened(der, made.tlv(0xA0, signer.der)))
    assert bare != der
    assert fact.verdict is SignatureVerdict.SIGNER_UNKNOWN


def _relengthened(der: bytes, gone: bytes) -> bytes:
    from asn1crypto import parser

    tag, content = der[0], parser.parse(der)[4]
    parts, at = [], 0
    while at < len(content):
        _, method, _, header, inner, trailer = parser.parse(content[at:])
        whole = content[at : at + len(header) + len(inner) + len(trailer)]
        at += len(whole)
        if whole != gone:
            parts.append(_relengthened(whole, gone) if method and gone in whole else whole)
    return made.tlv(tag, b"".join(parts))


@pytest.mark.parametrize("data", [b"", b"\x30", b"\x30\x80", b"\xff" * 64, b"\x30\x84\xff\xff\xff\xff", b"-----BEGIN"])
def test_bytes_that_are_no_certificate_are_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        read_certificate(data)


def test_hostile_values_are_verdicts_and_never_exceptions(signer: Person, authority: Authority) -> None:
    chance, der = random.Random(11), made.cms(signer, CONTENT, crls=authority.revoke(signer, LATE))
    for _ in range(150):
        value = bytearray(der)
        for _ in range(chance.choice((1, 5, 50))):
            value[chance.randrange(len(value))] = chance.randrange(256)
        check(bytes(value), anchor(authority.root.der))
