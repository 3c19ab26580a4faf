"""Chinese text cut into overlapping pairs of characters, the same way for the index and for a query.

Text is folded first (NFKC, so full and half width are one; lower case). A run of Han characters becomes its pairs
plus its last character alone: 张三丰 → 张三 三丰 丰. So a phrase of pairs finds any part of a run, two-character
names need no dictionary, and a single character is found as the beginning of a token. Letters and figures become
runs of their own (D30 → d 30). Every other character only separates. Simplified and traditional are not one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

MAX_TOKEN_CHARACTERS = 64
MAX_QUERY_CHARACTERS = 500
MAX_QUERY_WORDS = 16
MAX_PHRASE_TOKENS = 32

# No run can contain these two, so no query can forge or cross them.
FIELD_BREAK = "\u00b6"
SCOPE_MARK = "\u00a4"

# Han with all extensions, kana, bopomofo, hangul, and the private areas that fonts for GB 18030 use.
_HAN = "\u3005-\u3007\u3041-\u30ff\u3105-\u312f\u31a0-\u31bf\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\ue000-\uf8ff\U00020000-\U0003fffd\U000f0000-\U000ffffd"
_RUNS = re.compile(rf"[{_HAN}]+|[^\W_\d{_HAN}]+|\d+")
_IS_HAN = re.compile(rf"[{_HAN}]")
# Stretches without a separator, found by simple classes; words come again and again, so each is cut once (``_cut``).
_STRETCHES = re.compile(rf"[\w{_HAN}]+")
_KEPT_CUTS = 1 << 16
_BASE64 = re.compile(r"(?<![0-9A-Za-z+/])[0-9A-Za-z+/]{64,}+={0,2}", re.ASCII)  # as long as a line of PEM (RFC 7468)
# A line break inside a sentence, and the dot inside a name such as 阿依古丽·买买提, do not end a run.
# The look back stands behind the dot, so that it is not tried at every other character.
_DOTS = re.compile(rf"[\u00b7\u2022\u2027\u2219\u22c5\u30fb](?<=[{_HAN}].)(?=[{_HAN}])")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One word of a query: tokens that must follow each other; the last may be only a beginning."""

    tokens: tuple[str, ...]
    is_prefix: bool


def fold(text: str) -> str:
    """Return the text as it is compared: NFKC, lower case, names with a dot and broken lines joined."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _DOTS.sub("", _joined(folded) if "\n" in folded else folded)


def _joined(text: str) -> str:
    """Join lines that break between two Han characters; blanks at the break go with it."""
    first, *others = text.split("\n")
    parts = [first]
    for line in others:
        before, after = parts[-1].removesuffix("\r").rstrip(" \t"), line.lstrip(" \t")
        if _IS_HAN.match(before[-1:]) and _IS_HAN.match(after):
            parts[-1] = before
            parts.append(after)
        else:
            parts += ["\n", line]
    return "".join(parts)


def index_tokens(text: str) -> list[str]:
    """Cut a text into the tokens of the index, in order."""
    return " ".join([_cut(stretch) for stretch in _STRETCHES.findall(fold(text))]).split()


def document_tokens(texts: Iterable[str]) -> list[str]:
    """Cut several texts into one stream in which no phrase reaches from one text into the next."""
    tokens: list[str] = []
    for text in texts:
        tokens += index_tokens(text)
        tokens.append(FIELD_BREAK)
    return tokens


@lru_cache(_KEPT_CUTS)
def _cut(stretch: str) -> str:
    """Cut a stretch into its tokens, parted by spaces."""
    tokens: list[str] = []
    for run in _RUNS.findall(stretch):
        if _IS_HAN.match(run):
            tokens += _pairs(run)
            tokens.append(run[-1])
        else:
            tokens.append(run[:MAX_TOKEN_CHARACTERS])
    return " ".join(tokens)


def without_base64(text: str) -> str:
    """Return a text without the bytes written as Base64 in it: seals, certificates, pictures inside XML and mail."""
    return _BASE64.sub(_word_or_nothing, text)


def _word_or_nothing(run: re.Match[str]) -> str:
    """Keep a run of letters of one case, as a digest in hexadecimal is."""
    word = run[0]
    return word if word.islower() or word.isupper() else " "


def scope_token(key: str) -> str:
    """Return the token that marks who may see a document; no text and no query contains one."""
    return SCOPE_MARK + key.encode("utf-8", "surrogatepass").hex()


def query_phrases(text: str) -> tuple[Phrase, ...]:
    """Cut a query into phrases that must all be found; empty if nothing in it can be searched for.

    Words are parted by white space. At most ``MAX_QUERY_CHARACTERS`` and ``MAX_QUERY_WORDS`` are used; a phrase
    longer than ``MAX_PHRASE_TOKENS`` is looked for in pieces.
    """
    words = unicodedata.normalize("NFKC", text[:MAX_QUERY_CHARACTERS]).split()
    phrases = (phrase for word in words[:MAX_QUERY_WORDS] for phrase in _phrases_of_word(word))
    return tuple(dict.fromkeys(phrases))


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _phrases_of_word(word: str) -> Iterator[Phrase]:
    runs = _RUNS.findall(fold(word))
    if not runs:
        return
    tokens = [token for run in runs[:-1] for token in index_tokens(run)]
    last = runs[-1]
    is_whole = len(last) > 1 and _IS_HAN.match(last) is not None
    tokens += _pairs(last) if is_whole else [last[:MAX_TOKEN_CHARACTERS]]
    for start in range(0, len(tokens), MAX_PHRASE_TOKENS):
        piece = tuple(tokens[start : start + MAX_PHRASE_TOKENS])
        is_last = start + MAX_PHRASE_TOKENS >= len(tokens)
        yield Phrase(piece, is_prefix=is_last and not is_whole)
