"""Packages after the E-ARK specifications of every version: what others write rightly is not called a fault."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

import pytest
from tests.formats.exchange.exchanged import CONTENTS, TRUST, checked, outgoing, record_of, written

from jingui.domain.packaging.packages import FindingLevel, PackageFinding
from jingui.formats.exchange.eark.names import is_content_category, is_content_type, profile_kind
from jingui.formats.exchange.eark.places import Places
from jingui.formats.exchange.profiles import check_any

SIP_PROFILE = "https://earksip.dilcis.eu/profile/E-ARK-SIP"
REPRESENTATION = """<?xml version="1.0" encoding="UTF-8"?>
<mets xmlns="http://www.loc.gov/METS/" xmlns:csip="https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
 xmlns:xlink="http://www.w3.org/1999/xlink" OBJID="rep1" TYPE="Mixed" csip:CONTENTINFORMATIONTYPE="MIXED"
 PROFILE="https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml">
 <metsHdr CREATEDATE="2026-01-01T00:00:00Z" csip:OAISPACKAGETYPE="AIP"/>
 <fileSec ID="s"><fileGrp ID="g" USE="Data"><file ID="f" MIMETYPE="text/xml" SIZE="{size}" CHECKSUM="{digest}"
  CREATED="2026-01-01T00:00:00Z" CHECKSUMTYPE="SHA-256"><FLocat LOCTYPE="URL" xlink:type="simple" xlink:href="{href}"/>
 </file></fileGrp></fileSec>
 <structMap ID="m" TYPE="PHYSICAL" LABEL="CSIP"><div ID="d" LABEL="rep1"><div ID="d1" LABEL="Data"/></div></structMap>
