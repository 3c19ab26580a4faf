"""The documents say what the code is."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from jingui import __version__
from jingui.interfaces.api import problems
from jingui.interfaces.cli import reference
from jingui.interfaces.cli.reference import errors as error_reference

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "jingui"
READMES = ("README.md", "README.zh-CN.md")
SETTING = re.compile(r"\bJINGUI_[A-Z][A-Z0-9_]*\b")
LAUNCHES = re.compile(r"python3 run\.py ([a-z]+)")
COMMANDS = re.compile(r"^\s*(?:\$ )?(?:\.venv/bin/)?jingui ([a-z][a-z ]*[a-z])", re.MULTILINE)
PINS = re.compile(r"^([a-z0-9][a-z0-9._-]*==[^\s;\\]+)", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
SETTING_LIMIT = 30


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def launcher() -> ModuleType:
    spec = importlib.util.spec_from_file_location("jingui_run", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def domain_classes() -> set[str]:
    modules = (ast.parse(path.read_text(encoding="utf-8")) for path in (SOURCE / "domain").rglob("*.py"))
    return {
        node.name
        for module in modules
        for node in module.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    }


def code_blocks(document: str) -> str:
    return "\n".join(re.findall(r"```[a-z]*\n(.*?)```", document, re.DOTALL))


def test_every_public_class_of_the_domain_is_in_the_glossary() -> None:
    glossary = text("docs/glossary.md")

    assert sorted(name for name in domain_classes() if f"`{name}`" not in glossary) == []


def test_the_glossary_names_no_class_that_is_gone() -> None:
    known = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    current = text("docs/glossary.md").partition("## Terms no longer used")[0]
    named = set(re.findall(r"`([A-Z][a-z]+[A-Za-z0-9]*)`", current))

    assert sorted(name for name in named if not re.search(rf"^class {name}\b", known, re.MULTILINE)) == []


def test_every_setting_that_the_code_reads_is_documented() -> None:
    used = {name for path in SOURCE.rglob("*.py") for name in SETTING.findall(path.read_text(encoding="utf-8"))}
    documented = set(SETTING.findall(text("docs/reference/settings.md"))) if used else set()

    assert sorted(used - documented) == []
    assert len(used) <= SETTING_LIMIT


def test_every_variable_of_the_developers_scripts_is_documented() -> None:
    scripts = [ROOT / "run.py", *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    used = {name for path in scripts for name in SETTING.findall(path.read_text(encoding="utf-8"))}
    documents = [ROOT / "CONTRIBUTING.md", *(ROOT / "docs" / "reference").glob("settings.md")]
    documented = {name for path in documents for name in SETTING.findall(path.read_text(encoding="utf-8"))}

    assert sorted(used - documented) == []


@pytest.mark.parametrize("document", [*READMES, "CONTRIBUTING.md"])
def test_every_launcher_command_that_a_document_names_exists(document: str) -> None:
    named = set(LAUNCHES.findall(text(document)))

    assert named
    assert named <= set(launcher().COMMANDS)


def test_the_launcher_explains_each_of_its_commands() -> None:
    module = launcher()

    assert set(LAUNCHES.findall(module.__doc__ or "")) == set(module.COMMANDS)


@pytest.mark.parametrize("document", [*READMES, "CONTRIBUTING.md", "docs/integration.md"])
def test_every_jingui_command_that_a_document_shows_answers_for_help(document: str) -> None:
    shown = {" ".join(line.split()[:2]) for line in COMMANDS.findall(code_blocks(text(document)))}
    environment = {"PYTHONPATH": str(ROOT / "src"), "DJANGO_SETTINGS_MODULE": "jingui.settings"}

    for command in sorted(shown):
        line = [sys.executable, "-m", "jingui.interfaces.cli.main", *command.split(), "--help"]
        done = subprocess.run(line, env=environment, text=True, capture_output=True, check=False)
        assert done.returncode == 0, f"{document}: jingui {command}: {done.stderr}"


@pytest.mark.parametrize(
    "document",
    sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/*.md"))),
)
def test_links_between_documents_lead_somewhere(document: str) -> None:
    folder = (ROOT / document).parent

    assert [link for link in LINK.findall(text(document)) if not (folder / link).exists()] == []


@pytest.mark.parametrize("document", [*READMES, "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_of_the_front_documents_lead_somewhere(document: str) -> None:
    assert [link for link in LINK.findall(text(document)) if not (ROOT / link).exists()] == []


def test_the_decision_records_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "adr").glob("0*.md"))

    assert numbers == list(range(1, len(numbers) + 1))


def test_the_changelog_tells_of_this_version() -> None:
    assert f"## {__version__}" in text("CHANGELOG.md")


def test_generated_references_are_up_to_date() -> None:
    assert reference.stale(reference.FOLDER) == []


def test_the_reference_of_errors_answers_like_the_api() -> None:
    assert {code: status.value for code, status in problems.STATUS_OF_CODE.items()} == error_reference.STATUS_OF_CODE
    assert {family: status.value for family, status in problems.STATUS_OF_FAMILY} == error_reference.STATUS_OF_FAMILY


def test_a_reference_does_not_depend_on_the_deployment(tmp_path: Path) -> None:
    environment = {
        "PYTHONPATH": str(ROOT / "src"),
        "JINGUI_HOME": str(tmp_path / "none"),
        "JINGUI_HTTPS": "1",
        "JINGUI_ALLOWED_HOSTS": "archive.example",
        "JINGUI_PUBLIC_URL": "https://archive.example",
        "COLUMNS": "40",
    }
    line = [sys.executable, "-m", "jingui.interfaces.cli.reference", "--check"]

    done = subprocess.run(line, env=environment, cwd=tmp_path, text=True, capture_output=True, check=False)

    assert done.stderr == ""
    assert done.returncode == 0
    assert not (tmp_path / "none").exists()


def test_a_changed_reference_is_noticed(tmp_path: Path) -> None:
    reference.write(tmp_path)
    name = next(iter(reference.REFERENCES))
    (tmp_path / name).write_text("edited by hand", encoding="utf-8")

    assert reference.stale(tmp_path) == [name]


def test_every_dependency_says_what_it_is_for() -> None:
    lines = [
        line for path in (ROOT / "requirements").glob("*.in") for line in path.read_text(encoding="utf-8").splitlines()
    ]
    wanted = [line for line in lines if line and not line.startswith(("#", "-r"))]

    assert [line for line in wanted if "#" not in line] == []


def test_the_locks_have_hashes_and_no_index_address() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        lock = path.read_text(encoding="utf-8")
        pinned = re.findall(r"^[a-z0-9][^\n]*==[^\n]*\n", lock, re.MULTILINE)
        assert "://" not in lock, path.name
        assert pinned, path.name
        assert [line for line in pinned if not line.endswith(" \\\n")] == [], path.name


def test_each_lock_holds_the_pins_of_the_smaller_ones() -> None:
    pins = {name: set(PINS.findall(text(f"requirements/{name}.txt"))) for name in ("main", "scale", "ocr", "dev")}

    assert pins["main"]
    assert pins["main"] <= pins["scale"] <= pins["ocr"] <= pins["dev"]


def test_the_continuous_integration_runs_what_the_readme_says() -> None:
    script = text(".ci/run")

    for command in ("python3 run.py test", "python3 run.py check"):
        assert command in script
        assert all(command in text(readme) for readme in READMES)


def test_the_licence_is_the_one_that_the_metadata_names() -> None:
    assert tomllib.loads(text("pyproject.toml"))["project"]["license"] == "Apache-2.0"
    assert "Apache License" in text("LICENSE")


def test_the_wheel_installer_of_the_launcher_needs_only_the_standard_library() -> None:
    bare = shutil.which("python3") or sys.executable
    done = subprocess.run([bare, "-I", "-S", str(ROOT / "run.py"), "help"], text=True, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr
