"""``jingui demo``: a fresh instance, the shipped samples, sixty cases over HTTP, and the site left open.

The demo is a client: everything it does goes through the same commands and the same interface that others use.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jingui.interfaces.cli.client import Endpoint, Waiting
from jingui.interfaces.cli.output import EXIT_FOUND, EXIT_OK, Out, table
from jingui.interfaces.cli.replay.play import PlayedCase, play
from jingui.interfaces.cli.replay.played import played_documents, played_table
from jingui.interfaces.cli.samplegen import CASE_COUNT, catalogue, demo_cases, write_catalogue

MARK = ".jingui-demo"
SOURCE = "云泽一体化平台"
START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody to try the site as. ``agency``: the place of an agency in the catalogue, -1 for all."""

    username: str
    display_name: str
    role: str
    agency: int = -1


PERSONAS: tuple[Persona, ...] = (
    Persona("danganyuan", "陈静", "archivist"),
    Persona("chuangkou", "李敏", "clerk", agency=0),
    Persona("daju", "孙铭", "supervisor"),
    Persona("duijie", "王磊", "integrator"),
    Persona("shenji", "赵清", "auditor"),
    Persona("guanli", "周宁", "administrator"),
)


def add_demo_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``demo``."""
    parser.add_argument("--no-serve", action="store_true", help="演示完即结束")
    parser.add_argument("--bind", default="", metavar="HOST:PORT", help="地址（默认 127.0.0.1:8000，占用时另选）")
    parser.add_argument(
        "--home", type=Path, default=None, metavar="DIR", help="演示实例的文件夹（默认 ./instance/demo）"
    )
    parser.add_argument("--cases", type=int, default=CASE_COUNT, metavar="N", help="办件数")


def demo(arguments: argparse.Namespace, out: Out) -> int:
    """Run the main job on the shipped samples; 0 if everything ended as announced and verifies."""
    home = (arguments.home or Path("instance") / "demo").resolve()
    if home.exists() and not (home / MARK).exists():
        return out.refuse("home_in_use", f"{home} 不是演示实例，没有动它。请用 --home 另给一个文件夹。")
    started = time.monotonic()
    bind = arguments.bind or f"127.0.0.1:{free_port(8000)}"
    stage = Stage(home, bind, out)
    stage.prepare()
    server = stage.start_server()
    try:
        played = stage.play(arguments.cases)
        is_sound = stage.report(played, time.monotonic() - started)
        if arguments.no_serve or not is_sound:
            return EXIT_OK if is_sound else EXIT_FOUND
        stage.show_personas()
        server.wait()
    except KeyboardInterrupt:
        out.note("已停止。演示数据留在原处，再次运行演示时会重新建立。")
    finally:
        stop(server)
    return EXIT_OK


class Stage:
    """One demo: its instance, its server, and what it prints."""

    def __init__(self, home: Path, bind: str, out: Out) -> None:
        """Choose the password of the personas; nothing is made yet."""
        self.home, self.bind, self.out = home, bind, out
        self.url = f"http://{bind}"
        self.password = secrets.token_urlsafe(9)
        self.environment = os.environ | {
            "JINGUI_HOME": str(home),
            "JINGUI_PUBLIC_URL": self.url,
            "JINGUI_PASSWORD": self.password,
        }

    def prepare(self) -> None:
        """Make the instance afresh, with catalogue, source and personas."""
        if self.home.exists():
            shutil.rmtree(self.home)
        self.home.mkdir(parents=True)
        (self.home / MARK).write_text("made by jingui demo\n", encoding="ascii")
        self._run("init")
        with tempfile.TemporaryDirectory() as folder:
            for path in write_catalogue(Path(folder)):
                if path.name == "catalogue.json":
                    self._run("catalogue", "import", str(path))
        self._run("source", "add", SOURCE)
        agencies = [agency["code"] for agency in catalogue()["agencies"]]
        for persona in PERSONAS:
            bound = ["--agency", agencies[persona.agency]] if persona.agency >= 0 else []
            named = ["--role", persona.role, "--display-name", persona.display_name]
            self._run("account", "add", persona.username, *named, *bound)
        self.out.note(f"实例已建立：{self.home}")

    def start_server(self) -> subprocess.Popen[bytes]:
        """Start ``jingui serve`` and wait until it answers."""
        with (self.home / "serve.log").open("wb") as log:
            server = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [*command("serve"), "--bind", self.bind], env=self.environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and server.poll() is None:
            # Another program may have taken the port since it was chosen: its answers are not ours.
            is_begun = self.url in (self.home / "serve.log").read_text(encoding="utf-8", errors="replace")
            if is_begun and answers(f"{self.url}/api/v1/keys"):
                self.out.note(f"服务已启动：{self.url}")
                return server
            time.sleep(0.2)
        stop(server)
        raise SystemExit(self.out.refuse("server_not_started", f"服务没有启动，原因见 {self.home / 'serve.log'}。"))

    def play(self, count: int) -> list[PlayedCase]:
        """Play the cases at the server as a business system would."""
        key = json.loads((self.home / "sources" / f"{SOURCE}.json").read_text(encoding="utf-8"))
        endpoint = Endpoint(self.url, key["key_id"], key["secret"])
        cases = (case for case, _ in zip(demo_cases(seed=1), range(count), strict=False))
        return play(cases, endpoint=endpoint, total=min(count, CASE_COUNT), waiting=Waiting(patience_seconds=180.0))

    def report(self, played: list[PlayedCase], seconds: float) -> bool:
        """Print what became of every case, verify the holdings, and say whether all is as announced."""
        unlike = [case for case in played if not case.is_as_expected]
        verified = self._run("verify", "--json", is_checked=False)
        holdings = json.loads(verified.stdout or b"{}")
        status = json.loads(self._run("status", "--json").stdout)
        is_sound = not unlike and verified.returncode == 0
        text = "\n".join(
            (
                played_table(played),
                "",
                _holdings_text(holdings, status),
                f"用时 {seconds:.0f} 秒。" + ("全部符合预期。" if is_sound else "有不符合预期之处，见上。"),
            )
        )
        values = {"cases": played_documents(played), "holdings": holdings, "status": status, "is_sound": is_sound}
        self.out.result(values, text)
        return is_sound

    def show_personas(self) -> None:
        """Say where the site is and whom one may be."""
        rows = [(p.username, p.display_name, p.role) for p in PERSONAS]
        self.out.note(f"\n网站：{self.url}    所有演示账户的密码：{self.password}")
        self.out.note(table(("账户", "姓名", "角色"), rows))
        self.out.note("按 Ctrl+C 停止。")

    def _run(self, *words: str, is_checked: bool = True) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command(*words), env=self.environment, capture_output=True, check=False
        )
        if is_checked and done.returncode:
            sys.stderr.buffer.write(done.stdout + done.stderr)
            raise SystemExit(done.returncode)
        return done


def _holdings_text(holdings: dict[str, Any], status: dict[str, Any]) -> str:
    looked = holdings.get("looked", {})
    found = holdings.get("findings", [])
    counts = (
        f"库藏：对象 {status['objects']} 个、版本 {status['versions']} 个、文件 {status['files']} 个、"
        f"{status['bytes']} 字节；日志 {status['journal_events']} 条。"
    )
    checked = (
        f"验证：对象 {looked.get('objects')}、文件 {looked.get('files')}、数据行 {looked.get('rows')}、"
        f"日志 {looked.get('events')} 条，" + (f"{len(found)} 处有误。" if found else "全部无误。")
    )
    return f"{counts}\n{checked}"


def command(*words: str) -> list[str]:
    """Return the command line of one of our commands."""
    return [sys.executable, "-m", "jingui.interfaces.cli.main", *words]


def answers(url: str) -> bool:
    """Say whether the server answers."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)  # noqa: PLR2004
    except (OSError, urllib.error.URLError):
        return False


def free_port(wanted: int) -> int:
    """Return the wanted port if it is free on the loopback address, else any free one."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    message = "no free port"
    raise SystemExit(message)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, and make it end."""
    if server.poll() is not None:
        return
    server.terminate()
    try:
        server.wait(timeout=30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
