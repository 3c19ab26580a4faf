from __future__ import annotations

import dataclasses
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from jingui.domain.errors import PermanentFailure, Refused
from jingui.formats.copies import CopyResult, make_copy

# A black square in the lower left corner and a red bar at the upper edge: every turn and cut is seen.
CORNERS = b"0 g 0 0 60 60 re f 1 0 0 rg 100 782 200 60 re f"


def darkest(picture, box):
    return min(sum(pixel) for pixel in picture.crop(box).get_flattened_data())


def refusal(source, stamp, tmp_path):
    with pytest.raises(PermanentFailure) as stopped:
        make_copy(source, "pdf", stamp=stamp, out=tmp_path / "copy.pdf")
    return stopped.value.code


@pytest.mark.parametrize("turn", [0, 90, 180, 270, -90, 450])
def test_the_code_is_read_back_from_every_turn_of_a_page(turn, pdf_file, copy_of, stamp):
    copy = copy_of(pdf_file((CORNERS, {"Rotate": turn})))

    assert copy.codes() == [stamp.verify_url]


def test_the_code_is_read_back_from_upright_and_wide_pages_of_one_document(pdf_file, copy_of, stamp):
    copy = copy_of(pdf_file((CORNERS, {}), (CORNERS, {"MediaBox": Array([0, 0, 842, 595])})))

    assert copy.codes(0) == copy.codes(1) == [stamp.verify_url]
    assert copy.result == CopyResult(2, len(copy.data))


@pytest.mark.parametrize(
    "box",
    [(0, 0, 150, 100), (0, 0, 2384, 3370), (0, 0, 1500, 120), (-50, -20, 545, 822), (595, 842, 0, 0), (0, 0, 0, 0)],
)
def test_the_code_is_read_back_from_odd_pages(box, pdf_file, copy_of, stamp):
    copy = copy_of(pdf_file((CORNERS, {"MediaBox": Array(list(box))})))

    assert copy.codes() == [stamp.verify_url]


@pytest.mark.parametrize(
    ("turn", "black_corner"), [(0, "lower left"), (90, "upper left"), (180, "upper right"), (270, "lower right")]
)
def test_a_turned_page_is_shown_as_its_reader_saw_it(turn, black_corner, pdf_file, copy_of):
    picture = copy_of(pdf_file((b"0 g 0 0 60 60 re f", {"Rotate": turn}))).picture()

    width, foot = picture.width, picture.height - 66 * min(picture.size) / 595
    side, middle = 40, width * 0.045
    boxes = {
        "lower left": (middle, foot - side, middle + 30, foot - 6), "upper left": (middle, 4, middle + 30, side),
        "upper right": (width - middle - 30, 4, width - middle, side), "lower right": (width - middle - 30, foot - side, width - middle, foot - 6),
    }  # fmt: skip
    black = {name for name, box in boxes.items() if darkest(picture, tuple(map(int, box))) < 60}
    assert black == {black_corner}


def test_the_strip_covers_nothing_of_the_original(pdf_file, copy_of):
    picture = copy_of(pdf_file((b"0 g 0 0 595 4 re f", {}))).picture(dpi=144)

    band = picture.crop((100, 1500, 1000, 1553)).convert("L")
    assert min(band.get_flattened_data()) < 40


def test_what_lies_outside_the_crop_box_is_not_shown(pdf_file, copy_of):
    picture = copy_of(pdf_file((CORNERS, {"CropBox": Array([100, 100, 500, 700])}))).picture()

    assert picture.size == (400, 600)
    assert darkest(picture, (20, 0, 380, 540)) > 500


def test_purpose_receiver_and_date_stand_on_every_page(pdf_file, copy_of, stamp):
    copy = copy_of(pdf_file((CORNERS, {}), (CORNERS, {})))

    for page in (0, 1):
        text = copy.text(page)
        assert f"仅限：{stamp.purpose}" in text
        assert f"{stamp.receiver} · 2025-11-21 · {stamp.copy_number}" in text
        assert "有效期到 2025 年 12 月 21 日" in text
        assert stamp.issuer in text
        assert stamp.verify_url in text


