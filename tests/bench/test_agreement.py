"""The level of agreement with the corpora is kept, on a sample; the whole runs by ``bench/corpora.py``."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.agreement import compare, corpora, level

pytestmark = pytest.mark.corpora

SHARES = {"formats": 12, "formats_pronom": 20, "format_corpus": 4, "mixed_formats": 2, "verapdf": 2}
SHARES |= {"gm": 1, "ofd": 1, "pdf_sign": 4, "rfc3161": 1, "wycheproof": 4}


@pytest.mark.parametrize("name", SHARES)
def test_a_corpus_agrees_as_it_did_and_every_disagreement_is_explained(
    request: pytest.FixtureRequest, name: str
) -> None:
    folder: Path = request.getfixturevalue("corpora")  # the function of the same name is what is compared
    rows = list(compare(name, corpora()[name], folder / "data", share=SHARES[name]))

    agreed = sum(row.agrees for row in rows) / len(rows)

    assert [row for row in rows if not row.agrees and not row.explanation] == []
    assert agreed >= level(name) - 0.03  # a sample may hold a few disagreements more than its share
