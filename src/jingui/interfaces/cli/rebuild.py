"""The command ``rebuild``: rows of records made anew from the packages in the store."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from jingui import bootstrap
from jingui.bootstrap import backups
from jingui.domain.errors import DomainError, PermanentFailure, TransientFailure
from jingui.interfaces.cli.output import EXIT_FOUND, EXIT_OK, Out
from jingui.interfaces.cli.setup import now, refused
from jingui.interfaces.wording import label
from jingui.usecases.audit.sealing import seal_everything
from jingui.usecases.preservation.rebuilding import RebuildTable, Rebuilt, rebuild

MOST_SHOWN = 50
LEFT = {
    "inventory_differs": "清单与数据库所记不同",
    "inventory_damaged": "清单损坏",
    "object_damaged": "对象有损坏，请先修复",
    "object_not_ours": "不是本系统的对象",
    "package_not_ours": "不是本系统能读的信息包",
    "package_says_too_little": "信息包缺少重建所需的内容",
    "contradicts_rows": "与数据库中已有的记录矛盾",
    "copy_damaged": "来源中的副本有损坏",
}


def add_rebuild_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``rebuild``."""
    parser.add_argument(
        "--from",
        dest="source",
        default="",
        metavar="ROOT",
        help="先从这里取回主库没有的对象：已登记存储库（文件夹或 S3）的名称，或含 store 的文件夹",
    )


def run_rebuild(arguments: argparse.Namespace, out: Out) -> int:
    """Rebuild what the database lacks, and prove that nothing in the store is unknown."""
    try:
        ready = bootstrap.services()
        fetched, lost = backups.fetch_objects(ready, arguments.source) if arguments.source else (0, [])
    except DomainError as error:
        return refused(out, error)
    except (TransientFailure, PermanentFailure) as failure:
        return out.refuse(failure.code, f"存储不可用（{failure.detail}）。再运行一次会接着做。")
    table = RebuildTable(ready.store, ready.examiner, ready.search, out.progress("重建"))
    done = rebuild(table, clock=now)
    seal_everything(signers=ready.signers, clock=now)
    is_whole = done.is_whole and not lost
    out.result(
        {"fetched": fetched, "not_fetched": lost, "is_whole": is_whole, **asdict(done)}, _text(done, fetched, lost)
    )
    return EXIT_OK if is_whole else EXIT_FOUND


def _text(done: Rebuilt, fetched: int, lost: list[tuple[str, str]]) -> str:
    lines = [f"{each.object_id}  {LEFT.get(each.code, each.code)}  {each.detail}" for each in done.left[:MOST_SHOWN]]
    lines += [f"{object_id}  {LEFT['copy_damaged']}  {detail}" for object_id, detail in lost[:MOST_SHOWN]]
    lines.append(
        f"取回 {fetched} 个版本；新建办件 {done.cases}、文件 {done.files}、信息包版本 {done.packages}，"
        f"新建的可查可看 {done.viewable} 件。"
    )
    lines.append(
        f"存储中对象 {done.objects} 个、版本 {done.versions} 个，数据库认得 {done.known_versions} 个"
        + ("：一个不缺。" if done.is_whole and not lost else f"；{len(done.left) + len(lost)} 个对象没有重建。")
    )
    if done.packages:
        lines.append("信息包里没有、因此没有重建的（只能从备份恢复）：")
        lines += [f"  {label('not_held', code)}" for code in done.not_held]
    return "\n".join(lines)
