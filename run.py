#!/usr/bin/env python3
"""Launcher of Jingui 金匮: makes its own environment, then runs one command. Standard library only.

python3 run.py demo [--no-serve] [--bind HOST:PORT]   a fresh instance with samples, played and verified 演示
python3 run.py serve [--bind HOST:PORT]               the site, the interfaces and a worker 启动服务
python3 run.py doctor                                 what is wrong with this installation 自检
python3 run.py test [--without postgres|browser|broker|office] [pytest arguments]   the whole suite on both databases 测试
python3 run.py check                                  every check, all of them, then the count 检查
python3 run.py fix                                    repair what machines can 修整
python3 run.py bundle [--dev]                         wheels/ for machines without a network 离线安装包
python3 run.py lock                                   resolve the requirements again 重新锁定依赖
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent
ENV = Path(os.environ.get("JINGUI_VENV", ROOT / ".venv")).absolute()
PYTHON = ENV / "bin" / "python"
WHEELS = ROOT / "wheels"
SHOWN_LINES = 60
# A base interpreter, even when run.py itself was started by the environment's own python.
BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)

# Each lock file holds the pins of those before it, so installing the last satisfies all (a test says so).
SATISFIES = {
    "main": ("main",),
    "scale": ("main", "scale"),
    "ocr": ("main", "scale", "ocr"),
    "dev": ("main", "scale", "ocr", "dev"),
}
# Pure Python that the independent OCFL validator of the tests needs and that has no wheel; never at run time.
SOURCE_ONLY = ("bagit", "pairtree")
BUILD_TOOLS = ("setuptools", "setuptools-scm", "wheel")


def say(english: str, chinese: str = "") -> None:
    """Tell the person at the terminal; never on stdout, which belongs to the command."""
    print(f"{english} {chinese}".rstrip(), file=sys.stderr, flush=True)


def stop(english: str, chinese: str = "") -> SystemExit:
    """Make the exception that ends the launcher with a message and exit code 2."""
    say(english, chinese)
    return SystemExit(2)


# --- the environment ---------------------------------------------------------------------------------------------


def lock_file(name: str) -> Path:
    """Return the file of pins with hashes."""
    return ROOT / "requirements" / f"{name}.txt"


def stamp_file(name: str) -> Path:
    """Return the file that says a lock was installed whole."""
    return ENV / f"jingui-{name}.stamp"


def stamp_text(name: str) -> str:
    """Return what the stamp must hold: the lock's digest, the version of Python and the place of the checkout."""
    digest = hashlib.sha256(lock_file(name).read_bytes()).hexdigest()
    return f"{digest}\n{sys.version_info.major}.{sys.version_info.minor}\n{ROOT}\n"


def is_installed(name: str) -> bool:
    """Say whether this lock was installed whole by this interpreter."""
    stamp = stamp_file(name)
    return PYTHON.exists() and stamp.is_file() and stamp.read_text(encoding="utf-8") == stamp_text(name)


def pip_command() -> list[str]:
    """Return the command that installs into the environment from outside, or from inside where pip is not outside."""
    found = subprocess.run([BASE_PYTHON, "-m", "pip", "--version"], capture_output=True, check=False)
    if found.returncode == 0:
        return [BASE_PYTHON, "-m", "pip", "--python", str(PYTHON)]
    try:
        venv.create(ENV, with_pip=True, symlinks=True)
    except (subprocess.CalledProcessError, ImportError, OSError) as error:
        advice = "Python has neither pip nor ensurepip. On Debian: apt-get install python3-pip"
        raise stop(advice, "缺少 pip,请先安装 python3-pip") from error
    return [str(PYTHON), "-m", "pip"]


def make_environment() -> None:
    """Create the folder of the environment; one made by another Python is made anew."""
    if ENV.exists() and any(ENV.iterdir()) and not (ENV / "pyvenv.cfg").is_file():
        raise stop(f"{ENV} is not a Python environment; move it away or set JINGUI_VENV", "目录被占用")
    library = ENV / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    # A link to one interpreter with the library of another of the same version starts, and then fails at its first
    # extension module.
    is_ours = library.is_dir() and PYTHON.exists() and PYTHON.resolve() == Path(BASE_PYTHON).resolve()
    is_foreign = ENV.exists() and not is_ours
    venv.create(ENV, with_pip=False, symlinks=True, clear=is_foreign)


