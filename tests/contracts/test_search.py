"""One suite for both indexes: SQLite by default, PostgreSQL when JINGUI_DATABASE_URL names a server."""

from __future__ import annotations

import dataclasses
import random

import pytest
from django.db.utils import ConnectionHandler

from jingui.adapters.search.hits import MAX_COUNTED
from jingui.adapters.search.postgres import PostgresSearchIndex
from jingui.adapters.search.sqlite_fts import SqliteSearchIndex
from jingui.formats.tokens import scope_token
from jingui.ports import SearchDocument, SearchHits
from jingui.settings import database

NURSE = SearchDocument(
    "a" * 32,
    "440100-wsjk",
    {
        "number": "YZ2026-000123",
        "title": "护士执业注册（首次）",
        "applicant": "王芳",
        "item": "护士执业注册",
        "agency": "云泽市卫生健康局",
        "materials": "健康体检证明 聘用证明",
        "codes": "0059-ZW·2026-D30-WSJ-000123",
    },
    "根据粤府办〔2024〕5号，决定准予\n许可。申请人阿依古丽·买买提。",
)
SHOP = SearchDocument(
    "b" * 32,
    "440100-scjg",
    {"title": "食品经营许可", "applicant": "云泽市𠮷天餐饮有限公司", "codes": "0059-ZW·2026-D10-SCJ-000007"},
    "",
)


@pytest.fixture
def connection(fresh_database_url, tmp_path, django_db_blocker):
    with django_db_blocker.unblock():
        opened = ConnectionHandler({"default": database(fresh_database_url, tmp_path)})["default"]
        yield opened
        opened.close()


@pytest.fixture
def index(connection):
    kinds: dict[str, type[SqliteSearchIndex | PostgresSearchIndex]]
    kinds = {"sqlite": SqliteSearchIndex, "postgresql": PostgresSearchIndex}
    made = kinds[connection.vendor](connection)
    made.ensure()
    made.put([NURSE, SHOP])
    return made


def found(index, text, agency_keys=None):
    return index.query(text, agency_keys=agency_keys, limit=50, offset=0).record_keys


@pytest.mark.parametrize(
    "text",
    [
        "王芳", "芳", "护士执业", "首次", "聘用证明", "粤府办〔2024〕5号", "粤府办[2024]5", "准予许可", "阿依古丽·买买提", "买买提",
        "0059-ZW·2026-D30", "２０２６-Ｄ30-ｗｓｊ", "000123", "云泽市卫生健康局", "王芳 护士 D30", "yz2026",
    ],
)  # fmt: skip
def test_a_record_is_found_by_any_part_of_what_is_known_of_it(index, text):
    assert found(index, text) == (NURSE.record_key,)


@pytest.mark.parametrize(
    "text", ["王莉", "士护", "王芳 食品", "粤府办〔2023〕5号", "首次王芳", "护士 餐饮", "D31", "059-ZW"]
)
def test_what_does_not_stand_in_a_record_does_not_find_it(index, text):
    assert found(index, text) == ()


def test_a_rare_character_outside_the_basic_plane_is_found(index):
    assert found(index, "𠮷天") == found(index, "𠮷") == (SHOP.record_key,)


def test_the_newest_record_comes_first_and_pages_do_not_overlap(index):
    first, second = (index.query("2026", agency_keys=None, limit=1, offset=at) for at in (0, 1))

    assert first == SearchHits((SHOP.record_key,), 2)
    assert second == SearchHits((NURSE.record_key,), 2)


def test_permission_is_part_of_the_query(index):
    assert found(index, "2026", ("440100-wsjk",)) == (NURSE.record_key,)
    assert found(index, "2026", ("440100-wsjk", "440100-scjg")) == (SHOP.record_key, NURSE.record_key)
    assert index.query("2026", agency_keys=("440100",), limit=9, offset=0) == SearchHits((), 0)
    assert index.query("2026", agency_keys=(), limit=9, offset=0) == SearchHits((), 0)


def test_a_query_cannot_reach_beyond_its_agencies(index):
    for text in (
        f"{scope_token('440100-scjg')} 2026",
        '餐饮" OR "2026',
        "餐饮 OR 2026",
        "餐饮) | ('2026'",
        "tokens:餐饮",
    ):
        assert SHOP.record_key not in found(index, text, ("440100-wsjk",))


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "'", '"', "\\", "''); DROP TABLE jingui_search_doc; --", '"王芳', "王芳*", "NEAR(王 芳)", "王 AND OR NOT 芳", "^王", "{title}:王",
        "王芳\x00", "\x00", "\ud800", "%s %d %", "王芳:*&|!<->()", "-王", "🙂", "a" * 10_000, "王芳 " * 2_500, "王" * 10_000, "¤ ¶", "\u200b\ufeff",
    ],
)  # fmt: skip
def test_hostile_query_text_never_fails(index, text):
    answer = index.query(text, agency_keys=("440100-wsjk",), limit=10, offset=0)

    assert set(answer.record_keys) <= {NURSE.record_key}


