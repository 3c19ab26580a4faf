"""Generates ``docs/reference`` from the tables of the code, and says which pages no longer match them.

``python -m jingui.interfaces.cli.reference [--check] [FOLDER]``. To add a page: write a function that returns its whole
text and name it in ``REFERENCES``. Needs neither an instance nor a database.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jingui.interfaces.cli.reference.commands import command_page
from jingui.interfaces.cli.reference.errors import error_page
from jingui.interfaces.cli.reference.files import format_page, package_page
from jingui.interfaces.cli.reference.openapi import openapi_document
from jingui.interfaces.cli.reference.rules import finding_page, rule_page
from jingui.interfaces.cli.reference.tables import element_page, event_page, role_page, setting_page, state_page

FOLDER = Path(__file__).resolve().parents[5] / "docs" / "reference"

REFERENCES: dict[str, Callable[[], str]] = {
    "commands.md": command_page,
    "errors.md": error_page,
    "events.md": event_page,
    "findings.md": finding_page,
    "formats.md": format_page,
    "metadata.md": element_page,
    "openapi.json": openapi_document,
    "packages.md": package_page,
    "roles.md": role_page,
    "rules.md": rule_page,
    "settings.md": setting_page,
    "states.md": state_page,
}


def write(folder: Path) -> None:
    """Write every page."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in REFERENCES.items():
        (folder / name).write_text(make(), encoding="utf-8")


def stale(folder: Path) -> list[str]:
    """Name the pages that differ from the code, are missing, or are made by nobody."""
    made = {name: make() for name, make in REFERENCES.items()}
    kept = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*") if path.is_file()}
    return sorted(name for name in made.keys() | kept.keys() if made.get(name) != kept.get(name))
