"""Signatures in ZIP containers: over a manifest, over the one entry, over entries by reference, and what none covers."""

from __future__ import annotations

import io
import warnings
import zipfile
from pathlib import Path

import pytest
from tests.formats.signatures import authority as made
from tests.formats.signatures.authority import Authority, Person
from tests.formats.signatures.test_xml_references import DS, INCLUSIVE, encoded, reference, signature

from jingui.domain.records.facts import SignatureFact
from jingui.domain.records.terms import SignatureVerdict
from jingui.formats.signatures.algorithms import digest
from jingui.formats.signatures.trust import TrustEntry
from jingui.formats.signed_files import file_rows

ASIC = "http://uri.etsi.org/02918/v1.2.1#"
CONTENT = {"mimetype": b"application/vnd.etsi.asic-e+zip", "a.txt": "正文".encode(), "附件.txt": b"more"}


@pytest.fixture(scope="module")
def signer(authority: Authority) -> Person:
    return authority.issue("业务系统")


def check(folder: Path, parts: list[tuple[str, bytes]], authority: Authority) -> list[SignatureFact]:
    path, buffer = folder / "case.asice", io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in parts:
            archive.writestr(name, data)
    path.write_bytes(buffer.getvalue())
    return [row.fact() for row in file_rows(path, [TrustEntry(authority.root.der, ("signature", "timestamp"))])]


def manifest(parts: dict[str, bytes], value: str) -> bytes:
    rows = "".join(
        f'<asic:DataObjectReference URI="{name}"><ds:DigestMethod Algorithm="urn:oid:{made.SM3}"/>'
        f"<ds:DigestValue>{encoded(digest('sm3', (data,)))}</ds:DigestValue></asic:DataObjectReference>"
        for name, data in parts.items()
        if name != "mimetype"
    )
    head = f'<asic:ASiCManifest xmlns:asic="{ASIC}" xmlns:ds="{DS}"><asic:SigReference URI="{value}"/>'
    return f"{head}{rows}</asic:ASiCManifest>".encode()


def with_manifest(signer: Person) -> dict[str, bytes]:
    listed = manifest(CONTENT, "META-INF/signature.p7s")
    return CONTENT | {"META-INF/ASiCManifest.xml": listed, "META-INF/signature.p7s": made.cms(signer, listed)}


def test_a_value_over_a_manifest_covers_what_that_lists(tmp_path: Path, signer: Person, authority: Authority) -> None:
    (fact,) = check(tmp_path, list(with_manifest(signer).items()), authority)
    assert (fact.kind, fact.verdict, fact.covered) == ("cms", SignatureVerdict.SOUND, "全部 2 个部件"), fact.detail


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"a.txt": b"else"}, SignatureVerdict.CONTENT_CHANGED),
        ({"b.txt": b"added"}, SignatureVerdict.PART_NOT_COVERED),
        ({"META-INF/ASiCManifest.xml": manifest({"a.txt": b"else"}, "META-INF/signature.p7s")}, SignatureVerdict.CONTENT_CHANGED),
        ({"META-INF/ASiCManifest.xml": b"<no"}, SignatureVerdict.CONTENT_UNKNOWN),
    ],
)  # fmt: skip
def test_a_change_of_content_or_manifest_is_told(
    tmp_path: Path, signer: Person, authority: Authority, change: dict[str, bytes], verdict: SignatureVerdict
) -> None:
    (fact,) = check(tmp_path, list((with_manifest(signer) | change).items()), authority)
    assert fact.verdict is verdict, fact.detail


def test_an_entry_that_is_gone_is_content_changed(tmp_path: Path, signer: Person, authority: Authority) -> None:
    parts = [(name, data) for name, data in with_manifest(signer).items() if name != "a.txt"]
    assert check(tmp_path, parts, authority)[0].verdict is SignatureVerdict.CONTENT_CHANGED


