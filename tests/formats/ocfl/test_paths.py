from __future__ import annotations

import pytest

from jingui.formats.ocfl.paths import is_safe, logical_path_problems


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("", "path_element_bad"),
        (".", "path_element_bad"),
        ("a/../b", "path_element_bad"),
        ("a//b", "path_element_bad"),
        ("/etc/passwd", "path_absolute"),
        ("a/", "path_absolute"),
        ("..\\..\\windows", "path_backslash"),
        ("a\0b", "path_not_text"),
        ("\ud800", "path_not_text"),
        ("\udcff.pdf", "path_not_text"),
        ("档" * 86, "path_element_too_long"),
        ("/".join(["a" * 200] * 20), "path_too_long"),
    ],
)
def test_a_path_that_cannot_be_kept_is_a_problem(path: str, code: str) -> None:
    assert code in {problem.code for problem in logical_path_problems([path])}


@pytest.mark.parametrize("paths", [["a", "a"], ["a", "a/b"], ["a/b/c", "a/b"]])
def test_paths_that_exclude_each_other_are_a_problem(paths: list[str]) -> None:
    assert {problem.code for problem in logical_path_problems(paths)} == {"path_conflict"}


@pytest.mark.parametrize(
    "path", ["元数据/粤府办〔2024〕5号.pdf", "阿卜杜拉·买买提", "𠮷野家", "全角ＡＢＣ", "a b", "...", "é", "e\u0301"]
)
def test_names_of_the_real_world_are_no_problem(path: str) -> None:
    assert not list(logical_path_problems([path]))


def test_every_problem_is_listed_and_can_be_shown() -> None:
    problems = list(logical_path_problems(["/a", "\udcff", "b\\c"]))
    assert [problem.location for problem in problems] == ["/a", "/a", "\\udcff", "b\\c"]
    assert all(problem.location.encode() for problem in problems)


@pytest.mark.parametrize("path", ["../x", "v1/../../x", "/x", "v1/\0"])
def test_a_path_that_leaves_its_folder_is_not_safe(path: str) -> None:
    assert not is_safe(path)
