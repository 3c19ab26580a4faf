"""What a package says of the files in it."""

from __future__ import annotations

from tests.personas import Integrator, Office


def test_a_package_names_the_format_of_every_file_as_the_readers_found_it(
    office: Office, integrator: Integrator
) -> None:
    integrator.whole_case("N-1")
    office.work()
    catalogue, *others = office.home.glob("store/**/归档文件目录.xml")
    assert others == []
    lines = catalogue.read_text(encoding="utf-8")
    (statement,) = office.home.glob("store/**/说明文件.txt")
    assert ">pdf<" in lines
    assert "未识别" not in statement.read_text(encoding="utf-8")
