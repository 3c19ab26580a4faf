"""Office documents into PDF/A by LibreOffice: confined, in a folder of its own, without macros and without network."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jingui.adapters.conversion.office_profile import write_profile
from jingui.adapters.conversion.own import OwnConverter
from jingui.domain.errors import PermanentFailure, TransientFailure
from jingui.domain.preservation.migration import ConverterName
from jingui.formats.conversion import Converted
from jingui.ports import ConversionTask

LAUNCHER = Path(__file__).with_name("office_process.py")
PROGRAMS = ("soffice", "libreoffice")
# The filter of LibreOffice by the kind of document; 2: PDF/A-2b.
_FILTERS = {
    **dict.fromkeys(("xlsx", "xls", "ods"), "calc_pdf_Export"),
    **dict.fromkeys(("pptx", "ppt", "odp"), "impress_pdf_Export"),
}
# How it reads the older forms: left to itself it opens one whose inside is broken as a text and prints the bytes.
_READ_AS = {"xls": "MS Excel 97", "doc": "MS Word 97", "ppt": "MS PowerPoint 97"}
# Pictures go into the result as they are, neither made coarser nor compressed with loss. Comments do not: as annotations
# they have no appearance, which PDF/A does not allow.
_OPTIONS = json.dumps(
    {
        "SelectPdfVersion": {"type": "long", "value": "2"},
        "UseTaggedPDF": {"type": "boolean", "value": "false"},
        "UseLosslessCompression": {"type": "boolean", "value": "true"},
        "ReduceImageResolution": {"type": "boolean", "value": "false"},
        "ExportNotes": {"type": "boolean", "value": "false"},
    }
)
# What it would show otherwise than it is stored: it is given a copy that we make.
_COPIED_BY_US = frozenset(("xlsx", "ods", "xls", "docx"))
_LAUNCH_FAILED = 125
_NOT_LOADED = "source file could not be loaded"


@dataclass(frozen=True, slots=True)
class OfficeBounds:
    """What a run of the office program may use: bytes of address space and of a file, processor and wall time."""

    memory_bytes: int = 6 * 1024**3
    file_bytes: int = 256 * 1024**2
    cpu_seconds: int = 120
    wall_seconds: float = 180.0


class OfficeConverter:
    """Implements ``ports.FormatConverter`` by a command; ``None`` looks for LibreOffice on the machine."""

    def __init__(
        self,
        command: Sequence[str] | None = None,
        *,
        bounds: OfficeBounds | None = None,
        readable: Sequence[Path] | None = None,
        own: OwnConverter | None = None,
    ) -> None:
        """Keep the command; nothing is started. ``readable``: folders it needs beside those of the system.

        ``own`` makes the copies that the command is given.
        """
        self._own = own or OwnConverter()
        found = next(filter(None, map(shutil.which, PROGRAMS)), None)
        self._command = tuple(command) if command is not None else ((found,) if found else ())
        self._bounds = bounds or OfficeBounds()
        self._readable = _installed_at(self._command) if readable is None else tuple(readable)

    @property
    def is_available(self) -> bool:
        """Whether there is a command."""
        return bool(self._command)

    def version(self, converter: ConverterName) -> str:
        """Return what the command says of itself."""
        del converter
        return self._said if self.is_available else ""

    @cached_property
    def _said(self) -> str:
        with tempfile.TemporaryDirectory(prefix="jingui-office-") as folder:
            try:
                status, output = self._run(Path(folder), ["--version"])
            except (PermanentFailure, TransientFailure):
                return ""
        return output.splitlines()[0].strip()[:100] if status == 0 and output.strip() else ""

    def convert(self, path: Path, task: ConversionTask) -> Converted:
        """Convert a document; it is copied into a folder that is gone afterwards.

        Raises:
            PermanentFailure: ``converter_missing``, ``conversion_failed``, ``conversion_timeout``, ``file_too_large``.
        """
        if not self.is_available:
            raise PermanentFailure("converter_missing", "LibreOffice")
        with tempfile.TemporaryDirectory(prefix="jingui-office-") as name:
            folder = Path(name)
            remarks = self._copied(path, folder / f"document.{task.format_name}", task)
            write_profile(folder / "profile")
            status, output = self._run(folder, _arguments(task.format_name))
            return Converted(self._result(folder / "out" / "document.pdf", status, output), remarks=remarks)

    def close(self) -> None:
        """End the process that makes copies for the command."""
        self._own.close()

    def _copied(self, path: Path, place: Path, task: ConversionTask) -> tuple[str, ...]:
        """Put down what the command is given; say what is to be remarked of it."""
        if task.format_name not in _COPIED_BY_US:
            shutil.copyfile(path, place)
            return ()
        copy = self._own.office_copy(path, task)
        place.write_bytes(copy.data)
        return copy.remarks

    def _run(self, folder: Path, arguments: Sequence[str]) -> tuple[int, str]:
        """Run the command confined by its launcher; the whole group ends with it."""
        bounds = self._bounds
        limits = [str(limit) for limit in (bounds.memory_bytes, bounds.file_bytes, bounds.cpu_seconds)]
        limits.append(":".join(map(str, self._readable)))
        environment = {"LANG": "zh_CN.UTF-8", "FC_LANG": "zh-cn", "PATH": os.defpath, "SAL_USE_VCLPLUGIN": "svp"}
        with (folder / "said").open("w+b") as said:
            process = subprocess.Popen(  # noqa: S603 - the configured command, its arguments ours
                [sys.executable, "-I", "-S", str(LAUNCHER), *limits, *self._command, *arguments],
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment, cwd=folder, start_new_session=True,
            )  # fmt: skip
            try:
                status = process.wait(timeout=bounds.wall_seconds)
            except subprocess.TimeoutExpired:
                raise PermanentFailure("conversion_timeout", f"{bounds.wall_seconds} s") from None
            finally:
                _end(process)
            said.seek(0)
            return status, said.read(2_000).decode("utf-8", "replace")

    def _result(self, made: Path, status: int, output: str) -> bytes:
        if status == -signal.SIGXCPU:
            raise PermanentFailure("conversion_timeout", f"{self._bounds.cpu_seconds} s CPU")
        if status == _LAUNCH_FAILED:
            raise TransientFailure("converter_not_started", output[-200:])
        if status != 0 or made.is_symlink() or not made.is_file():
            code = "source_not_loaded" if _NOT_LOADED in output else "conversion_failed"
            raise PermanentFailure(code, f"exit {status}: {_without_warnings(output)[-150:]}")
        with made.open("rb") as stream:
            data = stream.read(self._bounds.file_bytes + 1)
        if len(data) > self._bounds.file_bytes:
            raise PermanentFailure("file_too_large", f"{len(data)} bytes")
        return data


def _arguments(format_name: str) -> list[str]:
    kind = _FILTERS.get(format_name, "writer_pdf_Export")
    read_as = [f"--infilter={_READ_AS[format_name]}"] if format_name in _READ_AS else []
    return [
        "-env:UserInstallation=file://{folder}/profile",
        *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo", *read_as),
        *("--convert-to", f"pdf:{kind}:{_OPTIONS}", "--outdir", "{folder}/out", f"{{folder}}/document.{format_name}"),
    ]


def _without_warnings(output: str) -> str:
    return " ".join(line for line in output.splitlines() if not line.startswith("Warning: "))


def _installed_at(command: tuple[str, ...]) -> tuple[Path, ...]:
    """Return the folder of an office that does not lie among the programs of the system, as ``/opt/libreoffice``."""
    program = Path(command[0]).resolve().parent if command else Path()
    return (program.parent,) if program.name == "program" else ()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the group, then collect the process."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
