from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jingui.formats.tokens import (
    FIELD_BREAK,
    MAX_PHRASE_TOKENS,
    MAX_QUERY_WORDS,
    Phrase,
    document_tokens,
    index_tokens,
    query_phrases,
    scope_token,
)


def is_found(query: str, *texts: str) -> bool:
    tokens = list(document_tokens(texts))
    phrases = query_phrases(query)
    return bool(phrases) and all(_stands_in(phrase, tokens) for phrase in phrases)


def _stands_in(phrase: Phrase, tokens: list[str]) -> bool:
    size = len(phrase.tokens)
    for at in range(len(tokens) - size + 1):
        here = tokens[at : at + size]
        same = here[:-1] == list(phrase.tokens[:-1])
        last = here[-1].startswith(phrase.tokens[-1]) if phrase.is_prefix else here[-1] == phrase.tokens[-1]
        if same and last:
            return True
    return False


def test_a_run_of_han_becomes_pairs_and_its_last_character():
    assert list(index_tokens("张三丰")) == ["张三", "三丰", "丰"]


def test_letters_and_figures_are_runs_of_their_own():
    assert list(index_tokens("0059-ZW·2026-D30")) == ["0059", "zw", "2026", "d", "30"]


def test_full_and_half_width_and_case_are_one():
    assert list(index_tokens("ＡＢｃ１２３（张三）")) == list(index_tokens("abC123(张三)"))


def test_a_name_with_a_dot_is_found_by_either_part_and_with_any_dot_or_none():
    for query in ("阿依古丽", "买买提", "阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽・买买提", "阿依古丽买买提"):
        assert is_found(query, "申请人阿依古丽·买买提的材料")


def test_a_document_number_is_found_with_any_brackets():
    for query in ("粤府办〔2024〕5号", "粤府办[2024]5号", "粤府办（2024）5", "〔2024〕5号", "府办〔2024〕"):
        assert is_found(query, "根据《关于印发办法的通知》（粤府办〔2024〕5号）办理")


def test_a_document_number_of_another_year_is_not_found():
    assert not is_found("粤府办〔2023〕5号", "粤府办〔2024〕5号")


def test_one_character_is_found_at_the_end_of_a_run_too():
    assert is_found("丰", "张三丰")


def test_characters_outside_the_basic_plane_are_found():
    assert is_found("𠮷", "店名：𠮷野家")
    assert is_found("𬱖", "张𬱖")
    assert is_found("张\U000300a0", "张\U000300a0")


def test_a_line_break_inside_a_sentence_does_not_hide_a_word():
    assert is_found("准予许可", "决定准予\n许可如下")


def test_no_phrase_reaches_from_one_field_into_the_next():
    assert not is_found("张三李四", "张三", "李四")
    assert FIELD_BREAK in document_tokens(["张三"])


def test_figures_match_from_their_beginning():
    assert is_found("2026-D3", "0059-ZW·2026-D30-000123")
    assert not is_found("026", "2026")


def test_a_query_cannot_name_a_scope():
    scope = scope_token("440100")

    assert all(scope not in phrase.tokens for phrase in query_phrases(f"{scope} {scope[1:]} x{scope}"))


def test_a_query_without_a_searchable_character_is_empty():
    assert query_phrases(" \t\"'()*-:^~·〔〕\x00\ud800") == ()


def test_a_very_long_query_is_bounded():
    phrases = query_phrases("张三李四" * 5000 + " 王五" * 5000)

    assert sum(len(phrase.tokens) for phrase in phrases) <= 500
    assert all(len(phrase.tokens) <= MAX_PHRASE_TOKENS for phrase in phrases)
    assert len(query_phrases(" ".join(f"词{n}" for n in range(100)))) <= MAX_QUERY_WORDS


HAN = st.text(st.characters(categories=["Lo"], min_codepoint=0x4E00, max_codepoint=0x4E20), min_size=1, max_size=12)


@given(HAN, st.data())
def test_every_part_of_a_run_is_found_and_nothing_else(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    other = data.draw(HAN)

    assert is_found(text[start:end], text)
    assert is_found(other, text) == (other in text)


@given(st.text())
def test_any_text_is_cut_without_error(text):
    list(index_tokens(text))
    query_phrases(text)
