"""What storing costs: staging, OCFL object, moved in; beside ocfl-py, beside cp + bagit, beside the least possible.

    PYTHONPATH=src python bench/storing.py [--cases 100] [--pairs 5] [--chain]

Ours: each case's files taken into the staging area with their digests, built into an OCFL object, moved into the root,
let go of in staging; everything durable (one ``syncfs`` per step). No database, no checks, no package documents. Three
sets of digests: SHA-512 + SM3, SHA-256 + SHA-512, and all three. Peers: ``ocfl_drv.py`` (ocfl-py, SHA-512, an object per
case), ``cp -r`` and ``bagit.py --sha256 --sha512`` in place, ``ideal_py.py`` (read, SHA-512 + SM3, write). No peer waits
for the disk. ``--chain`` runs the whole of ``archive.py`` in turn with them: targets a2 and a3.
Needs the corpora (JINGUI_CORPORA). Exit codes: 0 within the targets, 1 above one.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from math import inf
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.archive import BENCH, make_tree, run_limit, run_ours
from bench.paired import ROOT, Spent, fresh, give_back, run_measured, warm, workplace

BAGIT = str(Path(sys.executable).with_name("bagit.py"))
PROCESS = str(Path(__file__).with_name("storing_process.py"))
SETS = ("512+sm3", "256+512", "all")
LOOSE = " loose"
"""Ends the name of a run that waits for the disk no more than the peers do: not at all."""

TARGETS = [
    ("a2", "512+sm3", "ocfl-py", 0.7),
    ("a2", "limit", "ocfl-py", 0.7),
    ("a2", "chain", "ocfl-py", 2.0),
    ("a3", "256+512", "cp+bagit", 1.0),
    ("a3", "512+sm3", "cp+bagit", 1.4),
    ("a3", "all", "cp+bagit", inf),  # a third digest, of which the target does not speak
    ("a3", "limit", "cp+bagit", 1.4),
    ("a1", "512+sm3", "limit", 1.3),
]
"""Target, ours (or the limit, to tell whether the target can be reached), peer, and the ratio not to be passed."""


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--chain", action="store_true", help="also the whole chain of archive.py")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="work here and leave the tree")
    return parser.parse_args()


def commands(work: Path, tree: Path, *, chain: bool) -> dict[str, Callable[[], Spent]]:
    """Return what runs each of those that are compared, into a fresh folder."""

    made: list[Path] = []

    def room(name: str) -> str:
        made.append(fresh(work, name))
        return str(made[-1])

    def freed(command: Callable[[], Spent]) -> Callable[[], Spent]:
        def run() -> Spent:
            spent = command()
            while made:
                give_back(made.pop().parent)
            return spent

        return run

    def ours(name: str) -> Callable[[], Spent]:
        more = os.environ | {"PYTHONPATH": str(ROOT / "src")}
        return lambda: run_measured([sys.executable, PROCESS, name, str(tree), room("kept")], more)

    bags = f'cp -r "$1" "$2" && "{sys.executable}" "{BAGIT}" --sha256 --sha512 --quiet "$2"/case-*'
    found: dict[str, Callable[[], Spent]] = {name + end: ours(name + end) for name in SETS for end in ("", LOOSE)}
    found["ocfl-py"] = lambda: run_measured(
        [sys.executable, str(BENCH / "ocfl_drv.py"), str(tree), room("ocfl"), "sha512"]
    )
    found["cp+bagit"] = lambda: run_measured(["sh", "-c", bags, "sh", str(tree), room("bags")])
    found["limit"] = lambda: run_limit(work, tree)
    if chain:
        found["chain"] = lambda: run_ours(work, tree)[0]
    return {name: freed(command) for name, command in found.items()}


def compare(work: Path, chosen: argparse.Namespace) -> bool:
    """Run all in turn and print the figures; say whether the targets are met."""
    tree, files = make_tree(work, chosen.cases)
    runs: dict[str, list[float]] = {}
    for _ in range(chosen.pairs):
        for name, run in commands(work, tree, chain=chosen.chain).items():
            warm(tree)
            runs.setdefault(name, []).append(run().cpu * 1000 / files)
    print(f"{chosen.cases} cases, {files} files; ms of processor time per file, whole process, start-up included")
    for name, values in runs.items():
        print(f"  {name:13} median {median(values):5.2f}   [{' '.join(f'{value:.2f}' for value in values)}]")
    met = True
    for target, mine, peer, most in TARGETS:
        if mine in runs:
            ratio = median(a / b for a, b in zip(runs[mine], runs[peer], strict=True))
            met &= ratio <= most or mine == "limit"
            print(f"  {target}: {mine} / {peer}: {ratio:.2f}   {f'target {most}' if most < inf else 'for comparison'}")
    return met


def main() -> int:
    """Compare."""
    chosen = arguments()
    with workplace(chosen.keep) as work:
        return 0 if compare(work, chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
