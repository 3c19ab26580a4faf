"""The simulator: plays case logs and demo cases at a running server as a business system would."""

from __future__ import annotations

from jingui.interfaces.cli.replay.command import add_arguments, run

__all__ = ["add_arguments", "run"]
