"""The commands ``backup`` and ``restore``."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from jingui import __version__, bootstrap
from jingui.bootstrap import backups, instances
from jingui.db import dumps
from jingui.domain.errors import DomainError, PermanentFailure, TransientFailure
from jingui.interfaces.cli.output import EXIT_FOUND, EXIT_OK, EXIT_USAGE, Out, table
from jingui.interfaces.cli.setup import ACTOR, now, refused
from jingui.interfaces.wording.holdings import holdings_text
from jingui.usecases.audit.findings import Looked
from jingui.usecases.audit.holdings import Holdings, verify_holdings
from jingui.usecases.audit.records import verify_records
from jingui.usecases.audit.sealing import seal_everything
from jingui.usecases.indexing import reindex_everything
from jingui.usecases.preservation.backing_up import BackupTable, back_up
from jingui.usecases.preservation.drill import Compared, compare_restored, compare_stored, note_drill
from jingui.usecases.preservation.restoring import check_ready, load
from jingui.usecases.preservation.restoring import restore as restore_rows
from jingui.usecases.reconciliation import reconcile

MOST_SHOWN = 20


def add_backup_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``backup make FOLDER``, ``backup check BACKUP`` and ``backup drill BACKUP``."""
    parser.add_argument("action", choices=[*_ACTIONS])
    parser.add_argument("place", metavar="FOLDER", type=Path, help="make：放备份的文件夹；check、drill：一份备份")
    parser.add_argument("--name", default="", help="make：备份名称，默认按时间")
    parser.add_argument("--with-keys", action="store_true", help="make：连同私钥，用口令加密")
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="make：口令所在的文件")
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="drill：演练用的临时文件夹放在哪里")


def backup(arguments: argparse.Namespace, out: Out) -> int:
    """Run one action of the command."""
    return _guarded(_ACTIONS[arguments.action], arguments, out)


def _guarded(run: Any, arguments: argparse.Namespace, out: Out) -> int:  # noqa: ANN401 - an action
    try:
        code: int = run(arguments, out)
    except DomainError as error:
        return refused(out, error)
    except (TransientFailure, PermanentFailure) as failure:
        return out.refuse(failure.code, f"存储不可用或已满（{failure.detail}）。没有留下半份备份；请处理后再试。")
    except OSError as error:
        return out.refuse("file_unreadable", f"读不到 {error.filename}：{error.strerror}。没有任何数据变化。")
    return code


def _passphrase(arguments: argparse.Namespace) -> str:
    path: Path | None = arguments.passphrase_file
    return path.read_text(encoding="utf-8").strip("\r\n") if path else os.environ.get("JINGUI_PASSWORD", "")


def _make(arguments: argparse.Namespace, out: Out) -> int:
    ready, moment = bootstrap.services(), now()
    try:
        seal_everything(signers=ready.signers, clock=now)
    except PermanentFailure as failure:
        out.note(f"日志没有封存：{failure.code}。备份照常进行；请运行 jingui verify。")
    keys = backups.backup_keys(ready, passphrase=_passphrase(arguments) if arguments.with_keys else None)
    name = arguments.name or f"jingui-{moment:%Y%m%d-%H%M%S}"
    with backups.backup_writer(ready.instance, arguments.place, name) as writer:
        described = BackupTable(
            areas=instances.waiting_areas(ready.instance),
            keys=keys,
            version=__version__,
            store=str(ready.store.root),
            progress=out.progress("备份行"),
        )
        made = back_up(writer, table=described, actor=ACTOR, now=moment)
    place = arguments.place / name
    text = (
        f"备份完成：{place}\n数据行 {made.rows}，未入包文件 {made.waiting}，日志 {made.journal_size} 条，"
        f"根 {made.journal_root[:16]}…，清单 SHA-256 {made.sha256}\n"
        f"{made.objects} 个档案对象不在备份里，它们在存储库中。"
        + ("" if arguments.with_keys else "\n私钥不在备份里，请另行妥善保存实例的 keys 文件夹。")
    )
    out.result({"place": str(place), **asdict(made)}, text)
    return EXIT_OK


def _check(arguments: argparse.Namespace, out: Out) -> int:
    reader = backups.backup_reader(arguments.place)
    files = reader.check()
    rows = sum(each["rows"] for each in reader.manifest["tables"].values())
    values = {"files": files, "rows": rows, "made_at": reader.manifest["made_at"], "sha256": reader.sha256}
    out.result(values, f"备份完好：{files} 个文件的摘要全部相符，数据行 {rows}，写于 {values['made_at']}。")
    return EXIT_OK


