"""Processor time of verifying the holdings, per file, beside bagit and beside the least that a Python program needs.

    PYTHONPATH=src python bench/audit.py [--cases 100] [--pairs 5]

Ours: ``jingui verify --no-seal`` of an instance that holds the generated tree: SHA-512 of every stored file (those of
the packages too), every inventory, the layout of the root, every database row against the journal, every journal entry
against the signed Merkle log. Beside it ``bagit.py --validate`` of the same files as bags with SHA-512 (no database, no
journal), and ``audit_py.py ROOT sha512``: each file of our own root read and digested once and nothing else.
Needs the corpora (JINGUI_CORPORA). Exit codes: 0 within the targets, 1 above one.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from archive import BENCH, environment_of, fill, make_tree
from paired import Spent, run_measured, warm

TARGETS = {"bagit": 0.8, "limit": 1.15}
BAGIT = str(Path(sys.executable).with_name("bagit.py"))
VERIFY = ["-m", "jingui.interfaces.cli.main", "verify", "--no-seal", "--json"]


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="work here and leave the tree")
    return parser.parse_args(given)


def make_bags(tree: Path, folder: Path) -> list[str]:
    """Copy the cases and make a bag of each; return their folders."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(tree, folder)
    bags = sorted(str(path) for path in folder.iterdir() if path.name.startswith("case-"))
    subprocess.run([sys.executable, BAGIT, "--sha512", "--quiet", *bags], check=True)
    return bags


def measure(work: Path, cases: int, pairs: int) -> bool:
    """Run the three in turn and print the figures; say whether the targets are met."""
    tree, files = make_tree(work, cases)
    home = work / "audited"
    shutil.rmtree(home, ignore_errors=True)
    fill(home, tree)
    bags, root = make_bags(tree, work / "bags"), home / "store"
    stored = sum(1 for path in root.rglob("*") if path.is_file())
    commands: dict[str, Callable[[], Spent]] = {
        "ours": lambda: run_measured([sys.executable, *VERIFY], environment_of(home)),
        "bagit": lambda: run_measured([sys.executable, BAGIT, "--validate", "--quiet", *bags]),
        "limit": lambda: run_measured([sys.executable, str(BENCH / "audit_py.py"), str(root), "sha512"]),
    }
    warm(root)
    warm(work / "bags")
    runs: dict[str, list[Spent]] = {name: [] for name in commands}
    for _ in range(pairs):
        for name, command in commands.items():
            runs[name].append(command())
    looked = json.loads(runs["ours"][-1].output)
    print(
        f"{cases} cases, {files} captured files, {stored} files in our root; looked at: {json.dumps(looked['looked'])}"
    )
    return _report({name: [run.cpu * 1000 / files for run in spent] for name, spent in runs.items()})


def _report(figures: dict[str, list[float]]) -> bool:
    print("ms of processor time per captured file, whole process, start-up included; digest: SHA-512 in all three")
    for name, values in figures.items():
        print(f"  {name:6} median {median(values):5.2f}   [{' '.join(f'{value:.2f}' for value in values)}]")
    is_met = True
    for name, target in TARGETS.items():
        ratios = [ours / other for ours, other in zip(figures["ours"], figures[name], strict=True)]
        is_met &= median(ratios) <= target
        print(f"  ours / {name}: {median(ratios):.2f}   target {target}   [{' '.join(f'{r:.2f}' for r in ratios)}]")
    return is_met


def main(given: Sequence[str] | None = None) -> int:
    """Measure."""
    chosen = arguments(given)
    with tempfile.TemporaryDirectory() as temporary:
        work = chosen.keep or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        return 0 if measure(work, chosen.cases, chosen.pairs) else 1


if __name__ == "__main__":
    sys.exit(main())