def test_text_with_any_character_is_taken_and_the_rest_of_it_found(index):
    index.put([SearchDocument("c" * 32, "k", {"title": "'引号\" \\ \x00 \ud800 %s"}, "正文" + "'" * 100 + "末尾")])

    assert found(index, "引号 末尾") == ("c" * 32,)


def test_a_replaced_document_is_found_by_its_new_words_only_and_keeps_its_place(index):
    index.put([dataclasses.replace(NURSE, fields={"title": "医师执业注册 2026"}, text="")])

    assert found(index, "王芳") == ()
    assert found(index, "护士") == ()
    assert found(index, "医师") == (NURSE.record_key,)
    assert found(index, "2026") == (SHOP.record_key, NURSE.record_key)


def test_a_document_that_moves_to_another_agency_is_hidden_from_the_first(index):
    index.put([dataclasses.replace(NURSE, agency_key="440100-scjg")])

    assert found(index, "王芳", ("440100-wsjk",)) == ()
    assert found(index, "王芳", ("440100-scjg",)) == (NURSE.record_key,)


def test_a_removed_document_is_gone_and_an_unknown_one_changes_nothing(index):
    index.remove([NURSE.record_key, "f" * 32])

    assert found(index, "王芳") == ()
    assert found(index, "食品") == (SHOP.record_key,)


def test_a_cleared_index_is_empty_and_takes_documents_again(index):
    index.clear()
    assert found(index, "2026") == ()

    index.ensure()
    index.put([SHOP])
    assert found(index, "2026") == (SHOP.record_key,)


def test_an_optimized_index_answers_the_same(index):
    index.optimize()

    assert found(index, "2026") == (SHOP.record_key, NURSE.record_key)
    assert found(index, "王芳", ("440100-wsjk",)) == (NURSE.record_key,)


def test_writes_belong_to_the_transaction_of_the_caller(index, connection):
    connection.set_autocommit(False)
    index.put([dataclasses.replace(NURSE, fields={"title": "另一个题名"}, text="")])
    index.remove([SHOP.record_key])
    connection.rollback()
    connection.set_autocommit(True)

    assert found(index, "王芳") == (NURSE.record_key,)
    assert found(index, "食品") == (SHOP.record_key,)


def test_the_count_stops_at_its_limit(index, connection):
    connection.set_autocommit(False)
    index.put(SearchDocument(f"{n:032x}", "k", {"title": f"同一事项{n}"}, "") for n in range(MAX_COUNTED + 5))
    connection.commit()
    connection.set_autocommit(True)

    answer = index.query("同一事项", agency_keys=None, limit=3, offset=0)
    assert (answer.total, answer.is_capped) == (MAX_COUNTED, True)
    assert answer.record_keys[0] == f"{MAX_COUNTED + 4:032x}"


def test_every_place_of_a_long_text_is_found(index):
    source = random.Random(5)
    words = ["".join(chr(0x4E00 + source.randrange(2000)) for _ in range(40)) for _ in range(2000)]
    index.put([SearchDocument("d" * 32, "k", {"title": "长文"}, "号" * 3000 + "".join(words) + "号" * 3000 + "完结")])

    text = "".join(words)
    for _ in range(60):
        at = source.randrange(len(text) - 24)
        assert found(index, text[at : at + source.randrange(2, 24)], ("k",)), at
    assert found(index, "完结 长文 号号号") == ("d" * 32,)


def test_the_index_agrees_with_a_plain_search_for_the_text(index):
    source, letters = random.Random(9), "张王李赵一丁七万"
    texts = {f"{n:032x}": "".join(source.choice(letters) for _ in range(source.randrange(1, 9))) for n in range(300)}
    index.clear()
    index.put(SearchDocument(key, "k", {"title": text}, "") for key, text in texts.items())

    for size in (1, 2, 3, 4):
        for _ in range(25):
            wanted = "".join(source.choice(letters) for _ in range(size))
            answer = index.query(wanted, agency_keys=None, limit=500, offset=0).record_keys
            assert list(answer) == [key for key in reversed(texts) if wanted in texts[key]], wanted
