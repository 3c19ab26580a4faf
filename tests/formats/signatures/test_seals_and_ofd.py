"""Signatures and seals in OFD files: verdicts kept apart, old and new seals, bare values, CMS, hostile bytes."""

from __future__ import annotations

import io
import random
import warnings
import zipfile
from datetime import UTC, datetime

import pytest
from tests.formats.signatures import authority as made
from tests.formats.signatures.authority import Authority, Person

from jingui.domain.records.facts import SignatureFact
from jingui.domain.records.signatures import flaws_in
from jingui.domain.records.terms import SignatureVerdict
from jingui.formats.reading.ofd_package import OfdPackage
from jingui.formats.signatures.checking import ofd_rows
from jingui.formats.signatures.trust import TrustEntry

ALL = ("signature", "seal", "timestamp")


def check(parts: dict[str, bytes], *trusted: bytes) -> list[SignatureFact]:
    with zipfile.ZipFile(io.BytesIO(made.zipped(parts))) as archive:
        package = OfdPackage(archive, max_part_bytes=1 << 20)
        return [row.fact() for row in ofd_rows(package, [TrustEntry(der, ALL) for der in trusted])]


def sealed_parts(signer: Person, seal: bytes, *, version: int = 4, **more: object) -> dict[str, bytes]:
    parts = made.plain_parts()
    description = made.described(parts)
    value = made.sealed(signer, seal, description, version=version, **more)  # type: ignore[arg-type]
    return {
        **parts,
        "Doc_0/Signs/Signatures.xml": made.signature_list(1),
        "Doc_0/Signs/Sign_0/Signature.xml": description,
        "Doc_0/Signs/Sign_0/SignedValue.dat": value,
    }


@pytest.fixture(scope="module")
def maker(authority: Authority) -> Person:
    return authority.issue("印章制作机构")


@pytest.fixture(scope="module")
def signer(authority: Authority) -> Person:
    return authority.issue("某某市卫生健康局")


@pytest.fixture(scope="module")
def sound(maker: Person, signer: Person) -> dict[str, bytes]:
    return sealed_parts(signer, made.seal(maker, [signer]))


def test_a_seal_over_everything_by_a_trusted_issuer_is_sound(sound: dict[str, bytes], authority: Authority) -> None:
    (fact,) = check(sound, authority.root.der)
    assert fact.verdict is SignatureVerdict.SOUND, fact.detail
    assert "某某市卫生健康局" in fact.signer
    assert fact.signed_at == made.SIGNED_AT
    assert fact.algorithm == "SM2-SM3"
    assert fact.covered == "全部 3 个部件"


def test_without_a_trust_list_the_issuer_is_not_trusted_and_nothing_else_changes(sound: dict[str, bytes]) -> None:
    (fact,) = check(sound)
    assert fact.verdict is SignatureVerdict.SOUND_ISSUER_NOT_TRUSTED


def test_a_certificate_that_only_bears_the_name_of_the_trusted_one_does_not_count(
    sound: dict[str, bytes], authority: Authority
) -> None:
    impostor = Authority.create(authority.root.name)
    (fact,) = check(sound, impostor.root.der)
    assert fact.verdict is SignatureVerdict.SOUND_ISSUER_NOT_TRUSTED


def test_seals_of_the_first_generation_are_checked_too(maker: Person, signer: Person, authority: Authority) -> None:
    parts = sealed_parts(signer, made.seal(maker, [signer], version=1), version=1)
    (fact,) = check(parts, authority.root.der)
    assert fact.verdict is SignatureVerdict.SOUND, fact.detail
    assert fact.signed_at == made.SIGNED_AT


def test_a_page_changed_after_sealing_is_named(sound: dict[str, bytes], authority: Authority) -> None:
    page = "Doc_0/Pages/Page_0/Content.xml"
    (fact,) = check(
        {**sound, page: sound[page].replace(b"<ofd:Content/>", b"<ofd:Content></ofd:Content>")}, authority.root.der
    )
    assert fact.verdict is SignatureVerdict.CONTENT_CHANGED
    assert ("digest_wrong", page) in flaws_in(fact.detail)


def test_a_changed_list_of_references_is_content_changed(sound: dict[str, bytes], authority: Authority) -> None:
    path = "Doc_0/Signs/Sign_0/Signature.xml"
    (fact,) = check({**sound, path: sound[path].replace(b"tests", b"Tests")}, authority.root.der)
    assert fact.verdict is SignatureVerdict.CONTENT_CHANGED
    assert any(code == "list_wrong" for code, _ in flaws_in(fact.detail))


