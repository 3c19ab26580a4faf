"""The command ``storage``: storage roots, their copies and audits, and what was found wrong."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jingui import bootstrap
from jingui.db.queries.copies_held import open_findings
from jingui.db.queries.storage import RootState, below_quorum, finding_values, keeping_of, root_states
from jingui.domain.errors import DomainError, Invalid, PermanentFailure, Problem, TransientFailure
from jingui.domain.preservation.roots import CycleKind, Keeping, RootKind
from jingui.interfaces.cli.output import EXIT_FOUND, EXIT_OK, EXIT_USAGE, Out, table
from jingui.interfaces.cli.setup import ACTOR, now, refused
from jingui.interfaces.cli.storage_check import check
from jingui.interfaces.jobs.heart import Heart
from jingui.interfaces.wording import error_text, label
from jingui.interfaces.wording.holdings import holdings_text
from jingui.usecases.preservation.copying import copy_next
from jingui.usecases.preservation.cycles import advance_cycle, start_cycle
from jingui.usecases.preservation.opening import Vaults, release_dead_claims
from jingui.usecases.preservation.repairing import accept_finding
from jingui.usecases.preservation.roots import (
    RootChoices,
    add_root,
    ask_for_missing,
    change_root,
    end_root,
    primary_root,
)

_KEEPING = {
    "routine_days": "日常巡检（SHA-256）周期，天；0 不做",
    "full_days": "全面巡检（全部摘要）周期，天；0 不做",
    "sample_days": "抽样巡检周期，天；0 不做",
    "sample_objects": "每次抽样的对象数",
    "bytes_per_second": "巡检每秒最多读取的字节数；0 不限",
    "free_alarm_bytes": "剩余空间少于此数时告警，字节",
}


def add_storage_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``storage ACTION NAME``."""
    parser.add_argument("action", choices=[*ACTIONS])
    parser.add_argument("name", metavar="NAME", nargs="?", default="", help="存储库名称；accept：异常编号")
    parser.add_argument(
        "--kind", default="", help="add：folder（文件夹）或 s3；audit：routine、full、sample 或 inventory"
    )
    parser.add_argument("--folder", type=Path, help="add：文件夹，须已存在")
    parser.add_argument("--config", type=Path, metavar="FILE", help="add：S3 配置（JSON），密钥只写名称")
    parser.add_argument("--reason", default="", help="end、accept：理由")
    parser.add_argument("--protect", choices=["on", "off"], help="change：写保护")
    for name, words in _KEEPING.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, help=words)


def storage(arguments: argparse.Namespace, out: Out) -> int:
    """Run one action of the command."""
    bootstrap.services()  # says so if this is no instance
    try:
        return ACTIONS[arguments.action](arguments, out)
    except DomainError as error:
        return refused(out, error)
    except (TransientFailure, PermanentFailure) as failure:
        return out.refuse(failure.code, f"{error_text(failure.code, {})}（{failure.detail}）")
    except OSError as error:
        return out.refuse("file_unreadable", f"读不到 {error.filename}：{error.strerror}。没有任何数据变化。")


_MOST_LISTED = 10_000


def _keeping(arguments: argparse.Namespace, known: Keeping) -> Keeping:
    given = {name: getattr(known, name) if (value := getattr(arguments, name)) is None else value for name in _KEEPING}
    is_protected = known.is_protected if arguments.protect is None else arguments.protect == "on"
    return Keeping(**given, is_protected=is_protected)


def _list(_arguments: argparse.Namespace, out: Out) -> int:
    primary_root(actor=ACTOR, now=now())
    states = root_states()
    values = [_told(state) for state in states]
    rows = [
        (
            v["name"],
            label("root_kind", v["kind"]),
            v["versions"],
            v["waiting"],
            v["open_findings"],
            v["running"],
            v["error"],
        )
        for v in values
    ]
    text = table(("存储库", "种类", "版本", "待复制", "异常", "正在巡检", "出错"), rows)
    lacking = below_quorum(bootstrap.services().instance.copies)
    out.result({"roots": values, "below_quorum": lacking}, f"{text}\n未达到规定份数的版本：{lacking}")
    return EXIT_FOUND if any(state.open_findings for state in states) else EXIT_OK


def _told(state: RootState) -> dict[str, Any]:
    return {
        "name": state.row.name,
        "kind": state.row.kind,
        "is_protected": state.row.is_protected,
        "versions": state.versions,
        "waiting": state.waiting,
        "open_findings": state.open_findings,
        "running": label("cycle", state.running.kind) if state.running else "",
        "error": state.failing[:200],
        "last": {kind.value: row.started_at.isoformat() for kind, row in state.last.items()},
        "due": {kind.value: at.isoformat() for kind, at in state.due.items()},
    }


