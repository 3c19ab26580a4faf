"""Identification beside PRONOM's engine on the same tree: target a5.

Ours: the own rules on first and last bytes, as the reading process identifies before it reads. Peer: pygfried in process.
Both run in processes of their own, in turn; start-up (imports) is measured with an empty tree and taken off.
"""

from __future__ import annotations

import argparse
import collections
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench.paired import run_measured, warm  # noqa: E402

TARGET_MS, TARGET_RATIO = 0.6, 0.1


def ours(tree: Path) -> None:
    """Identify every file by the own rules."""
    from jingui.formats.identification import identify_path  # noqa: PLC0415 - only in the measured process

    counts = collections.Counter(identify_path(path).format_name for path in tree.rglob("*") if path.is_file())
    print(dict(counts))


def peer(tree: Path) -> None:
    """Identify every file by PRONOM."""
    import pygfried  # noqa: PLC0415 - only in the measured process

    counts = collections.Counter(pygfried.identify(str(path)) for path in tree.rglob("*") if path.is_file())
    print(dict(counts))


def main() -> int:
    """Run both in turn and print milliseconds of processor time per file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--run", choices=["ours", "peer"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        {"ours": ours, "peer": peer}[arguments.run](arguments.tree)
        return 0
    warm(arguments.tree)
    count = sum(path.is_file() for path in arguments.tree.rglob("*"))
    empty = arguments.tree.parent / f"{arguments.tree.name}-empty"
    empty.mkdir(exist_ok=True)
    spent = {name: [_net(name, arguments.tree, empty) for _ in range(arguments.rounds)] for name in ("ours", "peer")}
    empty.rmdir()
    per_file = {name: median(values) * 1000 / count for name, values in spent.items()}
    ratio = per_file["ours"] / per_file["peer"]
    print(
        f"files {count}; ours {per_file['ours']:.3f} ms, pygfried {per_file['peer']:.3f} ms per file; A/B {ratio:.3f}"
    )
    return int(per_file["ours"] > TARGET_MS or ratio > TARGET_RATIO)


def _net(name: str, tree: Path, empty: Path) -> float:
    command = [sys.executable, __file__, "--run", name]
    return run_measured([*command, str(tree)]).cpu - run_measured([*command, str(empty)]).cpu


if __name__ == "__main__":
    sys.exit(main())
