"""Signed Office Open XML packages: parts, the relationships that are chosen, content types, and what nothing covers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.formats.signatures import signed_package as made

from jingui.domain.records.facts import SignatureFact
from jingui.domain.records.signatures import flaws_in
from jingui.domain.records.terms import SignatureVerdict
from jingui.formats.signatures.trust import TrustEntry
from jingui.formats.signed_files import file_rows

SOUND, CHANGED, UNCOVERED = (
    SignatureVerdict.SOUND,
    SignatureVerdict.CONTENT_CHANGED,
    SignatureVerdict.PART_NOT_COVERED,
)
STYLES, LINK = f"{made.OFFICE}/styles", f"{made.OFFICE}/hyperlink"
RELS = "word/_rels/document.xml.rels"
IGNORABLE = ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:n="urn:new" mc:Ignorable="n"'


def check(folder: Path, parts: Mapping[str, bytes]) -> SignatureFact:
    path = folder / "signed.docx"
    path.write_bytes(made.zipped(parts))
    (row,) = file_rows(path, [TrustEntry(made.signer().der, ("signature",))])
    return row.fact()


def texts(fact: SignatureFact, code: str) -> list[str]:
    return [text for found, text in flaws_in(fact.detail) if found == code]


@pytest.mark.parametrize(
    ("parts", "covered"), [(made.docx(), "4 个部件，文档属性 1 个照例不签"), (made.xlsx(), "4 个部件")]
)
def test_a_package_signed_as_office_signs_is_sound(tmp_path: Path, parts: dict[str, bytes], covered: str) -> None:
    fact = check(tmp_path, made.signed(parts))

    assert (fact.verdict, fact.covered) == (SOUND, covered), fact.detail
    assert fact.signed_at is not None
    assert fact.signed_at.isoformat() == "2026-03-04T05:06:07+00:00"


def with_relationship(parts: dict[str, bytes], kind: str, target: str, mode: str = "") -> dict[str, bytes]:
    row = f'<Relationship Id="rId9" Type="{kind}" Target="{target}"{mode}/></Relationships>'
    return parts | {RELS: parts[RELS].replace(b"</Relationships>", row.encode())}


def retyped(parts: dict[str, bytes]) -> dict[str, bytes]:
    types = parts["[Content_Types].xml"].replace(b".document.main+xml", b".template.main+xml")
    return parts | {"[Content_Types].xml": types}


def redirected(parts: dict[str, bytes]) -> dict[str, bytes]:
    other = parts[RELS].replace(b'"styles.xml"', b'"other.xml"')
    return parts | {RELS: other, "word/other.xml": b"<styles/>"}


@pytest.mark.parametrize(
    ("change", "verdict", "told"),
    [
        (
            lambda parts: parts | {"word/document.xml": "<document>不予许可</document>".encode()},
            CHANGED,
            "document.xml",
        ),
        (retyped, CHANGED, "word/document.xml 的内容类型"),
        (redirected, CHANGED, RELS),
        (lambda parts: {name: data for name, data in parts.items() if name != "word/styles.xml"}, None, "styles.xml"),
        (lambda parts: parts | {"word/more.xml": b"<more/>"}, UNCOVERED, "word/more.xml"),
        (lambda parts: with_relationship(parts, f"{made.OFFICE}/image", "a.png"), UNCOVERED, f"{RELS}#rId9"),
        (
            lambda parts: with_relationship(parts, LINK, "https://example.org/", ' TargetMode="External"'),
            UNCOVERED,
            f"{RELS}#rId9",
        ),
        (lambda parts: parts | {"word/_rels/styles.xml.rels": parts[RELS]}, UNCOVERED, "word/_rels/styles.xml.rels"),
    ],
)
def test_what_is_changed_or_added_afterwards_is_told(
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], dict[str, bytes]],
    verdict: SignatureVerdict | None,
    told: str,
) -> None:
    fact = check(tmp_path, change(made.signed(made.docx())))

    assert fact.verdict is (verdict or SignatureVerdict.CONTENT_UNKNOWN), fact.detail
    assert told in fact.detail


def test_properties_may_change_and_are_said_to_be_left_out(tmp_path: Path) -> None:
    fact = check(tmp_path, made.signed(made.docx()) | {"docProps/app.xml": b"<Properties>later</Properties>"})

    assert (fact.verdict, fact.covered) == (SOUND, "4 个部件，文档属性 1 个照例不签")


def test_properties_that_only_another_part_calls_so_are_content(tmp_path: Path) -> None:
    parts = with_relationship(made.signed(made.docx()), f"{made.OFFICE}/custom-properties", "x.xml")

    fact = check(tmp_path, parts | {"word/x.xml": b"<x/>"})

    assert texts(fact, "parts_uncovered") == [f"{RELS}#rId9", "word/x.xml"]


def test_a_part_that_content_needs_does_not_become_a_property_by_a_relationship(tmp_path: Path) -> None:
    parts = made.docx()
    unsigned = [row for row in made.references_of(parts) if "/word/styles.xml" not in row]
    calling = (
        f'<Relationship Id="rId8" Type="{made.OFFICE}/custom-properties" Target="/word/styles.xml"/></Relationships>'
    )
    forged = made.signed(parts, unsigned)
    forged["_rels/.rels"] = forged["_rels/.rels"].replace(b"</Relationships>", calling.encode())

    fact = check(tmp_path, forged)

    assert texts(fact, "parts_uncovered") == ["word/styles.xml"]


def signed_with(rels: bytes, reference: str) -> dict[str, bytes]:
    """Return a document whose relationships are signed by a reference of one's own."""
    parts = made.docx() | {RELS: rels}
    others = [row for row in made.references_of(made.docx()) if RELS not in row]
    return made.signed(parts, [*others, reference])


