"""Suggesting materials for files that name none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jingui.domain.capture.material_words import name_phrases, ordinal, wording
from jingui.domain.capture.suggesting import (
    METHOD,
    Clue,
    Suggestion,
    UnlabelledFile,
    confidence_of,
    may_accept,
    suggest_materials,
)
from jingui.domain.records.facts import MaterialRule
from jingui.domain.records.terms import MaterialClass, Obligation

NURSE = tuple(
    MaterialRule(f"A{number:02}", name, MaterialClass.APPLICATION, max_count=most)
    for number, (name, most) in enumerate(
        [
            ("护士执业注册申请审核表", 1),
            ("申请人身份证明", 1),
            ("学历证书及临床实习证明", None),
            ("护士执业资格考试成绩合格证明", 1),
            ("二级以上医院健康体检证明（6 个月内）", 1),
            ("医疗卫生机构聘用证明", 1),
        ],
        1,
    )
)


def suggested(*names: str, materials: tuple[MaterialRule, ...] = NURSE, **filled: int) -> list[str]:
    files = [UnlabelledFile(f"f{number}", name) for number, name in enumerate(names)]
    return [found.material_code for found in suggest_materials(files, materials, filled=filled)]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("护士执业注册申请审核表.pdf", "A01"),
        ("01-欧阳明_注册申请表(盖章).docx", "A01"),
        ("身份证正反面.jpg", "A02"),
        ("欧阳明的毕业证.jpg", "A03"),
        ("考试成绩合格证明扫描件.pdf", "A04"),
        ("体检报告2.pdf", "A05"),
        ("聘用证明_20250303.PDF", "A06"),
        ("ＨＵＳＨＩ　护士执业资格考试成绩.pdf", "A04"),
    ],
)
def test_a_file_is_known_by_the_name_people_give_it(name: str, code: str) -> None:
    assert suggested(name) == [code]


def test_names_that_machines_give_say_nothing() -> None:
    for name in ("IMG_20250303.jpg", "扫描件12.pdf", "微信图片_20250303.jpg", "1.tif", ".pdf", ""):
        assert name_phrases(name) == ()
    assert suggested("IMG_1.jpg", "scan2.pdf") == ["", ""]


def test_the_title_of_the_text_counts_where_the_name_says_nothing() -> None:
    text = "云泽市第一人民医院\n健康体检证明\n姓名 欧阳某某 身份证号 略\n结论 合格"

    (found,) = suggest_materials([UnlabelledFile("f", "IMG_1.jpg", text=text)], NURSE)

    assert (found.material_code, found.clue) == ("A05", Clue.TEXT)


def test_recognised_text_is_told_as_such_and_trusted_less() -> None:
    file = UnlabelledFile("f", "IMG_1.jpg", text="健康体检证明")

    (born,) = suggest_materials([file], NURSE)
    (read,) = suggest_materials([replace(file, is_recognised=True)], NURSE)

    assert read.clue is Clue.OCR
    assert read.confidence < born.confidence


def test_a_form_that_asks_for_an_identity_number_is_a_form() -> None:
    text = "首次注册申请书\n申请人身份证号码\n学历证书编号\n身份证明文件名称"

    (found,) = suggest_materials([UnlabelledFile("f", "3.pdf", text=text)], NURSE)

    assert found.material_code == "A01"


def test_a_material_takes_no_more_files_than_the_plan_allows() -> None:
    assert suggested("身份证.jpg", A02=1) == [""]
    assert suggested("身份证.jpg", "申请人身份证明.jpg").count("A02") == 1
    assert suggested("毕业证1.jpg", "毕业证2.jpg", "学历证书3.jpg") == ["A03", "A03", "A03"]


def test_the_likelier_file_comes_first_whatever_the_order() -> None:
    two = (
        MaterialRule("A01", "设计方案", MaterialClass.APPLICATION, max_count=1),
        MaterialRule("A02", "施工设计方案", MaterialClass.APPLICATION, max_count=1),
    )

    assert suggested("设计方案.pdf", "施工设计方案.pdf", materials=two) == ["A01", "A02"]
    assert suggested("施工设计方案.pdf", "设计方案.pdf", materials=two) == ["A02", "A01"]


def test_the_number_in_a_name_decides_between_equals() -> None:
    two = tuple(MaterialRule(f"A0{n}", "个人申报表", MaterialClass.APPLICATION, max_count=1) for n in (1, 2))

    assert suggested("2.个人申报表.pdf", materials=two) == ["A02"]


def test_the_only_file_and_the_only_material_left_over_are_put_together_but_never_accepted() -> None:
    names = ["申请表", "身份证", "毕业证", "考试成绩合格证明", "体检报告", "IMG_7"]

    found = suggest_materials([UnlabelledFile(name, f"{name}.jpg") for name in names], NURSE)

    assert (found[-1].material_code, found[-1].clue) == ("A06", Clue.EXCLUSION)
    assert not may_accept(found[-1], threshold=0.0)


def test_an_optional_material_is_not_found_by_exclusion() -> None:
    rules = (MaterialRule("A01", "其他附件", MaterialClass.APPLICATION, Obligation.OPTIONAL, min_count=0),)

    assert suggested("IMG_1.jpg", materials=rules) == [""]


def test_other_names_of_the_plan_count_as_the_material() -> None:
    rules = (MaterialRule("A01", "资格凭证", MaterialClass.APPLICATION, aliases=("A1", "驾驶证")), *NURSE)

    assert suggested("驾驶证.jpg", materials=rules) == ["A01"]
    assert suggested("A1.jpg", materials=rules) == [""]


def test_without_a_threshold_in_the_plan_a_person_decides() -> None:
    (found,) = suggest_materials([UnlabelledFile("f", "护士执业注册申请审核表.pdf")], NURSE)

    assert not may_accept(found, threshold=None)
    assert may_accept(found, threshold=0.9)
    assert not may_accept(replace(found, confidence=0.89), threshold=0.9)
    assert not may_accept(Suggestion("f", "", 1.0, Clue.NONE, "1"), threshold=0.5)


def test_every_suggestion_tells_its_method_version_and_alternatives() -> None:
    (found,) = suggest_materials([UnlabelledFile("f", "护士证明.pdf")], NURSE)

    assert found.version == METHOD.version
    assert 0 < found.confidence < 1
    assert 1 < len(found.alternatives) <= 3
    assert [other.likeness for other in found.alternatives] == sorted(
        (other.likeness for other in found.alternatives), reverse=True
    )


def test_confidence_grows_with_likeness_and_lead() -> None:
    assert confidence_of(0.9, 0.8) > confidence_of(0.9, 0.1) > confidence_of(0.3, 0.1)


def test_no_files_or_no_materials_give_no_suggestion() -> None:
    assert suggest_materials([], NURSE) == ()
    assert suggested("身份证.jpg", materials=()) == [""]


def test_the_order_of_the_files_is_kept() -> None:
    files = [UnlabelledFile(f"k{n}", name) for n, name in enumerate(["体检报告.pdf", "IMG.jpg", "身份证.jpg"])]

    assert [found.file_key for found in suggest_materials(files, NURSE)] == ["k0", "k1", "k2"]


def test_noise_and_synonyms_leave_one_wording() -> None:
    assert wording("居民身份证（复印件）1份") == wording("身份证正反面") == "身份证"
    assert wording("《授权委托书》原件") == "委托书"


@pytest.mark.parametrize(
    ("name", "number"), [("附件3 章程.pdf", 3), ("03-章程.pdf", 3), ("2025年章程.pdf", None), ("章程3.pdf", None)]
)
def test_a_leading_number_is_read(name: str, number: int | None) -> None:
    assert ordinal(name) == number


def test_hostile_names_cost_little_and_break_nothing() -> None:
    names = ["(" * 5_000, "身份证" * 3_000, "\0\ud800"[:1], "或" * 4_000, "- " * 4_000 + "身份证"]

    assert len(suggested(*names)) == len(names)