def test_a_signed_part_that_is_gone_is_content_changed(sound: dict[str, bytes], authority: Authority) -> None:
    rest = {path: data for path, data in sound.items() if not path.endswith("Content.xml")}
    (fact,) = check(rest, authority.root.der)
    assert fact.verdict is SignatureVerdict.CONTENT_CHANGED
    assert any(code == "part_missing" for code, _ in flaws_in(fact.detail))


def test_a_part_that_the_seal_leaves_out_is_told_apart(sound: dict[str, bytes], authority: Authority) -> None:
    (fact,) = check({**sound, "Doc_0/Attachs/more.xml": b"<a/>"}, authority.root.der)
    assert fact.verdict is SignatureVerdict.PART_NOT_COVERED
    assert ("parts_uncovered", "Doc_0/Attachs/more.xml") in flaws_in(fact.detail)


def test_a_part_beside_the_description_of_a_signature_is_told_too(
    sound: dict[str, bytes], authority: Authority
) -> None:
    (fact,) = check({**sound, "Doc_0/Signs/Sign_0/Content.xml": b"<a/>"}, authority.root.der)
    assert ("parts_uncovered", "Doc_0/Signs/Sign_0/Content.xml") in flaws_in(fact.detail)


def test_a_second_signature_entered_beside_the_pages_hides_nothing(
    sound: dict[str, bytes], authority: Authority
) -> None:
    listed = made.signature_list(2).replace(b"Sign_1/Signature.xml", b"../Signature.xml")
    added = {"Doc_0/Signature.xml": sound["Doc_0/Signs/Sign_0/Signature.xml"], "Doc_0/Attachs/more.xml": b"<a/>"}
    first, _ = check({**sound, **added, "Doc_0/Signs/Signatures.xml": listed}, authority.root.der)
    assert ("parts_uncovered", "Doc_0/Attachs/more.xml") in flaws_in(first.detail)


