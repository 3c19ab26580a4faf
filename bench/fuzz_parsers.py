"""Mutated inputs over the parsers that are no readers: page drawing, package check, catalogues, inventories, policies.

``python bench/fuzz_parsers.py [--inputs N] [--seed S] [--parser NAME]``. Pages are drawn in their confined process; the
others run here, under a memory limit and an alarm per input. What a parser says by its own errors is an answer; anything else
is listed. Exit code 1: something else was raised, or an input took longer than allowed.
"""

from __future__ import annotations

import argparse
import collections
import json
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests/formats/reading")]

from bench.fuzz import BOUNDS, DATA, SEED_BYTES, Seed  # noqa: E402
from bench.mutations import mutated  # noqa: E402

if TYPE_CHECKING:
    from tests.formats.reading.made_files import SOUND
else:  # by its bare name: another package's "tests" would hide ours
    from made_files import SOUND

from jingui.adapters.rendering.page_images import PageImages  # noqa: E402
from jingui.domain.errors import DomainError, OutsideFailure  # noqa: E402
from jingui.domain.preservation.default_formats import DEFAULT_POLICY  # noqa: E402
from jingui.domain.preservation.format_policy import policy_from_dict, policy_to_dict  # noqa: E402
from jingui.formats.catalogues.sources import open_source  # noqa: E402
from jingui.formats.ocfl.findings import BadInventory  # noqa: E402
from jingui.formats.ocfl.inventory import read_inventory  # noqa: E402
from jingui.formats.packages.check import check_package  # noqa: E402

ANSWERS = (DomainError, OutsideFailure, BadInventory)
SECONDS = 60
MEMORY_BYTES = 4 * 1024**3


class TooSlowError(Exception):
    """An input took longer than allowed."""


@dataclass(frozen=True, slots=True)
class Parser:
    """What is fed, and the function that takes a file of it."""

    seeds: Callable[[], list[Seed]]
    parse: Callable[[Path, str], object]


def _files(*suffixes: str, folders: tuple[str, ...]) -> list[Seed]:
    paths = sorted(path for folder in folders for path in (DATA / folder).rglob("*") if path.suffix in suffixes)
    return [
        (path.name, path.read_bytes()) for path in paths if path.is_file() and 0 < path.stat().st_size <= SEED_BYTES
    ]


def _made(*suffixes: str) -> list[Seed]:
    return [(name, data) for name, data in SOUND.items() if Path(name).suffix in suffixes]


def _catalogues() -> list[Seed]:
    own = [(path.name, path.read_bytes()) for path in sorted((ROOT / "samples").glob("*.json"))]
    tables = ("代码,名称,机构\n1,许可,局\n" * 20).encode()
    return [*own, ("a.csv", tables), *_files(".xlsx", ".xls", ".csv", ".sql", folders=("mixed-formats", "catalogue"))]


def _inventories() -> list[Seed]:
    least = {
        "id": "urn:x", "type": "https://ocfl.io/1.1/spec/#inventory", "digestAlgorithm": "sha512", "head": "v1",
        "manifest": {"a" * 128: ["v1/content/a"]},
        "versions": {"v1": {"created": "2026-01-01T00:00:00Z", "state": {"a" * 128: ["a"]}}},
    }  # fmt: skip
    found = [(path.name, path.read_bytes()) for path in sorted((DATA / "ocfl").rglob("inventory.json"))]
    return [("inventory.json", json.dumps(least).encode()), *found]


def _policies() -> list[Seed]:
    return [("policy.json", json.dumps(policy_to_dict(DEFAULT_POLICY), ensure_ascii=False).encode())]


def _parse_policy(path: Path, _name: str) -> object:
    try:
        raw = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    return policy_from_dict(raw, version=1)


def _drawing(pages: PageImages) -> Callable[[Path, str], object]:
    kinds = {".pdf": "pdf", ".ofd": "ofd", ".jpg": "jpeg", ".png": "png", ".tif": "tiff"}
    return lambda path, name: pages.render(path, kinds[Path(name).suffix], page=0, width=300)


def parsers(pages: PageImages) -> dict[str, Parser]:
    """Return what is fuzzed, by name."""
    drawn = (".pdf", ".ofd", ".jpg", ".png", ".tif")
    return {
        "drawing": Parser(lambda: _made(*drawn) + _files(*drawn, folders=("ofd", "mixed-formats")), _drawing(pages)),
        "package": Parser(
            lambda: _made(".zip", ".ofd", ".docx") + _files(".zip", folders=("eark", "bagit", "mixed-formats")),
            lambda path, _name: list(check_package(path, verify=lambda *_all, **_more: False)),
        ),
        "catalogue": Parser(_catalogues, lambda path, _name: _drain(path)),
        "inventory": Parser(_inventories, lambda path, _name: read_inventory(path.read_bytes())),
        "policy": Parser(_policies, _parse_policy),
    }


def _drain(path: Path) -> int:
    source = open_source(path)
    return sum(1 for _ in source.stream()) + len(source.known or ())


def run(name: str, parser: Parser, count: int, seed: int) -> bool:
    """Feed one parser and print what came of it; say whether all was well."""
    tally: collections.Counter[str] = collections.Counter()
    slowest, faults = 0.0, []
    chosen = parser.seeds()
    others = [data for _, data in chosen]
    with tempfile.TemporaryDirectory() as folder:
        for at in range(count):
            rng = random.Random(f"{name}/{seed}/{at}")
            kind, data = rng.choice(chosen)
            path = Path(folder) / f"{at}{Path(kind).suffix}"
            path.write_bytes(mutated(data, rng, others))
            started = time.monotonic()
            outcome = _fed(parser, path, kind)
            slowest = max(slowest, time.monotonic() - started)
            tally[outcome.split(":")[0]] += 1
            faults += [f"  {name} {at} {kind}: {outcome}"] if outcome.startswith("raised") else []
            path.unlink()
    print(f"{name}: {dict(tally)}; {len(chosen)} seeds; slowest {slowest:.1f} s", *faults, sep="\n")
    return not faults


def _fed(parser: Parser, path: Path, kind: str) -> str:
    try:
        with _alarm():
            parser.parse(path, kind)
    except ANSWERS:
        return "refused"
    except Exception as error:  # noqa: BLE001 - what else is raised is what this looks for
        return f"raised: {type(error).__name__}: {str(error)[:160]}"
    return "taken"


@contextmanager
def _alarm() -> Iterator[None]:
    def late(_number: int, _frame: object) -> None:
        raise TooSlowError

    signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=2_000, help="per parser")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parser", help="this one alone")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    with PageImages(bounds=BOUNDS) as pages:
        chosen = {name: one for name, one in parsers(pages).items() if arguments.parser in (None, name)}
        results = [run(name, one, arguments.inputs, arguments.seed) for name, one in chosen.items()]
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB here")
    return int(not all(results))


if __name__ == "__main__":
    sys.exit(main())