def _drill(arguments: argparse.Namespace, out: Out) -> int:
    ready, reader = bootstrap.services(), backups.backup_reader(arguments.place)
    reader.check()
    with tempfile.TemporaryDirectory(prefix="jingui-drill-", dir=arguments.work) as folder:
        told = _drilled(arguments.place, Path(folder) / "home", out)
    if told is None:
        return EXIT_USAGE
    compared = [Compared(*each) for each in told["compared"]] + [compare_stored(reader, ready.store)]
    note_drill(reader, compared, findings=len(told["findings"]), actor=ACTOR, now=now())
    is_sound = all(each.is_same for each in compared) and not told["findings"]
    rows = [(each.what, _short(each.told), _short(each.found), "相符" if each.is_same else "不符") for each in compared]
    lines = [table(("项目", "备份所记", "恢复所得", "结论"), rows), *told["findings"][:MOST_SHOWN]]
    lines.append(
        f"逐行核对日志 {told['looked']['events']} 条、数据行 {told['looked']['rows']}："
        + ("演练通过，已记入日志。" if is_sound else "演练没有通过，已记入日志。")
    )
    values = {"is_sound": is_sound, **told, "compared": [asdict(each) for each in compared]}
    out.result(values, "\n".join(lines))
    return EXIT_OK if is_sound else EXIT_FOUND


def _short(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"{text[:16]}…"


def _drilled(place: Path, home: Path, out: Out) -> dict[str, Any] | None:
    """Restore into an instance of its own, in a process of its own, and return what it says."""
    environment = {**os.environ, "JINGUI_HOME": str(home), "JINGUI_DATABASE_URL": ""}
    command = [sys.executable, "-m", "jingui.interfaces.cli.main", "restore", str(place), "--drill", "--json"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    try:
        told: dict[str, Any] = json.loads(ran.stdout)
    except ValueError:
        out.refuse("drill_broken", f"演练没有做完：{ran.stderr[-2000:]}")
        return None
    if "compared" in told:
        return told
    out.refuse(str(told.get("error", "drill_broken")), str(told.get("detail", "")))
    return None


_ACTIONS = {"make": _make, "check": _check, "drill": _drill}


def add_restore_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``restore BACKUP``."""
    parser.add_argument("place", metavar="BACKUP", type=Path)
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="备份中私钥的口令所在的文件")
    parser.add_argument("--drill", action="store_true", help="只为演练：恢复后核对，不写日志（供 backup drill 使用）")


def restore(arguments: argparse.Namespace, out: Out) -> int:
    """Restore a backup into an empty instance; then reconcile and verify."""
    return _guarded(_restore_drill if arguments.drill else _restore, arguments, out)


def _restore(arguments: argparse.Namespace, out: Out) -> int:
    reader = backups.backup_reader(arguments.place)
    reader.check()
    instance = settings.JINGUI
    instance.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    dumps.make_tables()
    areas = instances.waiting_areas(instance)
    check_ready(reader, areas)
    backups.restore_keys(reader, instance, passphrase=_passphrase(arguments))
    instances.initialise(instance)
    bootstrap.search_index().ensure()
    done = restore_rows(reader, areas=areas, place=instances.waiting_place(instance), actor=ACTOR, now=now())
    ready = bootstrap.services()
    reindex_everything(
        search=ready.search,
        store=ready.store,
        staging=ready.staging,
        examiner=None,
        now=now(),
        progress=out.progress("重建索引"),
    )
    brought = reconcile(store=ready.store, staging=ready.staging, queue=ready.queue, now=now())
    seal_everything(signers=ready.signers, clock=now)
    looked = Looked()
    findings = list(verify_holdings(Holdings(ready.store, ready.staging, ready.signers), looked))
    lines = [f"{each.subject.value}  {each.location}  {holdings_text(each.code)}  {each.detail}" for each in findings]
    text = (
        ("这份备份先前已经恢复，没有重复写入。" if done.was_done else f"已恢复 {done.rows} 行、{done.waiting} 个文件。")
        + f"\n核对：收尾 {len(brought.store)} 处。验证：对象 {looked.objects}、数据行 {looked.rows}、日志 {looked.events} 条，"
        + ("全部无误。" if not findings else f"{len(findings)} 处不符。存储库比备份新时，请再运行 jingui rebuild。")
    )
    values = {**asdict(done), "looked": asdict(looked), "findings": [asdict(each) for each in findings]}
    out.result(values, "\n".join([*lines[:MOST_SHOWN], text]))
    return EXIT_FOUND if findings else EXIT_OK


def _restore_drill(arguments: argparse.Namespace, out: Out) -> int:
    reader = backups.backup_reader(arguments.place)
    instance = settings.JINGUI
    instances.initialise(instance)
    call_command("migrate", interactive=False, verbosity=0)
    check_ready(reader, instances.waiting_areas(instance))
    with transaction.atomic():
        rows = load(reader)
    compared, looked = list(compare_restored(reader)), Looked()
    found = list(verify_records(backups.backup_signers(reader), looked))
    lines = [f"{each.subject.value}  {each.location}  {holdings_text(each.code)}  {each.detail}" for each in found]
    told = [(each.what, each.told, each.found) for each in compared]
    out.result({"rows": rows, "compared": told, "looked": asdict(looked), "findings": lines}, f"演练：{rows} 行")
    return EXIT_OK
