from __future__ import annotations

import re
from dataclasses import replace

from tests.domain.sound_case import NOW, make_case, make_file, make_plan

from jingui.domain.metadata.base_information import RecordCodes, base_values
from jingui.domain.metadata.elements import BY_IDENTIFIER, ELEMENTS, DataType, Phase
from jingui.domain.metadata.profile import FORMS, MetadataProfile


def test_every_element_has_an_identifier_and_a_chinese_name_of_its_own():
    assert len(BY_IDENTIFIER) == len({element.title for element in ELEMENTS}) == len(ELEMENTS)
    assert all(re.fullmatch(r"M\d{1,2}|", element.da_t_46) for element in ELEMENTS)
    assert all(element.max_length > 0 for element in ELEMENTS)


def test_every_form_and_range_that_an_element_names_exists():
    assert {element.form for element in ELEMENTS} - {""} <= set(FORMS)
    assert {element.domain for element in ELEMENTS} == set(MetadataProfile().ranges) | {""}
    assert set(MetadataProfile().document_forms.values()) <= set(FORMS)


def test_values_come_from_case_plan_and_closure_in_table_order():
    values = base_values(make_case(), make_plan())

    assert list(values) == [element.identifier for element in ELEMENTS]
    assert values["project_id"] == "440000-20240301-0001"
    assert values["task_type"] == "01"
    assert values["retention_period"] == "D30"
    assert values["transact_time"] == "2024-03-12T16:00:00+08:00"
    assert values["accept_num"] == "粤教受〔2024〕5号"
    assert values["total_number"] == "3"
    assert values["electronic_record_code"] == ""


def test_codes_are_filled_in_once_they_are_given():
    codes = RecordCodes(electronic_record_code="440000-0059-1", archival_code="0059-ZW·2024", archive_time=NOW)

    values = base_values(make_case(), make_plan(), codes)

    assert values["archival_code"] == "0059-ZW·2024"
    assert values["archive_time"] == "2024-03-12T16:05:00+08:00"


def test_a_replaced_file_is_not_counted():
    case = make_case()
    case = replace(case, files=(*case.files, make_file("f-a2", "A01", replaces="f-a")))

    assert base_values(case, make_plan())["total_number"] == "3"


def test_an_open_case_with_a_local_item_code_has_empty_values_for_what_is_unknown():
    values = base_values(replace(make_case(), closure=None), make_plan(item_code="LOCAL-1"))

    assert values["transact_time"] == values["task_type"] == ""


def test_elements_of_the_archiving_phase_are_those_the_archive_gives():
    given = {element.identifier for element in ELEMENTS if element.phase is Phase.ARCHIVING}

    assert given == {
        "electronic_record_code", "archival_code", "information_system_description",
        "archives_identifier", "archives_name", "archive_time",
    }  # fmt: skip


def test_times_are_elements_of_type_time():
    assert BY_IDENTIFIER["receive_time"].datatype is DataType.TIME


def test_a_time_nobody_promised_is_empty():
    assert base_values(make_case(promised_at=None), make_plan())["promise_time"] == ""