def install(name: str) -> None:
    """Install a lock file; the stamps are written last, so a broken-off installation is never taken for whole."""
    make_environment()
    for each in SATISFIES:
        stamp_file(each).unlink(missing_ok=True)
    wheels = ["--no-index", "--find-links", str(WHEELS)] if any(WHEELS.glob("*.whl")) else []
    if subprocess.run([*pip_command(), "install", *pip_options(name), *wheels], check=False).returncode:
        hint = (
            f"{WHEELS} may lack packages of this lock" if wheels else "is the package index reachable? see pip's words"
        )
        raise stop(f"Installation failed: {hint}", "安装依赖失败")
    write_entry_points()
    for each in SATISFIES[name]:
        stamp_file(each).write_text(stamp_text(each), encoding="utf-8")


def pip_options(name: str) -> list[str]:
    """Return how pip shall take the packages of a lock: these versions, with these digests, as wheels."""
    options = ["-qq", "--disable-pip-version-check", "--require-hashes", "--no-deps", "--only-binary", ":all:"]
    sources = ["--no-binary", ",".join(SOURCE_ONLY)] if name == "dev" else []
    return [*options, *sources, "-r", str(lock_file(name))]


def write_entry_points() -> None:
    """Let the environment's python import the checkout, and give it the ``jingui`` command."""
    site = ENV / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    (site / "jingui-checkout.pth").write_text(f"{ROOT / 'src'}\n", encoding="utf-8")
    command = ENV / "bin" / "jingui"
    lines = (f"#!{PYTHON}", "import sys", "from jingui.interfaces.cli.main import main", "", "sys.exit(main())", "")
    command.write_text("\n".join(lines), encoding="utf-8")
    command.chmod(0o755)


def ensure(name: str) -> None:
    """Have a lock installed; two launchers at once wait for each other."""
    if is_installed(name):
        return
    ENV.parent.mkdir(parents=True, exist_ok=True)
    with (ENV.parent / f"{ENV.name}.lock").open("w", encoding="utf-8") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if is_installed(name):
            return
        say(f"Installing requirements/{name}.txt into {ENV} …", "正在安装依赖 …")
        started = time.monotonic()
        install(name)
        say(f"Installed in {time.monotonic() - started:.0f} s.", "安装完成。")


def child_environment(**more: str) -> dict[str, str]:
    """Return the variables for a command of ours: our own on top of the caller's."""
    ours = {"PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1", "DJANGO_SETTINGS_MODULE": "jingui.settings"}
    return {**os.environ, **ours, **more}


# --- demo, serve, doctor -----------------------------------------------------------------------------------------


def start(command: str, arguments: list[str]) -> int:
    """Become the ``jingui`` command, so that signals and exit codes are its own."""
    is_scaled = os.environ.get("JINGUI_DATABASE_URL", "").startswith("postgres")
    ensure("ocr" if os.environ.get("JINGUI_OCR") == "on" else "scale" if is_scaled else "main")
    line = [str(PYTHON), "-m", "jingui.interfaces.cli.main", command, *arguments]
    os.chdir(ROOT)
    os.execve(line[0], line, child_environment())  # noqa: S606 - our own interpreter, no shell


# --- test, check, fix --------------------------------------------------------------------------------------------------


def run_child(command: list[str], environment: dict[str, str]) -> int:
    """Run a command; when we are told to stop, it is asked to stop and waited for."""
    child = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        return child.wait()
    except BaseException:
        child.terminate()
        child.wait()
        raise


def test(arguments: list[str]) -> int:
    """Become the script that runs the whole suite."""
    ensure("dev")
    line = [str(PYTHON), str(ROOT / "tests" / "suite.py"), *arguments]
    os.chdir(ROOT)
    os.execve(line[0], line, child_environment())  # noqa: S606 - our own interpreter, no shell


