"""What XML signatures are about: canonical forms written out by hand, transforms, content outside, properties, manifests."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from tests.formats.signatures import authority as made
from tests.formats.signatures.authority import Authority, Person

from jingui.domain.records.facts import SignatureFact
from jingui.domain.records.signatures import flaws_in
from jingui.domain.records.terms import SignatureVerdict
from jingui.formats.signatures.algorithms import digest
from jingui.formats.signatures.trust import TrustEntry
from jingui.formats.signatures.xml_signatures import MAX_REFERENCES
from jingui.formats.signed_files import file_rows

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
NEWER = "http://www.w3.org/2006/12/xml-c14n11"
ENVELOPED = f'<ds:Transform Algorithm="{DS}enveloped-signature"></ds:Transform>'
PLAIN = f'<ds:Transform Algorithm="{INCLUSIVE}"></ds:Transform>'
XPATH = '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>%s</ds:XPath></ds:Transform>'
FILTER = (
    '<ds:Transform Algorithm="http://www.w3.org/2002/06/xmldsig-filter2">'
    '<f:XPath xmlns:f="http://www.w3.org/2002/06/xmldsig-filter2" Filter="subtract">%s</f:XPath></ds:Transform>'
)


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def reference(attributes: str, octets: str, *transforms: str) -> str:
    """Write a reference in exclusive canonical form."""
    followed = f"<ds:Transforms>{''.join(transforms)}</ds:Transforms>" if transforms else ""
    return (
        f'<ds:Reference {attributes}>{followed}<ds:DigestMethod Algorithm="urn:oid:{made.SM3}"></ds:DigestMethod>'
        f"<ds:DigestValue>{encoded(digest('sm3', (octets.encode(),)))}</ds:DigestValue></ds:Reference>"
    )


def signature(person: Person, *references: str, objects: str = "", before: tuple[bytes, ...] = ()) -> str:
    """Write a signature over references; ``before`` are certificates that stand before the signer's."""
    start = f'<ds:SignedInfo xmlns:ds="{DS}"><ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"></ds:CanonicalizationMethod>'
    method = f'<ds:SignatureMethod Algorithm="urn:oid:{made.SM2_SM3}"></ds:SignatureMethod>'
    info = f"{start}{method}{''.join(references)}</ds:SignedInfo>"
    value = f'<ds:SignatureValue Id="v">{encoded(person.key.sign(info.encode()))}</ds:SignatureValue>'
    ders = "".join(f"<ds:X509Certificate>{encoded(der)}</ds:X509Certificate>" for der in (*before, person.der))
    keys = f"<ds:KeyInfo><ds:X509Data>{ders}</ds:X509Data></ds:KeyInfo>"
    return f'<ds:Signature xmlns:ds="{DS}">{info}{value}{keys}{objects}</ds:Signature>'


@pytest.fixture(scope="module")
def signer(authority: Authority) -> Person:
    return authority.issue("业务系统")


def check(folder: Path, text: str, authority: Authority) -> list[SignatureFact]:
    path = folder / "case.xml"
    path.write_text(text, encoding="utf-8")
    return [row.fact() for row in file_rows(path, [TrustEntry(authority.root.der, ("signature",))])]


@pytest.mark.parametrize("form", [INCLUSIVE, NEWER])
def test_a_part_is_canonicalised_with_what_stands_around_it(
    tmp_path: Path, signer: Person, authority: Authority, form: str
) -> None:
    part = '<part Id="p1"><a><b>1</b></a></part>'
    transform = f'<ds:Transform Algorithm="{form}"></ds:Transform>'
    canonical = part.replace("<part ", '<part xmlns="urn:x" xmlns:y="urn:y" ').replace(
        ' Id="p1"', ' Id="p1" xml:lang="zh"'
    )
    value = signature(signer, reference('URI="#p1"', canonical, transform))
    (fact,) = check(tmp_path, f'<root xmlns="urn:x" xmlns:y="urn:y" xml:lang="zh">{part}{value}</root>', authority)
    assert fact.verdict is SignatureVerdict.PART_NOT_COVERED, fact.detail


