from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from jingui.formats.ofd_writer import NAMESPACE, OfdDescription, OfdPage, Outline, Picture, TextRun, write_ofd
from jingui.formats.reading.opening import read

INFO = OfdDescription("0" * 32, "受理通知书", date(2025, 3, 3), author="云泽市公安局", custom={"办件编号": "1"})
TEXT = TextRun(20, 30, "予以受理 <&>", 4, (4.0,) * 4 + (2.0,) * 4)
PAGE = OfdPage(210, 297, (TEXT,))
NS = {"ofd": NAMESPACE}


def _parts(data: bytes) -> dict[str, ET.Element]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: ET.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith(".xml")}


def test_the_products_reader_finds_the_document_sound_and_reads_its_text(tmp_path: Path) -> None:
    path = tmp_path / "a.ofd"
    path.write_bytes(write_ofd([PAGE, PAGE], info=INFO))
    reading, text = read(path, "a.ofd")
    assert (reading.format_name, reading.is_readable, reading.page_count, reading.defects) == ("ofd", True, 2, ())
    assert "予以受理 <&>" in text


def test_all_ids_are_unique_and_none_is_greater_than_the_declared_greatest() -> None:
    picture = Picture(10, 10, 20, 30, b"\xff\xd8\xff")
    outline = Outline((0, 0, 5, 5), "M 0 0 L 5 5")
    parts = _parts(write_ofd([OfdPage(210, 297, (TEXT, picture, outline, picture)), PAGE], info=INFO))
    ids = [int(element.get("ID", "")) for root in parts.values() for element in root.iter() if element.get("ID")]
    assert len(ids) == len(set(ids))
    assert max(ids) == int(parts["Doc_0/Document.xml"].findtext(".//ofd:MaxUnitID", "", NS))


def test_every_font_and_picture_used_is_a_resource_and_pictures_are_stored_once() -> None:
    picture = Picture(10, 10, 20, 30, b"\xff\xd8\xff")
    data = write_ofd([OfdPage(210, 297, (TEXT, picture, picture))], info=INFO)
    parts = _parts(data)
    page = parts["Doc_0/Pages/Page_0/Content.xml"]
    fonts = {font.get("ID") for font in parts["Doc_0/PublicRes.xml"].iter(f"{{{NAMESPACE}}}Font")}
    assert {run.get("Font") for run in page.iter(f"{{{NAMESPACE}}}TextObject")} == fonts
    media = parts["Doc_0/DocumentRes.xml"].findall(".//ofd:MultiMedia", NS)
    assert {image.get("ResourceID") for image in page.iter(f"{{{NAMESPACE}}}ImageObject")} == {media[0].get("ID")}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read(f"Doc_0/Res/{media[0].findtext('ofd:MediaFile', '', NS)}") == b"\xff\xd8\xff"


def test_equal_advances_are_grouped() -> None:
    parts = _parts(write_ofd([PAGE], info=INFO))
    code = parts["Doc_0/Pages/Page_0/Content.xml"].find(".//ofd:TextCode", NS)
    assert code is not None
    assert code.get("DeltaX") == "g 4 4 g 3 2"


def test_the_same_pages_give_the_same_bytes() -> None:
    assert write_ofd([PAGE], info=INFO) == write_ofd([PAGE], info=INFO)


def test_a_document_without_pages_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a page"):
        write_ofd([], info=INFO)


def test_a_picture_of_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="GIF"):
        write_ofd([OfdPage(10, 10, (Picture(0, 0, 1, 1, b"GIF89a", "GIF"),))], info=INFO)
