"""Sizes, names and imports that keep the code readable."""

from __future__ import annotations

import ast
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "jingui"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
DOMAIN_MODULES = sorted(
    ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
    for path in (SOURCE / "domain").rglob("*.py")
)
HARD_LIMIT = 400
TARGET = 300
FUNCTION_LINES = 60
FORBIDDEN_NAMES = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "misc",
    "base",
    "manager",
    "managers",
    "tools",
    "lib",
}
FORBIDDEN_CLASS_ENDINGS = ("Manager", "Helper", "Service", "Util", "Utils", "Info")
# Whoever decides must not read the world: files, network, clock and chance come in as arguments.
WORLD = {
    "os",
    "io",
    "pathlib",
    "socket",
    "subprocess",
    "time",
    "random",
    "secrets",
    "sqlite3",
    "tempfile",
    "shutil",
}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def imported_names(tree: ast.AST) -> set[str]:
    """Return the modules imported; of pathlib only what can touch files, because pure paths are mere text."""
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not all(alias.name.startswith("Pure") for alias in node.names):
            names.add(node.module or "")
    return names


def test_no_module_is_longer_than_the_hard_limit() -> None:
    tests = list((ROOT / "tests").rglob("*.py"))
    too_long = {
        relative(path): length(path) for path in [*MODULES, *tests, ROOT / "run.py"] if length(path) > HARD_LIMIT
    }

    assert too_long == {}


def test_modules_beyond_the_target_are_few() -> None:
    beyond = {relative(path): length(path) for path in MODULES if length(path) > TARGET}

    assert len(beyond) <= max(3, len(MODULES) // 20), beyond


def test_no_function_fills_more_than_a_screen() -> None:
    too_long = [
        f"{relative(path)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES
    ]

    assert too_long == []


def test_no_module_or_package_is_a_bin() -> None:
    modules = [path for path in SOURCE.rglob("*") if path.suffix == ".py" or path.is_dir()]
    bins = [relative(path) for path in modules if path.stem in FORBIDDEN_NAMES]

    assert bins == []


def test_no_class_hides_behind_an_empty_word() -> None:
    vague = [
        f"{relative(path)}: {node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        and node.name.endswith(FORBIDDEN_CLASS_ENDINGS)
        and not any("Manager" in ast.unparse(parent) for parent in node.bases)  # Django's own word
    ]

    assert vague == []


@pytest.mark.parametrize("layer", ["domain", "formats"])
def test_the_inner_layers_do_not_read_settings_or_the_environment(layer: str) -> None:
    readers = [
        relative(path)
        for path in (SOURCE / layer).rglob("*.py")
        if "os.environ" in (text := path.read_text(encoding="utf-8")) or "getenv" in text or "django.conf" in text
    ]

    assert readers == []


def test_use_cases_take_from_django_only_what_remembers() -> None:
    allowed = ("django.db", "django.core.exceptions", "django.contrib.auth.hashers")
    taken = {
        relative(path): sorted(strange)
        for path in (SOURCE / "usecases").rglob("*.py")
        if (
            strange := {
                name
                for name in imported_names(ast.parse(path.read_text(encoding="utf-8")))
                if name.startswith("django") and not name.startswith(allowed)
            }
        )
    }

    assert taken == {}


def test_the_domain_does_not_touch_the_world() -> None:
    touched = {
        relative(path): sorted(found)
        for path in (SOURCE / "domain").rglob("*.py")
        if (found := imported_names(ast.parse(path.read_text(encoding="utf-8"))) & WORLD)
    }

    assert touched == {}


def test_the_domain_imports_only_the_standard_library() -> None:
    code = (
        "import importlib, json, sys\n"
        "for name in json.loads(sys.argv[1]): importlib.import_module(name)\n"
        "tops = {name.partition('.')[0] for name in sys.modules}\n"
        # What sysconfig loads (zoneinfo asks it where the zones are) has a name of the platform.
        "tops = {top for top in tops if not top.startswith('_sysconfigdata')}\n"
        "foreign = sorted(tops - sys.stdlib_module_names - {'jingui', '__main__'})\n"
        "print(json.dumps(foreign))"
    )
    names = "[" + ", ".join(f'"{name}"' for name in DOMAIN_MODULES) + "]"
    # -S: what a site folder loads by itself (a .pth of a tool) is not the domain's doing.
    line = [sys.executable, "-S", "-c", code, names]

    done = subprocess.run(line, env={"PYTHONPATH": str(ROOT / "src")}, text=True, capture_output=True, check=False)

    assert done.stderr == ""
    assert done.stdout.strip() == "[]"


def test_every_facts_class_of_the_domain_is_frozen_and_slotted() -> None:
    loose = []
    for path in (SOURCE / "domain").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                words = [ast.unparse(each) for each in node.decorator_list if "dataclass" in ast.unparse(each)]
                loose += [
                    f"{relative(path)}: {node.name}"
                    for word in words
                    if "frozen=True" not in word or "slots=True" not in word
                ]

    assert loose == []


def test_the_modules_parse_without_warnings() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path in MODULES:
            compile(path.read_text(encoding="utf-8"), str(path), "exec")
