"""The command ``trust``: whose certificates count, and checking the signatures of one file against them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jingui import bootstrap
from jingui.db.queries.trust import get_trusted, trust_entries, trust_version, trusted_certificates
from jingui.domain.errors import DomainError, Invalid, OutsideFailure, Problem
from jingui.domain.records.facts import SignatureFact
from jingui.domain.records.readings import signature_to_dict
from jingui.domain.records.signatures import TrustPurpose, flaws_in
from jingui.domain.records.terms import SignatureVerdict
from jingui.interfaces.cli.output import EXIT_FOUND, EXIT_OK, Out, table
from jingui.interfaces.cli.setup import ACTOR, now, refused
from jingui.interfaces.wording import label
from jingui.ports import Signs
from jingui.usecases.trusting import TrustChoices, add_trusted, end_trusted

_FINE = (SignatureVerdict.SOUND, SignatureVerdict.SOUND_ISSUER_NOT_TRUSTED, SignatureVerdict.LIST_CHANGED_BY_LATER_SEAL)


def add_trust_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``trust ACTION [NAME]``."""
    parser.add_argument("action", choices=list(ACTIONS))
    parser.add_argument(
        "name", nargs="?", default="", metavar="NAME", help="add、check：文件；show、remove：证书指纹（至少 8 位）"
    )
    purposes = [purpose.value for purpose in TrustPurpose]
    parser.add_argument("--purpose", action="append", default=[], choices=purposes, help="add：信任用途，默认全部")
    parser.add_argument("--since", default="", metavar="DATE", help="add：只信任此日起的签名")
    parser.add_argument(
        "--until", default="", metavar="DATE", help="add、remove：只信任此日前的签名（remove 默认即刻）"
    )
    parser.add_argument("--note", default="", help="add：说明；remove：理由")
    parser.add_argument("--version", type=int, default=None, metavar="N", help="list：第 N 版的列表")
    parser.add_argument("--content", type=Path, metavar="FILE", help="check：签名与文件分开存放时，被签名的文件")
    parser.add_argument("--evidence", type=Path, metavar="FOLDER", help="check：把验证证据写入此文件夹")


def trust(arguments: argparse.Namespace, out: Out) -> int:
    """Run one action of the command."""
    try:
        return ACTIONS[arguments.action](arguments, out)
    except DomainError as error:
        return refused(out, error)
    except OutsideFailure as error:
        return out.refuse(error.code, f"文件没有验证完：{error.detail}。没有任何数据变化。")
    except OSError as error:
        return out.refuse("file_unreadable", f"读不到 {error.filename}：{error.strerror}。没有任何数据变化。")


def _add(arguments: argparse.Namespace, out: Out) -> int:
    purposes = arguments.purpose or [purpose.value for purpose in TrustPurpose]
    choices = TrustChoices(tuple(purposes), arguments.note, _day("since", arguments), _day("until", arguments))
    data = Path(arguments.name).read_bytes()
    rows = add_trusted(data, choices, desk=bootstrap.signature_desk(), actor=ACTOR, now=now())
    lines = [f"已信任 {row.subject}\n  指纹 {row.fingerprint}" for row in rows]
    values = {"version": rows[0].added_in, "certificates": [row.fingerprint for row in rows]}
    out.result(values, "\n".join(lines) + f"\n信任列表第 {rows[0].added_in} 版。")
    return EXIT_OK


def _list(arguments: argparse.Namespace, out: Out) -> int:
    version = trust_version() if arguments.version is None else arguments.version
    values = [_values(row) for row in trusted_certificates(version=version)]
    cells = [(v["fingerprint"][:16], v["subject"], "、".join(v["purpose_names"]), v["until"] or "—") for v in values]
    empty = f"第 {version} 版信任列表是空的：签名仍会验证，签发者一律记为“未受信任”。"
    shown = table(("指纹", "证书主体", "用途", "信任到"), cells) if cells else empty
    out.result({"version": version, "certificates": values}, shown)
    return EXIT_OK


def _show(arguments: argparse.Namespace, out: Out) -> int:
    values = _values(get_trusted(arguments.name))
    out.result(values, "\n".join(f"{name}：{value}" for name, value in values.items()))
    return EXIT_OK


def _remove(arguments: argparse.Namespace, out: Out) -> int:
    until = _day("until", arguments) or now()
    row = end_trusted(get_trusted(arguments.name), until=until, note=arguments.note, actor=ACTOR, now=now())
    words = f"{row.subject} 自 {until:%Y-%m-%d %H:%M} 起签的不再受信任，此前签的不变。信任列表第 {row.ended_in} 版。"
    out.result(_values(row), words)
    return EXIT_OK


def _check(arguments: argparse.Namespace, out: Out) -> int:
    path = Path(arguments.name)
    at = now()
    desk = bootstrap.signature_desk()
    content = arguments.content
    signs = Signs(content, content.name) if content else None
    found = desk.check(path, name=path.name, trusted=trust_entries(), at=at, signs=signs)
    if arguments.evidence and found.evidence:
        arguments.evidence.mkdir(parents=True, exist_ok=True)
        for name, data in found.evidence.items():
            (arguments.evidence / name).write_bytes(data)
    text = "\n".join(map(_told, found.signatures)) or "文件里没有签名或签章。"
    out.result({"signatures": [signature_to_dict(fact) for fact in found.signatures]}, text)
    return EXIT_OK if all(fact.verdict in _FINE for fact in found.signatures) else EXIT_FOUND


def _told(fact: SignatureFact) -> str:
    moment = f"{fact.signed_at:%Y-%m-%d %H:%M:%S %Z}" if fact.signed_at else "时间不明"
    lines = [f"{label('signature_verdict', fact.verdict)}　{label('signature_kind', fact.kind)}　{fact.place}"]
    lines.append(f"  {fact.signer or '签名者不明'}，{moment}，{fact.algorithm or '算法不明'}，{fact.covered}")
    lines += [
        f"  · {label('signature_flaw', code)}{'：' + text if text else ''}" for code, text in flaws_in(fact.detail)
    ]
    return "\n".join(lines)


def _day(name: str, arguments: argparse.Namespace) -> datetime | None:
    text = getattr(arguments, name)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Invalid((Problem(name, "not_a_date", {}),)) from None


def _values(row: Any) -> dict[str, Any]:  # noqa: ANN401 - interfaces know no models
    times = ("valid_from", "valid_until", "since", "until", "added_at", "ended_at")
    plain = (
        "fingerprint",
        "subject",
        "issuer",
        "serial",
        "purposes",
        "note",
        "added_in",
        "added_by",
        "ended_in",
        "end_note",
    )
    values = {name: getattr(row, name) for name in plain}
    values["purpose_names"] = [label("trust_purpose", purpose) for purpose in row.purposes]
    return values | {name: moment.isoformat() if (moment := getattr(row, name)) else None for name in times}


ACTIONS: dict[str, Callable[[argparse.Namespace, Out], int]] = {
    "add": _add,
    "list": _list,
    "show": _show,
    "remove": _remove,
    "check": _check,
}
