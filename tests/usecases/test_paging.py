"""Reading in pages: every row once, in order, and the connection may write in between."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from jingui.db.models import Nonce
from jingui.db.queries.paging import in_pages

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 4, tzinfo=UTC)


@pytest.fixture
def rows() -> list[tuple[str, str]]:
    """Nonces of a few keys, most of them with several."""
    names = sorted((f"k{number % 3}", f"n{number:02}") for number in range(20))
    Nonce.objects.bulk_create([Nonce(key_id=key, nonce=nonce, used_at=AT) for key, nonce in names])
    return names


@pytest.mark.parametrize("size", [1, 3, 7, 20, 100])
def test_every_row_comes_once_and_in_order_whatever_the_size_of_a_page(rows: list[tuple[str, str]], size: int) -> None:
    pages = list(in_pages(Nonce.objects.all(), "key_id", "nonce", size=size))
    assert [(row.key_id, row.nonce) for page in pages for row in page] == rows
    assert {len(page) for page in pages[:-1]} <= {size}


def test_it_begins_behind_the_values_that_are_named(rows: list[tuple[str, str]]) -> None:
    found = [row for page in in_pages(Nonce.objects.all(), "key_id", "nonce", after=rows[8], size=4) for row in page]
    assert [(row.key_id, row.nonce) for row in found] == rows[9:]


def test_what_is_added_behind_the_page_meanwhile_is_seen(rows: list[tuple[str, str]]) -> None:
    seen = []
    for page in in_pages(Nonce.objects.all(), "key_id", "nonce", size=5):
        seen += [(row.key_id, row.nonce) for row in page]
        if len(seen) == 5:
            Nonce.objects.create(key_id="k9", nonce="late", used_at=AT)
            Nonce.objects.create(key_id="k0", nonce="", used_at=AT)
    assert seen == [*rows, ("k9", "late")]