def checks() -> dict[str, list[str]]:
    """Return every check by name, as arguments of the environment's python."""
    return {
        "format": ["-m", "ruff", "format", "--check", "--quiet", "--output-format", "concise", "."],
        "lint": ["-m", "ruff", "check", "--quiet", "--output-format", "concise", "."],
        "types": ["-m", "mypy", "--no-error-summary", "src", "tests", "bench", "run.py"],
        "layers": ["-c", "from importlinter.cli import lint_imports_command as c; c()"],
        "migrations": ["-m", "django", "makemigrations", "--check", "--dry-run"],
        "deployment": ["-W", "ignore", "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        "references": ["-m", "jingui.interfaces.cli.reference", "--check"],
        "architecture": ["-m", "pytest", "-q", "-p", "no:randomly", "tests/architecture"],
    }


def run_check(command: list[str]) -> tuple[bool, str, float]:
    """Run one check in a home of its own: whether it held, its words, and the seconds it took."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="jingui-check-") as home:
        environment = child_environment(JINGUI_HOME=home, JINGUI_DATABASE_URL="", JINGUI_HTTPS="1")
        done = subprocess.run(
            [str(PYTHON), *command], cwd=ROOT, env=environment, text=True, capture_output=True, check=False
        )
    return done.returncode == 0, (done.stdout + done.stderr).strip(), time.monotonic() - started


def shorten(words: str) -> str:
    """Return the last lines of what a check said, indented."""
    lines = words.splitlines()
    left_out = [f"… {len(lines) - SHOWN_LINES} lines before these"] if len(lines) > SHOWN_LINES else []
    return "\n".join(f"    {line}" for line in [*left_out, *lines[-SHOWN_LINES:]])


def check(arguments: list[str]) -> int:
    """Run every check (or those named), show the words of the failed ones, and count."""
    ensure("dev")
    known = checks()
    unknown = [name for name in arguments if name not in known]
    if unknown:
        raise stop(f"No such check: {', '.join(unknown)}. There are: {', '.join(known)}", "没有这项检查")
    chosen = {name: command for name, command in known.items() if not arguments or name in arguments}
    failed = 0
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        for name, (is_ok, words, seconds) in zip(chosen, pool.map(run_check, chosen.values()), strict=True):
            failed += not is_ok
            print(f"{name:<14}{'ok' if is_ok else 'FAILED':<8}{seconds:5.1f} s", flush=True)
            if not is_ok:
                print(shorten(words), flush=True)
    print(f"{len(chosen) - failed} ok, {failed} failed")
    return 1 if failed else 0


def fix(arguments: list[str]) -> int:
    """Repair what machines can: format, lint, generated documents."""
    ensure("dev")
    paths = arguments or ["."]
    reference = ["-m", "jingui.interfaces.cli.reference"]
    steps = [["-m", "ruff", "check", "--fix", *paths], ["-m", "ruff", "format", *paths], reference]
    codes = [run_child([str(PYTHON), *step], child_environment()) for step in steps]
    return 1 if any(codes) else 0


# --- bundle, lock ------------------------------------------------------------------------------------------------


def bundle(arguments: list[str]) -> int:
    """Fill wheels/ with what a machine of this kind needs to install without a network; ``--dev``: and to test."""
    name = "dev" if "--dev" in arguments else "scale"
    make_environment()
    download = [*pip_command(), "download", "-d", str(WHEELS)]
    code = run_child([*download, *pip_options(name)], dict(os.environ))
    if code == 0 and name == "dev":
        code = run_child([*download, "--quiet", "--only-binary", ":all:", *BUILD_TOOLS], dict(os.environ))
    if code == 0:
        files = list(WHEELS.iterdir())
        size = sum(each.stat().st_size for each in files) // 1_000_000
        say(f"{len(files)} packages, {size} MB in {WHEELS}; copy the folder with the checkout.", "离线安装包已备好。")
    return code


REPLACED = ["--overrides", str(ROOT / "requirements" / "replaced.in")]
LOCKERS = {
    "uv": ["pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--no-emit-index-url", *REPLACED],
    "pip-compile": ["--quiet", "--strip-extras", "--no-emit-index-url", "--no-emit-find-links"],
}


def lock(arguments: list[str]) -> int:
    """Resolve the requirements again: dev first, the others within its pins. Arguments go to the resolver."""
    tool = next(filter(shutil.which, LOCKERS), None)
    if tool is None:
        raise stop("Locking needs uv or pip-tools on the PATH.", "需要 uv 或 pip-tools")
    command = [tool, *LOCKERS[tool], "--generate-hashes", "--no-header", *arguments]
    for name in reversed(SATISFIES):
        within = [] if name == "dev" else ["-c", str(lock_file("dev"))]
        source, target = lock_file(name).with_suffix(".in"), lock_file(name)
        if run_child([*command, *within, "-o", str(target), str(source)], dict(os.environ)):
            return 1
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "demo": lambda arguments: start("demo", arguments),
    "serve": lambda arguments: start("serve", arguments),
    "doctor": lambda arguments: start("doctor", arguments),
    "test": test,
    "check": check,
    "fix": fix,
    "bundle": bundle,
    "lock": lock,
}


def main(arguments: list[str]) -> int:
    """Run the command named first; without one, say what there is."""
    if not (3, 11) <= sys.version_info < (3, 14):
        raise stop(f"Jingui needs Python 3.11 to 3.13, this is {sys.version.split()[0]}", "需要 Python 3.11 至 3.13")
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__)
        return 0 if arguments[:1] in ([], ["help"], ["-h"], ["--help"]) else 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