STYLE_ROW = made.canonical_row("rId1", STYLES, "styles.xml")


@pytest.mark.parametrize(
    ("rels", "canonical", "chosen"),
    [
        pytest.param(
            made.relationships(("rId2", LINK, "b"), ("rId10", LINK, "a"), ("rId1", STYLES, "styles.xml")),
            STYLE_ROW + made.canonical_row("rId10", LINK, "a") + made.canonical_row("rId2", LINK, "b"),
            [made.by_id("rId2"), made.by_id("rId1"), made.by_id("rId10")],
            id="sorted by their names as text",
        ),
        pytest.param(
            made.relationships(("rId2", LINK, "b"), ("rId1", STYLES, "styles.xml"), ("rId3", LINK, "c")),
            STYLE_ROW + made.canonical_row("rId2", LINK, "b") + made.canonical_row("rId3", LINK, "c"),
            [made.by_type(LINK), made.by_id("rId1")],
            id="chosen by type and by name",
        ),
        pytest.param(
            made.relationships(
                more=f'<Relationship Target="https://example.org/?a=1&amp;b=2" TargetMode="External" Type="{LINK}" Id="rId1"/>'
            ),
            made.canonical_row("rId1", LINK, "https://example.org/?a=1&amp;b=2", "External"),
            [made.by_id("rId1")],
            id="outside the package",
        ),
        pytest.param(
            made.relationships(("rId1", STYLES, "styles.xml"))
            .replace(b"<Relationship ", b"<p:Relationship ")
            .replace(b"Relationships", b"p:Relationships")
            .replace(b"xmlns=", b"xmlns:p=")
            .replace(b"relationshp:", b"relationsh"),
            STYLE_ROW,
            [made.by_id("rId1")],
            id="with a prefix",
        ),
        pytest.param(
            made.relationships(
                head=IGNORABLE,
                more=f'<!-- c --><n:x><n:y/></n:x><Relationship Id="rId1" n:z="1" Type="{STYLES}" Target="styles.xml"> <n:x/> </Relationship>',
            ),
            STYLE_ROW,
            [made.by_id("rId1")],
            id="with what may be passed over",
        ),
    ],
)
def test_relationships_are_digested_in_the_form_of_the_transform(
    tmp_path: Path, rels: bytes, canonical: str, chosen: list[str]
) -> None:
    fact = check(tmp_path, signed_with(rels, made.relationship_reference(RELS, canonical, *chosen)))

    assert fact.verdict is SOUND, fact.detail