def test_the_watermark_is_seen_but_does_not_hide_the_original(pdf_file, copy_of):
    picture = copy_of(pdf_file((b"", {}))).picture(dpi=144).convert("L")

    page = list(picture.crop((0, 0, picture.width, 1500)).get_flattened_data())
    assert 0.01 < sum(value < 245 for value in page) / len(page) < 0.25
    assert min(page) > 190


def test_wording_of_two_hundred_characters_is_printed_whole(pdf_file, copy_of, stamp):
    long = dataclasses.replace(stamp, purpose="用" * 200, receiver="领" * 200)
    copy = copy_of(pdf_file(), stamp=long)

    text = copy.text().replace("\r\n", "").replace("\ufffe", "")
    assert "用" * 200 in text
    assert "领" * 200 in text
    assert copy.codes() == [stamp.verify_url]


@pytest.mark.parametrize(
    "hostile", ['#read("/etc/passwd")', "$x$ *b* _i_ @a <l> \\u{41}", '"}], #{1+1} `raw`', "%s {0}"]
)
def test_wording_is_never_markup(hostile, pdf_file, copy_of, stamp):
    copy = copy_of(pdf_file(), stamp=dataclasses.replace(stamp, purpose=hostile))

    assert hostile in copy.text()


def add_everything_that_acts(pdf):
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert('secret')"))
    link = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=[0, 0, 9, 9],
        A=Dictionary(S=Name.URI, URI=String("http://track.example")),
    )
    field = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Sig,
        T=String("sig"),
        Rect=[0, 0, 9, 9],
        V=Dictionary(Type=Name.Sig),
    )
    pdf.attachments["hidden.xml"] = b"<hidden>secret</hidden>"
    pdf.Root.OpenAction = script
    pdf.Root.AA = Dictionary(WC=script)
    field = pdf.make_indirect(field)
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
    pdf.Root.Metadata = pdf.make_stream(b"<x>secret</x>")
    pdf.Root.PieceInfo = Dictionary(Private=String("secret"))
    pdf.docinfo["/Author"] = "secret 王芳"
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link), field])
    pdf.pages[0].obj.AA = Dictionary(O=script)
    form = pdf.make_stream(
        b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9], Metadata=pdf.make_stream(b"secret")
    )
    form.AF = Array([pdf.make_indirect(Dictionary(Type=Name.Filespec, EF=Dictionary(F=pdf.make_stream(b"secret"))))])
    pdf.pages[0].obj.Resources.XObject = Dictionary(F=form)


def test_nothing_that_acts_or_tells_more_than_the_page_is_copied(pdf_file, copy_of):
    plain = copy_of(pdf_file(change=add_everything_that_acts)).plain()

    for name in (b"secret", b"JavaScript", b"/JS", b"/URI", b"track.example", b"EmbeddedFile", b"Filespec", b"/OpenAction", b"/AA", b"/AcroForm",
                 b"/Sig", b"/Annots", b"/Metadata", b"/PieceInfo", b"/Author"):  # fmt: skip
        assert name not in plain, name


def test_the_metadata_of_a_copy_is_its_number_only(pdf_file, copy_of, stamp):
    copy = copy_of(pdf_file(change=add_everything_that_acts))

    with pikepdf.open(BytesIO(copy.data)) as pdf:
        said = {key: str(value) for key, value in pdf.docinfo.items()}
    assert said == {"/Title": stamp.copy_number, "/Producer": "Jingui", "/CreationDate": "D:20251121"}


def test_the_picture_of_a_seal_stays_when_its_signature_goes(pdf_file, copy_of):
    def seal(pdf):
        look = pdf.make_stream(
            b"1 0 0 rg 0 0 100 100 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 100, 100]
        )
        field = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String("s"),
            F=4,
            Rect=[200, 400, 300, 500],
            AP=Dictionary(N=look),
        )
        field = pdf.make_indirect(field)
        pdf.pages[0].obj.Annots = Array([field])
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]))

    copy = copy_of(pdf_file((b"", {}), change=seal))

    red = [pixel for pixel in copy.picture().get_flattened_data() if pixel[0] > 200 and pixel[1] < 60]
    assert 5000 < len(red) < 10000
    assert b"/Sig" not in copy.plain()


