"""Identifiers of organisations, persons, places, service items, cases and certificates, and their faults.

GB 32100 (credit code), GB 11714 (organisation code), GB 11643 (citizen number), GB/T 2260 (regions), GB/T 39554.1
(item codes) and ISO 7064 (certificate identifiers). The texts of GB 11714, GB/T 39554.1 and GB/T 36904 were not read:
what is uncertain in them stands in the ``…Rules`` classes, which an installation may set otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Fault(StrEnum):
    """The first thing that is wrong with an identifier."""

    LENGTH = "length"
    CHARACTERS = "characters"
    DATE = "date"
    CHECKSUM = "checksum"
    REGION = "region"
    LEVEL = "level"
    ITEM_TYPE = "item_type"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True)
class ItemCodeRules:
    """How strictly item codes are read; their inner split was not confirmed.

    ``allow_letters`` admits letters in the twelve-place base code after its item type, ``check_agency`` demands a
    valid credit code in front, ``allow_local`` admits any other printable code of at most ``local_limit`` characters.
    """

    allow_letters: bool = True
    check_agency: bool = True
    allow_local: bool = False
    local_limit: int = 64


@dataclass(frozen=True, slots=True)
class CertificateIdRules:
    """Prefix and check character of electronic certificate identifiers (GB/T 36904, not read)."""

    prefix: str = "1.2.156.3005.2."
    verify_check: bool = True


@dataclass(frozen=True, slots=True)
class ItemCode:
    """The parts of an implementation code (31) or handling item code (33, with ``handling``)."""

    agency: str
    level: str
    base_code: str
    handling: str = ""

    @property
    def item_type(self) -> str:
        """The two-digit item type (GB/T 39046 A.1) inside the base code."""
        return self.base_code[2:4]


_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CREDIT_SHAPE = re.compile(rf"[1-9ANY][{_CREDIT_ALPHABET}]\d{{6}}[{_CREDIT_ALPHABET}]{{10}}", re.ASCII)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECKS = "10X98765432"
_OLDEST_BIRTH_YEAR = 1800
# Provinces of GB/T 2260, 66 as used for the Xinjiang corps, 00 and 10 as used for the state.
_PROVINCES = frozenset(
    [
        "00",
        "10",
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "66",
        "71",
        "81",
        "82",
    ],
)
# Citizens are registered in a province; 83 stands in residence permits of people from Taiwan.
_BIRTH_PROVINCES = _PROVINCES - {"00", "10", "66"} | {"83"}
_REGION_LENGTHS = (6, 9, 12)
_BASE_LENGTH = 12
_IMPLEMENTATION_LENGTHS = (31, 33)
_LAST_ITEM_TYPE = 29
_MOD_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_UNSAFE_IN_CODE = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff/\\]")
_CASE_NUMBER_LIMIT = 50
_CERTIFICATE_SHAPE = re.compile(r"[0-9A-Z]{21}\.[0-9A-Z]{18}\.[^.]{1,64}\.[0-9A-Z]{3}\.[0-9A-Z]", re.ASCII)


def compact_code(text: str) -> str:
    """Return the code as people mean it: half width, upper case, without spaces and hyphens."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s-]", "", folded)


def find_credit_code_fault(code: str) -> Fault | None:
    """Check a unified social credit code (统一社会信用代码, GB 32100-2015)."""
    if len(code) != 18:  # noqa: PLR2004
        return Fault.LENGTH
    if not _CREDIT_SHAPE.fullmatch(code):
        return Fault.CHARACTERS
    total = sum(_CREDIT_ALPHABET.index(sign) * weight for sign, weight in zip(code, _CREDIT_WEIGHTS, strict=False))
    return None if _CREDIT_ALPHABET[-total % 31] == code[-1] else Fault.CHECKSUM


def credit_code_is_valid(code: str) -> bool:
    """Say whether this is a well-formed credit code with the right check character."""
    return find_credit_code_fault(code) is None


def find_organisation_code_fault(code: str) -> Fault | None:
    """Check an organisation code (组织机构代码, GB 11714), nine places, a hyphen before the last allowed."""
    bare = code.replace("-", "", 1) if code[8:9] == "-" else code
    if len(bare) != 9:  # noqa: PLR2004
        return Fault.LENGTH
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", bare, re.ASCII):
        return Fault.CHARACTERS
    total = sum(_MOD_36.index(sign) * weight for sign, weight in zip(bare, _ORGANISATION_WEIGHTS, strict=False))
    return None if "0123456789X"[-total % 11] == bare[-1] else Fault.CHECKSUM


def organisation_code_is_valid(code: str) -> bool:
    """Say whether this is a well-formed organisation code."""
    return find_organisation_code_fault(code) is None


def _birth_date(digits: str) -> date | None:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    return born if born.year >= _OLDEST_BIRTH_YEAR else None


def find_citizen_number_fault(number: str, *, on: date | None = None) -> Fault | None:
    """Check a citizen identification number (公民身份号码, GB 11643); with ``on``, birth may not be later."""
    if len(number) != 18:  # noqa: PLR2004
        return Fault.LENGTH
    if not re.fullmatch(r"[1-9]\d{16}[0-9X]", number, re.ASCII):
        return Fault.CHARACTERS
    if number[:2] not in _BIRTH_PROVINCES:
        return Fault.REGION
    born = _birth_date(number[6:14])
    if born is None or (on is not None and born > on):
        return Fault.DATE
    total = sum(int(digit) * weight for digit, weight in zip(number, _CITIZEN_WEIGHTS, strict=False))
    return None if _CITIZEN_CHECKS[total % 11] == number[-1] else Fault.CHECKSUM


