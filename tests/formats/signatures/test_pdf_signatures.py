"""Signatures in PDF files: SM2 inside, what came later, coverage, and what is cheap for files without any."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from tests.formats.signatures import authority as made
from tests.formats.signatures.authority import Authority, Person
from tests.formats.signatures.signed_pdf import appended, repainted, signed_pdf, with_attachment
from tests.personas import pdf

from jingui.domain.records.facts import SignatureFact
from jingui.domain.records.signatures import flaws_in
from jingui.domain.records.terms import SignatureVerdict
from jingui.formats.reading import read
from jingui.formats.signatures.trust import TrustEntry
from jingui.formats.signed_files import file_rows

ALL = ("signature", "seal", "timestamp")


@pytest.fixture(scope="module")
def signer(authority: Authority) -> Person:
    return authority.issue("某某市行政审批局")


@pytest.fixture(scope="module")
def signed(signer: Person) -> bytes:
    return signed_pdf(lambda covered: made.cms(signer, covered))


def check(folder: Path, data: bytes, *trusted: bytes) -> list[SignatureFact]:
    path = folder / "file.pdf"
    path.write_bytes(data)
    return [row.fact() for row in file_rows(path, [TrustEntry(der, ALL) for der in trusted])]


def test_an_sm2_signature_over_the_whole_file_is_sound(tmp_path: Path, signed: bytes, authority: Authority) -> None:
    (fact,) = check(tmp_path, signed, authority.root.der)
    assert fact.verdict is SignatureVerdict.SOUND, fact.detail
    assert (fact.place, fact.algorithm) == ("seal", "SM2-SM3")
    assert fact.covered == "全文"


def test_a_changed_byte_is_content_changed(tmp_path: Path, signed: bytes, authority: Authority) -> None:
    (fact,) = check(tmp_path, signed.replace(b"9 9 l", b"8 9 l"), authority.root.der)
    assert fact.verdict is SignatureVerdict.CONTENT_CHANGED
    assert ("digest_wrong", "sm3") in flaws_in(fact.detail)


def test_a_page_changed_by_a_later_revision_is_content_changed(
    tmp_path: Path, signed: bytes, authority: Authority
) -> None:
    (fact,) = check(tmp_path, repainted(signed), authority.root.der)
    assert fact.verdict is SignatureVerdict.CONTENT_CHANGED
    assert any(code == "changed_after" and text == "第 1 页" for code, text in flaws_in(fact.detail))


def test_an_addition_that_changes_no_page_is_only_not_covered(
    tmp_path: Path, signed: bytes, authority: Authority
) -> None:
    (fact,) = check(tmp_path, with_attachment(signed), authority.root.der)
    assert fact.verdict is SignatureVerdict.PART_NOT_COVERED
    assert any("/PageLabels" in text for _, text in flaws_in(fact.detail))


def test_a_revision_that_changes_nothing_seen_leaves_the_signature_sound(
    tmp_path: Path, signed: bytes, authority: Authority
) -> None:
    (fact,) = check(tmp_path, appended(signed, {9: "<</Unused true>>"}), authority.root.der)
    assert fact.verdict is SignatureVerdict.SOUND, fact.detail


def test_a_file_cut_short_is_content_changed(tmp_path: Path, signed: bytes, authority: Authority) -> None:
    (fact,) = check(tmp_path, signed[:-40], authority.root.der)
    assert fact.verdict is SignatureVerdict.CONTENT_CHANGED


def test_a_seal_signature_inside_a_pdf_is_checked(tmp_path: Path, signer: Person, authority: Authority) -> None:
    seal = made.seal(authority.issue("制章机构"), [signer], version=1)
    data = signed_pdf(lambda covered: made.sealed(signer, seal, covered), filter_name="GM.seal")
    (fact,) = check(tmp_path, data, authority.root.der)
    assert (fact.kind, fact.verdict) == ("pdf_seal", SignatureVerdict.SOUND), fact.detail


def test_a_document_time_stamp_proves_its_time(tmp_path: Path, authority: Authority) -> None:
    clock = authority.issue("时间戳", purpose="time_stamping")
    data = signed_pdf(lambda covered: made.token(clock, covered, at=made.SIGNED_AT), filter_name="ETSI.RFC3161")
    (fact,) = check(tmp_path, data, authority.root.der)
    assert (fact.kind, fact.verdict) == ("pdf_timestamp", SignatureVerdict.SOUND), fact.detail
    assert fact.timestamp_at == made.SIGNED_AT


def test_a_reading_carries_the_signatures_and_an_unsigned_file_an_empty_list(tmp_path: Path, signed: bytes) -> None:
    for name, data, count in (("signed.pdf", signed, 1), ("plain.pdf", pdf("plain"), 0)):
        path = tmp_path / name
        path.write_bytes(data)
        reading, _ = read(path, name)
        assert reading.signatures is not None
        assert len(reading.signatures) == count


def test_reading_an_unsigned_file_loads_nothing_that_checks_signatures(tmp_path: Path) -> None:
    path = tmp_path / "plain.pdf"
    path.write_bytes(pdf("plain"))
    program = (
        "import sys; from pathlib import Path; from jingui.formats.reading import read;"
        f"read(Path({str(path)!r}), 'plain.pdf');"
        "print([name for name in sys.modules if name.split('.')[0] in ('asn1crypto', 'pyhanko')])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_hostile_signed_files_are_verdicts_and_never_exceptions(tmp_path: Path, signed: bytes) -> None:
    chance = random.Random(5)
    start = signed.index(b"/Contents<")
    for _ in range(60):
        data = bytearray(signed)
        low, high = chance.choice(((0, len(data)), (start, start + 3000)))
        for _ in range(chance.choice((1, 6, 60))):
            data[chance.randrange(low, high)] = chance.randrange(256)
        check(tmp_path, bytes(data))