def test_a_group_of_relationships_notices_one_more_of_its_type(tmp_path: Path) -> None:
    row = made.relationship_reference(RELS, STYLE_ROW, made.by_type(STYLES))
    parts = signed_with(made.docx()[RELS], row)
    assert check(tmp_path, parts).verdict is SOUND

    fact = check(tmp_path, with_relationship(parts, STYLES, "more.xml"))

    assert fact.verdict is CHANGED


@pytest.mark.parametrize(
    ("rels", "verdict"),
    [
        (made.relationships(more="<x xmlns='urn:new'/>"), SignatureVerdict.MALFORMED),
        (made.relationships(head=IGNORABLE.replace('mc:Ignorable="n"', 'n:a="1"')), SignatureVerdict.MALFORMED),
        (made.relationships(head=IGNORABLE, more="<mc:AlternateContent/>"), SignatureVerdict.ALGORITHM_UNSUPPORTED),
        (
            made.relationships(head=IGNORABLE.replace("Ignorable", "MustUnderstand")),
            SignatureVerdict.ALGORITHM_UNSUPPORTED,
        ),
        (b"<Relationships/>", SignatureVerdict.MALFORMED),
        (b"<Relationships", SignatureVerdict.MALFORMED),
        (b"<!DOCTYPE x [<!ENTITY e 'e'>]><x>&e;</x>", SignatureVerdict.MALFORMED),
    ],
)
def test_a_part_that_is_none_of_relationships_is_a_verdict(
    tmp_path: Path, rels: bytes, verdict: SignatureVerdict
) -> None:
    fact = check(tmp_path, signed_with(rels, made.relationship_reference(RELS, "", made.by_id("rId1"))))

    assert fact.verdict is verdict, fact.detail


def test_two_relationships_of_one_name_are_not_taken_for_one(tmp_path: Path) -> None:
    rels = made.relationships(("rId1", STYLES, "styles.xml"), ("rId1", LINK, "other"))
    row = made.relationship_reference(RELS, STYLE_ROW, made.by_type(STYLES))

    fact = check(tmp_path, signed_with(rels, row))

    assert (fact.verdict, fact.signer) == (SignatureVerdict.MALFORMED, "CN=经办人")


def test_a_manifest_outside_the_signed_object_counts_for_nothing(tmp_path: Path) -> None:
    parts = made.signed(made.docx(), [])
    more = "".join(made.references_of(made.docx()))
    stray = f'<Object Id="x"><Manifest>{more}</Manifest></Object></Signature>'.encode()
    forged = parts["_xmlsignatures/sig1.xml"].replace(b"</Signature>", stray)

    fact = check(tmp_path, parts | {"_xmlsignatures/sig1.xml": forged})

    assert fact.verdict is UNCOVERED
    assert "word/document.xml" in texts(fact, "parts_uncovered")


def test_a_changed_manifest_is_content_changed(tmp_path: Path) -> None:
    parts = made.signed(made.docx())
    other = parts["_xmlsignatures/sig1.xml"].replace(b"/word/styles.xml", b"/word/document.xml")

    assert check(tmp_path, parts | {"_xmlsignatures/sig1.xml": other}).verdict is CHANGED


def test_under_content_types_that_cannot_be_read_no_part_is_what_was_signed(tmp_path: Path) -> None:
    fact = check(tmp_path, made.signed(made.docx()) | {"[Content_Types].xml": b"<Types"})

    assert (fact.verdict, fact.signer) == (CHANGED, "CN=经办人")
