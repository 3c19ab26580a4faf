"""Processor time of audits, per file, beside bagit, ocfl-py and the least that a Python program needs.

    PYTHONPATH=src python bench/audit.py [--cases 100] [--pairs 5]

Ours, on an instance that holds the generated tree: ``jingui storage audit primary``, whose results are kept in the
database and which goes on where it was killed: as inventory cycle (SHA-512 of every stored file, those of the packages too,
which is what the peers measure), as routine cycle (SHA-256 of contents) and as full one (SHA-512, SHA-256 and, of captured
files, SM3). Beside them, without a target, ``jingui verify --no-seal``: the inventory cycle's digests, the layout of the
root, every database row against the journal and every journal entry against the signed log. Start-up, the same commands on
an instance without a case, is printed beside them. Peers: ``bagit.py --validate`` of bags of the same
files, ``ocfl-root.py validate --validate-objects --check-digests`` of our own root (no database, no journal, nothing
kept), and ``audit_py.py ROOT DIGESTS``: each file of our root read and digested once and nothing else.
Needs the corpora (JINGUI_CORPORA). Exit codes: 0 within the targets, 1 above one.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from math import inf
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.archive import BENCH, environment_of, fill, make_tree
from bench.paired import Spent, fresh, run_measured, warm, workplace

TARGETS = [
    ("inventory", "bagit 512", 0.8),
    ("inventory", "ocfl-py 512", 0.7),
    ("inventory", "limit 512", 1.15),
    ("verify", "bagit 512", inf),  # it proves rows and journal as well, of which no peer has any
    ("verify", "ocfl-py 512", inf),
    ("full", "limit all", 1.15),
    ("full", "bagit 256+512", inf),  # not the same digests: ours takes SM3 as well
    ("routine", "limit 256", inf),  # its target is one in milliseconds
]
"""Ours, a peer, and the ratio not to be passed; start-up is taken off ours, a peer is counted whole."""

ROUTINE_MS = 0.45
BAGIT, OCFL = (str(Path(sys.executable).with_name(name)) for name in ("bagit.py", "ocfl-root.py"))
JINGUI = [sys.executable, "-m", "jingui.interfaces.cli.main"]
OURS = {
    "verify": ["verify", "--no-seal", "--json"],
    "inventory": ["storage", "audit", "primary", "--kind", "inventory", "--json"],
    "routine": ["storage", "audit", "primary", "--kind", "routine", "--json"],
    "full": ["storage", "audit", "primary", "--kind", "full", "--json"],
}
LIMITS = {"512": "sha512", "256": "sha256", "all": "sha256,sha512,sm3"}


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="work here and leave the tree")
    return parser.parse_args(given)


def make_bags(tree: Path, folder: Path, *digests: str) -> list[str]:
    """Copy the cases and make a bag of each; return their folders."""
    shutil.copytree(tree, folder)
    bags = sorted(str(path) for path in folder.iterdir() if path.name.startswith("case-"))
    subprocess.run([sys.executable, BAGIT, *digests, "--quiet", *bags], check=True)
    return bags


def commands(work: Path, tree: Path, home: Path) -> dict[str, Callable[[], Spent]]:
    """Return what runs each of those that are compared."""
    bags = {"512": make_bags(tree, fresh(work, "bags512"), "--sha512")}
    bags["256+512"] = make_bags(tree, fresh(work, "bags256"), "--sha256", "--sha512")
    root = str(home / "store")
    found: dict[str, Callable[[], Spent]] = {}
    for name, words in OURS.items():
        found[name] = partial(run_measured, [*JINGUI, *words], environment_of(home))
    for name, folders in bags.items():
        found[f"bagit {name}"] = partial(run_measured, [sys.executable, BAGIT, "--validate", "--quiet", *folders])
    found["ocfl-py 512"] = partial(
        run_measured, [sys.executable, OCFL, "validate", "--validate-objects", "--check-digests", "--root", root]
    )
    for name, digests in LIMITS.items():
        found[f"limit {name}"] = partial(run_measured, [sys.executable, str(BENCH / "audit_py.py"), root, digests])
    return found


def start_up(work: Path, tree: Path) -> dict[str, float]:
    """Return the seconds of our commands on an instance that holds nothing, at their least: what is taken off ours."""
    home = fresh(work, "empty")
    fill(home, tree, "--limit", "0")
    return {
        name: min(run_measured([*JINGUI, *words], environment_of(home)).cpu for _ in range(5))
        for name, words in OURS.items()
    }


def measure(work: Path, cases: int, pairs: int) -> bool:
    """Run all in turn and print the figures; say whether the targets are met."""
    tree, files = make_tree(work, cases)
    home = fresh(work, "audited")
    fill(home, tree)
    start, run = start_up(work, tree), commands(work, tree, home)
    warm(home / "store")
    runs: dict[str, list[float]] = {name: [] for name in run}
    for _ in range(pairs):
        for name, command in run.items():
            runs[name].append((command().cpu - start.get(name, 0.0)) * 1000 / files)
    stored = sum(1 for path in (home / "store").rglob("*") if path.is_file())
    print(f"{cases} cases, {files} captured files, {stored} files in our root, ms of processor time per captured file")
    for name, values in runs.items():
        more = f"   start-up of {start[name]:.2f} s taken off" if name in start else ""
        print(f"  {name:14} median {median(values):5.2f}   [{' '.join(f'{value:.2f}' for value in values)}]{more}")
    return report(runs)


def report(runs: dict[str, list[float]]) -> bool:
    """Print the ratios; say whether the targets are met."""
    is_met = median(runs["routine"]) <= ROUTINE_MS
    print(f"  routine: {median(runs['routine']):.2f} ms   target {ROUTINE_MS}")
    for ours, peer, target in TARGETS:
        ratio = median(mine / theirs for mine, theirs in zip(runs[ours], runs[peer], strict=True))
        is_met &= ratio <= target
        print(f"  {ours} / {peer}: {ratio:.2f}   {f'target {target}' if target < inf else 'for comparison'}")
    return is_met


def main(given: Sequence[str] | None = None) -> int:
    """Measure."""
    chosen = arguments(given)
    with workplace(chosen.keep) as work:
        return 0 if measure(work, chosen.cases, chosen.pairs) else 1


if __name__ == "__main__":
    sys.exit(main())
