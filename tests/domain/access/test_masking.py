from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingui.domain.access.masking import (
    mask_address,
    mask_applicant,
    mask_number,
    mask_organisation,
    mask_person,
    mask_within,
)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王芳", "王**"), ("王晓芳", "王**"), ("欧阳娜娜", "欧阳**"), ("欧阳", "欧**"), ("阿依古丽·买买提", "阿依古丽·**"),
        ("𠮷田一郎", "𠮷**"), ("John Smith", "J**"), ("王", "*"), ("", ""), ("  王芳 ", "王**"),
    ],
)  # fmt: skip
def test_of_a_person_the_family_name_stays(name, shown):
    assert mask_person(name) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("云泽市天工商贸有限公司", "云泽市**有限公司"), ("广东省云泽市青石区好味超市", "广东省云泽市青石区**超市"), ("天工（云泽）科技股份有限公司", "天**股份有限公司"),
        ("云泽天明律师事务所（特殊普通合伙）", "云**事务所（特殊普通合伙）"), ("大型超市", "大**超市"), ("云泽市", "云**"), ("", ""),
    ],
)  # fmt: skip
def test_of_an_organisation_place_and_legal_form_stay(name, shown):
    assert mask_organisation(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("440111199001011234", "440***********1234"), ("13812345678", "138****5678"), ("E1234567", "E*****67"), ("1234", "****"), ("", ""),
    ],
)  # fmt: skip
def test_of_a_number_the_ends_stay(number, shown):
    assert mask_number(number) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("云泽市青石区建设路12号3栋", "云泽市青石区**"), ("广东省东莞市虎门镇连升路1号", "广东省东莞市虎门镇**"), ("云泽市青石区东城街道建设路", "云泽市青石区东城街道**"),
        ("建设路12号", "**"), ("", ""),
    ],
)  # fmt: skip
def test_of_an_address_the_district_stays(address, shown):
    assert mask_address(address) == shown


def test_a_name_is_masked_wherever_it_stands_in_a_title():
    assert mask_within("王芳（王芳芳之母）的护士注册", names=["王芳", "王芳芳", ""]) == "王**（王**之母）的护士注册"


def test_an_applicant_of_unknown_kind_is_masked_as_a_person():
    assert mask_applicant("云泽市天工商贸有限公司", kind="?") == "云**"
    assert mask_applicant("云泽市天工商贸有限公司", kind="organisation") == "云泽市**有限公司"


@given(st.text(min_size=1, max_size=40))
def test_no_mask_gives_the_whole_away(text):
    for shown in (mask_person(text), mask_organisation(text), mask_number(text), mask_address(text)):
        assert shown != text or not text.strip() or "*" in text


@given(st.text(st.characters(categories=["Nd", "Lu"]), min_size=1, max_size=30))
def test_at_least_a_third_of_a_number_is_hidden(number):
    assert mask_number(number).count("*") * 3 >= len(number)
