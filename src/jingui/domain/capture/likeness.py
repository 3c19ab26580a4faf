"""How alike two short Chinese wordings are: shared pairs of letters, weighed by how much they tell (相似度).

The names of a plan are put into an index once; a wording is then compared with all of them in time that grows with
its own length and the number of names that share a pair with it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from jingui.domain.capture.material_words import COMMON, wording

COMMON_WEIGHT = 0.35
OF_NAME, OF_WORDING = 0.6, 0.4  # how much of the material's name, and of what is compared with it, must be shared

Pairs = frozenset[str]


def pairs(phrase: str) -> Pairs:
    """Return the neighbouring letters of a phrase."""
    return frozenset(before + after for before, after in pairwise(phrase))


_COMMON_PAIRS = frozenset().union(*(pairs(wording(word) or word) for word in COMMON))


class NameIndex:
    """Names, each with its phrases, ready to be compared with many wordings."""

    def __init__(self, names: Sequence[Sequence[str]]) -> None:
        """Index the phrases of each name; ``names`` keeps their order, results name them by position."""
        self._phrases = [(position, pairs(phrase)) for position, phrases in enumerate(names) for phrase in phrases]
        self._rarity = self._rarities(names)
        self._totals = [self._weight(grams) for _, grams in self._phrases]
        self._holders: dict[str, list[int]] = {}
        for number, (_, grams) in enumerate(self._phrases):
            for gram in grams:
                self._holders.setdefault(gram, []).append(number)

    @staticmethod
    def _rarities(names: Sequence[Sequence[str]]) -> dict[str, float]:
        """Weigh each pair by how few of the names have it."""
        counts = Counter(
            gram for phrases in names for gram in frozenset().union(*(pairs(phrase) for phrase in phrases))
        )
        return {gram: 1 + math.log((len(names) + 1) / (count + 1)) for gram, count in counts.items()}

    def _weight(self, grams: Pairs) -> float:
        return sum(self._one(gram) for gram in grams)

    def _one(self, gram: str) -> float:
        rarity = self._rarity.get(gram, 1.0)
        return rarity * COMMON_WEIGHT if gram in _COMMON_PAIRS else rarity

    def likeness(self, phrase: str) -> dict[int, float]:
        """Return how alike (0..1) the phrase is to each name it shares anything with."""
        grams = pairs(phrase)
        shared: dict[int, float] = {}
        for gram in grams:
            weight = self._one(gram)
            for number in self._holders.get(gram, ()):
                shared[number] = shared.get(number, 0.0) + weight
        own = self._weight(grams)
        found: dict[int, float] = {}
        for number, weight in shared.items():
            value = OF_NAME * weight / self._totals[number] + OF_WORDING * weight / own
            position = self._phrases[number][0]
            found[position] = max(found.get(position, 0.0), value)
        return found
