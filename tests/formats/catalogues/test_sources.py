from __future__ import annotations

import contextlib
import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jingui.domain.catalogue.importing import SourceRow
from jingui.domain.errors import Invalid
from jingui.formats.catalogues import parcels as module
from jingui.formats.catalogues.error_files import ErrorRow, ToldReason, write_error_tables, write_error_workbook
from jingui.formats.catalogues.parcels import Parcels, parcel_of
from jingui.formats.catalogues.sources import SOURCE_PROBLEM_CODES, open_source, reading_size
from jingui.formats.catalogues.sql_dumps import SqlDump
from jingui.formats.catalogues.workbooks import write_workbook

MYSQL = r"""-- MySQL dump 10.13  Distrib 8.0
/*!40101 SET NAMES utf8 */;
DROP TABLE IF EXISTS `up_task_general_basic`;
CREATE TABLE `up_task_general_basic` (
  `row_guid` varchar(50) NOT NULL COMMENT 'a, (b; c',
  `task_code` decimal(10,2) DEFAULT NULL,
  `task_name` text,
  PRIMARY KEY (`row_guid`), KEY `k` (`task_code`,`task_name`)
) ENGINE=InnoDB COMMENT='it; is';
INSERT INTO `up_task_general_basic` VALUES ('g1','A','名\'; x\nline'),('g2',NULL,_utf8'b''c'),('g3',-1.5e3,'');
INSERT IGNORE INTO db.up_task_general_basic (`task_name`, row_guid) VALUES ('only' , 'g4') ;
UNLOCK TABLES;
"""
POSTGRES = r"""--
-- PostgreSQL database dump
--
\restrict abc
SET x = 'a;b';
CREATE FUNCTION f() RETURNS int AS $$ select ';' ; $$ LANGUAGE sql;
INSERT INTO public.up_task_general_basic (row_guid, task_name, is_fee) VALUES ('g1', 'back\slash', true);
INSERT INTO public.up_task_general_basic (row_guid, task_name) VALUES ('g2', E'two\nlines'::text);
COPY public.up_task_general_material (row_guid, material_name) FROM stdin;
1	a\tb\\c''d
2	\N
\.
SELECT 1;
"""


def rows_of(path):
    source = open_source(path)
    return [(row.table, row.number, dict(row.cells)) for row in source.stream()]


def written(folder, name, data):
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def refusals(path):
    with pytest.raises(Invalid) as failure:
        for _ in open_source(path).stream():
            pass
    for problem in failure.value.problems:
        assert set(problem.params) == set(SOURCE_PROBLEM_CODES[problem.code])
    return {problem.code for problem in failure.value.problems}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_a_csv_is_read_in_either_encoding_and_with_any_sign_between(tmp_path, encoding, sign):
    text = f'名称{sign}编码\r\n"甲{sign}乙\n丙"{sign}䶮1\r\n\r\n丁{sign}2\r\n'

    rows = rows_of(written(tmp_path, "清单.csv", text.encode(encoding)))

    assert rows == [
        ("清单", 2, {"名称": f"甲{sign}乙\n丙", "编码": "䶮1"}),
        ("清单", 4, {"名称": "丁", "编码": "2"}),
    ]


def test_a_value_beyond_the_last_header_is_not_lost(tmp_path):
    assert rows_of(written(tmp_path, "a.csv", "甲,乙\n1,2,3\n"))[0][2] == {"甲": "1", "乙": "2", "(无表头的列)": "3"}


def test_a_mysql_dump_is_read_with_columns_from_create_table_and_its_escapes(tmp_path):
    rows = rows_of(written(tmp_path, "dump.sql", MYSQL))

    assert [number for _, number, _ in rows] == [1, 2, 3, 4]
    assert rows[0][2] == {"row_guid": "g1", "task_code": "A", "task_name": "名'; x\nline"}
    assert rows[1][2] == {"row_guid": "g2", "task_code": "", "task_name": "b'c"}
    assert rows[2][2]["task_code"] == "-1.5e3"
    assert rows[3][2] == {"task_name": "only", "row_guid": "g4"}


