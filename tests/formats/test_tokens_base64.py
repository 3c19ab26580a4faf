"""Bytes written as Base64 are no words of a text; digests in hexadecimal are."""

from __future__ import annotations

import base64
import random

import pytest

from jingui.formats.tokens import document_tokens, without_base64

SEAL = base64.b64encode(random.Random(7).randbytes(48)).decode()


def test_a_line_of_base64_is_left_out_and_the_words_around_it_stay() -> None:
    assert document_tokens([without_base64(f"签章{SEAL}完毕")])[:4] == ["签章", "章", "完毕", "毕"]


def test_a_run_shorter_than_a_line_stays() -> None:
    assert without_base64(SEAL[:63]) == SEAL[:63]


def test_a_digest_in_hexadecimal_of_either_case_stays() -> None:
    digest = "0f" * 32
    assert without_base64(f"{digest} {digest.upper()}") == f"{digest} {digest.upper()}"


@pytest.mark.timeout(60)  # what backtracks takes hours
def test_hostile_runs_do_not_make_it_hang() -> None:
    words = ("ab1" * 20 + " ") * 10_000
    assert without_base64("AAAAa" * 400_000 + " " + words).endswith(words)
