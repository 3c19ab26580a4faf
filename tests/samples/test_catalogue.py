from __future__ import annotations

import json
from pathlib import Path

from jingui.domain.catalogue.importing import plan_import
from jingui.domain.records.identifiers import find_credit_code_fault, find_item_code_fault
from jingui.formats.catalogues.reading import read_catalogue
from jingui.interfaces.cli.samplegen import catalogue, write_catalogue

SHIPPED = Path(__file__).parents[2] / "samples"


def test_the_product_imports_every_row_of_the_shipped_catalogue() -> None:
    plan = plan_import(read_catalogue((SHIPPED / "catalogue.json").read_bytes()))
    assert plan.refused == ()
    assert (len(plan.agencies_added), len(plan.added)) == (7, 13)
    assert not any(item.is_default_plan for item in plan.added)


def test_the_shipped_files_are_what_the_generator_writes(tmp_path: Path) -> None:
    for written in write_catalogue(tmp_path / "new"):
        assert written.read_bytes() == (SHIPPED / written.name).read_bytes()


def test_codes_of_agencies_and_items_have_right_check_characters() -> None:
    made = catalogue()
    assert [find_credit_code_fault(agency["code"]) for agency in made["agencies"]] == [None] * 7
    assert {find_item_code_fault(item["item_code"]) for item in made["items"]} == {None}


def test_every_item_says_what_ends_it_and_why_it_is_kept() -> None:
    for item in catalogue()["items"]:
        plan = item["plan"]
        classes = {material["class"] for material in plan["materials"] if material["obligation"] == "required"}
        assert classes == {"application", "process", "result"}
        assert plan["retention_reason"]
        assert {"收件", "受理", "办结"} <= set(plan["required_steps"])


def test_conditional_materials_say_when_they_are_needed() -> None:
    materials = [material for item in catalogue()["items"] for material in item["plan"]["materials"]]
    assert all(material["condition"] for material in materials if material["obligation"] == "conditional")


def test_all_eleven_described_items_are_there() -> None:
    names = json.dumps([item["item_name"] for item in catalogue()["items"]], ensure_ascii=False)
    wanted = (
        "护士执业注册（首次）",
        "护士延续注册",
        "护士变更注册",
        "护士注销注册",
        "建筑工程施工许可证核发",
        "灵活就业社会保险补贴申领",
        "残疾人证新办",
        "不动产登记",
        "不动产异议登记",
        "企业职工社会保险费断缴补缴申报",
        "医师执业注册",
    )
    assert [name for name in wanted if name not in names] == []
