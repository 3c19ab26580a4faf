"""``jingui storage check NAME``: how a storage root is guarded, asked of the root itself, in words and in JSON."""

from __future__ import annotations

import argparse

from jingui import bootstrap
from jingui.interfaces.cli.output import EXIT_FOUND, EXIT_OK, Out
from jingui.interfaces.cli.setup import ACTOR, now
from jingui.interfaces.wording import label
from jingui.interfaces.wording.holdings import holdings_text
from jingui.usecases.preservation.guarding import RootCheck, check_root
from jingui.usecases.preservation.roots import primary_root


def check(arguments: argparse.Namespace, out: Out) -> int:
    """Say how a root is guarded; 1 if something is wrong or not guarded as it was meant to be."""
    primary_root(actor=ACTOR, now=now())
    checked = check_root(arguments.name, bootstrap.vaults(bootstrap.services()), now=now())
    soonest = checked.soonest.isoformat() if checked.soonest else ""
    values = {
        "name": arguments.name,
        "is_as_wanted": checked.is_as_wanted,
        "free": checked.room.free,
        "lock": lock_of(checked),
        "lock_days": checked.lock.days if checked.lock else 0,
        "looked": checked.looked,
        "unguarded": list(checked.unguarded),
        "soonest": soonest,
        "faults": [[fault.path, fault.code] for fault in checked.faults],
    }
    out.result(values, "\n".join(_lines(checked, soonest)))
    return EXIT_OK if checked.is_as_wanted else EXIT_FOUND


def lock_of(checked: RootCheck) -> str:
    """Return which words tell how the root is locked."""
    if checked.lock is None:
        return "folder"
    if checked.lock.is_enabled is None:
        return "untold"
    return (checked.lock.mode or "bare") if checked.lock.is_enabled else "none"


def _lines(checked: RootCheck, soonest: str) -> list[str]:
    lines = [f"{fault.path}  {holdings_text(fault.code)}" for fault in checked.faults]
    lines.append(label("lock", lock_of(checked)))
    if checked.lock and checked.lock.days:
        lines.append(f"默认保留 {checked.lock.days} 天。")
    if checked.looked:
        guarded = checked.looked - len(checked.unguarded)
        lines.append(f"抽查 {checked.looked} 个文件，服务器拒绝删除其中 {guarded} 个，最早到 {soonest or '—'}。")
    if checked.unguarded:
        lines.append(f"{len(checked.unguarded)} 个文件现在就能被删除：{'、'.join(checked.unguarded[:3])}")
    if checked.is_lock_wanted and checked.lock and checked.lock.is_enabled is False:
        lines.append("设置要求写入时带保留期，但桶不支持，新的副本不会写入。")
    return lines