def _add(arguments: argparse.Namespace, out: Out) -> int:
    primary_root(actor=ACTOR, now=now())
    kind = RootKind(arguments.kind) if arguments.kind in {*RootKind} else None
    if kind is None:
        raise Invalid((Problem("kind", "not_in_range", {"allowed": "folder, s3"}),))
    choices = RootChoices(arguments.name, kind, _configuration(arguments, kind), _keeping(arguments, Keeping()))
    row = add_root(choices, open_root=bootstrap.open_root, actor=ACTOR, now=now())
    out.result({"name": row.name}, f"存储库 {row.name} 已加入，后台进程将把已有档案复制过去并核验。")
    return EXIT_OK


def _configuration(arguments: argparse.Namespace, kind: RootKind) -> dict[str, Any]:
    if kind is RootKind.FOLDER:
        return {"folder": str(arguments.folder.resolve())} if arguments.folder else {}
    if arguments.config is None:
        return {}
    try:
        given = json.loads(arguments.config.read_bytes())
    except ValueError as error:
        raise Invalid((Problem("config", "body_not_json"),)) from error
    return given if isinstance(given, dict) else {}


def _change(arguments: argparse.Namespace, out: Out) -> int:
    known = next((state.row for state in root_states(name=arguments.name)), None)
    keeping = _keeping(arguments, keeping_of(known) if known else Keeping())
    row = change_root(arguments.name, keeping, actor=ACTOR, now=now())
    out.result({"name": row.name}, f"存储库 {row.name} 的设置已更改。")
    return EXIT_OK


def _end(arguments: argparse.Namespace, out: Out) -> int:
    end_root(arguments.name, actor=ACTOR, reason=arguments.reason, now=now())
    out.result({"name": arguments.name}, f"存储库 {arguments.name} 已停用；其中已有的内容原样保留。")
    return EXIT_OK


@contextmanager
def _rooms() -> Iterator[Vaults]:
    """Give the roots, after what dead processes held of them was given back; what we hold of them is ours meanwhile."""
    with Heart() as heart:
        release_dead_claims(heart.is_alive, now=now())
        yield bootstrap.vaults(bootstrap.services(), worker=heart.name)


def _copy(_arguments: argparse.Namespace, out: Out) -> int:
    done = 0
    for state in root_states():
        if state.row.kind != RootKind.PRIMARY.value:
            ask_for_missing(state.row, now=now())
    progress = out.progress("复制")
    with _rooms() as rooms:
        while copy_next(rooms, now=now()):
            done += 1
            progress(done)
    waiting = sum(state.waiting for state in root_states())
    out.result({"tried": done, "waiting": waiting}, f"处理 {done} 个版本，仍待复制 {waiting} 个。")
    return EXIT_FOUND if waiting else EXIT_OK


def _audit(arguments: argparse.Namespace, out: Out) -> int:
    primary_root(actor=ACTOR, now=now())
    kind = arguments.kind or CycleKind.ROUTINE.value
    if kind not in {*CycleKind}:
        raise Invalid((Problem("kind", "not_in_range", {"allowed": ", ".join(CycleKind)}),))
    known = next((state for state in root_states(name=arguments.name)), None)
    cycle = (known and known.running) or start_cycle(arguments.name, CycleKind(kind), actor=ACTOR, now=now())
    batches, progress = 0, out.progress("巡检批次")
    with _rooms() as rooms:
        while advance_cycle(rooms, clock=now, root_name=arguments.name):
            batches += 1
            progress(batches)
    cycle.refresh_from_db()
    if cycle.ended_at is None:
        out.note("巡检尚未结束（限速或被他处进行），后台进程会继续。")
        return EXIT_USAGE
    values = {
        "kind": cycle.kind,
        "objects": cycle.object_count,
        "files": cycle.file_count,
        "bytes": cycle.byte_count,
        "findings": cycle.finding_count,
        "open_findings": open_findings(root=cycle.root).count(),
    }
    text = (
        f"{label('cycle', cycle.kind)}结束：对象 {cycle.object_count}、文件 {cycle.file_count}，新发现异常"
        f" {cycle.finding_count} 处，尚未处置 {values['open_findings']} 处。"
    )
    out.result(values, text)
    return EXIT_FOUND if values["open_findings"] else EXIT_OK


def _findings(arguments: argparse.Namespace, out: Out) -> int:
    found = open_findings(**({"root__name": arguments.name} if arguments.name else {})).select_related("root")
    values = [finding_values(row) for row in found[:_MOST_LISTED]]
    rows = [(v["key"], v["root"], holdings_text(v["code"]), v["path"]) for v in values]
    text = table(("编号", "存储库", "异常", "位置"), rows) if rows else "没有未处置的异常。"
    out.result({"findings": values}, text)
    return EXIT_FOUND if values else EXIT_OK


def _accept(arguments: argparse.Namespace, out: Out) -> int:
    accept_finding(arguments.name, reason=arguments.reason, actor=ACTOR, now=now())
    out.result({"key": arguments.name}, "异常已由人确认并记入日志。")
    return EXIT_OK


ACTIONS: dict[str, Callable[[argparse.Namespace, Out], int]] = {
    "list": _list,
    "add": _add,
    "change": _change,
    "end": _end,
    "copy": _copy,
    "audit": _audit,
    "check": check,
    "findings": _findings,
    "accept": _accept,
}