</mets>"""


def package(folder: Path, form: str = "eark-sip", **changes: str) -> Path:
    """Write a package of ours and change its METS file: patterns and what stands in their place."""
    path = folder / "eark" / record_of(CONTENTS).code
    written(path, form, outgoing(record_of(CONTENTS), CONTENTS))
    mets = path / "METS.xml"
    text = mets.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert re.search(old, text), old
        text = re.sub(old, new, text, count=1)
    mets.write_text(text, encoding="utf-8")
    return path


def found(path: Path) -> dict[str, PackageFinding]:
    return {finding.rule or finding.code: finding for finding in checked(path).findings}


@pytest.mark.parametrize("version", ["", "-v2-0-4", "-v2-1-0", "-v2-2-0", "-v3-10-0"])
def test_a_profile_is_recognised_in_every_version(tmp_path: Path, version: str) -> None:
    path = package(tmp_path, **{r'PROFILE="[^"]*"': f'PROFILE="{SIP_PROFILE}{version}.xml"'})
    assert "SIP2/2" not in found(path)
    assert checked(path).is_sound


def test_a_submission_that_claims_the_common_profile_alone_is_remarked_on_and_another_profile_is_a_fault(
    tmp_path: Path,
) -> None:
    common = "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP-v2-2-0.xml"
    path = package(tmp_path / "1", **{r'PROFILE="[^"]*"': f'PROFILE="{common}"'})
    assert found(path)["SIP2/2"].level is FindingLevel.WARNING
    path = package(tmp_path / "2", **{r'PROFILE="[^"]*"': 'PROFILE="https://example.org/E-ARK-SIP.xml"'})
    assert found(path)["SIP2/2"].is_fault


@pytest.mark.parametrize("address", [None, "", "E-ARK-SIP.xml", "https://earkcsip.dilcis.eu/profile/E-ARK-SIP.xml"])
def test_what_is_no_address_of_a_profile_names_none(address: str | None) -> None:
    assert profile_kind(address) == ""


@pytest.mark.parametrize("text", ["Text", "moving image", "Email", "Musical Scores - Print", "Photographs - Digital"])
def test_every_category_is_known_however_its_dash_is_written(text: str) -> None:
    assert is_content_category(text)


def test_a_category_that_is_none_is_not_known() -> None:
    assert not is_content_category("Database")


@pytest.mark.parametrize("text", ["citserms_v3_0", "cspremis_v1_0", "cits3dpm_v1_0", "citsfuture_v12_3", "OTHER"])
def test_a_content_type_is_known_in_whatever_version(text: str) -> None:
    assert is_content_type(text)


@pytest.mark.parametrize("text", [None, "", "citserms", "citserms_v", "xcitserms_v1_0", "other"])
def test_a_content_type_that_is_none_is_not_known(text: str | None) -> None:
    assert not is_content_type(text)


FAULTS: dict[str, tuple[str, str]] = {
    "CSIP2/3": (r'TYPE="Mixed"', 'TYPE="Other"'),
    "CSIP2/4": (r'TYPE="Mixed"', 'TYPE="Other" csip:OTHERTYPE=" "'),
    "CSIP11/1": (r'ROLE="CREATOR"', 'ROLE="EDITOR"'),
    "CSIP13/1": (r' OTHERTYPE="SOFTWARE"', ""),
    "CSIP13/2": (r'OTHERTYPE="SOFTWARE"', 'OTHERTYPE="PROGRAM"'),
    "CSIP76/2": (r"(<FLocat[^>]*/>)", r"\1\1"),
    "CSIP80/2": (r"(?s)(<structMap.*</structMap>)", r'\1<structMap ID="x" TYPE="PHYSICAL" LABEL="CSIP"><div ID="y"/></structMap>'),
    "CSIP93/2": (r'(<div [^>]*LABEL="Documentation")', r'<div ID="x" LABEL="Documentation"/>\1'),
    "CSIP31/3": (r"(?s)<amdSec.*</amdSec>", ""),
    "SIP4/1": (r' csip:OAISPACKAGETYPE="SIP"', ""),
    "SIP4/2": (r'csip:OAISPACKAGETYPE="SIP"', 'csip:OAISPACKAGETYPE="AIP"'),
}  # fmt: skip


@pytest.mark.parametrize("rule", sorted(FAULTS))
def test_a_broken_requirement_is_told_by_its_own_number(tmp_path: Path, rule: str) -> None:
    old, new = FAULTS[rule]
    assert found(package(tmp_path, **{old: new}))[rule].is_fault


REMARKS: dict[str, tuple[str, str]] = {
    "CSIP3/1": (r'TYPE="Mixed"', 'TYPE="Other" csip:OTHERTYPE="Email"'),
    "CSIP3/2": (r'TYPE="Mixed"', 'TYPE="Mixed" csip:OTHERTYPE="Files"'),
    "CSIP64/3": (r'USE="Schemas"', 'USE="Schemas/none"'),
    "CSIP86/2": (r'(<div [^>]*LABEL=")', r"\1another "),
    "CSIP91/1": (r' ADMID="[^"]*"', ""),
    "CSIP91/2": (r'ADMID="[^"]*"', 'ADMID="nothing"'),
    "CSIP92/1": (r' DMDID="[^"]*"', ""),
    "CSIP92/2": (r'DMDID="[^"]*"', 'DMDID="nothing"'),
    "CSIP96/1": (r'<fptr FILEID="grp-Documentation"/>', ""),
    "CSIP116/1": (r'<fptr FILEID="grp-Documentation"/>', ""),
    "SIP3/1": ("CSIP", "CSIP"),
    "SIP3/2": (r"<metsHdr ", '<metsHdr RECORDSTATUS="OLD" '),
    "SIP7/1": ("CSIP", "CSIP"),
    "SIP34/2": (r"<file ", '<file sip:FILEFORMATREGISTRY="" '),
}


@pytest.mark.parametrize("rule", sorted(REMARKS))
def test_a_requirement_that_is_no_demand_in_every_version_is_remarked_on(tmp_path: Path, rule: str) -> None:
    old, new = REMARKS[rule]
    path = package(tmp_path, **{old: new})
    assert not found(path)[rule].is_fault
    assert checked(path).is_sound


def test_a_group_of_a_use_that_is_not_in_the_vocabulary_is_remarked_on(tmp_path: Path) -> None:
    path = package(tmp_path, **{r'USE="Schemas"': 'USE="Forms"', r'<fptr FILEID="grp-Schemas"/>': ""})
    assert found(path)["CSIP64/2"].level is FindingLevel.WARNING
    assert checked(path).is_sound


def test_administrative_sections_may_be_listed_by_the_section_that_holds_them_and_old_ones_left_out(
    tmp_path: Path,
) -> None:
    path = package(tmp_path / "1", **{r'ADMID="[^"]*"': 'ADMID="amdSec"'})
    assert "CSIP91/2" not in found(path)
    old = {r'ADMID="[^"]*"': 'ADMID=""', r"(<digiprovMD [^>]*)STATUS=\"CURRENT\"": r'\1STATUS="SUPERSEDED"'}
    assert "CSIP91/2" not in found(package(tmp_path / "2", **old))


def test_a_pointer_of_a_file_may_name_a_part_of_it(tmp_path: Path) -> None:
    area = r'<fptr FILEID="\1"><area FILEID="file-5" BEGIN="0" BETYPE="BYTE"/></fptr>'
    path = package(tmp_path, **{r'<fptr FILEID="(grp-Schemas)"/>': area})
    assert "mets_element_unknown" not in found(path)


def with_representation(folder: Path, href: str) -> Path:
    """A package whose representation has a METS file of its own, which is pointed at by a title."""
    path = package(
        folder,
        **{
            r'<div ([^>]*)LABEL="Representations">\s*<fptr FILEID="(grp-Representations)"/>': r'<div \1LABEL="Representations/rep1">'
            r'<mptr xlink:type="simple" LOCTYPE="URL" xlink:href="representations/rep1/METS.xml" xlink:title="\2"/>'
        },
    )
    schema = (path / "schemas" / "base_info.xsd").read_bytes()
    text = REPRESENTATION.format(size=len(schema), digest=hashlib.sha256(schema).hexdigest(), href=href)
    (path / "representations" / "rep1" / "METS.xml").write_text(text, encoding="utf-8")
    return path


def test_a_representation_with_mets_of_its_own_needs_no_software_no_metadata_and_may_lead_up(tmp_path: Path) -> None:
    path = with_representation(tmp_path, "../../schemas/base_info.xsd")
    assert checked(path).is_sound, [finding for finding in checked(path).findings if finding.is_fault]
    assert "CSIP104/1" not in found(path)


@pytest.mark.parametrize("href", ["../../../schemas/base_info.xsd", "/etc/hostname", "%2e%2e/%2e%2e/%2e%2e/x"])
def test_a_reference_that_leads_out_of_the_package_is_not_followed(tmp_path: Path, href: str) -> None:
    told = found(with_representation(tmp_path, href))["CSIP79/2"]
    assert told.is_fault
    assert "out of the package" in told.detail


def element(href: str | None) -> object:
    class Element:
        def get(self, _name: str) -> str | None:
            return href

    return Element()


@pytest.mark.parametrize(
    ("href", "folder", "actual"),
    [
        ("data/a.txt", "", "data/a.txt"),
        ("./data/a.txt", "", "data/a.txt"),
        ("file:///data/a.txt", "", "data/a.txt"),
        ("file://./data/a.txt", "", "data/a.txt"),
        ("../data/a.txt", "r/", "data/a.txt"),
        ("data/A.TXT", "", "data/a.txt"),
        ("data/a b.txt", "", "data/a b.txt"),
        ("data/a%20b.txt", "", "data/a b.txt"),
        ("data/a+b.txt", "", "data/a b.txt"),
        ("data/c#1?.txt", "", "data/c#1?.txt"),
        ("data/c%231%3F.txt", "", "data/c#1?.txt"),
        (unicodedata.normalize("NFD", "data/é.txt"), "", "data/é.txt"),
        ("data/%", "", None),
        ("", "", None),
        ("//[", "", None),
        ("C:\\data\\a.txt", "", None),
        ("../data/a.txt", "", None),
    ],
)
def test_a_reference_finds_the_file_that_is_meant(href: str, folder: str, actual: str | None) -> None:
    places = Places(["data/a.txt", "data/a b.txt", "data/c#1?.txt", "data/é.txt"])
    reference = places.referred(element(href), folder)  # type: ignore[arg-type]
    assert reference is not None
    assert reference.actual == actual
    assert not reference.is_elsewhere


def test_a_file_on_a_network_is_remarked_on_and_no_address_is_no_reference(tmp_path: Path) -> None:
    places = Places(["a"])
    elsewhere = places.referred(element("https://example.org/a"), "")  # type: ignore[arg-type]
    assert elsewhere is not None
    assert elsewhere.is_elsewhere
    assert places.referred(element(None), "") is None  # type: ignore[arg-type]
    address = {r'xlink:href="schemas/[^"]*"': 'xlink:href="https://example.org/base_info.xsd"'}
    told = found(package(tmp_path, **address))["CSIP79/2"]
    assert told.level is FindingLevel.WARNING


def test_an_empty_address_is_a_fault_of_a_file_and_a_remark_on_metadata(tmp_path: Path) -> None:
    path = package(tmp_path / "1", **{r'xlink:href="schemas/[^"]*"': 'xlink:href=""'})
    assert found(path)["CSIP79/2"].is_fault
    path = package(tmp_path / "2", **{r'xlink:href="metadata/descriptive/[^"]*"': 'xlink:href=""'})
    assert found(path)["CSIP24/2"].level is FindingLevel.WARNING


def test_a_file_is_read_once_however_often_it_is_spoken_of(tmp_path: Path) -> None:
    many = "".join(
        f'<FLocat LOCTYPE="URL" xlink:type="simple" xlink:href="schemas/base_info.xsd" ID="l{n}"/>' for n in range(9)
    )
    path = package(tmp_path, **{r'<FLocat [^>]*xlink:href="schemas/[^"]*"[^>]*/>': many})
    told = [finding for finding in check_any(path, trust=TRUST).findings if finding.is_fault]
    assert [finding.rule for finding in told] == ["CSIP76/2"]


@pytest.mark.parametrize(
    "name", ["con", "AUX.txt", "lpt1.tar.gz", "com³", "nul .txt", "end.", "end ", "what?.txt", "a:b", "folder./x"]
)
def test_a_name_that_some_systems_cannot_store_is_remarked_on(tmp_path: Path, name: str) -> None:
    path = package(tmp_path)
    place = path / "documentation" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"x")
    told = found(path)["name_not_portable"]
    assert told.path == f"documentation/{name}"
    assert not told.is_fault


@pytest.mark.parametrize("name", ["console.txt", "auxiliary", "com10.txt", ".hidden", "申请表 (1).pdf"])
def test_an_ordinary_name_is_not_remarked_on(tmp_path: Path, name: str) -> None:
    path = package(tmp_path)
    (path / "documentation" / name).write_bytes(b"x")
    assert "name_not_portable" not in found(path)
