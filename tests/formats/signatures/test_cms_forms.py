"""Forms of CMS values that are easily mistaken: order of attributes, counter-signatures, attributes passed off as content."""

from __future__ import annotations

from asn1crypto import x509
from tests.formats.signatures import authority as made
from tests.formats.signatures.authority import Authority, Person, octets, oid, seq, tlv

from jingui.domain.records.facts import SignatureFact
from jingui.domain.records.terms import SignatureVerdict
from jingui.formats.signatures.algorithms import digest
from jingui.formats.signatures.assessment import PURPOSES, Assessment, Context
from jingui.formats.signatures.certificates import read_certificate
from jingui.formats.signatures.chains import Anchor
from jingui.formats.signatures.cms_structures import MAX_SIGNERS
from jingui.formats.signatures.signed_content import check_cms

CONTENT = b"words of a decision"
DATA = "1.2.840.113549.1.7.1"


def check(der: bytes, authority: Authority, *, content: bytes = CONTENT) -> list[SignatureFact]:
    anchor = Anchor(read_certificate(authority.root.der), frozenset(PURPOSES))
    return [
        row.fact()
        for row in check_cms(
            der, lambda: (content,), subject=Assessment("cms", "value.p7s"), context=Context((anchor,))
        )
    ]


def attributes(content: bytes, *, kind: str = made.GM_DATA, digests: int = 1) -> list[bytes]:
    said = seq(oid("1.2.840.113549.1.9.4"), tlv(0x31, octets(digest("sm3", (content,)))))
    return sorted([seq(oid("1.2.840.113549.1.9.3"), tlv(0x31, oid(kind))), *[said] * digests])


def signer_of(person: Person, value: bytes, signed: bytes = b"", unsigned: bytes = b"") -> bytes:
    parsed = x509.Certificate.load(person.der)
    sid = seq(bytes(parsed.issuer.dump()), made.number(parsed.serial_number))
    algorithms = seq(oid(made.SM3)), seq(oid(made.SM2_SM3))
    return seq(made.number(1), sid, algorithms[0], signed, algorithms[1], octets(value), unsigned)


def value_of(person: Person, *signers: bytes, kind: str = made.GM_DATA) -> bytes:
    digests = tlv(0x31, seq(oid(made.SM3)))
    data = seq(made.number(1), digests, seq(oid(kind)), tlv(0xA0, person.der), tlv(0x31, b"".join(signers)))
    return seq(oid(made.GM_SIGNED), tlv(0xA0, data))


def signed(person: Person, rows: list[bytes], *, unsigned: bytes = b"") -> bytes:
    value = person.key.sign(tlv(0x31, b"".join(sorted(rows))))
    return signer_of(person, value, tlv(0xA0, b"".join(rows)), unsigned)


def test_attributes_that_stand_out_of_order_are_signed_in_der_order(authority: Authority) -> None:
    person = authority.issue("窗口")
    backwards = attributes(CONTENT)[::-1]
    (fact,) = check(value_of(person, signed(person, backwards)), authority)
    assert fact.verdict is SignatureVerdict.SOUND, fact.detail


def test_another_type_of_content_than_the_signed_one_is_malformed(authority: Authority) -> None:
    person = authority.issue("窗口")
    row = signed(person, attributes(CONTENT, kind="1.2.840.113549.1.9.16.1.4"))
    assert check(value_of(person, row), authority)[0].verdict is SignatureVerdict.MALFORMED


def test_plain_data_by_either_of_its_names_is_the_same(authority: Authority) -> None:
    person = authority.issue("窗口")
    (fact,) = check(value_of(person, signed(person, attributes(CONTENT, kind=DATA))), authority)
    assert fact.verdict is SignatureVerdict.SOUND, fact.detail


def test_two_message_digests_are_malformed(authority: Authority) -> None:
    person = authority.issue("窗口")
    row = signed(person, attributes(CONTENT, digests=2))
    assert check(value_of(person, row), authority)[0].verdict is SignatureVerdict.MALFORMED


def test_signed_attributes_passed_off_as_content_are_no_sound_content(authority: Authority) -> None:
    person = authority.issue("窗口")
    passed_off = tlv(0x31, b"".join(attributes(CONTENT)))
    forged = signer_of(person, person.key.sign(passed_off))
    (fact,) = check(value_of(person, forged), authority, content=passed_off)
    assert fact.verdict is SignatureVerdict.MALFORMED


def test_a_counter_signature_is_checked_over_the_value_it_signs(authority: Authority) -> None:
    person, witness = authority.issue("窗口"), authority.issue("科长")
    rows = attributes(CONTENT)
    value = person.key.sign(tlv(0x31, b"".join(rows)))
    for about, verdict in ((value, SignatureVerdict.SOUND), (b"other", SignatureVerdict.CONTENT_CHANGED)):
        said = [one for one in attributes(about) if oid("1.2.840.113549.1.9.4") in one]
        counter = seq(oid("1.2.840.113549.1.9.6"), tlv(0x31, signed(witness, said)))
        row = signer_of(person, value, tlv(0xA0, b"".join(rows)), tlv(0xA1, counter))
        first, second = check(_with_certificates(person, witness, row), authority)
        assert (first.verdict, second.verdict) == (SignatureVerdict.SOUND, verdict)
        assert second.place == "value.p7s #会签 1"
        assert second.signer.startswith("CN=科长")


def _with_certificates(person: Person, witness: Person, row: bytes) -> bytes:
    both = Person(person.key, person.der + witness.der, person.name)
    return value_of(both, row)


def test_more_signers_than_are_checked_are_not_passed_over(authority: Authority) -> None:
    person = authority.issue("窗口")
    row = signed(person, attributes(CONTENT))
    (fact,) = check(value_of(person, *[row] * (MAX_SIGNERS + 1)), authority)
    assert fact.verdict is SignatureVerdict.MALFORMED
