"""Small inputs for tests of the simulator, written by us."""

from __future__ import annotations

import csv
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

from jingui.interfaces.cli.replay.log import Columns

HEAD = [
    "case:concept:name",
    "concept:name",
    "org:resource",
    "org:group",
    "time:timestamp",
    "concept:instance",
    "case:channel",
    "case:startdate",
    "case:enddate",
    "case:enddate_planned",
    "case:department",
]
START = datetime(2024, 3, 1, 9, 0, tzinfo=timezone(timedelta(hours=2)))


def write_log(path: Path, cases: int = 12, steps: int = 3) -> Path:
    """Every fourth case is open; every fifth has its last step a day after its end."""
    rows = []
    for number in range(cases):
        start = START + timedelta(days=number)
        end = start + timedelta(hours=steps)
        for step in range(steps):
            at = start + timedelta(hours=step)
            if number % 5 == 0 and step == steps - 1:
                at = end + timedelta(days=1)
            rows.append(
                [
                    f"case-{number}",
                    f"步骤 {step}",
                    f"P{step}",
                    "G",
                    at.isoformat(sep=" "),
                    f"e{number}-{step}",
                    ["Internet", "Desk", "Post", "e-mail", "Intern"][number % 5],
                    start.isoformat(sep=" "),
                    "" if number % 4 == 3 else end.isoformat(sep=" "),
                    (end + timedelta(days=9)).isoformat(sep=" "),
                    "General",
                ]
            )
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEAD, *rows])
    return path


AGENCY = "11440000006940116U"
ITEM = AGENCY + "2440102002003"


def write_items(path: Path) -> Path:
    """Write a catalogue of ours: one item with three files needed and a conditional material, one needing nothing."""
    materials = [
        {"code": "A01", "name": "申请表", "class": "application"},
        {"code": "A02", "name": "身份证明", "class": "application", "obligation": "required", "min_count": 1},
        {"code": "A03", "name": "委托书", "class": "application", "obligation": "conditional", "condition": "委托时"},
        {"code": "C01", "name": "许可证", "class": "result", "obligation": "required", "min_count": 1},
    ]
    items = [
        {"item_code": ITEM, "item_version": 2, "item_name": "许可", "agency": AGENCY, "plan": {"materials": materials}},
        {"item_code": ITEM[:-1] + "4", "item_version": 1, "item_name": "咨询", "agency": AGENCY, "plan": {}},
    ]
    agencies = [{"code": AGENCY, "name": "教育厅", "region_code": "440000"}]
    document = {"format": "jingui-catalogue/1", "agencies": agencies, "items": items}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def write_files(folder: Path, names: int = 6, prefix: str = "sound") -> Path:
    (folder / "deep").mkdir(parents=True)
    for number in range(names):
        place = folder / ("deep" if number % 2 else "")
        (place / f"{prefix}{number}.pdf").write_bytes(f"{prefix} {number}".encode() * 50)
    return folder


COLUMNS = Columns()