def test_a_hidden_layer_stays_hidden(pdf_file, copy_of):
    def layers(pdf):
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("draft")))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer]), Order=Array([layer])))
        pdf.pages[0].obj.Resources.Properties = Dictionary(L=layer)

    content = b"/OC /L BDC 1 0 0 rg 0 200 500 500 re f EMC"
    picture = copy_of(pdf_file((content, {}), change=layers)).picture()

    assert not any(pixel[0] > 200 and pixel[1] < 60 for pixel in picture.get_flattened_data())


def test_what_a_page_inherits_is_copied_too(pdf_file, copy_of, stamp):
    def inherit(pdf):
        tree, page = pdf.Root.Pages, pdf.pages[0].obj
        look = pdf.make_stream(
            b"1 0 0 rg 0 0 300 300 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 300, 300]
        )
        tree.Resources, tree.MediaBox, tree.Rotate = Dictionary(XObject=Dictionary(A=look)), Array([0, 0, 400, 300]), 90
        for key in ("/Resources", "/MediaBox"):
            del page[key]

    copy = copy_of(pdf_file((b"/A Do", {}), change=inherit))

    assert copy.picture().size == (300, 400)
    assert any(pixel[0] > 200 and pixel[1] < 60 for pixel in copy.picture().get_flattened_data())
    assert copy.codes() == [stamp.verify_url]


@pytest.mark.parametrize(
    "content",
    [b"q q q 0.01 0 0 0.01 0 0 cm", b"Q Q Q Q 0 0 m", b"BT /F1 0 Tf (", b"0 0 1 1 re W n", b"\x00\xff garbage"],
)
def test_content_that_breaks_the_rules_cannot_move_the_stamp(content, pdf_file, copy_of, stamp):
    assert copy_of(pdf_file((content, {}))).codes() == [stamp.verify_url]


def test_pages_of_very_many_sizes_share_a_few_stamps(pdf_file, copy_of, stamp):
    pages = [(CORNERS, {"MediaBox": Array([0, 0, 500 + 3 * at, 700 + 5 * at])}) for at in range(60)]
    copy = copy_of(pdf_file(*pages))

    assert copy.result.pages == 60
    assert copy.codes(0) == copy.codes(31) == copy.codes(59) == [stamp.verify_url]
    assert copy.result.bytes < 200_000


def test_an_encrypted_source_is_refused(pdf_file, stamp, tmp_path):
    locked = pdf_file(name="locked.pdf", encryption=pikepdf.Encryption(user="u", owner="o"))
    restricted = pdf_file(name="restricted.pdf", encryption=pikepdf.Encryption(user="", owner="o"))

    assert refusal(locked, stamp, tmp_path) == refusal(restricted, stamp, tmp_path) == "copy_source_encrypted"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7\n",
        b"not a pdf at all",
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 1 0 R>>\nendobj\ntrailer<</Root 1 0 R>>",
    ],
)
def test_a_broken_source_is_refused(data, stamp, tmp_path):
    source = tmp_path / "broken.pdf"
    source.write_bytes(data)

    assert refusal(source, stamp, tmp_path) == "copy_source_broken"


def test_a_source_that_lost_pages_is_refused(pdf_file, stamp, tmp_path):
    source = pdf_file((CORNERS, {}), (CORNERS, {}))
    data = source.read_bytes()
    assert data.count(b"/Count 2") == 1
    source.write_bytes(data.replace(b"/Count 2", b"/Count 7"))

    assert refusal(source, stamp, tmp_path) == "copy_source_broken"


@pytest.mark.parametrize("format_name", ["docx", "xml", "", "PDF"])
def test_a_format_without_pages_is_refused(format_name, pdf_file, stamp, tmp_path):
    with pytest.raises(Refused) as stopped:
        make_copy(pdf_file(), format_name, stamp=stamp, out=tmp_path / "copy.pdf")

    assert (stopped.value.code, stopped.value.params) == ("copy_format_unsupported", {"format": format_name})


def test_a_copy_may_be_written_to_a_path(pdf_file, stamp, tmp_path):
    result = make_copy(pdf_file(), "pdfa", stamp=stamp, out=tmp_path / "copy.pdf")

    assert result == CopyResult(1, (tmp_path / "copy.pdf").stat().st_size)
