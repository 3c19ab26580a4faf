"""How fast and in how much memory a catalogue is imported: generated items as CSV and as an up_* dump, at two sizes.

Each size is a fresh instance in a process of its own. ``--items 3000000`` measures the claim of flat memory in full.
Exit code 1: the rows do not add up, the import done again changes something, or memory grows with the list.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
AGENCIES = 2_000
MATERIALS = 3
GROWTH_LIMIT = 1.35
"""How much more memory the larger list may take than the smaller one."""

BASIC = (
    "row_guid", "catalog_code", "task_code", "task_name", "task_type", "by_law", "use_level", "power_source",
    "dept_name", "dept_code", "dept_type", "accept_condition", "handle_flow", "project_type", "anticipate_day",
    "anticipate_type", "promise_day", "promise_type", "is_fee", "limit_scene_num", "transact_addr", "transact_time",
    "link_way", "supervise_way", "server_type", "special_procedure", "is_single_login", "task_state", "task_version",
    "plan_effective_date",
)  # fmt: skip
MATERIAL = (
    "row_guid",
    "task_guid",
    "task_code",
    "material_name",
    "material_type",
    "material_format",
    "is_need",
    "order_num",
)


def credit_code(number: int) -> str:
    """Return a well-formed credit code of a made-up agency."""
    head = f"11{440000 + number % 100:06}{number:09}"
    total = sum(ALPHABET.index(sign) * weight for sign, weight in zip(head, WEIGHTS, strict=True))
    return head + ALPHABET[-total % 31]


def items(count: int) -> Iterator[dict[str, str]]:
    """Yield made-up items of many agencies."""
    agencies = [credit_code(number) for number in range(min(AGENCIES, count))]
    for number in range(count):
        agency = agencies[number % len(agencies)]
        base = f"4401{number // len(agencies) // 1000 % 100:02}{number // len(agencies) % 1000:03}{number % 1000:03}"
        code = f"{agency}2{base}"
        yield {
            "row_guid": f"g{number:09}", "catalog_code": base, "task_code": code,
            "task_name": f"示例事项第{number}号核发", "task_type": "01", "by_law": "《示例条例》第十二条：应当经批准。" * 2,
            "use_level": "2", "power_source": "法定本级行使", "dept_name": f"示例机构{number % len(agencies)}",
            "dept_code": agency, "dept_type": "1", "accept_condition": "申请人具有完全民事行为能力；材料齐全。",
            "handle_flow": "申请、受理、审查、决定、送达", "project_type": "2", "anticipate_day": "20",
            "anticipate_type": "1", "promise_day": "5", "promise_type": "1", "is_fee": "0", "limit_scene_num": "0",
            "transact_addr": "示例市示例路1号政务服务中心", "transact_time": "工作日 9:00—17:00", "link_way": "12345",
            "supervise_way": "12345", "server_type": "1", "special_procedure": "无", "is_single_login": "1",
            "task_state": "1", "task_version": "1", "plan_effective_date": "2024-01-01",
        }  # fmt: skip


def write_csv(path: Path, count: int) -> None:
    """Write the items as one CSV, their materials in a column."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*BASIC, "申请材料"])
        for item in items(count):
            writer.writerow([*(item[name] for name in BASIC), "申请表、身份证明、承诺书"])


def write_dump(path: Path, count: int) -> None:
    """Write the items as a MySQL dump: all of one table, then all of the other, a thousand rows to a statement."""
    with path.open("w", encoding="utf-8") as file:
        file.write("-- MySQL dump\n")
        _insert(file.write, "up_task_general_basic", BASIC, items(count))
        _insert(file.write, "up_task_general_material", MATERIAL, materials(count))


def materials(count: int) -> Iterator[dict[str, str]]:
    """Yield the materials of the items."""
    for item in items(count):
        for number in range(1, MATERIALS + 1):
            yield {
                "row_guid": f"{item['row_guid']}-{number}", "task_guid": item["row_guid"],
                "task_code": item["task_code"], "material_name": f"示例材料{number}", "material_type": "1",
                "material_format": "2", "is_need": "1", "order_num": str(number),
            }  # fmt: skip