def test_a_part_whose_name_stands_twice_is_told(sound: dict[str, bytes], authority: Authority) -> None:
    buffer = io.BytesIO(made.zipped(sound))
    with zipfile.ZipFile(buffer, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("Doc_0/Document.xml", sound["Doc_0/Document.xml"])
    with zipfile.ZipFile(buffer) as archive:
        package = OfdPackage(archive, max_part_bytes=1 << 20)
        (row,) = ofd_rows(package, [TrustEntry(authority.root.der, ALL)])
    assert row.fact().verdict is SignatureVerdict.PART_NOT_COVERED


def test_a_later_seal_that_changes_the_list_is_not_taken_for_a_change_of_content(
    maker: Person, signer: Person, authority: Authority
) -> None:
    parts = made.plain_parts()
    first_list = made.signature_list(1)
    described = made.described({**parts, "Doc_0/Signs/Signatures.xml": first_list})
    second = made.described(parts)
    seal = made.seal(maker, [signer])
    every = {
        **parts,
        "Doc_0/Signs/Signatures.xml": made.signature_list(2),
        "Doc_0/Signs/Sign_0/Signature.xml": described,
        "Doc_0/Signs/Sign_0/SignedValue.dat": made.sealed(signer, seal, described),
        "Doc_0/Signs/Sign_1/Signature.xml": second,
        "Doc_0/Signs/Sign_1/SignedValue.dat": made.sealed(signer, seal, second),
    }
    verdicts = [fact.verdict for fact in check(every, authority.root.der)]
    assert verdicts == [SignatureVerdict.LIST_CHANGED_BY_LATER_SEAL, SignatureVerdict.SOUND]


def test_a_list_changed_without_a_later_seal_is_a_change(maker: Person, signer: Person, authority: Authority) -> None:
    parts = made.plain_parts()
    described = made.described({**parts, "Doc_0/Signs/Signatures.xml": made.signature_list(2)})
    every = {
        **parts,
        "Doc_0/Signs/Signatures.xml": made.signature_list(1),
        "Doc_0/Signs/Sign_0/Signature.xml": described,
        "Doc_0/Signs/Sign_0/SignedValue.dat": made.sealed(signer, made.seal(maker, [signer]), described),
    }
    (fact,) = check(every, authority.root.der)
    assert fact.verdict is SignatureVerdict.CONTENT_CHANGED


def test_a_signer_who_is_not_in_the_seal_may_not_use_it(maker: Person, authority: Authority) -> None:
    other = authority.issue("别的单位")
    (fact,) = check(sealed_parts(other, made.seal(maker, [authority.issue("印章主人")])), authority.root.der)
    assert fact.verdict is SignatureVerdict.CERTIFICATE_NOT_VALID
    assert any(code == "signer_not_in_seal" for code, _ in flaws_in(fact.detail))


def test_a_seal_whose_makers_signature_is_wrong_is_broken(
    signer: Person, authority: Authority, stranger: Authority
) -> None:
    false_maker = Person(stranger.root.key, authority.root.der, "假冒")
    (fact,) = check(sealed_parts(signer, made.seal(false_maker, [signer])), authority.root.der)
    assert fact.verdict is SignatureVerdict.SIGNATURE_BROKEN
    assert any(code == "seal_value_wrong" for code, _ in flaws_in(fact.detail))


def test_a_seal_used_after_its_time_is_told(maker: Person, signer: Person, authority: Authority) -> None:
    expired = made.seal(maker, [signer], until=datetime(2025, 1, 1, tzinfo=UTC))
    (fact,) = check(sealed_parts(signer, expired), authority.root.der)
    assert fact.verdict is SignatureVerdict.CERTIFICATE_NOT_VALID
    assert any(code == "seal_not_valid_then" for code, _ in flaws_in(fact.detail))


def test_validity_counts_at_the_time_of_signing_not_today(maker: Person, authority: Authority) -> None:
    short = authority.issue("短期证书", until=datetime(2025, 7, 1, tzinfo=UTC))
    (then,) = check(sealed_parts(short, made.seal(maker, [short])), authority.root.der)
    assert then.verdict is SignatureVerdict.SOUND
    late = sealed_parts(short, made.seal(maker, [short]), at=datetime(2025, 8, 1, tzinfo=UTC))
    (after,) = check(late, authority.root.der)
    assert after.verdict is SignatureVerdict.CERTIFICATE_NOT_VALID


def test_a_time_stamp_in_a_seal_signature_gives_the_time(maker: Person, signer: Person, authority: Authority) -> None:
    clock = authority.issue("时间戳服务", purpose="time_stamping")
    (fact,) = check(sealed_parts(signer, made.seal(maker, [signer]), token_of=clock), authority.root.der)
    assert fact.verdict is SignatureVerdict.SOUND, fact.detail
    assert fact.timestamp_at == made.SIGNED_AT
    assert "时间戳服务" in fact.timestamp_by


def _digitally_signed(value_of: object) -> dict[str, bytes]:
    parts = made.plain_parts()
    described = made.described(parts, method="SM3")
    return {
        **parts,
        "Doc_0/Signs/Signatures.xml": made.signature_list(1, kind="Sign"),
        "Doc_0/Signs/Sign_0/Signature.xml": described,
        "Doc_0/Signs/Sign_0/SignedValue.dat": value_of(described),  # type: ignore[operator]
    }


def test_an_sm2_cms_without_a_seal_is_checked(signer: Person, authority: Authority) -> None:
    parts = _digitally_signed(lambda described: made.cms(signer, described))
    (fact,) = check(parts, authority.root.der)
    assert (fact.kind, fact.verdict) == ("ofd_signature", SignatureVerdict.SOUND), fact.detail


def test_a_bare_sm2_value_needs_the_signers_certificate_on_the_trust_list(signer: Person) -> None:
    parts = _digitally_signed(signer.key.sign)
    (unknown,) = check(parts)
    assert unknown.verdict is SignatureVerdict.SIGNER_UNKNOWN
    (known,) = check(parts, signer.der)
    assert known.verdict is SignatureVerdict.SOUND


def test_a_list_of_signatures_that_is_missing_is_malformed() -> None:
    (fact,) = check(made.plain_parts())
    assert fact.verdict is SignatureVerdict.MALFORMED


def test_hostile_values_are_verdicts_and_never_exceptions(sound: dict[str, bytes], authority: Authority) -> None:
    chance = random.Random(7)
    path = "Doc_0/Signs/Sign_0/SignedValue.dat"
    for _ in range(120):
        value = bytearray(sound[path])
        for _ in range(chance.choice((1, 4, 40))):
            value[chance.randrange(len(value))] = chance.randrange(256)
        cut = bytes(value[: chance.randrange(1, len(value))]) if chance.random() < 0.3 else bytes(value)
        (fact,) = check({**sound, path: cut}, authority.root.der)
        assert fact.verdict is not SignatureVerdict.SOUND or cut == sound[path]
