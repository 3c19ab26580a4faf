"""The command ``catalogue``: importing service items from a file of any size, and showing how a file would be read."""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings

from jingui.domain.catalogue.importing import RowProblem
from jingui.domain.catalogue.mappings import mapping_to_dict
from jingui.domain.catalogue.profiles import PROFILES
from jingui.domain.errors import DomainError, Problem
from jingui.formats.catalogues.error_files import write_error_tables, write_error_workbook
from jingui.formats.catalogues.sources import CatalogueSource
from jingui.interfaces.cli.output import EXIT_FOUND, EXIT_OK, Out, table
from jingui.interfaces.cli.setup import ACTOR, now, refused
from jingui.interfaces.wording import label, problem_text
from jingui.usecases.catalogue.import_tasks import ImportSummary, ImportTask
from jingui.usecases.catalogue.mappings import save_mapping
from jingui.usecases.catalogue.opening import ImportChoices, open_task
from jingui.usecases.catalogue.reports import read_row
from jingui.usecases.catalogue.runs import forget_parts, preview_run, run_import

_SHOWN = 1000


def add_catalogue_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``catalogue import FILE`` and ``catalogue mapping FILE``."""
    parser.add_argument("action", choices=["import", "mapping"], help="导入；或写出文件各列的对应（不导入）")
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="JSON、Excel、CSV、SQL 转储、CSV 的压缩包或文件夹（up_ 数据表）"
    )
    parser.add_argument("--preview", action="store_true", help="只看会改变什么")
    parser.add_argument("--mapping", default="", metavar="NAME", help="列对应：已保存的名称，或一个文件")
    parser.add_argument("--save-mapping", default="", metavar="NAME", help="把用到的列对应存为这个名称")
    parser.add_argument("--profile", default="", choices=["", *PROFILES], help="校验口径")
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="每行都有的值，如区划代码")
    parser.add_argument(
        "--complete", default="", metavar="SCOPE", help="声明清单完整，缺的视为取消：all、region:区划、agency:机构编码"
    )
    parser.add_argument("--errors", type=Path, default=None, metavar="FILE", help="把未收的行写成 .xlsx、.csv 或 .zip")


def catalogue(arguments: argparse.Namespace, out: Out) -> int:
    """Import a catalogue file; every refused row is named with its row, field and reason."""
    constants = tuple((name, value) for name, _, value in (told.partition("=") for told in arguments.set))
    choices = ImportChoices(arguments.mapping, arguments.profile, arguments.complete, constants)
    try:
        source, task = open_task(arguments.file, choices)
    except OSError as error:
        return out.refuse("file_unreadable", f"读不到 {arguments.file}：{error.strerror}。没有任何数据变化。")
    except DomainError as error:
        return refused(out, error)
    if arguments.action == "mapping":
        return _show_mapping(task, out)
    try:
        return _import(source, task, arguments, out)
    except DomainError as error:
        return refused(out, error)


def _show_mapping(task: ImportTask, out: Out) -> int:
    told = mapping_to_dict(task.mapping) if task.mapping else None
    text = json.dumps(told, ensure_ascii=False, indent=2) if told else "这个文件是本系统的格式，不用列对应。"
    out.result(told, text)
    return EXIT_OK


def _import(source: CatalogueSource, task: ImportTask, arguments: argparse.Namespace, out: Out) -> int:
    if arguments.preview:
        with tempfile.TemporaryDirectory(dir=_work()) as passing:
            return _tell(preview_run(source, task, folder=Path(passing)), arguments, out)
    if arguments.save_mapping and task.mapping:
        row = save_mapping(replace(task.mapping, name=arguments.save_mapping), actor=ACTOR, now=now())
        out.note(f"列对应已存为“{row.name}”第 {row.version} 版。")
    folder = _work() / task.identity
    shown = out.progress("已导入（份）")
    summary = run_import(source, task, folder=folder, actor=ACTOR, clock=now, progress=shown)
    forget_parts(folder)
    return _tell(summary, arguments, out)


def _work() -> Path:
    folder: Path = settings.JINGUI.home / "cache" / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _tell(summary: ImportSummary, arguments: argparse.Namespace, out: Out) -> int:
    if arguments.errors:
        _write_errors(summary, arguments.errors)
    values = import_values(summary)
    out.result(values, _import_text(values))
    return EXIT_FOUND if summary.counts.get("refused") else EXIT_OK


def _write_errors(summary: ImportSummary, path: Path) -> None:
    refused_rows = summary.report.error_rows("refused", _worded)
    if path.suffix.lower() == ".xlsx":
        path.write_bytes(write_error_workbook(refused_rows, summary.report.error_rows("noted", _worded)))
        return
    with path.open("wb") as file:
        write_error_tables(refused_rows, file, name=path.name)


def _worded(problem: RowProblem) -> tuple[str, str]:
    return label("row", problem.table), _row_text(problem.field, problem.code, problem.params)


def import_values(summary: ImportSummary) -> dict[str, Any]:
    """Return what an import did as JSON values; of long lists the first rows."""
    count = summary.counts.get
    return {
        "added": count("added", 0),
        "changed": count("changed", 0) + count("restated", 0),
        "unchanged": count("unchanged", 0),
        "withdrawn": count("withdrawn", 0),
        "rows_read": count("item_rows", 0),
        "rows_refused": count("refused", 0),
        "rows_noted": count("noted", 0),
        "is_balanced": summary.is_balanced,
        "agencies_added": count("agencies_added", 0),
        "agencies_changed": count("agencies_changed", 0),
        "agencies_unchanged": count("agencies_unchanged", 0),
        "tables": summary.tables,
        "tables_ignored": sorted(summary.ignored),
        "refused": [_values(line) for line in summary.report.lines({"refused"}, limit=_SHOWN)],
        "noted": [_values(line) for line in summary.report.lines({"noted"}, limit=_SHOWN)],
    }


def _values(line: dict[str, Any]) -> dict[str, Any]:
    row = read_row(line)
    problems = [
        {"field": p.field, "code": p.code, "detail": _row_text(p.field, p.code, p.params)} for p in row.problems
    ]
    return {"table": row.table, "row": row.row, "key": row.key, "problems": problems}


def _row_text(field: str, code: str, params: dict[str, str]) -> str:
    return problem_text(Problem(field, code, params))


def _import_text(values: dict[str, Any]) -> str:
    lines = [
        "事项：读入 {rows_read}，新增 {added}，变更 {changed}，未变 {unchanged}，取消 {withdrawn}，退回 {rows_refused} 行，"
        "照收但有提示 {rows_noted} 行".format(**values),
        "机构：新增 {agencies_added}，变更 {agencies_changed}，未变 {agencies_unchanged}".format(**values),
    ]
    if values["tables_ignored"]:
        lines.append("没有导入的表：" + "、".join(values["tables_ignored"]))
    for title, name in (("未收的行", "refused"), ("提示", "noted")):
        rows = [(r["table"], r["row"], p["field"], p["detail"]) for r in values[name][:50] for p in r["problems"]]
        if rows:
            lines += [title, table(("表", "行", "字段", "原因"), rows)]
    return "\n".join(lines)
