from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingui.domain.records import identifiers
from jingui.domain.records.identifiers import CertificateIdRules, Fault, ItemCodeRules

CORPORA = Path(os.environ.get("JINGUI_CORPORA", Path(__file__).parents[4] / "shared")) / "data"
needs_corpora = pytest.mark.skipif(not CORPORA.is_dir(), reason="the shared corpora are absent")
ITEM = "11440000006940116U2440102002003"
CREDIT = st.sampled_from(["91110000600037341L", "11100000000013338W", "11430000006122244L", "121200004013590816"])


def _cases(kind):
    told = json.loads((CORPORA / "reference" / "id_number_cases.json").read_text())[kind]
    return [case for case in told if case["input"] != "..."]


@pytest.mark.corpora
@needs_corpora
def test_credit_codes_of_the_reference_cases_are_judged_as_there():
    for case in _cases("uscc"):
        code = identifiers.compact_code(case["input"])
        assert identifiers.credit_code_is_valid(code) == (case["expect"] == "valid"), case


@pytest.mark.corpora
@needs_corpora
def test_citizen_numbers_of_the_reference_cases_are_judged_as_there():
    faults: dict[str, set[Fault | None]] = {
        "valid": {None},
        "InvalidLength": {Fault.LENGTH},
        "InvalidFormat": {Fault.CHARACTERS},
        "InvalidComponent": {Fault.DATE, Fault.REGION},
        "InvalidChecksum": {Fault.CHECKSUM},
    }
    for case in _cases("resident_id"):
        found = identifiers.find_citizen_number_fault(identifiers.compact_code(case["input"]))
        assert found in faults[case["expect"]], case


@pytest.mark.corpora
@needs_corpora
def test_all_published_item_codes_but_those_of_one_wrong_agency_are_sound():
    items = json.loads((CORPORA / "catalogue" / "guangdong_items.json").read_text())["items"]

    bad = [item["task_code"] for item in items if not identifiers.item_code_is_valid(item["task_code"])]

    assert len(items) == 1649
    assert bad == [item["task_code"] for item in items if not item["dept_uscc_valid"]]
    assert len(bad) == 3


@pytest.mark.parametrize("code", ["11100000000013338W", "11430000006122244L", "91110000600037341L"])
def test_real_credit_codes_are_valid(code):
    assert identifiers.credit_code_is_valid(code)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", Fault.LENGTH),
        ("1110000000001333", Fault.LENGTH),
        ("1110000000001333IW", Fault.CHARACTERS),
        ("TE440000GD030003VV", Fault.CHARACTERS),
        ("11100000000013338w", Fault.CHARACTERS),
        ("１1100000000013338W", Fault.CHARACTERS),
        ("11100000000013338X", Fault.CHECKSUM),
    ],
)
def test_wrong_credit_codes_are_told_apart(code, fault):
    assert identifiers.find_credit_code_fault(code) is fault


@given(CREDIT, st.integers(8, 16), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_any_single_wrong_sign_in_a_credit_code_is_found(code, place, sign):
    changed = code[:place] + sign + code[place + 1 :]

    assert identifiers.credit_code_is_valid(changed) == (changed == code)


@pytest.mark.parametrize("code", ["D2143569X", "D2143569-X", "000013338", "600037341"])
def test_organisation_codes_are_valid_with_and_without_a_hyphen(code):
    assert identifiers.organisation_code_is_valid(code)


@pytest.mark.parametrize(
    ("code", "fault"),
    [("D214356", Fault.LENGTH), ("d2143569X", Fault.CHARACTERS), ("D21435691", Fault.CHECKSUM)],
)
def test_wrong_organisation_codes_are_told_apart(code, fault):
    assert identifiers.find_organisation_code_fault(code) is fault


def test_the_citizen_number_of_the_standard_is_valid():
    assert identifiers.citizen_number_is_valid("11010519491231002X")


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("11010519491231002", Fault.LENGTH),
        ("11010519491231002x", Fault.CHARACTERS),
        ("01010519491231002X", Fault.CHARACTERS),
        ("99010519491231002X", Fault.REGION),
        ("11010519490231002X", Fault.DATE),
        ("11010517491231002X", Fault.DATE),
        ("110105194912310021", Fault.CHECKSUM),
    ],
)
def test_wrong_citizen_numbers_are_told_apart(number, fault):
    assert identifiers.find_citizen_number_fault(number) is fault


def test_nobody_is_born_in_the_future():
    assert identifiers.find_citizen_number_fault("11010519491231002X", on=date(1949, 12, 30)) is Fault.DATE
    assert identifiers.find_citizen_number_fault("11010519491231002X", on=date(1949, 12, 31)) is None


