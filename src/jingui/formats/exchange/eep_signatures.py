"""The signature blocks (电子签名块) of an encapsulation: told one by one with who, when and by what, and not verified.

What is known of DA/T 48 names the elements, not the bytes of 被签名对象 that are signed nor the form of 签名结果. Verifying
by a guess would call sound packages broken, so each signature is told as not checked, with the reason.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from jingui.domain.packaging.packages import PackageFinding
from jingui.domain.records.signatures import short_name
from jingui.formats.exchange.reading import warning
from jingui.formats.packages.elements import XmlMalformedError, XmlUnsafeError, parse
from jingui.formats.signatures.certificates import read_certificate
from jingui.formats.signatures.der import MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml import etree

BLOCKS = ("<电子签名块", "<锁定签名")
_SIGNATURE, _RESULT, _CERTIFICATE = "电子签名", "签名结果", "证书"
_TOLD = ("签名标识符", "签名人", "签名时间", "签名算法标识", "签名规则")
_MOST = 1_000


def is_block(xml: str) -> bool:
    """Say whether a piece of an encapsulation is a block of signatures."""
    return xml.startswith(BLOCKS)


def signature_findings(xml: str, path: str) -> Iterator[PackageFinding]:
    """Tell each signature of a block: what is said of it, and that and why it was not verified."""
    try:
        root = parse(xml.encode("utf-8", "replace"))
    except (XmlUnsafeError, XmlMalformedError) as error:
        yield warning("eep_signature_incomplete", path, str(error))
        return
    rows = [element for element in root.iter() if element.tag == _SIGNATURE] or [root]
    for row in rows[:_MOST]:
        values = _values(row)
        code = "eep_signature_not_checked" if values.get(_RESULT) else "eep_signature_incomplete"
        yield warning(code, path, "；".join(_said(values)))


def _values(row: etree._Element) -> dict[str, str]:
    leaves: Sequence[etree._Element] = [element for element in row.iter() if len(element) == 0]
    return {str(element.tag): (element.text or "").strip() for element in reversed(leaves)}


def _said(values: dict[str, str]) -> Iterator[str]:
    for name in _TOLD:
        if values.get(name):
            yield f"{name} {values[name][:100]}"
    if values.get(_CERTIFICATE):
        yield f"{_CERTIFICATE} {_certificate(values[_CERTIFICATE])}"


def _certificate(text: str) -> str:
    """Say whose certificate it is, if it is one in Base64."""
    try:
        found = read_certificate(base64.b64decode("".join(text.split()), validate=True))
    except (MalformedError, binascii.Error, ValueError):
        return "读不出"
    names = f"{short_name(found.subject)}（{short_name(found.issuer)} 签发，序列号 {found.serial_text}"
    return f"{names}，{found.valid_from:%Y-%m-%d} 至 {found.valid_until:%Y-%m-%d}）"
