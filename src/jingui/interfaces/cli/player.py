"""``jingui replay`` and ``jingui samples``."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from django.conf import settings

from jingui.interfaces.cli.output import EXIT_OK, Out
from jingui.interfaces.cli.replay import add_arguments, run
from jingui.interfaces.cli.samplegen import write_catalogue, write_files

add_replay_arguments = add_arguments


def run_replay(arguments: argparse.Namespace, out: Out) -> int:
    """Play a case log at a running server."""
    del out
    os.environ.setdefault("JINGUI_HOME", str(settings.JINGUI.home))
    return run(arguments)


def add_samples_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``samples write DIR``."""
    parser.add_argument("action", choices=["write"])
    parser.add_argument("folder", type=Path, metavar="DIR")


def samples(arguments: argparse.Namespace, out: Out) -> int:
    """Write the shipped samples into a folder: the catalogue and the documents of the demo cases."""
    arguments.folder.mkdir(parents=True, exist_ok=True)
    write_catalogue(arguments.folder)
    write_files(arguments.folder)
    count = sum(1 for path in arguments.folder.rglob("*") if path.is_file())
    out.result({"folder": str(arguments.folder), "files": count}, f"已写出 {count} 个样例文件到 {arguments.folder}")
    return EXIT_OK
