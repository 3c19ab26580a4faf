"""The command ``source``: source systems and keys, connections to sources, mappings tried out, messages not taken."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from jingui.bootstrap import sources
from jingui.db.queries.connections import (
    connections,
    find_connection,
    open_problem_keys,
    open_problems,
    problem_counts,
)
from jingui.domain.capture.mapped import FieldTrace
from jingui.domain.errors import DomainError, Invalid, Problem
from jingui.formats.mappings import MappedMessage, apply_mapping, compile_mapping
from jingui.interfaces.cli import setup
from jingui.interfaces.cli.output import EXIT_FOUND, EXIT_OK, Out, table
from jingui.interfaces.cli.setup import ACTOR, now, refused
from jingui.interfaces.jobs.collecting import Collector
from jingui.interfaces.jobs.heart import Heart
from jingui.interfaces.wording import label, problem_text
from jingui.usecases.capture.connecting import ConnectionChoices, ask_now, keep_connection, set_active
from jingui.usecases.capture.refused import dismiss_problem
from jingui.usecases.capture.retrying import ask_retry


def add_source_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``source ACTION NAME``."""
    parser.add_argument("action", choices=[*_SETUP, *ACTIONS])
    parser.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        default="",
        help="来源系统、密钥编号、连接名称或问题编号（retry：一条，或一个连接的全部）",
    )
    parser.add_argument("--agency", action="append", default=[], metavar="CODE", help="add：只代表这些机构")
    parser.add_argument("--source", default="", metavar="NAME", help="connect：来源系统")
    parser.add_argument("--kind", default="", help="connect：连接种类")
    parser.add_argument("--config", type=Path, metavar="FILE", help="connect：连接配置（JSON）")
    parser.add_argument("--mapping", type=Path, metavar="FILE", help="connect、try：映射（JSON）")
    parser.add_argument("--sample", type=Path, metavar="FILE", help="try：样例（JSON 或 XML）")
    parser.add_argument("--note", default="", help="dismiss：理由")


def source(arguments: argparse.Namespace, out: Out) -> int:
    """Run one action of the command."""
    if arguments.action in _SETUP:
        if not arguments.name:
            return out.refuse("invalid_input", "缺少名称。没有任何数据变化。")
        return setup.source(arguments, out)
    try:
        return ACTIONS[arguments.action](arguments, out)
    except DomainError as error:
        return refused(out, error)
    except OSError as error:
        return out.refuse("file_unreadable", f"读不到 {error.filename}：{error.strerror}。没有任何数据变化。")


def _json_file(path: Path | None, name: str) -> Any:  # noqa: ANN401 - any JSON value; checked by who asks
    if path is None:
        return {}
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:
        raise Invalid((Problem(name, "body_not_json"),)) from error


def _connect(arguments: argparse.Namespace, out: Out) -> int:
    choices = ConnectionChoices(
        name=arguments.name,
        source_name=arguments.source,
        kind=arguments.kind,
        configuration=_json_file(arguments.config, "config"),
        mapping=_json_file(arguments.mapping, "mapping"),
    )
    row = keep_connection(choices, check=sources.connection_problems, actor=ACTOR, now=now())
    out.result({"connection": row.name, "kind": row.kind}, f"来源连接 {row.name} 已保存，后台进程将自动采集。")
    return EXIT_OK


def _list(_arguments: argparse.Namespace, out: Out) -> int:
    rows, counts = connections(), problem_counts()
    values = [
        {
            "connection": row.name,
            "source": row.source.name,
            "kind": row.kind,
            "is_active": row.is_active,
            "health": row.progress.health,
            "taken": row.progress.taken,
            "problems": counts.get(row.key, 0),
            "last_success_at": row.progress.last_success_at and row.progress.last_success_at.isoformat(),
            "next_try_at": row.progress.next_try_at.isoformat(),
            "error": row.progress.error_code,
        }
        for row in rows
    ]
    cells = [
        (
            *(v[name] for name in ("connection", "source")),
            *_words(v),
            *(v[name] for name in ("taken", "problems", "error")),
        )
        for v in values
    ]
    out.result(values, table(("连接", "来源系统", "种类", "状态", "已收", "未收", "故障"), cells))
    return EXIT_FOUND if any(v["health"] == "failing" and v["is_active"] for v in values) else EXIT_OK


def _words(values: dict[str, Any]) -> tuple[str, str]:
    return label("connection_kind", values["kind"]), label("health", values["health"])


