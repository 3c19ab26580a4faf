"""The page of commands: arguments and exit codes, as the commands themselves declare them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from jingui.interfaces.cli.main import COMMANDS, Command, load
from jingui.interfaces.cli.output import EXIT_FOUND, EXIT_OK, EXIT_USAGE
from jingui.interfaces.cli.reference.markdown import code, page, table
from jingui.interfaces.cli.replay.report import EXIT_SILENT

EXIT_CODES: tuple[tuple[int, str, str], ...] = (
    (EXIT_OK, "完成", "done"),
    (EXIT_FOUND, "完成，但发现差错", "done, and something was found wrong"),
    (EXIT_USAGE, "没有按要求执行，没有任何数据变化", "not run as asked; nothing was changed"),
    (EXIT_SILENT, "服务器没有应答（仅 replay）", "nobody answered (replay only)"),
)


def command_page() -> str:
    """List every command with its arguments, and what exit codes mean."""
    exits = ((code(number), chinese, english) for number, chinese, english in EXIT_CODES)
    return page(
        "Commands 命令",
        "Results go to standard output, with `--json` as one JSON value; progress and notes go to standard error. "
        "结果写到标准输出（`--json` 时为一个 JSON 值），进度和提示写到标准错误。",
        table(("exit code 退出码", "含义", "meaning"), exits),
        *(part for command in COMMANDS for part in _command(command)),
    )


def _command(command: Command) -> Iterator[str]:
    _, parser = load(command)
    actions = [each for each in parser._actions if each.help != argparse.SUPPRESS and each.dest != "help"]  # noqa: SLF001 - argparse has no other way
    yield f"## jingui {command.name}"
    yield command.help
    if actions:
        yield table(("argument 参数", "default 默认", "meaning 含义"), map(_argument, actions))


def _argument(action: argparse.Action) -> tuple[str, str, str]:
    values = action.metavar or (f"{{{','.join(map(str, action.choices))}}}" if action.choices else action.dest.upper())
    flags = ", ".join(action.option_strings)
    shown = " ".join(filter(None, (flags, "" if action.nargs == 0 else str(values))))
    is_required = action.required and bool(action.option_strings)
    default = "" if action.default in (None, False, "", []) else code(action.default)
    return code(shown), "required 必填" if is_required else default, (action.help or "") % {"default": action.default}
