"""RTF: groups followed to the end, and the text of the body."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jingui.formats.reading.source import Outcome, Source

READER = "jingui rtf"
TOKEN = re.compile(rb"\\'([0-9a-fA-F]{2})|\\([a-zA-Z]+)(-?\d{1,10})?[ ]?|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)")
BINARY = re.compile(rb"\\bin[1-9]")
# Destinations whose content is not body text.
HIDDEN = frozenset(
    (b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"objdata", b"themedata", b"datastore",
     b"colorschememapping", b"latentstyles", b"listtable", b"listoverridetable", b"rsidtbl", b"generator", b"xmlnstbl")
)  # fmt: skip
FETCHING = re.compile(rb"\\\*\\template\s+(?:https?:|\\\\)|\b(?:DDEAUTO|DDE|INCLUDEPICTURE|INCLUDETEXT)\s+[\"\\a-zA-Z]")
MARKS = {
    "comments": re.compile(rb"\\\*\\annotation\b"),
    "tracked_changes": re.compile(rb"\\(?:revised|deleted|crauth|mvf|mvt)(?![a-z0])"),
}
BREAKS: dict[bytes, str] = {b"par": "\n", b"line": "\n", b"tab": "\t", b"cell": "\t", b"row": "\n", b"page": "\n"}
CODE_PAGES = {"936": "gb18030", "54936": "gb18030", "950": "cp950", "932": "cp932", "949": "cp949", "65001": "utf-8"}
MAX_DEPTH = 2_000


class _Body:
    """The text so far; bytes wait until a run of them ends, since a character of GBK takes two escapes."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self.parts: list[str] = []
        self.waiting = bytearray()
        self.hidden_from: int | None = None
        self.depth = 0
        self.skip = 0

    def flush(self) -> None:
        if self.waiting:
            self.parts.append(self.waiting.decode(self.encoding, "replace"))
            self.waiting.clear()

    def add_bytes(self, data: bytes) -> None:
        skipped = min(self.skip, len(data))
        self.skip -= skipped
        if self.hidden_from is None:
            self.waiting += data[skipped:]

    def add(self, text: str) -> None:
        self.flush()
        if self.hidden_from is None:
            self.parts.append(text)

    def group(self, brace: bytes) -> None:
        self.flush()
        self.depth += 1 if brace == b"{" else -1
        if self.hidden_from is not None and self.depth < self.hidden_from:
            self.hidden_from = None

    def word(self, word: bytes, number: bytes) -> None:
        if word == b"u" and number:
            self.add(chr(int(number) % 65_536))
            self.skip = 1
        elif word in BREAKS:
            self.add(BREAKS[word])
        elif word in HIDDEN and self.hidden_from is None:
            self.flush()
            self.hidden_from = self.depth


def read_rich_text(source: Source) -> Outcome:
    """Follow the groups of an RTF; unbalanced ones mean that it was cut off."""
    outcome = Outcome(READER)
    data = source.whole()
    page = re.search(rb"\\ansicpg(\d{3,5})", data[:4096])
    number = page[1].decode() if page else "1252"
    body = _Body(CODE_PAGES.get(number, "cp1252"))
    for token in _tokens(data):
        _take(body, token)
        if body.depth > MAX_DEPTH:
            return outcome.refuse("damaged_structure", "groups nested too deep")
        if body.depth == 0 and token[5]:
            break
    body.flush()
    if body.depth:
        return outcome.refuse("truncated", "unclosed group")
    _note(data, outcome)
    outcome.text = "".join(body.parts).encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    outcome.is_readable = True
    return outcome


def _tokens(data: bytes) -> Iterator[re.Match[bytes]]:
    """Yield token after token; behind the control word ``bin`` stand as many bytes as it says (RTF 1.9.1)."""
    if not BINARY.search(data):
        yield from TOKEN.finditer(data)
        return
    at = 0
    while token := TOKEN.match(data, at):
        at = token.end()
        if token[2] == b"bin" and token[3]:
            at += max(0, int(token[3]))
        yield token


def _note(data: bytes, outcome: Outcome) -> None:
    if b"\\objdata" in data:
        outcome.note("attachments")
    if FETCHING.search(data):
        outcome.note("external_links", "a field or template from elsewhere")
    for code, word in MARKS.items():
        if word.search(data):
            outcome.note(code)


def _take(body: _Body, token: re.Match[bytes]) -> None:
    code, word, number, symbol, brace, plain = token.groups()
    if plain or code:
        body.add_bytes(plain or bytes.fromhex(code.decode()))
    elif brace:
        body.group(brace)
    elif word:
        body.word(word, number or b"")
    elif symbol == b"*" and body.hidden_from is None:
        body.flush()
        body.hidden_from = body.depth
    elif symbol and symbol in b"\\{}":
        body.add_bytes(symbol)