@pytest.mark.parametrize("code", ["440000", "440106001", "440106001002", "100000"])
def test_region_codes_of_all_three_lengths_are_valid(code):
    assert identifiers.region_code_is_valid(code)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", Fault.LENGTH),
        ("44", Fault.LENGTH),
        ("44010a", Fault.CHARACTERS),
        ("４４００００", Fault.CHARACTERS),
        ("990000", Fault.REGION),
    ],
)
def test_wrong_region_codes_are_told_apart(code, fault):
    assert identifiers.find_region_code_fault(code) is fault


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("440102002003", None),
        ("000102002003", None),
        ("4401A2B02003", None),
        ("44010200200", Fault.LENGTH),
        ("44XK02002003", Fault.CHARACTERS),
        ("440002002003", Fault.ITEM_TYPE),
        ("443002002003", Fault.ITEM_TYPE),
    ],
)
def test_base_codes_are_judged_by_their_parts(code, fault):
    assert identifiers.find_base_code_fault(code) is fault


def test_letters_in_base_codes_can_be_forbidden():
    rules = ItemCodeRules(allow_letters=False)

    assert identifiers.find_base_code_fault("4401A2B02003", rules=rules) is Fault.CHARACTERS


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (ITEM, None),
        (ITEM + "01", None),
        (ITEM + "0-", Fault.CHARACTERS),
        (ITEM[:-1], Fault.LENGTH),
        ("A" + ITEM[1:], Fault.AGENCY),
        (ITEM[:18] + "9" + ITEM[19:], Fault.LEVEL),
        (ITEM[:21] + "00" + ITEM[23:], Fault.ITEM_TYPE),
    ],
)
def test_item_codes_are_judged_by_their_parts(code, fault):
    assert identifiers.find_item_code_fault(code) is fault


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("511A0138000000-511602000000-000-115113010833722043-1-00", None),
        ("A" + ITEM[1:], None),
        ("a/b", Fault.CHARACTERS),
        ("", Fault.LENGTH),
        ("x" * 65, Fault.LENGTH),
    ],
)
def test_local_item_codes_can_be_allowed(code, fault):
    assert identifiers.find_item_code_fault(code, rules=ItemCodeRules(allow_local=True)) is fault


def test_an_item_code_splits_into_its_parts():
    parts = identifiers.split_item_code(ITEM + "07")

    assert parts is not None
    assert (parts.agency, parts.level, parts.base_code, parts.handling, parts.item_type) == (
        "11440000006940116U", "2", "440102002003", "07", "01",
    )  # fmt: skip
    assert identifiers.split_item_code("short") is None


@pytest.mark.parametrize("number", ["case-10011", "粤府办〔2024〕5号", "4" * 50])
def test_case_numbers_may_be_chinese_and_up_to_fifty_characters(number):
    assert identifiers.find_case_number_fault(number) is None


@pytest.mark.parametrize("number", ["", "4" * 51, "a b", "a/b", "..", "a\nb", "a\u202eb", "a\ud800", "a\\b"])
def test_case_numbers_that_would_break_a_path_or_a_line_are_faulty(number):
    assert identifiers.find_case_number_fault(number) is not None


@pytest.mark.parametrize(
    ("fonds", "is_good"), [("0059", True), ("Z109", True), ("59", False), ("Z10A", False), ("z109", False)]
)
def test_fonds_numbers_have_four_places(fonds, is_good):
    assert (identifiers.find_fonds_fault(fonds) is None) == is_good


def test_the_check_character_of_the_iso_example_is_m():
    assert identifiers.mod_37_36_check_character("A12425GABC1234002") == "M"


def test_certificate_identifiers_are_checked_to_the_last_character():
    body = "11100000000013338W011.11430000006122244L.202403120001.001"
    check = identifiers.mod_37_36_check_character(body.replace(".", ""))
    good = f"1.2.156.3005.2.{body}.{check}"
    bad = good[:-1] + ("0" if check != "0" else "1")

    assert identifiers.find_certificate_id_fault(good) is None
    assert identifiers.find_certificate_id_fault(bad) is Fault.CHECKSUM
    assert identifiers.find_certificate_id_fault(bad, rules=CertificateIdRules(verify_check=False)) is None
    assert identifiers.find_certificate_id_fault(body) is Fault.CHARACTERS
    assert identifiers.find_certificate_id_fault("1.2.156.3005.2.") is Fault.CHARACTERS


def test_codes_are_compacted_as_people_mean_them():
    assert identifiers.compact_code(" ９1 110000-600037341l ") == "91110000600037341L"


@given(st.text(max_size=40))
def test_no_text_breaks_a_validator(text):
    for find in (
        identifiers.find_credit_code_fault,
        identifiers.find_organisation_code_fault,
        identifiers.find_citizen_number_fault,
        identifiers.find_region_code_fault,
        identifiers.find_base_code_fault,
        identifiers.find_item_code_fault,
        identifiers.find_case_number_fault,
        identifiers.find_fonds_fault,
        identifiers.find_certificate_id_fault,
    ):
        assert find(text) is None or isinstance(find(text), Fault)
