"""What somebody meets who has not made an instance yet, or whose database is away: words and a cure, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def jingui(home: Path, *words: str, piped: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith("JINGUI_")}
    return subprocess.run(
        [sys.executable, "-m", "jingui.interfaces.cli.main", *words],
        env=known | {"JINGUI_HOME": str(home)} | environment,
        capture_output=True,
        text=True,
        check=False,
        input=piped,
    )


@pytest.mark.parametrize("words", [("status",), ("source", "add", "业务系统")])
def test_without_an_instance_a_command_says_how_to_make_one(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = jingui(tmp_path, *words)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip() == (
        f"{tmp_path} 还没有实例，没有执行。请先运行 jingui init，或把 JINGUI_HOME 设为已有实例的文件夹。"
    )


def test_a_database_that_is_away_is_told_with_what_to_check(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    done = jingui(tmp_path, "init", JINGUI_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert done.returncode == 2
    assert "JINGUI_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_driver_is_told_with_the_command_that_installs_it(tmp_path: Path) -> None:
    for name in ("psycopg", "psycopg2"):
        (tmp_path / f"{name}.py").write_text("raise ImportError", encoding="ascii")
    path = os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", "")))
    done = jingui(tmp_path, "status", JINGUI_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", PYTHONPATH=path)

    assert done.returncode == 2
    assert "python3 run.py doctor" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_password_that_is_too_short_is_refused_in_chinese(tmp_path: Path) -> None:
    assert jingui(tmp_path, "init").returncode == 0

    done = jingui(tmp_path, "account", "add", "chen", "--role", "clerk", JINGUI_PASSWORD="kurz")

    assert done.returncode == 2
    assert done.stderr.strip() == "密码太短，至少要十个字符。账户没有建立。"


def test_without_a_terminal_the_password_is_piped_in_and_a_missing_one_is_told(tmp_path: Path) -> None:
    assert jingui(tmp_path, "init").returncode == 0
    words = ("account", "add", "chen", "--role", "clerk")

    done = jingui(tmp_path, *words)

    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert done.stderr.strip() == "没有给密码：在终端里输入，或放在环境变量 JINGUI_PASSWORD 里。账户没有建立。"
    assert jingui(tmp_path, *words, piped="correct horse 47\n").returncode == 0
