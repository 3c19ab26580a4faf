from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.sound_case import RECEIVED, make_case, make_file, make_plan

from jingui.domain.arrangement.arranging import ARRANGEMENT_PROBLEM_CODES, arrange, code_fields, extension_of, safe_name
from jingui.domain.errors import Invalid
from jingui.domain.records.terms import MaterialClass


def test_results_come_before_process_before_application_before_the_rest():
    case = make_case()
    files = (*case.files, make_file("x", "", title="其他说明"), make_file("y", "A02"))

    arranged = arrange(replace(case, files=files), make_plan())

    assert [(file.sequence, file.folder, file.stored_name) for file in arranged] == [
        (1, "01结果材料", "0001-C01-审查决定书.pdf"),
        (2, "02过程材料", "0002-B16-收件通知书.pdf"),
        (3, "03申请材料", "0003-A01-申请表.pdf"),
        (4, "03申请材料", "0004-A02-委托书.pdf"),
        (5, "99其他", "0005-QT-其他说明.pdf"),
    ]
    assert arranged[0].original_name == "f-c.pdf"


def test_files_of_one_material_stand_in_the_order_they_came():
    late = make_file("b1", "B16", received_at=RECEIVED + timedelta(hours=2))
    early = make_file("b2", "B16", received_at=RECEIVED)

    assert [file.file_key for file in arrange(make_case(files=(late, early)), make_plan())] == ["b2", "b1"]


def test_a_replaced_file_is_not_arranged():
    case = make_case(files=(make_file("a", "A01"), make_file("b", "A01", replaces="a")))

    assert [file.file_key for file in arrange(case, make_plan())] == ["b"]


def test_a_file_sent_under_an_alias_is_named_by_the_plan():
    (file,) = arrange(make_case(files=(make_file("c", "C1"),)), make_plan())

    assert (file.material_code, file.stored_name, file.is_listed) == ("C01", "0001-C01-审查决定书.pdf", True)


def test_hostile_titles_cannot_leave_their_folder():
    (file,) = arrange(make_case(files=(make_file("x", "", title="../../etc/passwd\x00\u202egpj"),)), make_plan())

    assert file.stored_name == "0001-QT-.._.._etc_passwd__gpj.pdf"


def test_long_names_are_cut_between_characters_and_keep_their_extension():
    (file,) = arrange(make_case(files=(make_file("x", "", title="字" * 300),)), make_plan())

    assert file.stored_name.endswith("字.pdf")
    assert 195 < len(file.stored_name.encode()) <= 200


@pytest.mark.parametrize(
    ("name", "extension"),
    [("a.PDF", "pdf"), ("a.tar.gz", "gz"), ("a.p/df", "pdf"), ("a", "pdf"), ("a.中文", "pdf"), ("a.", "pdf")],
)
def test_an_extension_comes_from_the_name_or_else_from_the_content(name, extension):
    assert extension_of(make_file("a", "A01", name=name)) == extension


def test_a_file_without_any_hint_has_no_extension():
    assert extension_of(make_file("a", "A01", name="a", reading=None)) == ""


def test_names_that_end_in_dots_are_trimmed():
    assert safe_name(" 材料. . ", limit=50) == "材料"


def test_an_unknown_profile_is_refused():
    with pytest.raises(Invalid) as failure:
        arrange(make_case(), make_plan(package_profile="other"))

    (problem,) = failure.value.problems
    assert set(problem.params) == set(ARRANGEMENT_PROBLEM_CODES[problem.code])


def test_the_year_is_that_of_the_clock_where_the_case_closed():
    case = make_case()
    assert case.closure is not None
    closure = replace(case.closure, closed_at=datetime.fromisoformat("2024-01-01T00:30:00+08:00"))

    assert code_fields(replace(case, closure=closure), make_plan())["year"] == "2024"


def test_a_village_region_counts_as_its_county_in_codes():
    assert code_fields(make_case(region_code="440106001002"), make_plan())["region"] == "440106"


def test_an_open_case_has_no_year():
    with pytest.raises(Invalid):
        code_fields(make_case(closure=None), make_plan())


FILES = st.dictionaries(
    st.text("abcdefghij", min_size=1, max_size=3),
    st.tuples(
        st.sampled_from(["A01", "A02", "B16", "C01", "C1", "Z", ""]),
        st.text(max_size=90),
        st.text(min_size=1, max_size=90),
        st.sampled_from(MaterialClass),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=40)
@given(FILES, st.randoms())
def test_arrangement_is_a_gapless_permutation_with_unique_safe_names_whatever_the_order(told, random):
    files = [
        make_file(key, code, title=title, name=name, material_class=kind)
        for key, (code, title, name, kind) in told.items()
    ]
    arranged = arrange(make_case(files=tuple(files)), make_plan())
    random.shuffle(files)

    assert arrange(make_case(files=tuple(files)), make_plan()) == arranged
    assert [file.sequence for file in arranged] == list(range(1, len(told) + 1))
    assert sorted(file.file_key for file in arranged) == sorted(told)
    names = [file.stored_name for file in arranged]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert len(name.encode()) <= 200
        assert not set(name) & set('/\\:*?"<>|\x00\n')
        assert name == name.strip(" .")
