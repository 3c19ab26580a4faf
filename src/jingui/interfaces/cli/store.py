"""Commands about the holdings: verify, reconcile, reindex."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import UTC, datetime

from jingui.bootstrap import Services, services
from jingui.domain.errors import PermanentFailure
from jingui.interfaces.cli.output import EXIT_FOUND, EXIT_OK, Out
from jingui.interfaces.wording.holdings import holdings_text
from jingui.usecases.audit.findings import HoldingsFinding, Looked
from jingui.usecases.audit.holdings import Holdings, note_verification, verify_holdings
from jingui.usecases.audit.sealing import seal_everything
from jingui.usecases.indexing import reindex_everything
from jingui.usecases.reconciliation import Reconciled
from jingui.usecases.reconciliation import reconcile as reconcile_holdings

ACTOR = "command"


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def add_verify_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``verify``."""
    parser.add_argument("--no-seal", action="store_true", help="不封存新日志，也不记录本次验证（只读）")


def verify(arguments: argparse.Namespace, out: Out) -> int:
    """Verify everything; each finding is one line. 0: all well, 1: something is wrong."""
    ready, looked = services(), Looked()
    if not arguments.no_seal:
        _seal(ready, out)
    holdings = Holdings(store=ready.store, staging=ready.staging, signers=ready.signers)
    findings: list[HoldingsFinding] = []
    for finding in verify_holdings(holdings, looked):
        findings.append(finding)
        if not out.as_json:
            print(f"{finding.subject.value}  {finding.location}  {holdings_text(finding.code)}  {finding.detail}")
    if not arguments.no_seal:
        note_verification(looked=looked, findings=len(findings), actor=ACTOR, now=now())
    values = {"is_sound": not findings, "looked": asdict(looked), "findings": [asdict(f) for f in findings]}
    summary = (
        f"查了对象 {looked.objects}、文件 {looked.files}（{looked.bytes} 字节）、数据行 {looked.rows}、"
        f"日志 {looked.events} 条、检查点 {looked.checkpoints}："
        + ("全部无误。" if not findings else f"{len(findings)} 处有误。")
    )
    out.result(values, summary)
    return EXIT_FOUND if findings else EXIT_OK


def _seal(ready: Services, out: Out) -> None:
    try:
        seal_everything(signers=ready.signers, clock=now)
    except PermanentFailure as failure:
        out.note(f"日志没有封存：{failure.code} {failure.detail}。下面逐一指出差错。")


def add_reconcile_arguments(parser: argparse.ArgumentParser) -> None:
    """``reconcile`` has no arguments of its own."""
    del parser


def reconcile(arguments: argparse.Namespace, out: Out) -> int:
    """Bring store and database together and say what was done."""
    del arguments
    done = reconcile_now(out)
    out.result(asdict(done), _reconciled_text(done))
    return EXIT_OK


def reconcile_now(out: Out) -> Reconciled:
    """Bring store and database together; quiet when there was nothing to do."""
    ready = services()
    done = reconcile_holdings(store=ready.store, staging=ready.staging, queue=ready.queue, now=now())
    if not done.is_quiet:
        out.note(_reconciled_text(done))
    return done


def _reconciled_text(done: Reconciled) -> str:
    return (
        f"核对完成：存储收尾 {len(done.store)} 处，重新排队 {done.asked_again} 件，"
        f"释放暂存 {done.staged_released} 个，清除无主暂存 {done.staged_orphans} 个、未传完的 {done.parts_swept} 个。"
    )


def add_reindex_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``reindex``."""
    parser.add_argument("--texts", action="store_true", help="从保存的文件重新读取正文")


def reindex(arguments: argparse.Namespace, out: Out) -> int:
    """Throw the search index away and build it again."""
    ready = services()
    progress = out.progress("重建索引")
    count = reindex_everything(
        search=ready.search,
        store=ready.store,
        staging=ready.staging,
        examiner=ready.examiner if arguments.texts else None,
        now=now(),
        progress=progress,
    )
    out.result({"documents": count}, f"已重建 {count} 件的索引。")
    return EXIT_OK
