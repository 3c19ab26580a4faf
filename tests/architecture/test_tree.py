"""What may lie in the tree: our own work, nothing of one machine, nothing that a page would fetch elsewhere."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", "wheels", "instance", "build", "node_modules", "__pycache__"}
TEXT_ENDINGS = {
    ".py",
    ".md",
    ".txt",
    ".in",
    ".toml",
    ".html",
    ".css",
    ".js",
    ".json",
    ".svg",
    ".sh",
    ".yaml",
    ".yml",
    ".service",
    "",
}
MACHINE_PATHS = re.compile(r"(?<![\w.\]-])/(?:root|home|Users|work|mnt)/[\w.-]+")
FONT_ENDINGS = {".ttf", ".otf", ".woff", ".woff2", ".eot", ".ttc"}
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|link)\b[^>]*\b(?:src|href)\s*=\s*["']?(?:https?:)?//|@import|url\(\s*["']?(?:https?:)?//""",
    re.IGNORECASE,
)
LARGEST = 2_000_000


def is_ours(name: str) -> bool:
    return name not in NOT_OURS and (not name.startswith(".") or name in {".ci", ".gitignore"})


def our_files() -> Iterator[Path]:
    """Walk past what is not ours: an environment holds tens of thousands of files."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = filter(is_ours, folders)
        yield from (Path(folder) / name for name in names if is_ours(name))


def readable(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


FILES = sorted(path for path in our_files() if path.is_file())
TEXTS = [path for path in FILES if path.suffix in TEXT_ENDINGS and path.stat().st_size < LARGEST]


def test_there_is_something_to_look_at() -> None:
    assert ROOT / "run.py" in TEXTS
    assert ROOT / ".ci" / "run" in TEXTS


def test_no_file_names_a_path_of_one_machine() -> None:
    named = {
        path.relative_to(ROOT).as_posix(): found for path in TEXTS if (found := MACHINE_PATHS.findall(readable(path)))
    }

    assert named == {}


def test_no_file_is_a_third_partys_script_style_or_font() -> None:
    foreign = [path for path in FILES if path.suffix in FONT_ENDINGS or path.name.endswith((".min.js", ".min.css"))]

    assert foreign == []


def test_no_page_fetches_anything_from_another_machine() -> None:
    pages = [path for path in TEXTS if path.suffix in {".html", ".css", ".js", ".svg"}]
    fetching = [path.relative_to(ROOT).as_posix() for path in pages if FETCHED.search(readable(path))]

    assert fetching == []


def test_no_file_is_too_large_for_a_repository() -> None:
    large = {path.relative_to(ROOT).as_posix(): path.stat().st_size for path in FILES if path.stat().st_size >= LARGEST}

    assert large == {}


def test_the_scripts_can_be_executed() -> None:
    assert [name for name in (".ci/run", "run.py") if not (ROOT / name).stat().st_mode & 0o100] == []
