"""XML signatures: enveloped, over a part, changed, moved, and hostile."""

from __future__ import annotations

import base64
import random
from pathlib import Path

import pytest
from lxml import etree
from tests.formats.signatures import authority as made
from tests.formats.signatures.authority import Authority, Person

from jingui.domain.records.facts import SignatureFact
from jingui.domain.records.signatures import flaws_in
from jingui.domain.records.terms import SignatureVerdict
from jingui.formats.reading import read
from jingui.formats.signatures.algorithms import digest
from jingui.formats.signatures.trust import TrustEntry
from jingui.formats.signed_files import file_rows

DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
BODY = '<case xmlns="urn:tests"><no Id="n1">A-1</no><result>准予</result></case>'


def canonical(node: etree._Element) -> bytes:
    return bytes(etree.tostring(node, method="c14n", exclusive=True))


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def signed(person: Person, *, uri: str = "") -> bytes:
    """Return the document with an enveloped SM2 signature over it, or over one element."""
    root = etree.fromstring(BODY)
    target = root if not uri else root.find(f".//*[@Id='{uri[1:]}']")
    assert target is not None
    envelope = "" if uri else f'<ds:Transform Algorithm="{DS}enveloped-signature"/>'
    info = etree.fromstring(
        f'<ds:SignedInfo xmlns:ds="{DS}"><ds:CanonicalizationMethod Algorithm="{C14N}"/>'
        f'<ds:SignatureMethod Algorithm="urn:oid:{made.SM2_SM3}"/><ds:Reference URI="{uri}"><ds:Transforms>{envelope}'
        f'<ds:Transform Algorithm="{C14N}"/></ds:Transforms><ds:DigestMethod Algorithm="urn:oid:{made.SM3}"/>'
        f"<ds:DigestValue>{encoded(digest('sm3', (canonical(target),)))}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    )
    holder = etree.SubElement(root, f"{{{DS}}}Signature", nsmap={"ds": DS})
    holder.append(info)
    etree.SubElement(holder, f"{{{DS}}}SignatureValue").text = encoded(person.key.sign(canonical(info)))
    data = etree.SubElement(etree.SubElement(holder, f"{{{DS}}}KeyInfo"), f"{{{DS}}}X509Data")
    etree.SubElement(data, f"{{{DS}}}X509Certificate").text = encoded(person.der)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))


def check(folder: Path, data: bytes, *trusted: bytes) -> list[SignatureFact]:
    path = folder / "case.xml"
    path.write_bytes(data)
    return [row.fact() for row in file_rows(path, [TrustEntry(der, ("signature",)) for der in trusted])]


@pytest.fixture(scope="module")
def signer(authority: Authority) -> Person:
    return authority.issue("业务系统")


def test_an_enveloped_sm2_signature_is_sound_and_the_reading_carries_it(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    (fact,) = check(tmp_path, signed(signer), authority.root.der)
    assert (fact.verdict, fact.covered) == (SignatureVerdict.SOUND, "全文"), fact.detail
    reading, _ = read(tmp_path / "case.xml", "case.xml")
    assert reading.signatures is not None
    assert [one.verdict for one in reading.signatures] == [SignatureVerdict.SOUND_ISSUER_NOT_TRUSTED]


def test_changed_content_and_a_changed_value_are_told_apart(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    data = signed(signer)
    (changed,) = check(tmp_path, data.replace("准予".encode(), "不准".encode()), authority.root.der)
    assert changed.verdict is SignatureVerdict.CONTENT_CHANGED
    info = data.replace(b"<ds:Reference URI", b"<ds:Reference Id='x' URI")
    (broken,) = check(tmp_path, info, authority.root.der)
    assert broken.verdict is SignatureVerdict.SIGNATURE_BROKEN


def test_a_signature_over_a_part_says_that_the_rest_is_not_covered(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    (fact,) = check(tmp_path, signed(signer, uri="#n1"), authority.root.der)
    assert fact.verdict is SignatureVerdict.PART_NOT_COVERED


def test_an_identifier_that_stands_twice_is_malformed(tmp_path: Path, signer: Person, authority: Authority) -> None:
    data = signed(signer, uri="#n1").replace(b"<result>", b'<no Id="n1">B-9</no><result>')
    (fact,) = check(tmp_path, data, authority.root.der)
    assert fact.verdict is SignatureVerdict.MALFORMED


def test_a_transform_that_runs_code_is_not_supported(tmp_path: Path, signer: Person) -> None:
    data = signed(signer).replace(f"{DS}enveloped-signature".encode(), b"http://www.w3.org/TR/1999/REC-xslt-19991116")
    (fact,) = check(tmp_path, data)
    assert any(code == "algorithm_unknown" for code, _ in flaws_in(fact.detail))


def test_hostile_documents_are_verdicts_and_never_exceptions(tmp_path: Path, signer: Person) -> None:
    chance, data = random.Random(3), signed(signer)
    for _ in range(80):
        hostile = bytearray(data)
        for _ in range(chance.choice((1, 4, 20))):
            hostile[chance.randrange(len(hostile))] = chance.randrange(32, 127)
        check(tmp_path, bytes(hostile))
