"""The command ``package``: check any package by itself, export archived records, take records in from packages."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from jingui.bootstrap import package_checker, package_desk, services
from jingui.db.queries.exports import ExportChoice, chosen_keys
from jingui.domain.access.roles import ALL_AGENCIES, Actor, Role
from jingui.domain.errors import DomainError, Invalid, PermanentFailure
from jingui.domain.packaging.packages import FindingLevel, PackageFinding
from jingui.formats.exchange.cases import handed_case, is_made
from jingui.formats.exchange.profiles import FORMS, Checked
from jingui.formats.exchange.sinks import folder_or_zip
from jingui.formats.handover.documents import DocumentRefusedError
from jingui.interfaces.cli.output import EXIT_FOUND, EXIT_OK, Out, table
from jingui.interfaces.cli.setup import ACTOR, now, refused
from jingui.interfaces.wording import label
from jingui.interfaces.wording.holdings import finding_words
from jingui.usecases.capture.packages import PackedCase, TakenCase, take_packed
from jingui.usecases.exchange.exporting import MOST_TOGETHER, ExportDesk, prepare_export, write_export

_LEVELS = {FindingLevel.ERROR: "错误", FindingLevel.WARNING: "警告", FindingLevel.NOTE: "提示"}


def add_package_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``package ACTION PATH``."""
    parser.add_argument("action", choices=sorted(_ACTIONS))
    parser.add_argument(
        "path", type=Path, metavar="PATH", help="check、import：信息包文件夹、OCFL 对象、ZIP 或 XML；export：写到哪里"
    )
    parser.add_argument("--trust", type=Path, action="append", default=[], metavar="PEM", help="check：信任的公钥")
    parser.add_argument("--form", default="national-draft", choices=sorted(FORMS), help="export：信息包形式")
    parser.add_argument(
        "--record", action="append", default=[], metavar="CODE", help="export：档号、电子文件号或业务流水号，可多次"
    )
    parser.add_argument("--item", default="", metavar="CODE", help="export：某一事项已归档的全部")
    parser.add_argument("--year", type=int, metavar="YEAR", help="export：某一年度已归档的全部")
    parser.add_argument("--theme", default="", metavar="NUMBER", help="export：某个一件事已归档的全部")
    parser.add_argument("--source", default="", metavar="NAME", help="import：以哪个来源系统的名义收入")


def package(arguments: argparse.Namespace, out: Out) -> int:
    """Run one action of the command."""
    try:
        return _ACTIONS[arguments.action](arguments, out)
    except DomainError as error:
        return refused(out, error)
    except PermanentFailure as failure:
        return out.refuse(failure.code, f"{failure.code}：{failure.detail}")
    except FileExistsError as error:
        return out.refuse("file_exists", f"已经有 {error.args[0]}。没有写出，也没有覆盖。")
    except OSError as error:
        return out.refuse("file_unreadable", f"读写 {error.filename} 失败：{error.strerror}。")


def _check(arguments: argparse.Namespace, out: Out) -> int:
    """Check a package by itself: needs no database and no instance."""
    try:
        trusted = tuple(path.read_text(encoding="ascii") for path in arguments.trust)
    except (OSError, UnicodeDecodeError) as error:
        return out.refuse("file_unreadable", f"读不到信任的公钥：{error}。没有检查。")
    checked = package_checker().check(arguments.path, trusted=trusted)
    rows = [(_level(f), f.path, f"{finding_words(f)} {f.rule}".strip(), f.detail) for f in checked.findings]
    name = label("package_form", checked.profile) if checked.profile else "认不出的信息包"
    text = table(("类别", "路径", "说明", "细节"), rows) if rows else "信息包完好。"
    values = {
        "profile": checked.profile,
        "is_sound": checked.is_sound,
        "findings": [{**asdict(f), "is_fault": f.is_fault} for f in checked.findings],
    }
    out.result(values, f"{name}\n{text}")
    return EXIT_OK if checked.is_sound else EXIT_FOUND


def _level(finding: PackageFinding) -> str:
    return _LEVELS[finding.level if finding.is_fault or finding.level is not FindingLevel.ERROR else FindingLevel.NOTE]


def _export(arguments: argparse.Namespace, out: Out) -> int:
    ready = services()
    actor = Actor("", ACTOR, frozenset({Role.ARCHIVIST}), ALL_AGENCIES)
    choice = ExportChoice(tuple(arguments.record), arguments.item, arguments.year, arguments.theme)
    if not any((choice.numbers, choice.item, choice.year, choice.theme)):
        return out.refuse("invalid_input", "请用 --record、--item、--year 或 --theme 说明导出哪些档案。没有导出。")
    keys = chosen_keys(actor, choice, limit=MOST_TOGETHER)
    desk = ExportDesk(ready.store, actor, ACTOR)
    if arguments.path.exists():
        raise FileExistsError(str(arguments.path))
    outgoing = prepare_export(keys, form=arguments.form, desk=desk, now=now())
    name = outgoing[0].record.code if len(outgoing) == 1 else ""
    with folder_or_zip(arguments.path, name=name) as sink:
        write_export(outgoing, form=arguments.form, sink=sink)
    sizes = sum(one.record.bytes for one in outgoing)
    values = {"form": arguments.form, "records": len(outgoing), "bytes": sizes, "path": str(arguments.path)}
    out.result(values, f"已导出 {len(outgoing)} 件（{label('package_form', arguments.form)}）到 {arguments.path}。")
    return EXIT_OK


def _import(arguments: argparse.Namespace, out: Out) -> int:
    """Take the records of a package in as cases of a source; a package that is at fault is refused whole."""
    with package_checker().opened(arguments.path) as opened:
        if not opened.checked.is_sound:
            return _refuse_package(opened.checked, out)
        try:
            packed = [
                PackedCase(handed_case(held.record), held.open, {file.path: file for file in held.record.files})
                for held in opened.records()
            ]
            taken = take_packed(packed, source=arguments.source, using=package_desk(), now=now())
        except DocumentRefusedError as error:
            raise Invalid(error.problems, "package_case_invalid") from error
    left = sum(is_made(f) for one in packed for f in one.files.values())
    values = {"profile": opened.checked.profile, "cases": [asdict(one) for one in taken]}
    out.result(values, _taken_text(taken, left))
    return EXIT_OK


def _refuse_package(checked: Checked, out: Out) -> int:
    faults = [f"  {f.path}：{finding_words(f)} {f.detail}" for f in checked.findings if f.is_fault]
    return out.refuse("package_refused", "\n".join(["信息包有误，没有收入：", *faults[:20]]))


def _taken_text(taken: list[TakenCase], left: int) -> str:
    lines = [f"{one.case_number}：文件 {one.files} 个{'，此前已收过' if one.is_repeat else ''}" for one in taken]
    if left:
        lines.append(f"原档案机构自己生成的文件 {left} 个没有收入，归档时重新生成。")
    return "\n".join(["已收入：", *lines])


_ACTIONS = {"check": _check, "export": _export, "import": _import}
