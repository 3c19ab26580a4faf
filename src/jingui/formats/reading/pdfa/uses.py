"""What a font was used for on the way through the content."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from jingui.formats.reading.pdfa.claims import Node, name_of

MAX_CODES = 20_000


@dataclass(slots=True)
class Use:
    """With which codes a font was used: all, those that were painted, and those without a text given beside them.

    ``is_cut``: some bytes make no whole code.
    """

    font: Node
    is_wide: bool
    codes: set[int] = field(default_factory=set)
    painted: set[int] = field(default_factory=set)
    untold: set[int] = field(default_factory=set)
    is_cut: bool = False

    @staticmethod
    def of(font: Node) -> Use:
        """Return the use of a font of which nothing was shown yet."""
        return Use(font, name_of(font.get("/Subtype")) == "Type0")

    def add(self, text: bytes, *, is_painted: bool, is_told: bool) -> None:
        """Add the codes of a shown string."""
        if len(self.codes) > MAX_CODES:
            return
        codes: set[int] = set(text)
        if self.is_wide:
            count, rest = divmod(len(text), 2)
            codes = set(struct.unpack_from(f">{count}H", text))
            self.is_cut = self.is_cut or rest > 0
        self.codes |= codes
        if is_painted:
            self.painted |= codes
        if not is_told:
            self.untold |= codes
