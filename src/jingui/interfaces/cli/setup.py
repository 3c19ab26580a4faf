"""Commands that set an instance up: init, source, account."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command

from jingui import bootstrap
from jingui.bootstrap import instances, secrets
from jingui.domain.access.roles import Role
from jingui.domain.errors import DomainError, Invalid
from jingui.interfaces.cli.output import EXIT_OK, Out
from jingui.interfaces.wording import error_text, problem_text
from jingui.usecases import administration
from jingui.usecases.preservation.roots import primary_root

ACTOR = "command"


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def refused(out: Out, error: DomainError) -> int:
    """Say why the domain refused."""
    lines = [error_text(error.code, error.params)]
    if isinstance(error, Invalid):
        lines += [f"  {problem.location}：{problem_text(problem)}" for problem in error.problems]
    return out.refuse(error.code, "\n".join(lines))


def add_init_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``init``."""
    parser.add_argument("--name", default=None, help="档案机构名称（默认 JINGUI_NAME）")


def init(arguments: argparse.Namespace, out: Out) -> int:
    """Make the instance, or bring its tables up to date; doing it again changes nothing else."""
    instance = settings.JINGUI
    instances.initialise(instance)
    call_command("migrate", interactive=False, verbosity=0)
    bootstrap.search_index().ensure()
    row = administration.initialise(name=arguments.name or instance.name, now=now())
    primary_root(actor=ACTOR, now=now())  # entered from the beginning, so that it is audited without being asked for
    out.result({"home": str(instance.home), "name": row.name, "origin": row.origin}, f"实例已就绪：{instance.home}")
    return EXIT_OK


def add_source_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``source add NAME`` and ``source revoke KEY_ID``."""
    parser.add_argument("action", choices=["add", "revoke"])
    parser.add_argument("name", metavar="NAME", help="来源系统名称；revoke 时为密钥编号")
    parser.add_argument(
        "--agency", action="append", default=[], metavar="CODE", help="只代表这些机构（统一社会信用代码）"
    )


def source(arguments: argparse.Namespace, out: Out) -> int:
    """Register a source system and print its key once, or revoke a key."""
    try:
        if arguments.action == "revoke":
            administration.revoke_source_key(key_id=arguments.name, now=now())
            out.result({"revoked": arguments.name}, f"密钥 {arguments.name} 已吊销。")
            return EXIT_OK
        key = administration.register_source(name=arguments.name, agency_codes=tuple(arguments.agency), now=now())
    except DomainError as error:
        return refused(out, error)
    values = {"name": arguments.name, "key_id": key.key_id, "secret": secrets.source_secret(key.key_id)}
    path = write_key_file(values)
    text = f"来源系统 {arguments.name}\n密钥编号 {values['key_id']}\n密钥     {values['secret']}\n已写入 {path}（0600），交给对接人员后请删除。"
    out.result({**values, "file": str(path)}, text)
    return EXIT_OK


def write_key_file(values: dict[str, str]) -> Path:
    """Write a source's key for its integrator, readable by the owner only."""
    folder = settings.JINGUI.home / "sources"
    folder.mkdir(mode=0o700, exist_ok=True)
    safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in values["name"])
    path: Path = folder / f"{safe}.json"
    if path.exists():  # of another source whose name is written alike
        path = folder / f"{safe}-{values['key_id']}.json"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(values, stream, ensure_ascii=False)
    return path


def add_account_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``account add NAME``."""
    parser.add_argument("action", choices=["add"])
    parser.add_argument("username")
    parser.add_argument("--display-name", default="")
    parser.add_argument("--role", choices=[role.value for role in Role], required=True)
    parser.add_argument("--agency", default="", metavar="CODE", help="所属机构；不写则为全部机构")


def account(arguments: argparse.Namespace, out: Out) -> int:
    """Make an account; the password comes from JINGUI_PASSWORD, or is asked for or piped in, never from the command line."""
    password = os.environ.get("JINGUI_PASSWORD") or _asked_password()
    if not password:
        return out.refuse(
            "password_missing", "没有给密码：在终端里输入，或放在环境变量 JINGUI_PASSWORD 里。账户没有建立。"
        )
    try:
        validate_password(password)
        row = administration.create_account(
            username=arguments.username,
            display_name=arguments.display_name or arguments.username,
            role=Role(arguments.role),
            password=password,
            agency_code=arguments.agency,
            now=now(),
        )
    except ValidationError as error:
        return out.refuse("password_weak", "".join(_weakness(each) for each in error.error_list) + "账户没有建立。")
    except DomainError as error:
        return refused(out, error)
    out.result({"username": row.username, "role": row.role}, f"账户 {row.username} 已建立。")
    return EXIT_OK


def _asked_password() -> str:
    """Ask at the terminal without showing it; without one, take the first line that is piped in."""
    return getpass.getpass("密码：") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")


def _weakness(error: ValidationError) -> str:
    """Say in words why a password is refused; the framework has some of them in English only."""
    return _WEAK.get(str(error.code)) or " ".join(error.messages)


_WEAK = {"password_too_short": "密码太短，至少要十个字符。", "password_too_common": "这个密码太常见。"}
