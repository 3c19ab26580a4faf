"""``jingui doctor``: is this instance fit to run? Each line says what was looked at and what to do."""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from jingui.bootstrap import services
from jingui.db.queries.workers import living_workers, unattended_work, waiting_work
from jingui.db.queries.worklists import failed_job_count
from jingui.db.schema import waiting_migrations
from jingui.formats.digests import SM3_IMPLEMENTATION
from jingui.interfaces.cli.output import EXIT_FOUND, EXIT_OK, Out, table
from jingui.interfaces.cli.setup import now

LOW_BYTES = 2 * 2**30
OLDEST_SANE_CLOCK = 1_767_225_600  # 2026-01-01: a clock before it is wrong


@dataclass(frozen=True, slots=True)
class Answer:
    """What one look found."""

    name: str
    is_well: bool
    text: str


def add_doctor_arguments(parser: argparse.ArgumentParser) -> None:
    """``doctor`` has no arguments of its own."""
    del parser


def doctor(arguments: argparse.Namespace, out: Out) -> int:
    """Look at everything that must be well before work starts; nothing is changed."""
    del arguments
    found = list(_looks())
    rows = [("正常" if answer.is_well else "请处理", answer.name, answer.text) for answer in found]
    values = [{"name": a.name, "is_well": a.is_well, "text": a.text} for a in found]
    out.result(values, table(("结论", "项目", "说明"), rows))
    return EXIT_OK if all(answer.is_well for answer in found) else EXIT_FOUND


def _looks() -> Iterator[Answer]:
    home = settings.JINGUI.home
    is_made = (home / "keys").is_dir()
    yield Answer("实例", is_made, str(home) if is_made else f"{home} 还没有建立，请运行 jingui init")
    yield _digests()
    yield _clock()
    if is_made:
        yield (database := _safely("数据库", _database))
        for name, look in _LOOKS:
            if database.is_well or look is not _jobs:  # without its tables there is nothing to say of work
                yield _safely(name, look)


def _safely(name: str, look: Callable[[], Answer]) -> Answer:
    try:
        return look()
    except Exception as error:  # noqa: BLE001 - whatever is wrong is what the command is to tell
        return Answer(name, is_well=False, text=f"{type(error).__name__}: {error}")


def _digests() -> Answer:
    return Answer("SM3", is_well=True, text=f"由 {SM3_IMPLEMENTATION} 计算")


def _clock() -> Answer:
    is_sane = time.time() > OLDEST_SANE_CLOCK
    return Answer("时钟", is_sane, time.strftime("%Y-%m-%d %H:%M:%S %z") + ("" if is_sane else "，请校时"))


def _database() -> Answer:
    waiting = waiting_migrations()
    version = sqlite3.sqlite_version if connection.vendor == "sqlite" else connection.pg_version  # type: ignore[attr-defined]
    text = f"{connection.vendor} {version}"
    return Answer(
        "数据库", not waiting, text if not waiting else f"{text}，有 {waiting} 项升级未做，请运行 jingui init"
    )


def _store() -> Answer:
    root = services().store.root
    with tempfile.NamedTemporaryFile(dir=settings.JINGUI.home / "work") as probe:
        probe.write(b"jingui")
        probe.flush()
        os.fsync(probe.fileno())
    is_one = (settings.JINGUI.home / "staging").stat().st_dev == root.stat().st_dev
    return Answer("存储", is_one, f"{root} 可写" if is_one else "暂存与存储不在同一文件系统，入库时要复制，请放在一起")


def _disk() -> Answer:
    free = shutil.disk_usage(settings.JINGUI.home).free
    return Answer("磁盘", free > LOW_BYTES, f"可用 {free / 2**30:.1f} GiB")


def _keys() -> Answer:
    mode = settings.JINGUI.keys.stat().st_mode & 0o077
    names = "、".join(f"{signer.algorithm} {signer.key_id}" for signer in services().signers)
    return Answer("密钥", not mode, names if not mode else "密钥文件夹对他人可读，请改为 0700")


def _jobs() -> Answer:
    moment = now()
    failed, lying = failed_job_count(), unattended_work(now=moment)
    text = f"等待 {waiting_work(now=moment).count}，失败 {failed}" + ("，请看首页工作单" if failed else "")
    text += (
        "；没有后台进程在工作，请运行 jingui serve 或 jingui worker" if lying else f"；后台进程 {living_workers()} 个"
    )
    return Answer("任务", not failed and lying is None, text)


def _address() -> Answer:
    is_open = "*" in settings.ALLOWED_HOSTS
    return Answer(
        "地址", not is_open, "JINGUI_ALLOWED_HOSTS 是 *，请写明主机名" if is_open else "、".join(settings.ALLOWED_HOSTS)
    )


def _malware() -> Answer:
    scanner = services().malware
    if not scanner.is_configured:
        return Answer("病毒扫描", is_well=True, text="注意：没有接入，GD-4-1、GD-4-2 一律记为未检；请设 JINGUI_CLAMD")
    version = scanner.version()
    return Answer("病毒扫描", bool(version), version or "没有应答，GD-4-2 记为未检；请检查 clamd")


_LOOKS: tuple[tuple[str, Callable[[], Answer]], ...] = (
    ("存储", _store),
    ("磁盘", _disk),
    ("密钥", _keys),
    ("任务", _jobs),
    ("地址", _address),
    ("病毒扫描", _malware),
)