def test_a_name_that_stands_twice_is_told(tmp_path: Path, signer: Person, authority: Authority) -> None:
    parts = [("a.txt", b"shown by some"), *with_manifest(signer).items()]
    assert check(tmp_path, parts, authority)[0].verdict is SignatureVerdict.PART_NOT_COVERED


def test_without_a_manifest_the_only_entry_is_what_is_signed(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    clock = authority.issue("时间戳", purpose="time_stamping")
    token = made.token(clock, b"text", at=made.SIGNED_AT)
    for name, value in (("signature.p7s", made.cms(signer, b"text")), ("timestamp.tst", token)):
        parts = [("mimetype", b""), ("a.txt", b"text"), (f"META-INF/{name}", value)]
        (fact,) = check(tmp_path, parts, authority)
        assert (fact.verdict, fact.covered) == (SignatureVerdict.SOUND, "全部 1 个部件"), fact.detail
        (fact,) = check(tmp_path, [*parts, ("b.txt", b"more")], authority)
        assert fact.verdict is SignatureVerdict.CONTENT_UNKNOWN


def test_references_of_a_document_of_signatures_lead_to_entries(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    form = f'<ds:Transform Algorithm="{INCLUSIVE}"></ds:Transform>'
    rows = reference('URI="a%20b.txt"', "text"), reference('URI="content.xml"', '<c a="1" b="2"></c>', form)
    signed = f'<s:XAdESSignatures xmlns:s="{ASIC}">{signature(signer, *rows)}</s:XAdESSignatures>'.encode()
    parts = [("META-INF/signatures0.xml", signed), ("a b.txt", b"text"), ("content.xml", b'<c b="2" a="1"/>')]
    (fact,) = check(tmp_path, parts, authority)
    assert (fact.kind, fact.verdict, fact.covered) == ("xmldsig", SignatureVerdict.SOUND, "全部 2 个部件"), fact.detail
    (fact,) = check(tmp_path, [*parts[:2], ("content.xml", b'<c b="3" a="1"/>')], authority)
    assert fact.verdict is SignatureVerdict.CONTENT_CHANGED
    (fact,) = check(tmp_path, parts[:2], authority)
    assert fact.verdict is SignatureVerdict.CONTENT_UNKNOWN


def test_evidence_records_are_said_to_be_not_supported(tmp_path: Path, authority: Authority) -> None:
    (fact,) = check(tmp_path, [("a.txt", b"text"), ("META-INF/evidencerecord.ers", b"\x30\x00")], authority)
    assert fact.verdict is SignatureVerdict.ALGORITHM_UNSUPPORTED


def test_a_container_without_signatures_has_none(tmp_path: Path, authority: Authority) -> None:
    assert check(tmp_path, [("a.txt", b"text"), ("META-INF/manifest.xml", b"<m/>")], authority) == []


def test_broken_signature_files_are_verdicts(tmp_path: Path, authority: Authority) -> None:
    doctype = b'<!DOCTYPE x [<!ENTITY e "e">]><x/>'
    parts = [("a.txt", b""), ("META-INF/signatures.xml", doctype), ("META-INF/s.p7s", b""), ("META-INF/t.tst", b"\x30")]
    rows = check(tmp_path, parts, authority)
    assert {fact.verdict for fact in rows} == {SignatureVerdict.MALFORMED}
    assert len(rows) == 3


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('{"payload":"YQ","signatures":[{"protected":"eyJhIjoxfQ","signature":"YQ"}]}', 1),
        ("eyJhbGciOiJFUzI1NiJ9..c2ln", 1),
        ('{"signature": "by hand"}', 0),
        ("eyJ is no signature", 0),
    ],
)
def test_a_json_signature_is_said_to_be_not_supported(tmp_path: Path, text: str, count: int) -> None:
    path = tmp_path / "signed.json"
    path.write_text(text)
    verdicts = [row.fact().verdict for row in file_rows(path, [])]
    assert verdicts == [SignatureVerdict.ALGORITHM_UNSUPPORTED] * count