def test_a_postgresql_dump_is_read_with_inserts_and_copy_blocks(tmp_path):
    rows = rows_of(written(tmp_path, "dump.sql", POSTGRES))

    assert rows == [
        ("up_task_general_basic", 1, {"row_guid": "g1", "task_name": "back\\slash", "is_fee": "1"}),
        ("up_task_general_basic", 2, {"row_guid": "g2", "task_name": "two\nlines"}),
        ("up_task_general_material", 1, {"row_guid": "1", "material_name": "a\tb\\c''d"}),
        ("up_task_general_material", 2, {"row_guid": "2", "material_name": ""}),
    ]


@pytest.mark.parametrize("size", [1, 7, 64])
def test_a_dump_reads_the_same_however_it_falls_into_chunks(monkeypatch, size):
    whole = list(SqlDump(lambda: io.BytesIO(MYSQL.encode())).rows())
    monkeypatch.setattr("jingui.formats.catalogues.sql_dumps._CHUNK", size)

    assert list(SqlDump(lambda: io.BytesIO(MYSQL.encode())).rows()) == whole


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.csv", b"a,b\n\xff\xff\xff,1\n", "encoding_unknown"),
        ("a.csv", b",,\n1,2,3\n", "table_without_header"),
        ("a.csv", b"a,a\n1,2\n", "header_twice"),
        ("a.csv", ",".join(map(str, range(401))).encode(), "table_too_wide"),
        ("a.csv", b"a,b\n" + b"x" * 140_000 + b",1\n", "table_broken"),
        ("a.sql", b"INSERT INTO t (a) VALUES ('open", "dump_broken"),
        ("a.sql", b"INSERT INTO t VALUES ('no columns');", "dump_broken"),
        ("a.sql", b"SELECT 1;", "dump_without_tables"),
        ("a.bin", b"\x00\x01", "catalogue_file_unknown"),
        ("a", b"", "catalogue_file_unknown"),
        ("a.json", b"[1]", "unknown_catalogue_format"),
        ("a.json", b"[", "not_json"),
        ("a.zip", b"PK\x03\x04", "workbook_unreadable"),
        ("a.xlsx", write_workbook({"表": [["", ""]]}), "table_without_header"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(tmp_path, name, data, code):
    assert code in refusals(written(tmp_path, name, data))


@settings(deadline=None, max_examples=40)
@given(
    st.binary(max_size=120), st.sampled_from([b"", b"a,b\n", b"INSERT INTO `t` (`a`) VALUES (", b"PK\x03\x04", b"["])
)
def test_no_bytes_break_the_readers(tmp_path_factory, data, head):
    path = written(tmp_path_factory.mktemp("x"), "file", head + data)
    with contextlib.suppress(Invalid):  # anything else that is raised fails the test
        list(open_source(path).stream())


@pytest.mark.parametrize("is_folder", [True, False])
def test_one_csv_for_each_table_is_read_from_a_folder_or_a_zip(tmp_path, is_folder):
    files = {
        "up_task_general_basic.csv": "row_guid,task_name\ng1,甲\n",
        "UP_task_general_material.CSV": "task_guid\ng1\n",
    }
    place = tmp_path / "tables"
    place.mkdir()
    if is_folder:
        for name, text in files.items():
            written(place, name, text)
    else:
        place = tmp_path / "tables.zip"
        with zipfile.ZipFile(place, "w") as archive:
            for name, text in files.items():
                archive.writestr(f"out/{name}", text.encode("gb18030"))

    rows = sorted(rows_of(place))

    assert [(table, number) for table, number, _ in rows] == [
        ("up_task_general_basic", 2), ("up_task_general_material", 2),
    ]  # fmt: skip


def test_a_foreign_workbook_is_tables_with_numbers_as_excel_shows_them(tmp_path):
    data = write_workbook({"清单": [["名称", "数"], [], ["甲", 5]], "空": []})

    assert rows_of(written(tmp_path, "a.xlsx", data)) == [("清单", 3, {"名称": "甲", "数": "5"})]


def test_a_json_list_of_objects_is_a_table(tmp_path):
    told = {"source": "x", "items": [{"item": "甲", "materials": [{"name": "表"}]}]}

    source = open_source(written(tmp_path, "a.json", json.dumps(told)))

    assert source.heads[0].headers == ("item", "materials")
    assert next(iter(source.stream())).cells["materials"] == [{"name": "表"}]


def test_refused_rows_come_back_under_their_own_headers_and_read_again(tmp_path):
    origin = (SourceRow("清单", 4, {"名称": "甲", "编码": "x,1"}), SourceRow("材料", 2, {"名称": "表"}))
    reasons = (ToldReason("事项", 4, "x", "item_code", "写法不对"),)
    book = written(tmp_path, "e.xlsx", write_error_workbook([ErrorRow(reasons, origin)], []))
    archive = tmp_path / "e.zip"
    with archive.open("wb") as file:
        write_error_tables([ErrorRow(reasons, origin)], file, name="e.zip")

    for path in (book, archive):
        rows = {table: cells for table, _, cells in rows_of(path)}
        assert rows["清单"] == {"名称": "甲", "编码": "x,1", "原因": "item_code：写法不对", "原行号": "4"}
        assert rows["材料"]["名称"] == "表"


def test_rows_fall_into_parcels_by_their_key_and_a_broken_sort_starts_anew(tmp_path):
    rows = [SourceRow("t", n, {"code": str(n % 7), "x": n}) for n in range(50)]
    parcels = Parcels(tmp_path / "rows", 4)
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows" / "00000.jsonl").write_text("left over")

    parcels.sort(rows, lambda row: parcel_of(str(row.cells["code"]), 4))

    found = {number: list(Parcels(tmp_path / "rows", 4).rows(number)) for number in range(4)}
    assert sorted(row.number for listed in found.values() for row in listed) == list(range(50))
    homes = [{row.cells["code"] for row in listed} for listed in found.values()]
    assert sum(map(len, homes)) == len(set().union(*homes))
    assert parcels.is_done
    assert parcels.counts() == {"t": 50}


@pytest.mark.parametrize("loss", ["", "tail", "file"])
def test_a_sort_that_was_broken_off_goes_on_behind_what_is_kept(tmp_path, monkeypatch, loss):
    monkeypatch.setattr(module, "_HELD_BYTES", 200)
    rows = [SourceRow("ab"[n % 2], n, {"code": str(n % 7), f"x{n % 2}": n}) for n in range(60)]
    placed, told = [], []

    def place(row):
        placed.append(row.number)
        return parcel_of(row.cells["code"], 4)

    def breaking_off():
        told.append(len(placed))
        if len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Parcels(tmp_path, 4).sort(rows, place, told=breaking_off)
    kept = next(tmp_path.glob("*.jsonl"))
    lost = {"": kept.read_bytes() + b"half a li", "tail": kept.read_bytes()[:-9], "file": b""}[loss]
    kept.write_bytes(lost)
    Parcels(tmp_path, 4).sort(rows, place)

    found = [row for number in range(4) for row in Parcels(tmp_path, 4).rows(number)]
    assert sorted(found, key=lambda row: row.number) == rows
    assert Parcels(tmp_path, 4).counts() == {"a": 30, "b": 30}
    assert len(placed) == (60 if loss == "" else 60 + told[-1])


def test_reading_a_workbook_goes_through_more_than_the_file_has(tmp_path):
    small, broken, plain = tmp_path / "a.xlsx", tmp_path / "b.xlsx", tmp_path / "c.csv"
    small.write_bytes(write_workbook({"清单": [["事项名称"], *[["长" * 500]] * 500]}))
    broken.write_bytes(small.read_bytes()[:-30])
    plain.write_text("名称\n甲\n", encoding="utf-8")
    with zipfile.ZipFile(small) as archive:
        unpacked = sum(len(archive.read(name)) for name in archive.namelist())

    assert reading_size(small) == unpacked > 50 * small.stat().st_size
    assert reading_size(broken) == broken.stat().st_size
    assert reading_size(plain) == plain.stat().st_size
