"""Writes amounts of yuan as on cheques."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

_TEN_THOUSANDS = 4
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟", "万", "拾", "佰", "仟")


def money_words(amount: Decimal) -> str:
    """Write an amount of yuan below 100 million as on cheques: 壹仟贰佰元叁角整."""
    whole, cents = divmod(int(amount * 100), 100)
    digits = str(whole)
    words = ""
    for number, digit in enumerate(digits):
        place = len(digits) - number - 1
        words += "零" if digit == "0" else _DIGITS[int(digit)] + _PLACES[place]
        if place == _TEN_THOUSANDS and not words.endswith("万"):
            words = words.rstrip("零") + "万"
    while "零零" in words:
        words = words.replace("零零", "零")
    words = (words.rstrip("零") or "零") + "元"
    tens, ones = divmod(cents, 10)
    if not cents:
        return words + "整"
    tail = (_DIGITS[tens] + "角" if tens else "零") + (_DIGITS[ones] + "分" if ones else "整")
    return words + tail