def _collect(arguments: argparse.Namespace, out: Out) -> int:
    """Read every due connection once in this process; a named one is due now."""
    if arguments.name:
        ask_now(arguments.name, now=now())
    with Heart() as heart:
        tally = Collector(1, heart).collect_all()
    values = {"taken": tally.taken, "repeated": tally.repeated, "refused": tally.refused}
    out.result(values, f"新收 {tally.taken}，已有 {tally.repeated}，未收 {tally.refused}")
    return EXIT_FOUND if tally.refused else EXIT_OK


def _switch(arguments: argparse.Namespace, out: Out) -> int:
    is_active = arguments.action == "start"
    set_active(arguments.name, is_active=is_active, actor=ACTOR, now=now())
    out.result({"connection": arguments.name, "is_active": is_active}, "已启用。" if is_active else "已停用。")
    return EXIT_OK


def _try(arguments: argparse.Namespace, out: Out) -> int:
    """Show what a mapping makes of a sample; nothing is stored."""
    raw = _json_file(arguments.mapping, "mapping") if arguments.mapping else find_connection(arguments.name).mapping
    if arguments.sample is None:
        return out.refuse("invalid_input", "缺少 --sample。没有任何数据变化。")
    trial = apply_mapping(arguments.sample.read_bytes(), compile_mapping(raw))
    if trial.problem:
        return out.refuse(trial.problem.code, f"样例读不懂：{problem_text(trial.problem)}")
    out.result([_message_values(each) for each in trial.messages], "\n\n".join(map(_message_text, trial.messages)))
    is_whole = bool(trial.messages) and not any(each.problems for each in trial.messages)
    return EXIT_OK if is_whole else EXIT_FOUND


def _message_values(message: MappedMessage) -> dict[str, Any]:
    return {
        "kind": message.kind.value,
        "case_number": message.case_number,
        "fields": {trace.target: trace.value for trace in message.traces},
        "problems": [{"field": p.location, "code": p.code, "detail": problem_text(p)} for p in message.problems],
    }


def _message_text(message: MappedMessage) -> str:
    told = {problem.location: problem_text(problem) for problem in message.problems}
    rows = [(trace.target, _rule_text(trace), trace.value, told.pop(trace.target, "")) for trace in message.traces]
    rows += [(target, "", "", text) for target, text in told.items()]
    return f"{label('arrival', message.kind.value)} {message.case_number}\n" + table(
        ("字段", "规则", "值", "问题"), rows
    )


def _rule_text(trace: FieldTrace) -> str:
    rule = trace.rule
    return rule.find or (f"= {rule.constant}" if rule.constant is not None else "+".join(p.find for p in rule.join))


def _problems(arguments: argparse.Namespace, out: Out) -> int:
    rows = open_problems(arguments.name)
    values = [
        {
            "key": row.key.hex,
            "connection": row.connection.name,
            "kind": row.kind,
            "case_number": row.case_number,
            "reference": row.reference,
            "code": row.code,
            "at": row.at.isoformat(),
            "problems": row.problems,
        }
        for row in rows
    ]
    cells = [
        (v["key"], v["connection"], label("arrival", v["kind"]), v["case_number"], v["reference"], v["code"])
        for v in values
    ]
    out.result(values, table(("编号", "连接", "消息", "办件编号", "来处", "原因"), cells))
    return EXIT_FOUND if rows else EXIT_OK


def _retry(arguments: argparse.Namespace, out: Out) -> int:
    """Let one message be taken again, or all that wait of a connection."""
    if _names_problem(arguments.name):
        keys = [_key(arguments.name)]
    else:
        keys = open_problem_keys(find_connection(arguments.name).key)
    count = ask_retry(keys, actor=ACTOR, now=now()) if keys else 0
    out.result({"asked": count, "waiting": len(keys)}, f"{count} 条将在下一次采集时重收，未收消息共 {len(keys)} 条。")
    return EXIT_OK


def _dismiss(arguments: argparse.Namespace, out: Out) -> int:
    dismiss_problem(_key(arguments.name), note=arguments.note, actor=ACTOR, now=now())
    out.result({"dismissed": arguments.name}, "已搁置，原消息仍保留。")
    return EXIT_OK


def _names_problem(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid((Problem("name", "not_in_range", {"allowed": "UUID"}),)) from error


_SETUP = ("add", "revoke")
ACTIONS: dict[str, Callable[[argparse.Namespace, Out], int]] = {
    "connect": _connect,
    "list": _list,
    "collect": _collect,
    "stop": _switch,
    "start": _switch,
    "try": _try,
    "problems": _problems,
    "retry": _retry,
    "dismiss": _dismiss,
}