def test_the_whole_document_counts_with_its_instructions_and_without_its_comments(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    canonical = "<?show plain?>\n<root><a>1</a></root>"
    with_comments = f'<ds:Transform Algorithm="{INCLUSIVE}#WithComments"></ds:Transform>'
    value = signature(signer, reference('URI=""', canonical, ENVELOPED, with_comments))
    (fact,) = check(tmp_path, f"<?show plain?><!-- note --><root><a>1<!-- one --></a>{value}</root>", authority)
    assert (fact.verdict, fact.covered) == (SignatureVerdict.SOUND, "全文"), fact.detail


def test_an_object_in_base64_is_signed_as_what_it_stands_for(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    held = f'<ds:Object Id="o1">{encoded("正文".encode())}</ds:Object>'
    transform = f'<ds:Transform Algorithm="{DS}base64"></ds:Transform>'
    value = signature(signer, reference('URI="#o1"', "正文", transform), objects=held)
    (fact,) = check(tmp_path, value, authority)
    assert (fact.verdict, fact.covered) == (SignatureVerdict.SOUND, "全文"), fact.detail
    more = value.replace("</ds:Signature>", '<ds:Object Id="o2">more</ds:Object></ds:Signature>')
    (fact,) = check(tmp_path, more, authority)
    assert fact.verdict is SignatureVerdict.PART_NOT_COVERED


@pytest.mark.parametrize(
    "transform",
    [XPATH % "not(ancestor-or-self::ds:Signature)", FILTER % "/descendant::ds:Signature", FILTER % "/*/ds:Signature"],
)
def test_an_expression_that_leaves_out_signatures_lets_two_stand_side_by_side(
    tmp_path: Path, signer: Person, authority: Authority, transform: str
) -> None:
    value = signature(signer, reference('URI=""', "<root><a>1</a></root>", transform, PLAIN))
    another = value.replace('Id="v"', 'Id="w"')
    rows = check(tmp_path, f"<root><a>1</a>{value}{another}</root>", authority)
    assert [fact.verdict for fact in rows] == [SignatureVerdict.SOUND] * 2, rows[0].detail
    rows = check(tmp_path, f"<root><a>2</a>{value}</root>", authority)
    assert rows[0].verdict is SignatureVerdict.CONTENT_CHANGED


@pytest.mark.parametrize(
    "transform", [XPATH % "not(ancestor-or-self::a)", FILTER % "//a", XPATH % "not(ancestor-or-self::x:Signature)"]
)
def test_any_other_expression_is_not_supported(
    tmp_path: Path, signer: Person, authority: Authority, transform: str
) -> None:
    value = signature(signer, reference('URI=""', "<root></root>", ENVELOPED, transform))
    (fact,) = check(tmp_path, f'<root xmlns:x="urn:x"><a>1</a>{value}</root>', authority)
    assert fact.verdict is SignatureVerdict.ALGORITHM_UNSUPPORTED


@pytest.mark.parametrize("attributes", ['URI="file.txt"', 'Id="r1"'])
def test_content_that_stands_elsewhere_is_unknown_and_not_changed(
    tmp_path: Path, signer: Person, authority: Authority, attributes: str
) -> None:
    value = signature(signer, reference(attributes, "text"))
    (fact,) = check(tmp_path, value, authority)
    assert fact.verdict is SignatureVerdict.CONTENT_UNKNOWN
    (fact,) = check(tmp_path, value.replace(attributes, f'{attributes} x="y"'), authority)
    assert fact.verdict is SignatureVerdict.SIGNATURE_BROKEN


def test_the_signer_is_found_whatever_the_order_of_the_path(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    value = signature(
        signer,
        reference('URI=""', "<root></root>", ENVELOPED),
        before=(authority.root.der, authority.issue("别人").der),
    )
    (fact,) = check(tmp_path, f"<root>{value}</root>", authority)
    assert fact.verdict is SignatureVerdict.SOUND, fact.detail
    assert fact.signer.startswith("CN=业务系统")


def properties(time: str) -> str:
    said = f"<x:SignedSignatureProperties><x:SigningTime>{time}</x:SigningTime></x:SignedSignatureProperties>"
    return f'<x:SignedProperties Id="sp">{said}</x:SignedProperties>'


def test_what_a_signature_says_of_itself_counts_only_where_it_is_signed(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    told = properties("2025-06-01T16:00:00+08:00")
    held = f'<ds:Object><x:QualifyingProperties xmlns:x="{XADES}">{told}</x:QualifyingProperties></ds:Object>'
    canonical = told.replace("<x:SignedProperties", f'<x:SignedProperties xmlns:x="{XADES}"')
    whole = reference('URI=""', "<root></root>", ENVELOPED)
    exclusive = f'<ds:Transform Algorithm="{EXCLUSIVE}"></ds:Transform>'
    own = reference('Type="http://uri.etsi.org/01903#SignedProperties" URI="#sp"', canonical, exclusive)
    (fact,) = check(tmp_path, f"<root>{signature(signer, whole, own, objects=held)}</root>", authority)
    assert (fact.kind, fact.verdict, fact.signed_at) == ("xades", SignatureVerdict.SOUND, made.SIGNED_AT), fact.detail
    (fact,) = check(tmp_path, f"<root>{signature(signer, whole, objects=held)}</root>", authority)
    assert (fact.verdict, fact.signed_at) == (SignatureVerdict.PART_NOT_COVERED, None)


def test_a_list_of_further_references_is_followed(tmp_path: Path, signer: Person, authority: Authority) -> None:
    entries = reference('URI="#a"', '<a Id="a">1</a>')
    manifest = f'<ds:Manifest Id="m">{entries}</ds:Manifest>'
    canonical = manifest.replace("<ds:Manifest", f'<ds:Manifest xmlns:ds="{DS}"')
    row = reference(f'Type="{DS}Manifest" URI="#m"', canonical)
    value = signature(signer, row, objects=f"<ds:Object>{manifest}</ds:Object>")
    (fact,) = check(tmp_path, f'<root><a Id="a">1</a>{value}</root>', authority)
    assert fact.verdict is SignatureVerdict.PART_NOT_COVERED, fact.detail
    (fact,) = check(tmp_path, f'<root><a Id="a">2</a>{value}</root>', authority)
    assert fact.verdict is SignatureVerdict.CONTENT_CHANGED


def test_a_counter_signature_covers_the_value_it_signs(tmp_path: Path, signer: Person, authority: Authority) -> None:
    first = signature(signer, reference('URI=""', "<root></root>", ENVELOPED))
    rest = first.partition("<ds:SignatureValue")[2]
    text = "<ds:SignatureValue" + rest.partition("</ds:SignatureValue>")[0] + "</ds:SignatureValue>"
    canonical = text.replace("<ds:SignatureValue", f'<ds:SignatureValue xmlns:ds="{DS}"')
    witness = authority.issue("科长")
    for row, verdict, covered in (
        (reference('URI="#v"', canonical), SignatureVerdict.SOUND, "另一个签名的值"),
        (reference('URI="#a"', f'<a xmlns:ds="{DS}" Id="a"></a>'), SignatureVerdict.PART_NOT_COVERED, "1 个部分"),
    ):
        counter = signature(witness, row).replace(' Id="v"', "")
        held = f'<ds:Object><x:CounterSignature xmlns:x="{XADES}">{counter}</x:CounterSignature></ds:Object>'
        held += '<ds:Object><a xmlns="" Id="a"></a></ds:Object>'
        rows = check(tmp_path, f"<root>{first.replace('</ds:Signature>', held + '</ds:Signature>')}</root>", authority)
        assert rows[0].verdict is SignatureVerdict.SOUND, rows[0].detail
        assert (rows[1].verdict, rows[1].covered) == (verdict, covered), rows[1].detail


def test_more_references_than_are_followed_are_not_passed_over(
    tmp_path: Path, signer: Person, authority: Authority
) -> None:
    value = signature(signer, *[reference('URI=""', "<root></root>", ENVELOPED)] * (MAX_REFERENCES + 1))
    (fact,) = check(tmp_path, f"<root>{value}</root>", authority)
    assert any(code == "unreadable" for code, _ in flaws_in(fact.detail))
