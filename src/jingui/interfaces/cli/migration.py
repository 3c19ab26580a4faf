"""The command ``migration``: plan, try, decide, run and register format migrations."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from jingui import bootstrap
from jingui.db.queries.accounts import account_actor
from jingui.db.queries.format_migrations import conversions_of, find_migration, migrations, progress_of
from jingui.domain.access.roles import Permission, check_may
from jingui.domain.errors import DomainError, NotFound, PermanentFailure, TransientFailure
from jingui.domain.preservation.migration import MigrationChoices, MigrationState
from jingui.interfaces.cli.output import EXIT_FOUND, EXIT_OK, Out, table
from jingui.interfaces.cli.setup import now, refused
from jingui.interfaces.conversion_forms import register_form
from jingui.interfaces.wording import label
from jingui.interfaces.wording.migrations import reason_text
from jingui.usecases.preservation.migrating import (
    Decision,
    advance_migration,
    ask_trial,
    decide_migration,
    formats_of_policy,
    plan_migration,
    start_migration,
)


def add_migration_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``migration ACTION NUMBER``."""
    parser.add_argument("action", choices=[*_ACTIONS])
    parser.add_argument("number", metavar="NUMBER", nargs="?", type=int, default=0, help="方案编号")
    parser.add_argument("--by", default="", metavar="ACCOUNT", help="plan、trial、approve、reject、run：谁在做，账户名")
    parser.add_argument("--title", default="", help="plan：名称")
    parser.add_argument(
        "--format",
        action="append",
        default=[],
        metavar="FORMAT:TARGET",
        help="plan：格式和目标，如 jpeg:pdfa，可重复；不写则按格式策略",
    )
    parser.add_argument("--reason", default="", help="plan：为什么迁移")
    parser.add_argument("--authorization", default="", help="plan：管理授权（依据）")
    parser.add_argument("--department", default="", help="plan：责任部门")
    parser.add_argument("--sample", type=int, default=3, help="plan：试转换时每种格式抽取的文件数")
    parser.add_argument("--opinion", default="", help="approve、reject：审批意见")
    parser.add_argument("--output", type=Path, metavar="FILE", help="form：写到哪个 PDF 文件")


def migration(arguments: argparse.Namespace, out: Out) -> int:
    """Run one action of the command."""
    try:
        return _ACTIONS[arguments.action](arguments, out)
    except DomainError as error:
        return refused(out, error)
    except (TransientFailure, PermanentFailure) as failure:
        return out.refuse(failure.code, f"{failure.code}（{failure.detail}）。已完成的文件不会重做，请稍后再执行。")
    except OSError as error:
        return out.refuse("file_unreadable", f"{error.filename}：{error.strerror}。没有任何数据变化。")


def _person(arguments: argparse.Namespace) -> str:
    """Return who acts, as the journal names people; an account that may change what is kept, everywhere."""
    check_may(account_actor(arguments.by), Permission.MANAGE_CATALOGUE, agency_code="*")
    return f"account:{arguments.by}"


def _plan(arguments: argparse.Namespace, out: Out) -> int:
    given = tuple(
        (source, target or "pdfa") for source, _, target in (told.partition(":") for told in arguments.format)
    )
    choices = MigrationChoices(
        title=arguments.title,
        formats=given or formats_of_policy(),
        reason=arguments.reason,
        authorization=arguments.authorization,
        department=arguments.department,
        sample=arguments.sample,
    )
    row = plan_migration(choices, converter=bootstrap.workshop(), actor=_person(arguments), now=now())
    cells = [
        (
            label("format", told["format"]),
            label("format", told["target"]),
            label("format_risk", told["risk"]),
            told["files"],
            told["cases"],
            label("converter", told["converter"]) + ("" if told["is_there"] else "：本机没有"),
        )
        for told in row.formats
    ]
    text = table(("格式", "目标", "风险", "文件", "档案", "转换工具"), cells)
    out.result({"number": row.number, "formats": row.formats}, f"方案 {row.number} {row.title}\n{text}")
    return EXIT_OK


def _trial(arguments: argparse.Namespace, out: Out) -> int:
    ready = bootstrap.services()
    row = ask_trial(arguments.number, queue=ready.queue, actor=_person(arguments), now=now())
    advance_migration(row.key, bench=bootstrap.conversion_bench(ready), clock=now)
    return _show_trial(row.number, out)


