"""The table of agreement: every corpus with known answers beside what the product finds.

``python bench/corpora.py [NAME …] [--share N] [--list]`` prints a line per corpus and every disagreement with its
explanation. Exit code 1: a disagreement without explanation, or a level below the one agreed.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.agreement import Row, compare, corpora, level  # noqa: E402

DATA = Path(os.environ.get("JINGUI_CORPORA", ROOT.parent / "shared")) / "data"


def main() -> int:
    """Compare the corpora named, or all, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*corpora(), []], help="corpora; none: all")
    parser.add_argument("--share", type=int, default=1, help="every n-th file only")
    parser.add_argument("--list", action="store_true", help="print agreeing rows too")
    arguments = parser.parse_args()
    chosen = {name: corpus for name, corpus in corpora().items() if not arguments.names or name in arguments.names}
    results = [_one(name, arguments.share, is_listed=arguments.list) for name in chosen]
    print("\n| corpus | rows | agree | share | level | unexplained | CPU s |\n|---|---|---|---|---|---|---|")
    for line, _ in results:
        print(line)
    return int(any(is_bad for _, is_bad in results))


def _one(name: str, share: int, *, is_listed: bool) -> tuple[str, bool]:
    """Compare one corpus; return its line of the table and whether it is below its level or unexplained."""
    corpus = corpora()[name]
    if not (DATA / corpus.FOLDER).is_dir():
        return f"| {name} | – | not on this machine | | | | |", False
    started = sum(os.times()[:4])
    rows = list(compare(name, corpus, DATA, share=share))
    spent = sum(os.times()[:4]) - started
    for row in rows:
        if is_listed or not row.agrees:
            print(_shown(name, row))
    agreed = sum(row.agrees for row in rows)
    reached = agreed / len(rows) if rows else 1.0
    unexplained = sum(not row.agrees and not row.explanation for row in rows)
    wanted = level(name)
    line = f"| {name} | {len(rows)} | {agreed} | {reached:.1%} | {wanted:.1%} | {unexplained} | {spent:.1f} |"
    return line, unexplained > 0 or (share == 1 and reached < wanted)


def _shown(name: str, row: Row) -> str:
    mark = "ok  " if row.agrees else "DIFF"
    reason = "" if row.agrees else f"\n      {row.explanation or 'NOT EXPLAINED'}"
    return f"{mark} {name}/{row.file}\n      expected {row.expected} | found {row.found}{reason}"


if __name__ == "__main__":
    sys.exit(main())