def citizen_number_is_valid(number: str) -> bool:
    """Say whether this is a well-formed citizen number with a real date of birth."""
    return find_citizen_number_fault(number) is None


def find_region_code_fault(code: str) -> Fault | None:
    """Check the shape of a region code: 6 digits (GB/T 2260), 9 (town) or 12 (village), in a known province."""
    if not (code.isascii() and code.isdigit()):
        return Fault.CHARACTERS if code else Fault.LENGTH
    if len(code) not in _REGION_LENGTHS:
        return Fault.LENGTH
    return None if code[:2] in _PROVINCES else Fault.REGION


def region_code_is_valid(code: str) -> bool:
    """Say whether this looks like a region code."""
    return find_region_code_fault(code) is None


def find_base_code_fault(code: str, *, rules: ItemCodeRules | None = None) -> Fault | None:
    """Check a base code (基本编码, 12 places: region 2, item type 2, department 2, main 3, sub 3)."""
    rules = rules or ItemCodeRules()
    if len(code) != _BASE_LENGTH:
        return Fault.LENGTH
    tail = r"[0-9A-Z]{8}" if rules.allow_letters else r"\d{8}"
    if not re.fullmatch(rf"\d{{4}}{tail}", code, re.ASCII):
        return Fault.CHARACTERS
    return None if 1 <= int(code[2:4]) <= _LAST_ITEM_TYPE else Fault.ITEM_TYPE


def split_item_code(code: str) -> ItemCode | None:
    """Split an implementation or handling item code by its places; ``None`` for any other length."""
    if len(code) not in _IMPLEMENTATION_LENGTHS:
        return None
    return ItemCode(agency=code[:18], level=code[18], base_code=code[19:31], handling=code[31:])


def find_item_code_fault(code: str, *, rules: ItemCodeRules | None = None) -> Fault | None:
    """Check an implementation code (实施编码, 31) or a handling item code (业务办理项编码, 33)."""
    rules = rules or ItemCodeRules()
    parts = split_item_code(code)
    if parts is None:
        return _find_local_code_fault(code, rules)
    fault = _find_split_code_fault(parts, rules)
    return None if fault and _is_good_local(code, rules) else fault


def _find_split_code_fault(parts: ItemCode, rules: ItemCodeRules) -> Fault | None:
    if rules.check_agency and not credit_code_is_valid(parts.agency):
        return Fault.AGENCY
    if parts.level not in "1234567":
        return Fault.LEVEL
    if parts.handling and not re.fullmatch(r"[0-9A-Z]{2}", parts.handling, re.ASCII):
        return Fault.CHARACTERS
    return find_base_code_fault(parts.base_code, rules=rules)


def _is_good_local(code: str, rules: ItemCodeRules) -> bool:
    return rules.allow_local and 0 < len(code) <= rules.local_limit and not _UNSAFE_IN_CODE.search(code)


def _find_local_code_fault(code: str, rules: ItemCodeRules) -> Fault | None:
    if _is_good_local(code, rules):
        return None
    is_bad_sign = rules.allow_local and 0 < len(code) <= rules.local_limit
    return Fault.CHARACTERS if is_bad_sign else Fault.LENGTH


def item_code_is_valid(code: str, *, rules: ItemCodeRules | None = None) -> bool:
    """Say whether this is a well-formed item code under the rules."""
    return find_item_code_fault(code, rules=rules) is None


def find_case_number_fault(number: str) -> Fault | None:
    """Check a case number (办件编号): 1 to 50 printable characters, no spaces, no slashes."""
    if not 0 < len(number) <= _CASE_NUMBER_LIMIT:
        return Fault.LENGTH
    is_path_step = set(number) == {"."}
    return Fault.CHARACTERS if is_path_step or _UNSAFE_IN_CODE.search(number) else None


def find_fonds_fault(fonds: str) -> Fault | None:
    """Check a fonds number (全宗号, DA/T 13): four characters, digits or a letter and three digits."""
    if len(fonds) != 4:  # noqa: PLR2004
        return Fault.LENGTH
    return None if re.fullmatch(r"[0-9A-Z]\d{3}", fonds, re.ASCII) else Fault.CHARACTERS


def mod_37_36_check_character(text: str) -> str:
    """Compute the ISO 7064 MOD 37,36 check character of digits and capital letters.

    Raises:
        ValueError: a character is neither a digit nor a capital letter.
    """
    state = 36
    for sign in text:
        state = (state + _MOD_36.index(sign)) % 36 or 36
        state = state * 2 % 37
    return _MOD_36[(37 - state) % 36]


def find_certificate_id_fault(identifier: str, *, rules: CertificateIdRules | None = None) -> Fault | None:
    """Check an electronic certificate identifier (电子证照标识): prefix, five parts, check character."""
    rules = rules or CertificateIdRules()
    body = identifier.removeprefix(rules.prefix)
    if body == identifier or not _CERTIFICATE_SHAPE.fullmatch(body):
        return Fault.CHARACTERS
    # The check is taken over the letters and digits after the prefix; other signs have no value in MOD 37,36.
    counted = "".join(sign for sign in body[:-2].upper() if sign in _MOD_36)
    is_wrong = rules.verify_check and mod_37_36_check_character(counted) != body[-1]
    return Fault.CHECKSUM if is_wrong else None
