"""Processor time from capture to preserved, per file, beside the least that a Python program needs for the same tree.

    PYTHONPATH=src python bench/archive.py [--cases 100 1000] [--pairs 5] [--single] [--profile FILE]

Ours: a fresh instance; for each case of a generated tree the real use cases (case, staged and identified files, steps,
closure: real journal, real receipts), then the worker brings it to preserved: inspection in confined reading processes,
arrangement, package, OCFL object, database rows, full-text index, sealed journal. In one process, without HTTP. The
files of a case are taken by ``receive_files`` in one transaction, as from a folder; ``--single`` takes each by
``receive_file`` in a transaction of its own, as over HTTP.
The limit: ``ideal_py.py SRC OUT gcrypt 1``: each file read once, SHA-512 and SM3, written once; no sync, no database,
no check, no package. Both count user and system time of the whole process tree, start-up included; the start-up of
ours (the same command over no case) is printed beside it. Needs the corpora (JINGUI_CORPORA).
Exit codes: 0 within the targets, 1 above one of them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.paired import ROOT, Spent, fresh, give_back, run_measured, warm, workplace

CORPORA = Path(os.environ.get("JINGUI_CORPORA", ROOT.parent / "shared"))
BENCH = CORPORA / "bench"
RATIO_TARGET, GROWTH_TARGET, MEMORY_TARGET = 2.0, 1.10, 1.20
DIGESTS = "ours SHA-256 + SM3 + SHA-512; limit SHA-512 + SM3 (both SM3 by libgcrypt where it is there)"


@dataclass(frozen=True, slots=True)
class Size:
    """The runs of one tree: its files, and processor time of each pair."""

    cases: int
    files: int
    ours: list[Spent]
    limit: list[Spent]
    start: Spent
    floor: list[Spent]
    details: dict[str, Any]

    def per_file(self, runs: Sequence[Spent], *, less: float = 0.0) -> list[float]:
        """Return milliseconds of processor time per file of each run."""
        return [(run.cpu - less) * 1000 / self.files for run in runs]

    def ratios(self, *, less: float = 0.0) -> list[float]:
        """Return ours over limit, pair by pair."""
        return self.ratios_of(self.ours, less=less)

    def ratios_of(self, runs: Sequence[Spent], *, less: float = 0.0) -> list[float]:
        """Return some runs over limit, pair by pair."""
        pairs = zip(self.per_file(runs, less=less), self.per_file(self.limit), strict=True)
        return [one / limit for one, limit in pairs]

    def over_floor(self, less: float) -> list[float]:
        """Return ours over floor, pair by pair, both less the start-up."""
        pairs = zip(self.per_file(self.ours, less=less), self.per_file(self.floor, less=less), strict=True)
        return [ours / floor for ours, floor in pairs]


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--pairs", type=int, default=5, help="pairs of runs for the smallest tree; larger ones get 2")
    parser.add_argument(
        "--single", action="store_true", help="take each file in a transaction of its own, as over HTTP"
    )
    parser.add_argument("--profile", type=Path, metavar="FILE", help="profile one run of ours instead (cProfile dump)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="work here and leave the trees")
    return parser.parse_args(given)


def make_tree(folder: Path, cases: int) -> tuple[Path, int]:
    """Generate the tree if it is not there; return it and the number of its files."""
    tree = folder / f"c{cases}"
    if not (tree / "cases.jsonl").exists():
        command = [sys.executable, str(BENCH / "gen_cases.py"), str(tree), "--cases", str(cases)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    lines = (tree / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    return tree, sum(json.loads(line)["files"] for line in lines)


def run_ours(work: Path, tree: Path, *options: str) -> tuple[Spent, dict[str, Any]]:
    """Run the whole chain in a fresh instance; return what it took and what it said."""
    home = fresh(work, "home")
    spent = fill(home, tree, *options)
    give_back(home)
    return spent, json.loads(spent.output)


def fill(home: Path, tree: Path, *options: str) -> Spent:
    """Make an instance and bring a tree into it; return what the second took."""
    chain = [sys.executable, str(ROOT / "bench" / "archive_chain.py")]
    subprocess.run([*chain, "prepare"], check=True, env=environment_of(home))
    return run_measured([*chain, "run", str(tree), *options], environment_of(home))


def run_floor(work: Path, tree: Path) -> Spent:
    """Run what the main job cannot leave out: durable bytes, three digests, files opened, one digest anew, bare rows."""
    home = fresh(work, "home")
    chain = [sys.executable, str(ROOT / "bench" / "archive_chain.py")]
    subprocess.run([*chain, "prepare"], check=True, env=environment_of(home))
    spent = run_measured([*chain, "floor", str(tree)], environment_of(home))
    give_back(home)
    return spent


def environment_of(home: Path) -> dict[str, str]:
    """Return the environment of an instance of its own, on SQLite."""
    return os.environ | {"JINGUI_HOME": str(home), "PYTHONPATH": str(ROOT / "src"), "JINGUI_DATABASE_URL": ""}


def run_limit(work: Path, tree: Path) -> Spent:
    """Run the limit into a fresh folder."""
    out = fresh(work, "out")
    spent = run_measured([sys.executable, str(BENCH / "ideal_py.py"), str(tree), str(out), "gcrypt", "1"])
    give_back(out)
    return spent


def measure(work: Path, cases: int, pairs: int, options: Sequence[str]) -> Size:
    """Run ours and the limit in turn."""
    tree, files = make_tree(work, cases)
    start, _ = run_ours(work, tree, "--limit", "0")
    ours: list[Spent] = []
    floor: list[Spent] = []
    limit: list[Spent] = []
    details: dict[str, Any] = {}
    for number in range(pairs):
        warm(tree)
        spent, details = run_ours(work, tree, *options)
        ours.append(spent)
        warm(tree)
        limit.append(run_limit(work, tree))
        warm(tree)
        floor.append(run_floor(work, tree))
        if details["preserved"] != cases or details["findings"]:
            raise SystemExit(f"only {details['preserved']} of {cases} cases were preserved: {details['findings']}")
        print(f"  {cases} cases, pair {number + 1}: {_ms(spent, files)} / {_ms(limit[-1], files)} ms", file=sys.stderr)
    return Size(cases, files, ours, limit, start, floor, details)


def _ms(spent: Spent, files: int) -> str:
    return f"{spent.cpu * 1000 / files:.2f}"


def report(sizes: Sequence[Size]) -> bool:
    """Print the figures; say whether all targets are met."""
    print(f"digests: {DIGESTS}")
    for size in sizes:
        less = size.start.cpu
        print(f"\n{size.cases} cases, {size.files} files, ms of processor time per file, whole process tree")
        print(f"  ours             {_row(size.per_file(size.ours))}")
        print(f"    less start-up  {_row(size.per_file(size.ours, less=less))}   start-up {less:.2f} s")
        print(f"  limit            {_row(size.per_file(size.limit))}")
        print(f"  ours / limit     {_row(size.ratios())}   target {RATIO_TARGET}")
        print(f"    less start-up  {_row(size.ratios(less=less))}")
        print("  floor: what no archive can leave out, less start-up")
        print(f"                   {_row(size.per_file(size.floor, less=less))}")
        print(f"    floor / limit  {_row(size.ratios_of(size.floor, less=less))}")
        print(f"    ours / floor   {_row(size.over_floor(less))}")
        print(f"  peak memory      {size.details['self_mib']:.0f} MiB, readers {size.details['readers_mib']:.0f} MiB")
        print(f"  statements       {size.details['statements'] or '(count them with --profile)'}")
    met = [median(size.ratios()) <= RATIO_TARGET for size in sizes]
    if len(sizes) > 1:
        met += _growth(sizes[0], sizes[-1])
    return all(met)


def _row(values: Sequence[float]) -> str:
    return f"median {median(values):5.2f}   [{' '.join(f'{value:.2f}' for value in values)}]"


def _growth(small: Size, large: Size) -> list[bool]:
    growth, bare = (
        median(large.per_file(large.ours, less=large.start.cpu * is_bare))
        / median(small.per_file(small.ours, less=small.start.cpu * is_bare))
        for is_bare in (0, 1)
    )
    memory = large.details["self_mib"] / small.details["self_mib"]
    print(f"\n{large.cases} against {small.cases} cases")
    print(f"  growth per file  {growth:.2f}, less start-up {bare:.2f}   target {GROWTH_TARGET}")
    print(f"  growth of memory {memory:.2f}   target {MEMORY_TARGET}")
    return [max(growth, bare) <= GROWTH_TARGET, memory <= MEMORY_TARGET]


def main(given: Sequence[str] | None = None) -> int:
    """Measure, or profile one run."""
    chosen = arguments(given)
    options = ["--single"] if chosen.single else []
    with workplace(chosen.keep) as work:
        if chosen.profile:
            tree, files = make_tree(work, chosen.cases[0])
            spent, details = run_ours(work, tree, "--profile", str(chosen.profile.absolute()), *options)
            print(json.dumps(details | {"files": files, "cpu": spent.cpu}, indent=1))
            return 0
        pairs = {cases: chosen.pairs if at == 0 else min(2, chosen.pairs) for at, cases in enumerate(chosen.cases)}
        return 0 if report([measure(work, cases, count, options) for cases, count in pairs.items()]) else 1


if __name__ == "__main__":
    sys.exit(main())
