"""``jingui plan`` and ``jingui consistency``: layers of archiving plans, their proof, and the comparison of the levels."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from jingui.bootstrap import plan_profile
from jingui.db.queries.levels import differences, element_counts, last_run
from jingui.db.queries.plan_lists import find_layer, layer_list
from jingui.db.queries.scope_tables import agency_scope_rows, get_agency, scope_head
from jingui.domain.access.roles import ALL_AGENCIES
from jingui.domain.catalogue.planning.layers import LayerScope
from jingui.domain.catalogue.planning.reports import LayerReport, layer_report_to_dict, told_findings
from jingui.domain.errors import DomainError, Invalid
from jingui.formats.plans import write_csv, write_long_workbook
from jingui.interfaces.cli.output import EXIT_FOUND, EXIT_OK, Out, table
from jingui.interfaces.wording import error_text, label, problem_text
from jingui.interfaces.wording.level_lines import difference_cells, element_text
from jingui.interfaces.wording.planning_text import layer_text, path_text, plan_finding_text
from jingui.interfaces.wording.scope_forms import scope_form_pdf
from jingui.interfaces.wording.scope_lines import table_cells, worded_rows
from jingui.usecases.catalogue.levels import compare
from jingui.usecases.catalogue.plan_proof import prove_layer, try_layer
from jingui.usecases.catalogue.plan_rollout import enforce_due
from jingui.usecases.catalogue.plans import change_draft, draft_layer, submit_layer

ACTOR = "command"
_LABEL = re.compile(r"(default|region|agency|item)(?::([^@]*))?@(\d{1,9})")
_TARGET = re.compile(r"(default|region|agency|item)(?::([^@]+))?")


def _now() -> datetime:
    return datetime.now(UTC)


def add_plan_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``plan``."""
    actions = (
        "list 各层版本；draft TARGET 起草；show LAYER 内容；save LAYER FILE 改草稿；check LAYER 校验；"
        "trial LAYER 用已办件试算；submit LAYER 送审；enforce 使到期的方案生效；scope AGENCY 归档范围与保管期限表"
    )
    parser.add_argument("action", choices=list(_PLAN), help=actions)
    parser.add_argument(
        "name", nargs="?", default="", metavar="NAME", help="LAYER 如 region:530000@2；TARGET 如 default"
    )
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="方案内容（JSON）")
    parser.add_argument("--shipped", action="store_true", help="起草时用产品自带的默认方案")
    parser.add_argument("--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="生效日期（submit，默认今天）")
    parser.add_argument("--days", type=int, default=30, help="试算近多少天办结的办件")
    parser.add_argument("--layer", default="", metavar="LAYER", help="按这一版打印归档范围与保管期限表")
    parser.add_argument("--out", type=Path, metavar="FILE", help="写入文件（.xlsx、.pdf 或 .json）")


def plan(arguments: argparse.Namespace, out: Out) -> int:
    """Run one of the actions."""
    try:
        return _PLAN[arguments.action](arguments, out)
    except DomainError as error:
        lines = [error_text(error.code, error.params)]
        if isinstance(error, Invalid):
            lines += [f"  {problem.location}：{problem_text(problem)}" for problem in error.problems]
        return out.refuse(error.code, "\n".join(lines))
    except (OSError, ValueError) as error:
        return out.refuse("file_unreadable", f"文件读不出来或写不进去：{error}。没有任何数据变化。")


def _layer(name: str) -> Any:  # noqa: ANN401 - interfaces know no models
    found = _LABEL.fullmatch(name)
    scope, code, version = found.groups() if found else ("", "", "0")
    return find_layer(scope, code or "", int(version))


def _list(_arguments: argparse.Namespace, out: Out) -> int:
    rows = layer_list()
    values = [
        {"layer": layer_name(row), "title": row.title, "state": row.state, "effective_on": _day(row.effective_on)}
        for row in rows
    ]
    cells = [(v["layer"], v["title"], label("layer_state", str(v["state"])), v["effective_on"] or "—") for v in values]
    out.result(values, table(("方案", "适用", "状态", "生效"), cells) if cells else "还没有方案。")
    return EXIT_OK


def layer_name(row: Any) -> str:  # noqa: ANN401 - interfaces know no models
    """Return the name of a layer version as commands take it."""
    return f"{row.scope}:{row.code}@{row.version}" if row.code else f"{row.scope}@{row.version}"


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _draft(arguments: argparse.Namespace, out: Out) -> int:
    found = _TARGET.fullmatch(arguments.name)
    if not found:
        return out.refuse(
            "target_unknown", "起草对象写作 default、region:代码、agency:代码 或 item:编码。没有任何数据变化。"
        )
    content = dict(plan_profile().default_layer) if arguments.shipped else None
    if arguments.file:
        content = json.loads(arguments.file.read_text(encoding="utf-8"))
    scope, code = found.groups()
    row = draft_layer(LayerScope(scope), code or "", actor=ACTOR, now=_now(), content=content)
    out.result({"layer": layer_name(row)}, f"已起草 {layer_name(row)}：{row.title}")
    return EXIT_OK


def _show(arguments: argparse.Namespace, out: Out) -> int:
    text = json.dumps(_layer(arguments.name).content, ensure_ascii=False, indent=1)
    if arguments.out:
        arguments.out.write_text(text + "\n", encoding="utf-8")
        out.note(f"已写入 {arguments.out}")
    else:
        print(text)
    return EXIT_OK


def _save(arguments: argparse.Namespace, out: Out) -> int:
    if arguments.file is None:
        return out.refuse("file_missing", "没有给出文件。")
    content = json.loads(arguments.file.read_text(encoding="utf-8"))
    row = change_draft(_layer(arguments.name), content, actor=ACTOR, now=_now())
    out.result({"layer": layer_name(row)}, f"已保存 {layer_name(row)}")
    return EXIT_OK


def _check(arguments: argparse.Namespace, out: Out) -> int:
    shown = out.progress("已校验事项")

    def told(report: LayerReport, _after: str) -> None:
        shown(report.item_count)

    report = prove_layer(_layer(arguments.name), profile=plan_profile().compiling, told=told)
    found = layer_report_to_dict(report)
    out.result(found, _report_text(found))
    return EXIT_FOUND if report.error_count else EXIT_OK


def _report_text(told: dict[str, Any]) -> str:
    bound = "情形组合全部走到" if told["is_whole"] else "情形组合有上限"
    lines = [
        f"事项 {told['item_count']}（未覆盖 {told['uncovered_count']}），路径 {told['path_count']}",
        f"走过的办件情形 {told['case_count']}；每一步最多重复 {told['rounds']} 次，{bound}",
        f"须改 {told['error_count']} 项，提醒 {told['warning_count']} 项",
    ]
    for finding in told_findings(told):
        lines.append(f"[{label('severity', str(finding['severity']))}] {plan_finding_text(finding)}")
        lines.append(f"    {layer_text(str(finding['layer']))}；涉及事项 {finding['item_count']} 个")
        if finding["path"]:
            lines.append(f"    路径：{path_text(list(finding['path']))}")  # type: ignore[call-overload]
    return "\n".join(lines)


def _trial(arguments: argparse.Namespace, out: Out) -> int:
    totals = try_layer(_layer(arguments.name), since=_now() - timedelta(days=arguments.days))
    values = {
        "cases": totals.case_count,
        "changed": totals.changed_count,
        "kinds": dict(totals.kinds),
        "complete_before": totals.complete_before,
        "complete_after": totals.complete_after,
        "newly_missing": dict(totals.missing),
    }
    kinds = [(label("plan_change", kind), count) for kind, count in totals.kinds.most_common()]
    head = f"近 {arguments.days} 天办结 {totals.case_count} 件，会变 {totals.changed_count} 件"
    out.result(values, f"{head}\n{table(('变化', '件数'), kinds)}" if kinds else head)
    return EXIT_OK


def _submit(arguments: argparse.Namespace, out: Out) -> int:
    on = arguments.on or timezone.localtime(_now()).date()
    profile = plan_profile().compiling
    row = submit_layer(_layer(arguments.name), effective_on=on, profile=profile, actor=ACTOR, now=_now())
    out.result({"layer": layer_name(row), "state": row.state}, f"{layer_name(row)} 已送审，定于 {on.isoformat()} 生效")
    return EXIT_OK


def _enforce(_arguments: argparse.Namespace, out: Out) -> int:
    worked = enforce_due(profile=plan_profile().compiling, now=_now())
    out.result({"layers": worked}, f"已生效：{'、'.join(worked)}" if worked else "没有到期的方案。")
    return EXIT_OK


def _scope(arguments: argparse.Namespace, out: Out) -> int:
    agency = get_agency(arguments.name)
    layer = _layer(arguments.layer) if arguments.layer else None
    rows = worded_rows(agency_scope_rows(agency, layer))
    if arguments.out is None:
        return out.refuse("file_missing", "请用 --out 写明 .xlsx 或 .pdf 文件。")
    if arguments.out.suffix == ".pdf":
        today = timezone.localtime(_now()).date()
        arguments.out.write_bytes(scope_form_pdf(scope_head(agency, layer), rows, printed_on=today))
    else:
        _write(arguments.out, table_cells(rows), "归档范围与保管期限表")
    out.result({"file": str(arguments.out)}, f"已写入 {arguments.out}")
    return EXIT_OK


def _write(path: Path, rows: Iterable[Sequence[str | int | float | None]], name: str) -> int:
    with path.open("wb") as stream:
        if path.suffix == ".xlsx":
            return write_long_workbook(stream, rows, name=name)
        return write_csv(stream, rows) - 1


_Action = Callable[[argparse.Namespace, Out], int]
_PLAN: dict[str, _Action] = {
    "list": _list,
    "draft": _draft,
    "show": _show,
    "save": _save,
    "check": _check,
    "trial": _trial,
    "submit": _submit,
    "enforce": _enforce,
    "scope": _scope,
}


def add_consistency_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``consistency``."""
    parser.add_argument(
        "action", choices=["run", "show", "export"], help="run 比对四级；show 上次结果；export 导出差异"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="导出文件（.csv 或 .xlsx）")


def consistency(arguments: argparse.Namespace, out: Out) -> int:
    """Compare the levels, or tell or export what the last comparison found."""
    if arguments.action == "run":
        compare(elements=plan_profile().level_elements, now=_now(), clock=_now, progress=out.progress("已比对事项"))
    run = last_run()
    if run is None:
        return out.refuse("no_comparison", "还没有比对过。请先运行 jingui consistency run。")
    if arguments.action == "export":
        if arguments.out is None:
            return out.refuse("file_missing", "请用 --out 写明 .csv 或 .xlsx 文件。")
        count = _write(arguments.out, difference_cells(differences(run, reach=ALL_AGENCIES).iterator()), "四级差异")
        out.result({"rows": count, "file": str(arguments.out)}, f"已写入 {count} 行：{arguments.out}")
        return EXIT_OK
    return _tell(run, out)


def _tell(run: Any, out: Out) -> int:  # noqa: ANN401 - interfaces know no models
    score = 1 - run.difference_count / run.compared_count if run.compared_count else 1.0
    counts = element_counts(run)
    values = {
        "groups": run.group_count,
        "items": run.item_count,
        "compared": run.compared_count,
        "differences": run.difference_count,
        "score": round(score, 4),
        "elements": {count.element: count.difference_count for count in counts},
    }
    head = f"基本编码 {run.group_count}，事项 {run.item_count}，比对 {run.compared_count} 项，不一致 {run.difference_count}，得分 {score:.2%}"
    rows = [(element_text(c.element), c.difference_count, c.group_count) for c in counts]
    out.result(values, f"{head}\n{table(('要素', '不一致', '基本编码数'), rows)}" if rows else head)
    return EXIT_FOUND if run.difference_count else EXIT_OK
