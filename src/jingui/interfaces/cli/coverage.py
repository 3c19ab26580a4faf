"""``jingui coverage``: look at the days, compare again, verify a certificate offline, send a ledger as a source does."""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from jingui.bootstrap import closing_desk, signature_verifier
from jingui.db.queries.coverage import all_certificates, closings_of
from jingui.domain.supervision.certificates import CertificateFault, find_faults, signed_bytes
from jingui.interfaces.cli.client import Body, CaptureClient, Endpoint, ServerSilentError
from jingui.interfaces.cli.output import EXIT_FOUND, EXIT_OK, Out, table
from jingui.interfaces.cli.replay.command import KeyNotFoundError, read_key
from jingui.interfaces.wording import label
from jingui.usecases.supervision.certifying import close_day
from jingui.usecases.supervision.pruning import prune_settled_days

MEDIA = {
    ".json": "application/json",
    ".ndjson": "application/x-ndjson",
    ".jsonl": "application/x-ndjson",
    ".csv": "text/csv",
}
ALGORITHMS = ("Ed25519", "SM2-SM3")
_DAYS = 7
_MOST_PRUNED = 10_000


def add_coverage_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``coverage``."""
    actions = "show 看现行的证书；renew 立即重新核对；prune 清理早已平账的逐件明细；verify FILE 离线核验证书；send FILE 作为来源系统报送台账"
    parser.add_argument("action", choices=list(_ACTIONS), help=actions)
    parser.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="证书（JSON），或台账（.ndjson、.csv、.json）"
    )
    parser.add_argument("--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="哪一天（查看默认近 7 日）")
    parser.add_argument("--trust", type=Path, action="append", default=[], metavar="PEM", help="信任的公钥，可多次给出")
    parser.add_argument("--list", type=Path, metavar="FILE", help="与证书一起下载的名单")
    parser.add_argument("--server", default="", metavar="URL", help="服务器地址（send）")
    parser.add_argument("--source", default="", metavar="NAME", help="来源系统的名称（send）")
    parser.add_argument("--secret", metavar="KEY_ID:SECRET", help="密钥（send）；也可用环境变量 JINGUI_SOURCE_SECRET")


def coverage(arguments: argparse.Namespace, out: Out) -> int:
    """Run one of the actions."""
    if arguments.action in {"verify", "send"} and arguments.file is None:
        return out.refuse("file_missing", "没有给出文件。")
    return _ACTIONS[arguments.action](arguments, out)


def _span(day: date | None) -> tuple[date, date]:
    today = timezone.localdate()
    return (day, day) if day else (today - timedelta(days=_DAYS - 1), today)


def _show(arguments: argparse.Namespace, out: Out) -> int:
    first, last = _span(arguments.day)
    rows = all_certificates(first=first, last=last)
    names = ("listed", "archived", "running", "explained", "unexplained", "differing", "not_in_ledger")
    values: list[dict[str, Any]] = [
        {"day": row.day.isoformat(), "source": row.source.name, "agency": row.agency_code, "version": row.version}
        | {name: getattr(row, name) for name in names}
        | {"lists": json.loads(row.body)["lists"]}
        for row in rows
    ]
    lines = [[each["day"], each["source"], each["agency"] or "—", *(each[name] for name in names)] for each in values]
    heads = ("日期", "来源", "机构", "应归", "已归档", "期限内", "已说明", "未说明", "不一致", "台账无")
    text = table(heads, lines) if lines else "没有证书。"
    unknown = [
        f"{each['day']} {row['case_number']}  {label('gap', row['gap'])}"
        for each in values
        for row in each["lists"]["unexplained"]["rows"]
    ]
    out.result(values, "\n".join([text, *(["", "未说明：", *unknown] if unknown else [])]))
    return EXIT_FOUND if unknown else EXIT_OK


def _renew(arguments: argparse.Namespace, out: Out) -> int:
    first, last = _span(arguments.day)
    for key in closings_of(first=first, last=last):
        close_day(key, closing_desk(), now=datetime.now(UTC))
    return _show(arguments, out)


def _prune(_arguments: argparse.Namespace, out: Out) -> int:
    """Let go of the lines of settled days now, as the worker does by itself."""
    days = settings.JINGUI.ledger_lines_days
    count = prune_settled_days(keep_days=days, now=datetime.now(UTC), limit=_MOST_PRUNED)
    kept = "永久保存" if not days else f"保存 {days} 天"
    out.result({"lines": count, "keep_days": days}, f"清理逐件明细 {count} 行（设置：{kept}）。证书和台账原文都还在。")
    return EXIT_OK


def _verify(arguments: argparse.Namespace, out: Out) -> int:
    try:
        document = json.loads(arguments.file.read_bytes())
        keys = [path.read_text(encoding="ascii") for path in arguments.trust]
        listed = hashlib.sha256(arguments.list.read_bytes()).hexdigest() if arguments.list else ""
    except (OSError, ValueError, RecursionError) as error:
        return out.refuse("file_unreadable", f"读不到文件：{error}。没有核验。")
    faults = certificate_faults(document, keys, listed_sha256=listed)
    body = document.get("certificate") if isinstance(document, dict) else None
    values = {"is_sound": not faults, "faults": [{"code": f.code, "detail": f.detail} for f in faults]}
    lines = [f"{label('certificate_fault', fault.code)}  {fault.detail}".rstrip() for fault in faults]
    out.result(values, "\n".join(lines) if lines else f"证书完好，签名有效。{_said(body)}")
    return EXIT_FOUND if faults else EXIT_OK


def _said(body: Any) -> str:  # noqa: ANN401 - a sound certificate
    totals = body["totals"]
    return (
        f"{body['day']} {body['agency']['name'] or '机构不明'} 第 {body['version']} 版：应归 {totals['listed']}，"
        f"已归档 {totals['archived']}，期限内 {totals['running']}，已说明 {totals['explained']}，未说明 {totals['unexplained']}。"
    )


def certificate_faults(document: Any, keys: list[str], *, listed_sha256: str = "") -> list[CertificateFault]:  # noqa: ANN401
    """Return what is wrong with a downloaded certificate; both signatures must be those of trusted keys."""
    body = document.get("certificate") if isinstance(document, dict) else None
    faults = list(find_faults(body))
    if faults or not isinstance(body, dict):
        return faults
    signatures = document.get("signatures")
    stated = signatures if isinstance(signatures, list) else []
    message = signed_bytes(body)
    for algorithm in ALGORITHMS:
        mine = [each for each in stated if isinstance(each, dict) and each.get("algorithm") == algorithm]
        code = _signature_fault(mine, algorithm, keys, message)
        if code:
            faults.append(CertificateFault(code, algorithm))
    if listed_sha256 and listed_sha256 != body.get("standings_sha256"):
        faults.append(CertificateFault("list_differs", listed_sha256))
    return faults


def _signature_fault(stated: list[dict[str, Any]], algorithm: str, keys: list[str], message: bytes) -> str:
    if not stated:
        return "signature_missing"
    if not keys:
        return "key_not_trusted"
    try:
        values = [base64.b64decode(str(each.get("value")), validate=True) for each in stated]
    except (binascii.Error, ValueError):
        return "signature_wrong"
    verify = signature_verifier()
    is_right = any(
        verify(algorithm=algorithm, public_key_pem=key, message=message, value=value)
        for key in keys
        for value in values
    )
    return "" if is_right else "signature_wrong"


def _send(arguments: argparse.Namespace, out: Out) -> int:
    media = MEDIA.get(arguments.file.suffix.lower())
    if media is None:
        return out.refuse(
            "ledger_form", f"不认识的扩展名 {arguments.file.suffix}，请用 .ndjson、.csv 或 .json。没有报送。"
        )
    try:
        key_id, secret = read_key(arguments.source, secret=arguments.secret, environ=os.environ)
        body = replace(Body.of_file(arguments.file), content_type=media)
        with CaptureClient(Endpoint(arguments.server, key_id, secret)) as client:
            answer = client.request("PUT", f"/ledgers/{arguments.day}", body=body)
    except (KeyNotFoundError, OSError, ValueError, ServerSilentError) as error:
        return out.refuse("not_sent", f"没有报送：{error}")
    if not answer.is_taken:
        detail = answer.document.get("detail", "") if isinstance(answer.document, dict) else ""
        return out.refuse(answer.code, f"服务器没有收下：{answer.reason} {detail}")
    subject = answer.document["receipt"]["subject"]
    out.result(answer.document, f"已报送 {subject['day']} 的台账：{subject['lines']} 行，第 {subject['version']} 版。")
    return EXIT_OK


_ACTIONS: dict[str, Callable[[argparse.Namespace, Out], int]] = {
    "show": _show,
    "renew": _renew,
    "prune": _prune,
    "verify": _verify,
    "send": _send,
}
