"""Documents that the archive makes: readable, whole, the same for the same input, and what was typed comes out as typed."""

from __future__ import annotations

import dataclasses
import io
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pikepdf
import pypdfium2
import pytest
from lxml import etree

from jingui.domain.packaging.procedures import special_steps
from jingui.domain.records.facts import ApplicantFact, CaseFact, ClosureFact, FileFact, Plan, StepFact
from jingui.domain.records.origins import FileOrigin, MadeKind, Origin, PageProfile, Provenance
from jingui.domain.records.terms import Channel, ClosureKind, MaterialClass, Retention
from jingui.formats.digests import digest_bytes
from jingui.formats.identification import identify
from jingui.formats.pages import Making, made_documents
from jingui.formats.pages.data_lines import MAX_BYTES, MAX_CHARACTERS, MAX_LINES, read_lines
from jingui.formats.pages.glyphs import searchable, shown
from jingui.formats.pages.process import process_page

CHINA = timezone(timedelta(hours=8))
START = datetime(2026, 3, 2, 9, 30, tzinfo=CHINA)
NOW = datetime(2026, 3, 9, tzinfo=UTC)
HOSTILE = r'危险#字符 $x$ @a *b* _c_ `d` <l> \ -- "q" [e] {f} // g /* h */ https://x.y #pagebreak() = 题'
CODES = ("0123-ZW·2026-D30-XZSP-000017", "440100-0123-2026-D30-000017")


def step(key: str, *, hours: int = 0, **more: Any) -> StepFact:
    at = START + timedelta(hours=hours)
    told: dict[str, Any] = {
        "name": "审核",
        "handler": "李四",
        "unit": "审批科",
        "opinion": "同意",
        "action": "通过",
    } | more
    return StepFact(key=key, started_at=at, ended_at=at + timedelta(hours=1), **told)


def data_file(data: bytes, *, name: str = "person.json") -> FileFact:
    digests = digest_bytes(data)
    return FileFact(
        key="f1", name=name, material_code="A02", material_class=MaterialClass.APPLICATION, title="身份证明", step="受理",
        bytes=len(data), digests=digests, declared_sha256=digests.sha256, received_at=START,
    )  # fmt: skip


def case(*steps: StepFact, **more: Any) -> CaseFact:
    told: dict[str, Any] = {
        "key": "k", "case_number": "4401-2026-000017", "source": "平台", "title": "食品经营许可·新办",
        "item_code": "11440100007482532A4440131002000", "item_version": 2, "applicant": ApplicantFact("张三"),
        "received_at": START, "channel": Channel.ONLINE, "region_code": "440100", "agency_name": "市场监督管理局",
        "agency_code": "11440100007482532A", "fonds": "0123", "fonds_name": "市市场监督管理局",
        "closure": ClosureFact(ClosureKind.COMPLETED, START + timedelta(days=1), "准予许可", "JY14401"),
    }  # fmt: skip
    return CaseFact(**(told | {"steps": steps} | more))


def plan(profile: PageProfile | None = PageProfile.PDFA_3B) -> Plan:
    return Plan(
        "11440100007482532A4440131002000", 2, 1, "食品经营许可", (), Retention.YEARS_30, "许可", process_page=profile
    )


def pages(about: CaseFact, profile: PageProfile = PageProfile.PDFA_3B) -> bytes:
    return process_page(about, plan(profile), codes=CODES, profile=profile).data


def words(data: bytes) -> str:
    """Return the text of a PDF without the breaks and spaces that laying out makes."""
    document = pypdfium2.PdfDocument(data)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    return "".join(text.split())


def squeezed(text: str) -> str:
    return "".join(text.split())


