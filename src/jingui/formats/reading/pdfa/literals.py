"""Strings and numbers as they are written, in objects and in content (ISO 19005-1 6.1.6 and 6.1.12, -2 6.1.6 and 6.1.13)."""

from __future__ import annotations

import re

from jingui.formats.reading.pdfa.claims import Checked

LITERAL = re.compile(rb"\((?:[^()\\]|\\.)*\)", re.DOTALL)
ESCAPE = re.compile(rb"\\(?:[0-7]{1,3}|\r\n|.)", re.DOTALL)
HEXADECIMAL = re.compile(rb"(?<!<)<([^<>]*)>(?!>)")
DIGITS = re.compile(rb"(?<!<)<[0-9A-Fa-f\s]*>")
NO_HEXADECIMAL = re.compile(rb"[^0-9A-Fa-f\s\0]")
BLANK = b" \t\r\n\f\0"
LARGE = re.compile(rb"[\s\[\]()<>{}][+-]?(\d{5,40})(\.\d*)?(?=[\s\[\]()<>/{}])")
LARGEST_REAL_1, LARGEST_INTEGER = 32_767, 2**31 - 1
LONGEST_1, LONGEST_2 = 65_535, 32_767


def check_strings(checked: Checked, written: bytes) -> None:
    """Check the hexadecimal strings of an object or of content, streams left out."""
    _check_hexadecimal(checked, LITERAL.sub(b"()", written))


def check_content(checked: Checked, written: bytes) -> None:
    """Check the strings and numbers of content, pictures between operators left out."""
    longest = LONGEST_1 if checked.claim.is_first else LONGEST_2
    if len(written) > longest:
        for found in LITERAL.finditer(written):
            size = found.end() - found.start() - 2
            if size > longest and len(ESCAPE.sub(b"x", found[0])) - 2 > longest:
                checked.fault("6.1.12", "6.1.13", "a string beyond the limit")
    bare = LITERAL.sub(b"()", written)
    _check_hexadecimal(checked, bare)
    numbers = LARGE.findall(bare) and LARGE.findall(DIGITS.sub(b"<>", bare))
    for whole, part in numbers:
        if not part and int(whole) > LARGEST_INTEGER:
            checked.fault("6.1.12", "6.1.13", "an integer beyond 32 bits")
        if part and float(whole + part) > LARGEST_REAL_1:
            checked.fault("6.1.12", "", "a real number beyond the limit")


def _check_hexadecimal(checked: Checked, bare: bytes) -> None:
    for digits in HEXADECIMAL.findall(bare):
        if len(digits.translate(None, BLANK)) % 2:
            checked.fault("6.1.6", "6.1.6", "a hexadecimal string of an odd number of digits")
        if NO_HEXADECIMAL.search(digits):
            checked.fault("6.1.6", "6.1.6", "a hexadecimal string with other characters")
