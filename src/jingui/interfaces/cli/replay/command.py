"""``jingui replay``: arguments and exit codes."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pika.exceptions import AMQPError
from sqlalchemy.exc import SQLAlchemyError

from jingui.interfaces.cli.client import Endpoint, Waiting
from jingui.interfaces.cli.replay.deliver import DELIVERIES, PUSH, Delivery, Handing
from jingui.interfaces.cli.replay.items import MAX_MATERIALS
from jingui.interfaces.cli.replay.log import Columns
from jingui.interfaces.cli.replay.replay import ReplayOptions, replay
from jingui.interfaces.cli.replay.report import EXIT_OK, EXIT_USAGE, to_document, to_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

SECRET_VARIABLE = "JINGUI_SOURCE_SECRET"  # noqa: S105 - the name of a variable
KEY_VARIABLE = "JINGUI_SOURCE_KEY"
HOME_VARIABLE = "JINGUI_HOME"
MAX_CONCURRENCY = 64
MAX_REPEAT = 20

_COLUMN_HELP = {
    "case": "办件编号",
    "step": "环节名称",
    "person": "经办人",
    "unit": "经办组",
    "time": "环节时间",
    "event_id": "环节标识",
    "channel": "申报来源",
    "start": "申请时间",
    "end": "办结时间（空为未办结）",
    "planned_end": "承诺办结时间",
    "department": "承办部门",
}


class KeyNotFoundError(ValueError):
    """There is no key and secret for the source."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``jingui replay``."""
    parser.add_argument("log", type=Path, metavar="LOG", help="办件日志，CSV 或 CSV.gz")
    parser.add_argument("--server", required=True, metavar="URL", help="服务器地址，如 http://127.0.0.1:8000")
    parser.add_argument("--source", required=True, metavar="NAME", help="来源系统的名称（jingui source add 登记的）")
    parser.add_argument("--secret", metavar="KEY_ID:SECRET", help=f"密钥；也可用环境变量 {SECRET_VARIABLE}")
    parser.add_argument("--items", required=True, type=Path, metavar="FILE", help="事项文件，与导入目录的文件相同")
    parser.add_argument(
        "--files", required=True, type=Path, action="append", metavar="DIR", help="材料文件，可多次给出"
    )
    parser.add_argument("--json", action="store_true", help="结果写成 JSON")
    _add_delivery_arguments(parser.add_argument_group("交付方式"))
    _add_play_arguments(parser.add_argument_group("播放"))
    _add_broken_arguments(parser.add_argument_group("坏文件"))
    columns = parser.add_argument_group("日志的列名")
    for name, text in _COLUMN_HELP.items():
        flag = f"--{name.replace('_', '-')}-column"
        columns.add_argument(flag, default=getattr(Columns(), name), metavar="COLUMN", help=text)


def _add_delivery_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--deliver", choices=(PUSH, *DELIVERIES), default=PUSH, help="怎样交给档案系统，缺省为推送")
    group.add_argument("--into", default="", metavar="PLACE", help="交付处：目录、amqp:// 地址或数据库地址")
    group.add_argument("--queue", default="jingui", metavar="NAME", help="amqp：队列名称")
    group.add_argument(
        "--copies", type=Path, default=Path("replay-files"), metavar="DIR", help="消息只写路径的文件放在这里"
    )
    group.add_argument("--offer", default="127.0.0.1:0", metavar="HOST:PORT", help="pull：在此地址提供文件")
    group.add_argument("--together", type=_count(10_000), default=50, metavar="N", help="batch：每批件数")
    group.add_argument("--connection", type=Path, metavar="DIR", help="写出来源连接的配置和映射后即结束，不交付")


def _add_play_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--shuffle", action="store_true", help="所有消息打乱次序")
    group.add_argument("--repeat", type=_count(MAX_REPEAT), default=1, metavar="N", help="每条消息随机发 1 至 N 次")
    group.add_argument("--concurrency", type=_count(MAX_CONCURRENCY), default=1, metavar="N", help="同时的连接数")
    group.add_argument("--seed", type=int, default=1, metavar="N", help="随机种子")
    group.add_argument("--limit", type=_count(10**9), metavar="N", help="只播放前 N 件")
    group.add_argument("--patience", type=_seconds, default=120.0, metavar="SECONDS", help="服务器无应答时重试多久")
    group.add_argument("--timeout", type=_seconds, default=60.0, metavar="SECONDS", help="一次应答最多等多久")
    group.add_argument(
        "--max-materials", type=_count(100), default=MAX_MATERIALS, metavar="N", help="只用材料不多于 N 种的事项"
    )
    group.add_argument(
        "--ledger",
        nargs="?",
        type=date.fromisoformat,
        const=date.today(),  # noqa: DTZ011 - the day of whoever sits at this machine
        metavar="DAY",
        help="最后报送这一天的办件台账，列出日志的全部办件；不写日期即今天",
    )
    group.add_argument("--end-at-last-event", action="store_true", help="没有办结时间的，以最后环节为办结")