def _show_trial(number: int, out: Out) -> int:
    row = _found(number)
    cells = [
        (
            one["case_number"],
            one["name"],
            label("conversion", one["outcome"]),
            reason_text(one["reason"]) if one["reason"] else _compared(one["comparison"]),
        )
        for one in row.trial
    ]
    out.result({"number": number, "trial": row.trial}, table(("业务流水号", "文件", "结果", "对比"), cells))
    return EXIT_FOUND if any(one["reason"] for one in row.trial) else EXIT_OK


def _compared(comparison: dict[str, Any]) -> str:
    pages = "→".join("–" if count is None else str(count) for count in comparison["pages"])
    kept = comparison["text_kept"]
    told = [f"页 {pages}"]
    told += [f"文字保留 {kept / 100:.2f}%"] if kept is not None else []
    told += ["像素相同"] if comparison["are_pixels_same"] else []
    told += [label("conversion_remark", code) for code in comparison.get("remarks", ())]
    return "，".join(told)


def _decide(arguments: argparse.Namespace, out: Out) -> int:
    decision = Decision(is_approved=arguments.action == "approve", opinion=arguments.opinion)
    row = decide_migration(arguments.number, decision, actor=_person(arguments), now=now())
    out.result({"number": row.number, "state": row.state}, f"方案 {row.number}：{label('migration_state', row.state)}")
    return EXIT_OK


def _run(arguments: argparse.Namespace, out: Out) -> int:
    """Begin or go on with a migration, in this process, until its end; workers make the new versions."""
    ready, row = bootstrap.services(), _found(arguments.number)
    actor = _person(arguments)
    if row.state != MigrationState.RUNNING:
        row = start_migration(
            arguments.number, converter=bootstrap.workshop(), queue=ready.queue, actor=actor, now=now()
        )
    bench = bootstrap.conversion_bench(ready)
    told = out.progress("已处理")
    while _found(row.number).state == MigrationState.RUNNING:
        advance_migration(row.key, bench=bench, clock=now)
        told(sum(progress_of(row).outcomes.values()))
    return _status(arguments, out)


def _status(arguments: argparse.Namespace, out: Out) -> int:
    if not arguments.number:
        rows = migrations()
        listed = [{"number": row.number, "title": row.title, "state": row.state} for row in rows]
        cells = [(row.number, row.title, label("migration_state", row.state)) for row in rows]
        out.result(listed, table(("编号", "名称", "状态"), cells))
        return EXIT_OK
    row = _found(arguments.number)
    progress = progress_of(row)
    failed = conversions_of(row, outcome="failed")[:1000]
    values: dict[str, Any] = {
        "number": row.number,
        "state": row.state,
        "left": progress.left,
        "outcomes": progress.outcomes,
        "packaged": progress.packaged,
        "held": progress.held,
        "failures": [{"case": one.case.case_number, "file": one.file.file_key, "reason": one.reason} for one in failed],
    }
    counts = "，".join(f"{label('conversion', name)} {count}" for name, count in sorted(progress.outcomes.items()))
    text = (
        f"方案 {row.number} {row.title}：{label('migration_state', row.state)}\n"
        f"{counts or '尚未转换'}；待处理 {progress.left}；已入新版本 {progress.packaged}；被挂起的档案 {progress.held}"
    )
    lines = [(one.case.case_number, one.file.name, reason_text(one.reason)) for one in failed]
    out.result(values, f"{text}\n{table(('业务流水号', '文件', '原因'), lines)}" if lines else text)
    return EXIT_FOUND if lines else EXIT_OK


def _form(arguments: argparse.Namespace, out: Out) -> int:
    data = register_form(arguments.number, unit_name=bootstrap.services().instance.name, now=now())
    path = arguments.output or Path(f"migration-{arguments.number}.pdf")
    path.write_bytes(data)
    out.result({"file": str(path), "bytes": len(data)}, f"登记表已写到 {path}。")
    return EXIT_OK


def _found(number: int) -> Any:  # noqa: ANN401 - a row, whose class is not for commands to import
    row = find_migration(number)
    if row is None:
        raise NotFound("migration_unknown")
    return row


_ACTIONS = {
    "plan": _plan,
    "trial": _trial,
    "approve": _decide,
    "reject": _decide,
    "run": _run,
    "status": _status,
    "form": _form,
}