def attachment(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return pdf.attachments["process.xml"].get_file().read_bytes()


def frozen(data: bytes, *, format_name: str = "json", name: str = "person.json") -> tuple[str, bytes]:
    file = data_file(data, name=name)
    provenance = Provenance(Origin.DATA_SHARING, "国家人口库", "GetPerson", START, requester="李四")
    making = Making(
        case=case(files=(file,)),
        plan=plan(None),
        codes=CODES,
        origins={"f1": FileOrigin(provenance)},
        formats={"f1": format_name},
        read=lambda _key: data,
    )
    (made,) = made_documents(making, made_at=NOW)
    assert (made.kind, made.beside) == (MadeKind.FROZEN_PAGE, "f1")
    return made.text, made.data


def test_the_process_of_a_case_is_laid_out_whole() -> None:
    about = case(step("2", hours=3, name="决定", handler="王五"), step("1", name="受理", opinion="材料齐全\n予以受理"))

    text = words(pages(about))

    for told in (
        "食品经营许可·新办",
        *CODES,
        "受理",
        "材料齐全予以受理",
        "王五",
        "审批科",
        "2026-03-0209:30:00",
        "准予许可",
        "JY14401",
    ):
        assert squeezed(told) in text
    assert text.index("材料齐全") < text.index("王五")
    assert "时间均为UTC+08:00" in text


@pytest.mark.parametrize("profile", list(PageProfile))
def test_pages_claim_the_profile_that_was_asked(profile: PageProfile) -> None:
    data = pages(case(step("1")), profile)

    found = identify(data[:4096], data[-4096:], size=len(data), open_stream=lambda: io.BytesIO(data))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        claim = pdf.open_metadata().pdfa_status
        is_embedded = all("/FontFile" in str(font.keys()) for font in descriptors(pdf))

    assert claim == profile.value.removeprefix("a-").upper()
    assert (found.format_name, found.version) == ("pdfa", profile.value.removeprefix("a-"))
    assert is_embedded


def descriptors(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    return [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]


def test_the_same_case_gives_the_same_bytes_and_another_step_other_ones() -> None:
    about = case(step("1"))

    assert pages(about) == pages(about)
    assert pages(about) != pages(case(step("1"), step("2", hours=1)))


def test_part_three_carries_the_same_facts_as_xml_and_part_two_nothing() -> None:
    about = case(step("1", opinion=HOSTILE))

    root = etree.fromstring(attachment(pages(about)))

    assert [element.findtext("opinion") for element in root.iter("step")] == [HOSTILE]
    assert root.findtext("closure/result") == "准予许可"
    with pikepdf.open(io.BytesIO(pages(about, PageProfile.PDFA_2B))) as pdf:
        assert not pdf.attachments


def test_hostile_text_comes_out_as_typed() -> None:
    text = words(pages(case(step(HOSTILE, name=HOSTILE, opinion=HOSTILE, handler=HOSTILE), title=HOSTILE)))

    assert text.count(squeezed(HOSTILE)) == 4


def test_what_the_font_cannot_show_is_written_as_its_code() -> None:
    assert shown("𠮷a\u202e😀中\n") == "〔U+20BB7〕a〔U+202E〕〔U+1F600〕中\n"
    assert searchable("a\0\ud800𠮷") == "a?𠮷"
    assert "〔U+20BB7〕" in words(pages(case(step("1", handler="𠮷野"))))


def test_a_long_process_runs_over_pages_with_its_head_on_each() -> None:
    made = process_page(
        case(*(step(f"{at}", hours=at, opinion="经审查，符合条件。" * 20) for at in range(40))),
        plan(),
        codes=CODES,
        profile=PageProfile.PDFA_2B,
    )

    assert made.page_count > 5
    assert words(made.data).count("办理意见") == made.page_count
    assert f"第{made.page_count}页，共{made.page_count}页" in words(made.data)


def test_times_of_different_zones_each_say_theirs() -> None:
    far = dataclasses.replace(step("1"), started_at=START.astimezone(UTC))

    text = words(pages(case(far)))

    assert "2026-03-0201:30:00UTC" in text
    assert "UTC+08:00" in text


@pytest.mark.parametrize("kind", list(ClosureKind))
def test_every_end_has_its_words(kind: ClosureKind) -> None:
    expected = {"completed": "办结", "returned": "退件", "withdrawn": "撤回", "not_accepted": "不予受理"}
    text = words(pages(case(step("1"), closure=ClosureFact(kind, START))))

    assert f"办结方式{expected.get(kind.value, '不予许可')}" in text


def test_special_procedures_are_listed_apart() -> None:
    steps = (step("1", name="受理"), step("2", name="组织听证"), step("3", name="审核", action="补正告知"))

    assert [each.key for each in special_steps(steps)] == ["2", "3"]
    assert "特别程序" in words(pages(case(*steps)))
    assert "特别程序" not in words(pages(case(steps[0])))


def test_a_case_without_steps_says_so() -> None:
    assert "没有环节" in words(pages(case()))


def test_data_is_frozen_with_every_item_and_where_it_was_called() -> None:
    data = json.dumps({"data": {"姓名": HOSTILE, "n": [1, {"a": None, "b": True}], "c": {}}}, ensure_ascii=False)

    text, pdf = frozen(data.encode())

    for told in (
        "国家人口库",
        "GetPerson",
        "姓名",
        HOSTILE,
        "null",
        "true",
        "（空）",
        digest_bytes(data.encode()).sha256,
    ):
        assert squeezed(told) in words(pdf)
    assert HOSTILE in text


def test_numbers_and_doubled_names_stay_as_they_were_sent() -> None:
    lines = read_lines(b'{"a": 1.10, "a": 100000000000000000000000.0, "b": 1e400}', format_name="json").lines

    assert lines == ((0, "a", "1.10"), (0, "a", "100000000000000000000000.0"), (0, "b", "1e400"))


def test_xml_is_read_with_attributes_and_text_beside_elements() -> None:
    data = '<r xmlns="urn:x"><p id="1" 名="x">甲<q>乙</q>丙</p><!-- no --></r>'.encode()

    found = read_lines(data, format_name="xml")

    assert found.is_structured
    assert found.lines == (
        (0, "r", ""),
        (1, "p", "甲"),
        (2, "@id", "1"),
        (2, "@名", "x"),
        (2, "q", "乙"),
        (2, "", "丙"),
    )


@pytest.mark.parametrize(
    ("data", "format_name"),
    [
        (b'{"a": ', "json"),
        (b"[" * 100_000, "json"),
        (b'{"a":' * 80 + b"1" + b"}" * 80, "json"),
        ("<a>中</a>".encode("gb18030"), "xml"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "xml"),
        (b"\xff\xfe\x00", "json"),
        (b"plain", "text"),
    ],
)
def test_what_is_not_well_formed_is_given_as_its_text(data: bytes, format_name: str) -> None:
    found = read_lines(data, format_name=format_name)

    assert not found.is_structured
    assert "".join(value for _, _, value in found.lines)


def test_hostile_characters_of_data_do_not_stop_the_pages() -> None:
    text, pdf = frozen(b'{"a\\u0000": "\\ud800 \\u202e x\\ty"}')

    assert "\0" not in text
    assert text.encode()
    assert "〔U+0000〕" in words(pdf)
    assert "〔U+D800〕〔U+202E〕xy" in words(pdf)


def test_too_much_data_is_cut_and_says_so() -> None:
    many = read_lines(json.dumps(list(range(MAX_LINES + 5))).encode(), format_name="json")
    long = read_lines(json.dumps("x" * (MAX_CHARACTERS + 5)).encode(), format_name="json")
    huge = read_lines(b" " * (MAX_BYTES + 1), format_name="json")

    assert (len(many.lines), many.is_cut) == (MAX_LINES, True)
    assert (len(long.lines[0][2]), long.is_cut) == (MAX_CHARACTERS, True)
    assert (huge.is_structured, huge.is_cut) == (False, True)
    assert not read_lines(b"[1]", format_name="json").is_cut


def test_nothing_is_made_where_nobody_asked() -> None:
    making = Making(case(), plan(None), CODES, {}, {"f1": "json"}, read=lambda _key: b"{}")

    assert made_documents(making, made_at=NOW) == ()


def test_a_made_document_never_takes_the_key_of_a_file() -> None:
    sent = dataclasses.replace(data_file(b"x"), key="made.process")
    making = Making(case(files=(sent,)), plan(), CODES, {}, {}, read=lambda _key: b"")

    (made,) = made_documents(making, made_at=NOW)

    assert made.fact.key == "made.process·"
    assert made.fact.received_at == NOW