def _add_broken_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--broken-share", type=_share, default=0.0, metavar="P", help="坏文件所占份额，0 至 1")
    group.add_argument("--broken-files", type=Path, action="append", default=[], metavar="DIR", help="坏文件")
    group.add_argument("--mend", action="store_true", help="办件停下后，以好文件替换坏文件")


def _count(most: int) -> Callable[[str], int]:
    def whole_number(text: str) -> int:
        value = int(text)
        if not 1 <= value <= most:
            raise ValueError(text)
        return value

    return whole_number


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError(text)
    return value


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError(text)
    return value


def read_key(source: str, *, secret: str | None, environ: Mapping[str, str]) -> tuple[str, str]:
    """Find the key id and secret of a source: given, in the environment, or in the instance's folder.

    ``KEY_ID:SECRET`` names both; a secret alone goes with the key id of the environment or the source's name.

    Raises:
        KeyNotFoundError: there is none.
    """
    given = secret or environ.get(SECRET_VARIABLE, "")
    if given:
        key_id, colon, rest = given.partition(":")
        return (key_id, rest) if colon else (environ.get(KEY_VARIABLE, source), given)
    if not environ.get(HOME_VARIABLE):
        raise KeyNotFoundError(f"来源系统 {source} 的密钥没有给出：--secret、{SECRET_VARIABLE} 或 {HOME_VARIABLE}")
    file_name = "".join(char if char.isalnum() or char in "-_." else "_" for char in source)
    path = Path(environ[HOME_VARIABLE], "sources", f"{file_name}.json")
    try:
        document = json.loads(path.read_bytes())
        return str(document["key_id"]), str(document["secret"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeyNotFoundError(f"{path}：{error}") from error


def run(namespace: argparse.Namespace) -> int:
    """Run ``jingui replay`` and return its exit code."""
    if namespace.broken_share > 0 and not namespace.broken_files:
        return _usage("--broken-share 要与 --broken-files 一起用")
    try:
        key_id, secret = read_key(namespace.source, secret=namespace.secret, environ=os.environ)
        endpoint = Endpoint(namespace.server, key_id, secret)
        with contextlib.ExitStack() as opened:
            delivery = _delivery(namespace, endpoint)
            if delivery:
                opened.callback(delivery.close)
            if namespace.connection:
                return _write_connection(namespace.connection, delivery)
            options = replace(_options(namespace), delivery=delivery)
            report = replay(
                namespace.log, endpoint=endpoint, items=namespace.items, files=namespace.files, options=options
            )
    except (ValueError, OSError, AMQPError, SQLAlchemyError) as error:
        return _usage(str(error) or type(error).__name__)
    print(json.dumps(to_document(report), ensure_ascii=False, indent=1) if namespace.json else to_text(report))
    return report.exit_code


def _delivery(namespace: argparse.Namespace, endpoint: Endpoint) -> Delivery | None:
    """Return the way that was chosen, ``None`` for push. Raises ValueError if its place is missing."""
    if namespace.deliver == PUSH:
        return None
    if not namespace.into and namespace.deliver != "pull":
        raise ValueError("--deliver 要与 --into 一起用")
    waiting = Waiting(namespace.timeout, namespace.patience)
    handing = Handing(
        into=namespace.into,
        endpoint=endpoint,
        waiting=waiting,
        files=namespace.copies,
        queue=namespace.queue,
        serve=namespace.offer,
        together=namespace.together,
    )
    return DELIVERIES[namespace.deliver](handing)


def _write_connection(folder: Path, delivery: Delivery | None) -> int:
    """Write what ``jingui source connect`` is given."""
    if delivery is None:
        return _usage("推送不需要来源连接")
    told = delivery.connecting()
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in (("configuration", told.configuration), ("mapping", told.mapping)):
        (folder / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
    print(
        f"jingui source connect NAME --source NAME --kind {told.kind} --config {folder}/configuration.json"
        + (f" --mapping {folder}/mapping.json" if told.mapping else "")
    )
    return EXIT_OK


def _usage(text: str) -> int:
    print(f"jingui replay: {text}", file=sys.stderr)
    return EXIT_USAGE


def _options(namespace: argparse.Namespace) -> ReplayOptions:
    return ReplayOptions(
        columns=Columns(**{name: getattr(namespace, f"{name}_column") for name in _COLUMN_HELP}),
        seed=namespace.seed,
        limit=namespace.limit,
        is_shuffled=namespace.shuffle,
        repeat=namespace.repeat,
        concurrency=namespace.concurrency,
        ends_at_last_event=namespace.end_at_last_event,
        max_materials=namespace.max_materials,
        broken_share=namespace.broken_share,
        broken_files=tuple(namespace.broken_files),
        is_mending=namespace.mend,
        ledger_day=namespace.ledger,
        waiting=Waiting(namespace.timeout, namespace.patience),
    )
