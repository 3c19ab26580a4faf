"""Writes the sample files of all demo cases into a folder, one folder per case."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jingui.interfaces.cli.samplegen.demo import demo_cases

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jingui.interfaces.cli.samplegen.story import DemoCase


def write_files(folder: Path, *, seed: int = 1, cases: Iterable[DemoCase] | None = None) -> int:
    """Write every demo case: its messages as ``case.json`` and its files by name; return how many files.

    Args:
        folder: made if absent; a folder per case number is made in it.
        seed: decides the cases, see ``demo_cases``.
        cases: cases to write instead, made already.
    """
    return sum(_write_case(folder / case.number, case) for case in (demo_cases(seed) if cases is None else cases))


def _write_case(folder: Path, case: DemoCase) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for file in (*case.files, *case.late_files):
        stored = f"{file.file_key}_{file.name}"
        (folder / stored).write_bytes(file.content)
        entry = {
            name: getattr(file, name) for name in ("file_key", "name", "material_code", "step", "formed_at", "replaces")
        }
        entries.append(entry | {"stored_as": stored, "is_late": file in case.late_files})
    messages = {
        "twist": case.twist,
        "expected": {
            "state": case.expected.state,
            "versions": case.expected.versions,
            "flags": list(case.expected.flags),
        },
        "case": case.case,
        "files": entries,
        "steps": [*case.steps, *case.late_steps],
        "closure": case.closure,
    }
    text = json.dumps(messages, ensure_ascii=False, indent=1) + "\n"
    (folder / "case.json").write_text(text, encoding="utf-8")
    return len(entries)
