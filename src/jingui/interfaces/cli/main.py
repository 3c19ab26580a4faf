"""The ``jingui`` command: one table of commands, each a function that takes its arguments and returns an exit code.

0: done · 1: done, and something was found wrong · 2: not run as asked, nothing was changed · 3: nobody answered.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError

from jingui import __version__
from jingui.interfaces.cli.output import Out
from jingui.interfaces.cli.tables import refuse_old_tables
from jingui.interfaces.collector import slow_collector


@dataclass(frozen=True, slots=True)
class Command:
    """One command: where its code is, and what it is for. Modules are loaded only for the command that runs."""

    name: str
    module: str
    arguments: str
    function: str
    help: str


COMMANDS: tuple[Command, ...] = (
    Command("init", "setup", "add_init_arguments", "init", "建立实例：文件夹、密钥、数据库表（可重复执行，升级亦用）"),
    Command("serve", "serve", "add_serve_arguments", "serve", "启动网站、接口和后台进程"),
    Command("worker", "serve", "add_worker_arguments", "work", "单独启动一个后台进程"),
    Command("catalogue", "catalogue", "add_catalogue_arguments", "catalogue", "导入事项目录"),
    Command("source", "sources", "add_source_arguments", "source", "来源系统、密钥、来源连接和未收消息"),
    Command("account", "setup", "add_account_arguments", "account", "建立账户"),
    Command(
        "plan", "plans", "add_plan_arguments", "plan", "归档方案：起草、校验、试算、送审、生效、归档范围与保管期限表"
    ),
    Command(
        "consistency", "plans", "add_consistency_arguments", "consistency", "四级统一：比对、查看、导出不一致的要素"
    ),
    Command(
        "migration", "migration", "add_migration_arguments", "migration", "格式迁移：编制、试转换、审批、执行、登记表"
    ),
    Command("formats", "formats", "add_formats_arguments", "formats", "格式策略：查看、导出、采用；识别和检查文件"),
    Command("status", "status", "add_status_arguments", "status", "办件、文件、对象、日志的数量"),
    Command(
        "coverage",
        "coverage",
        "add_coverage_arguments",
        "coverage",
        "日终对账：查看、重新核对、离线核验覆盖证书，报送台账",
    ),
    Command(
        "trust", "trust", "add_trust_arguments", "trust", "信任列表：查看、加入、结束证书；验证一个文件的签名和签章"
    ),
    Command("verify", "store", "add_verify_arguments", "verify", "验证全部对象、数据行和日志，逐一指出差错"),
    Command("storage", "storage", "add_storage_arguments", "storage", "存储库：副本、巡检、异常和修复"),
    Command("backup", "backup", "add_backup_arguments", "backup", "备份数据库、日志和未入包文件；检查备份；恢复演练"),
    Command("restore", "backup", "add_restore_arguments", "restore", "把备份恢复到空的实例，再核对、验证"),
    Command(
        "rebuild", "rebuild", "add_rebuild_arguments", "run_rebuild", "只凭存储中的信息包重建目录数据，并证明一个不缺"
    ),
    Command("reconcile", "store", "add_reconcile_arguments", "reconcile", "核对存储与数据库，完成中断的动作"),
    Command("reindex", "store", "add_reindex_arguments", "reindex", "重建全文索引"),
    Command("package", "packages", "add_package_arguments", "package", "信息包：独立检查、导出档案、收入"),
    Command(
        "inspect", "inspections", "add_inspect_arguments", "inspect", "四性检测：移交与接收、长期保存，信息包或办件"
    ),
    Command("replay", "player", "add_replay_arguments", "run_replay", "把办件日志当作业务系统播放给服务器"),
    Command("samples", "player", "add_samples_arguments", "samples", "写出随产品附带的样例"),
    Command("demo", "demo", "add_demo_arguments", "demo", "用样例跑一遍主要工作并打开网站"),
    Command("doctor", "doctor", "add_doctor_arguments", "doctor", "检查设置、数据库、存储、密钥、时钟和磁盘"),
)


_NO_DRIVER = "没有连接 PostgreSQL 的驱动，没有执行。请在安装目录带着 JINGUI_DATABASE_URL 运行 python3 run.py doctor，它会装上驱动。"
_NO_SERVER = "连不上 JINGUI_DATABASE_URL 指的数据库，没有执行：{reason}。请核对地址、用户和密码，或先启动数据库。"
_NO_INSTANCE = "{home} 还没有实例，没有执行。请先运行 jingui init，或把 JINGUI_HOME 设为已有实例的文件夹。"


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = argparse.ArgumentParser(prog="jingui", description="金匮：政务服务电子文件归档和电子档案管理")
    top.add_argument("--version", action="version", version=f"jingui {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        commands.add_parser(command.name, help=command.help, add_help=False)
    return top


def load(command: Command) -> tuple[ModuleType, argparse.ArgumentParser]:
    """Load the module of a command and return it with the parser of the command's own arguments."""
    module = import_module(f"jingui.interfaces.cli.{command.module}")
    own = argparse.ArgumentParser(prog=f"jingui {command.name}", description=command.help)
    getattr(module, command.arguments)(own)
    if not any("--json" in action.option_strings for action in own._actions):  # noqa: SLF001 - argparse has no other way
        own.add_argument("--json", action="store_true", help="结果写成 JSON")
    return module, own


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jingui.settings")
    given = list(sys.argv[1:] if arguments is None else arguments)
    chosen, rest = parser().parse_known_args(given[:1])
    command = next(command for command in COMMANDS if command.name == chosen.command)
    slow_collector()
    try:
        return _run(command, [*rest, *given[1:]])
    except (ImproperlyConfigured, OperationalError, ProgrammingError) as error:
        return _without_database(error, Out(as_json="--json" in given))


def _run(command: Command, given: list[str]) -> int:
    django.setup()
    module, own = load(command)
    namespace = own.parse_args(given)
    run: Callable[[argparse.Namespace, Out], int] = getattr(module, command.function)
    return run(namespace, Out(as_json=namespace.json))


def _without_database(error: Exception, out: Out) -> int:
    """Say what is missing where there is no instance, no driver or no database; anything else is ours and is raised."""
    if isinstance(error, ImproperlyConfigured) and isinstance(error.__context__, ImportError):
        return out.refuse("driver_missing", _NO_DRIVER)
    if "connection failed" in str(error):
        return out.refuse("database_unreachable", _NO_SERVER.format(reason=str(error).splitlines()[0]))
    if isinstance(error, ImproperlyConfigured):
        raise error
    if not settings.JINGUI.keys.is_dir():
        return out.refuse("instance_missing", _NO_INSTANCE.format(home=settings.JINGUI.home))
    if refused := refuse_old_tables(out):
        return refused
    raise error


if __name__ == "__main__":
    sys.exit(main())
