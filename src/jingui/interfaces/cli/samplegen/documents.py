"""Makes one document of a case: ``kind:key.extension`` and the case's words in, bytes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from jingui.interfaces.cli.samplegen.catalogue import read_data
from jingui.interfaces.cli.samplegen.chance import seeded
from jingui.interfaces.cli.samplegen.context import fill
from jingui.interfaces.cli.samplegen.forms import form_data
from jingui.interfaces.cli.samplegen.layouts import card_copies, certificate, letter
from jingui.interfaces.cli.samplegen.ofd import drawing_ofd
from jingui.interfaces.cli.samplegen.pdf import drawing_pdf, form_pdf
from jingui.interfaces.cli.samplegen.photos import portrait_jpeg
from jingui.interfaces.cli.samplegen.scan import drawing_jpeg

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from jingui.interfaces.cli.samplegen.drawing import Drawing

_LAYOUTS: dict[str, Callable[..., Drawing]] = {"letter": letter, "certificate": certificate, "card": card_copies}
_SPECS = {"form": "forms", "letter": "letters", "certificate": "certificates", "card": "cards"}
_BACKGROUNDS = {"white": "#ffffff", "blue": "#438edb"}


@dataclass(frozen=True, slots=True)
class Order:
    """What document is wanted, in whose words, made when; ``seed`` turns a scan and picks its paper."""

    doc: str
    words: dict[str, Any]
    made_at: datetime
    seed: int


def extension(doc: str) -> str:
    """Return the file extension of a document name."""
    return doc.rpartition(".")[2]


def document(order: Order) -> bytes:
    """Return the bytes of a document.

    Raises:
        KeyError: there is no such kind or specification.
    """
    kind, _, rest = order.doc.partition(":")
    key, _, ending = rest.partition(".")
    if kind == "photo":
        return portrait_jpeg(int(order.words["portrait"]), background=_BACKGROUNDS[key])
    if kind == "snapshot":
        return _snapshot(order)
    made_on = order.made_at.date().isoformat()
    spec = fill(read_data(_SPECS[kind])[key], order.words)
    if kind == "form":
        return form_pdf(form_data(spec, made_on=made_on))
    drawing = _LAYOUTS[kind](spec, made_on=made_on)
    if ending == "pdf":
        return drawing_pdf(drawing)
    if ending == "ofd":
        return drawing_ofd(drawing, author=order.words["agency"])
    return drawing_jpeg(drawing, seed=order.seed)


def _snapshot(order: Order) -> bytes:
    """Return what a shared-data query answered, frozen at the time of asking (共享数据核验结果)."""
    words = order.words
    pick = seeded(order.seed)
    root = ET.Element("共享数据核验结果", 版本="1.0")
    query = {
        "请求编号": f"GX{order.made_at:%Y%m%d%H%M%S}{pick.randrange(10**6):06d}",
        "办件编号": words["case_number"],
        "事项名称": words["item"],
        "请求单位": words["agency"],
        "数据提供单位": "云泽市数据资源管理局（人口基础库、法人基础库）",
        "请求时间": order.made_at.isoformat(),
        "核验依据": "政务数据共享责任清单 2025 年版",
    }
    _children(ET.SubElement(root, "请求"), query)
    results = ET.SubElement(root, "结果")
    checked = (
        ("申请人名称", words["applicant"], "一致"),
        ("证件号码", words["applicant_number"], "一致"),
        ("经办人姓名", words["name"], "一致"),
        ("联系地址", words["address"], "一致"),
        ("失信被执行人", "无记录", "通过"),
    )
    for name, value, verdict in checked:
        _children(ET.SubElement(results, "核验项"), {"名称": name, "值": value, "结论": verdict})
    ET.SubElement(results, "总体结论").text = "核验通过"
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written + b"\n"


def _children(parent: ET.Element, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = text