def _insert(write: object, table: str, columns: tuple[str, ...], rows: Iterator[dict[str, str]]) -> None:
    assert callable(write)
    names = ",".join(f"`{name}`" for name in columns)
    held: list[str] = []
    for row in rows:
        held.append("(" + ",".join(f"'{row[name]}'" for name in columns) + ")")
        if len(held) == 1000:
            write(f"INSERT INTO `{table}` ({names}) VALUES {','.join(held)};\n")
            held.clear()
    if held:
        write(f"INSERT INTO `{table}` ({names}) VALUES {','.join(held)};\n")


FORMS = {"csv": ("list.csv", write_csv), "sql": ("dump.sql", write_dump)}


def measured(home: Path, path: Path) -> dict[str, float]:
    """Import a file into the instance in a process of its own; return its counts, CPU seconds and peak memory."""
    code = (
        "import resource, sys; from jingui.interfaces.cli.main import main; main(sys.argv[1:]);"
        "use = resource.getrusage(resource.RUSAGE_SELF);"
        "print(f'MEASURED {use.ru_utime + use.ru_stime} {use.ru_maxrss}')"
    )
    line = [sys.executable, "-c", code, "catalogue", "import", str(path), "--profile", "open", "--json"]
    done = subprocess.run(line, env=environment(home), text=True, capture_output=True, check=False)
    if "MEASURED" not in done.stdout:
        raise SystemExit(done.stderr or done.stdout)
    told, _, figures = done.stdout.rpartition("MEASURED ")
    cpu, peak = figures.split()
    values = json.loads(told)
    return {
        **{
            name: values[name] for name in ("added", "changed", "unchanged", "rows_read", "rows_refused", "is_balanced")
        },
        "cpu": float(cpu),
        "peak_mb": int(peak) / 1024,
    }


def environment(home: Path) -> dict[str, str]:
    """Return the environment of an instance."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "JINGUI_HOME": str(home)}


def run(form: str, count: int, folder: Path) -> dict[str, float]:
    """Make an instance, import so many items, and import them again; print both."""
    home = folder / f"{form}-{count}"
    name, write = FORMS[form]
    path = folder / name
    write(path, count)
    init = [sys.executable, "-m", "jingui.interfaces.cli.main", "init"]
    subprocess.run(init, env=environment(home), check=True, capture_output=True)
    first = measured(home, path)
    print(f"{form} {count:>9,} items ({path.stat().st_size / 2**20:,.0f} MB): {_told(count, first)}", flush=True)
    again = measured(home, path)
    print(f"{form} {count:>9,} again: {_told(count, again)}", flush=True)
    path.unlink()
    is_sound = first["added"] == again["unchanged"] == count and first["is_balanced"] and again["is_balanced"]
    return {**first, "is_sound": is_sound, "again_cpu": again["cpu"]}


def _told(count: int, figures: dict[str, float]) -> str:
    kinds = ", ".join(f"{name} {figures[name]:,}" for name in ("added", "changed", "unchanged", "rows_refused"))
    return f"{kinds}; {figures['cpu']:.1f} CPU-s, {count / figures['cpu']:,.0f} items/CPU-s, peak {figures['peak_mb']:.0f} MB"


def main() -> int:
    """Measure each form at two sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=200_000, help="the larger size")
    parser.add_argument("--small", type=int, default=0, help="the smaller size (default: a tenth)")
    parser.add_argument("--form", choices=[*FORMS, "both"], default="both")
    parser.add_argument("--folder", type=Path, default=None, help="where instances are made (default: a temporary one)")
    chosen = parser.parse_args()
    forms = list(FORMS) if chosen.form == "both" else [chosen.form]
    is_good = True
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        for form in forms:
            small = run(form, chosen.small or chosen.items // 10, Path(name))
            large = run(form, chosen.items, Path(name))
            growth = large["peak_mb"] / small["peak_mb"]
            print(
                f"{form}: memory × {growth:.2f} for a list × {large['rows_read'] / small['rows_read']:.0f}", flush=True
            )
            is_good = is_good and bool(small["is_sound"] and large["is_sound"]) and growth <= GROWTH_LIMIT
    print(f"children at most {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
