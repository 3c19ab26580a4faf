"""``jingui status``: how much there is, in numbers a script may rely on."""

from __future__ import annotations

import argparse

from jingui.bootstrap import services
from jingui.db.queries.status import holdings_status
from jingui.interfaces.cli.output import EXIT_OK, Out, table


def add_status_arguments(parser: argparse.ArgumentParser) -> None:
    """``status`` has no arguments of its own."""
    del parser


def status(arguments: argparse.Namespace, out: Out) -> int:
    """Print the counts."""
    del arguments
    values = holdings_status() | {"病毒扫描": _scanner()}
    rows = [(f"办件 · {state}", count) for state, count in values["cases"].items()]
    rows += [(name, values[name]) for name in values if name != "cases" and not isinstance(values[name], dict)]
    rows += [(f"任务 · {state}", count) for state, count in values["jobs"].items()]
    out.result(values, table(("项目", "数量"), rows))
    return EXIT_OK


def _scanner() -> str:
    scanner = services().malware
    if not scanner.is_configured:
        return "未接入（JINGUI_CLAMD），病毒检测一律记为未检"
    return scanner.version() or "没有应答，病毒检测记为未检"
