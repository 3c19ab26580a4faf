"""The invented city's agencies and service items, and the catalogue file that the product imports.

What an item demands is re-stated from public guides as facts; city, agencies, numbers and wording are invented.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jingui.interfaces.cli.samplegen.codes import REGION, credit_code

FORMAT = "jingui-catalogue/1"
CITY = "云泽市"
_DATA = Path(__file__).parent / "data"
_LEVEL_CITY = "3"
_CLASSES = {"A": "application", "B": "process", "C": "result"}
_FORMATS = ["pdfa", "pdf", "ofd", "jpeg", "png", "tiff", "xml", "json"]
_WITHDRAWAL = {
    "code": "A98",
    "name": "撤回申请书",
    "obligation": "conditional",
    "condition": "申请人撤回申请时",
    "doc": "letter:withdrawal.pdf",
}


@dataclass(frozen=True, slots=True)
class Agency:
    """An invented agency (立档单位) and the people who work in it; ``mark`` begins its document numbers (机关代字)."""

    key: str
    mark: str
    code: str
    name: str
    short_name: str
    fonds: str
    unit: str
    phone: str
    window: str
    staff: tuple[str, ...]
    head: str
    office: str


@dataclass(frozen=True, slots=True)
class Material:
    """A material of an item and the document that stands for it (``kind:key.extension``)."""

    code: str
    name: str
    obligation: str
    doc: str
    condition: str = ""
    max_count: int | None = 1
    sharing: str = "02"
    aliases: tuple[str, ...] = ()

    @property
    def material_class(self) -> str:
        """``application``, ``process`` or ``result``, from the first letter of the code."""
        return _CLASSES[self.code[0]]


@dataclass(frozen=True, slots=True)
class Item:
    """A service item (政务服务事项) with its archiving plan. Limits are working days."""

    key: str
    name: str
    base_code: str
    item_type: str
    agency: Agency
    statutory: int
    promised: int
    retention: str
    reason: str
    sharing: str
    service: str
    prefix: str
    steps: tuple[str, ...]
    required_steps: tuple[str, ...]
    materials: tuple[Material, ...]
    result_name: str
    result_number: str

    @property
    def code(self) -> str:
        """The 31-character implementation code: agency, level, base code."""
        return self.agency.code + _LEVEL_CITY + self.base_code

    def material(self, code: str) -> Material:
        """Return the material with this code. Raises KeyError."""
        return {material.code: material for material in self.materials}[code]


@cache
def read_data(name: str) -> Any:  # noqa: ANN401 - JSON
    """Read one of the shipped data files."""
    return json.loads((_DATA / f"{name}.json").read_text(encoding="utf-8"))


@cache
def agencies() -> dict[str, Agency]:
    """Return the agencies by their short key."""
    made = {}
    for raw in read_data("agencies"):
        fields = {name: value for name, value in raw.items() if name not in ("kind", "body", "staff")}
        made[raw["key"]] = Agency(**fields, code=credit_code(raw["kind"], raw["body"]), staff=tuple(raw["staff"]))
    return made


@cache
def items() -> dict[str, Item]:
    """Return the service items by their short key."""
    return {raw["key"]: _item(raw) for raw in read_data("items")}


def _item(raw: dict[str, Any]) -> Item:
    result = read_data("results")[raw["key"]]
    own = raw["materials"]
    ordered = [m for m in own if m["code"][0] == "A"] + [_WITHDRAWAL] + read_data("process")
    ordered += [m for m in own if m["code"][0] == "C"]
    plain = ("key", "name", "item_type", "statutory", "promised", "retention", "reason", "sharing", "service", "prefix")
    return Item(
        **{name: raw[name] for name in plain},
        base_code=raw["base"],
        agency=agencies()[raw["agency"]],
        steps=tuple(raw["steps"]),
        required_steps=tuple(raw["required_steps"]),
        materials=tuple(_material(material) for material in ordered),
        result_name=result["name"],
        result_number=result["number"],
    )


def _material(raw: dict[str, Any]) -> Material:
    values = {"obligation": "required"} | raw | {"aliases": tuple(raw.get("aliases", ()))}
    return Material(**values)


def catalogue() -> dict[str, Any]:
    """Return the whole catalogue in the product's import format ``jingui-catalogue/1``."""
    return {
        "format": FORMAT,
        "agencies": [_agency_entry(agency) for agency in agencies().values()],
        "items": [_item_entry(item) for item in items().values()],
    }


def _agency_entry(agency: Agency) -> dict[str, str]:
    return {
        "code": agency.code,
        "name": agency.name,
        "short_name": agency.short_name,
        "region_code": REGION,
        "fonds": agency.fonds,
        "fonds_name": agency.name,
    }


def _item_entry(item: Item) -> dict[str, Any]:
    return {
        "item_code": item.code,
        "item_name": item.name,
        "item_version": 1,
        "base_code": item.base_code,
        "item_type": item.item_type,
        "agency": item.agency.code,
        "statutory_limit": {"days": item.statutory, "unit": "工作日"},
        "promised_limit": {"days": item.promised, "unit": "工作日"},
        "plan": {
            "retention": item.retention,
            "retention_reason": item.reason,
            "category": "ZW",
            "unit": item.agency.unit,
            "sharing": item.sharing,
            "materials": [_material_entry(material) for material in item.materials],
            "required_steps": list(item.required_steps),
            "formats": _FORMATS,
            "process_page": "a-3b",
        },
    }


def _material_entry(material: Material) -> dict[str, Any]:
    return {
        "code": material.code,
        "name": material.name,
        "class": material.material_class,
        "obligation": material.obligation,
        "min_count": 1 if material.obligation == "required" else 0,
        "max_count": material.max_count,
        "condition": material.condition,
        "sharing": material.sharing,
        "aliases": list(material.aliases),
    }


def write_catalogue(folder: Path) -> list[Path]:
    """Write ``catalogue.json`` and ``agencies.json`` into the folder, which is made; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = catalogue()
    written = []
    for name, content in (
        ("catalogue", whole),
        ("agencies", {"format": FORMAT, "agencies": whole["agencies"], "items": []}),
    ):
        path = folder / f"{name}.json"
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        written.append(path)
    return written
