"""The table of DA/T 46: complete, in order, and filled from what a record knows."""

from __future__ import annotations

from jingui.domain.metadata.da_t_46 import ELEMENTS_46, Block, Origin46, base_values_of, children_of, record_values
from jingui.domain.metadata.elements import ELEMENTS


def test_there_are_88_elements_in_order_each_with_an_origin() -> None:
    assert [element.number for element in ELEMENTS_46] == [f"M{number}" for number in range(1, 89)]
    assert len({element.identifier for element in ELEMENTS_46}) == 88
    without = [e.number for e in ELEMENTS_46 if e.origin is not Origin46.CONTAINER and not e.source]
    assert without == []


def test_containers_hold_what_stands_in_them_and_nothing_else() -> None:
    inside = {element.parent for element in ELEMENTS_46} - {""}
    assert inside == {"M2", "M8", "M21", "M40", "M46", "M52", "M57", "M65", "M70"}
    assert [element.number for element in children_of("M2")] == ["M3", "M4", "M5", "M6"]
    assert {element.block for element in ELEMENTS_46 if element.parent} == {Block.RECORD}


def test_numbers_in_the_base_information_are_those_of_the_table() -> None:
    known = {element.number for element in ELEMENTS_46}
    assert {element.da_t_46 for element in ELEMENTS} - {""} <= known


def test_values_are_found_and_derived_and_lead_back() -> None:
    base = {"project_name": "许可", "archival_code": "0123-ZW·2026-D30-XZSP-000017", "transact_time": "2026-03-03"}
    values = record_values(base)
    assert (values["M1"], values["M22"], values["M11"]) == ("件", "许可", "2026")
    assert (values["M14"], values["M17"]) == ("ZW", "000017")
    assert "M31" not in values
    assert base_values_of(values).items() >= base.items()
