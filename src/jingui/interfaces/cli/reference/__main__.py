"""Writes the pages, or with ``--check`` only compares them. Exit codes: 0 up to date or written, 1 a page is stale."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import django

from jingui.interfaces.cli.reference import FOLDER, stale, write


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` only compare them."""
    parser = argparse.ArgumentParser(prog="reference", description="Generate docs/reference. 生成参考文档。")
    parser.add_argument("--check", action="store_true", help="compare, do not write")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    chosen = parser.parse_args(arguments)
    if not chosen.check:
        write(chosen.folder)
        return 0
    differing = stale(chosen.folder)
    for name in differing:
        print(f"stale: {chosen.folder / name}; run: python3 run.py fix", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jingui.settings")
    django.setup()
    sys.exit(main(sys.argv[1:]))
