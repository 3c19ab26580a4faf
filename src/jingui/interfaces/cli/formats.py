"""The command ``formats``: the format policy, and what files are when they are read."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jingui import bootstrap
from jingui.db.queries.format_policies import current_policy, policy_version
from jingui.domain.errors import DomainError, Invalid, NotFound, Problem
from jingui.domain.preservation.format_policy import FormatPolicy, judge, policy_to_dict
from jingui.domain.records.facts import Reading
from jingui.domain.records.formats import FormatJudgement, Treatment
from jingui.interfaces.cli.output import EXIT_FOUND, EXIT_OK, Out, table
from jingui.interfaces.cli.setup import ACTOR, now, refused
from jingui.interfaces.wording import label
from jingui.usecases.format_policies import adopt_policy


def add_formats_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``formats show|export|adopt|check``."""
    parser.add_argument("action", choices=[*_ACTIONS])
    parser.add_argument("paths", metavar="PATH", nargs="*", type=Path, help="adopt：策略文件；check：文件或文件夹")
    parser.add_argument("--version", type=int, default=None, metavar="N", help="show、export：哪一版，默认现行版")
    parser.add_argument("--reason", default="", help="adopt：为什么改")


def formats(arguments: argparse.Namespace, out: Out) -> int:
    """Run one action of the command."""
    try:
        return _ACTIONS[arguments.action](arguments, out)
    except DomainError as error:
        return refused(out, error)
    except OSError as error:
        return out.refuse("file_unreadable", f"读不到 {error.filename}：{error.strerror}。没有任何数据变化。")


def _policy(arguments: argparse.Namespace) -> FormatPolicy:
    if arguments.version is None:
        return current_policy()
    policy = policy_version(arguments.version)
    if policy is None:
        raise NotFound("policy_version_unknown")
    return policy


def _show(arguments: argparse.Namespace, out: Out) -> int:
    policy = _policy(arguments)
    cells = [
        (
            rule.format or "其他",
            label("treatment", rule.treatment) + (f" → {rule.convert_to}" if rule.convert_to else ""),
            label("suitability", rule.suitability),
            label("format_risk", rule.risk),
            rule.reason,
        )
        for rule in (*policy.rules, policy.otherwise)
    ]
    head = f"{policy.name}，第 {policy.version} 版\n"
    values = {"version": policy.version, **policy_to_dict(policy)}
    out.result(values, head + table(("格式", "处理", "长期保存", "风险", "理由"), cells))
    return EXIT_OK


def _export(arguments: argparse.Namespace, out: Out) -> int:
    values = policy_to_dict(_policy(arguments))
    out.result(values, json.dumps(values, ensure_ascii=False, indent=1))
    return EXIT_OK


def _adopt(arguments: argparse.Namespace, out: Out) -> int:
    if len(arguments.paths) != 1:
        return out.refuse("invalid_input", "请写明一个策略文件。没有任何数据变化。")
    try:
        raw = json.loads(arguments.paths[0].read_bytes())
    except (ValueError, RecursionError) as error:
        raise Invalid((Problem("", "body_not_json"),)) from error
    row = adopt_policy(raw, reason=arguments.reason, actor=ACTOR, now=now())
    out.result({"version": row.number}, f"已采用第 {row.number} 版格式策略。")
    return EXIT_OK


def _check(arguments: argparse.Namespace, out: Out) -> int:
    """Read files in the confined process and judge them; exit code 1 if the policy refuses one."""
    policy = current_policy()
    paths = [found for path in arguments.paths for found in _files(path)]
    examiner = bootstrap.services().examiner
    rows = [
        (path, reading, judge(policy, reading))
        for path, (reading, _text) in zip(paths, examiner.examine((path, path.name) for path in paths), strict=True)
    ]
    out.result(
        [_told(*row) for row in rows], table(("文件", "格式", "PRONOM", "可读", "处理", "发现"), map(_cells, rows))
    )
    is_refused = any(_is_refused(reading, judgement) for _, reading, judgement in rows)
    return EXIT_FOUND if is_refused else EXIT_OK


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        path.stat()
        yield path
        return
    yield from sorted(found for found in path.rglob("*") if found.is_file() and not found.is_symlink())


def _is_refused(reading: Reading, judgement: FormatJudgement) -> bool:
    return reading.is_readable is False or judgement.strictest is Treatment.REFUSE


def _told(path: Path, reading: Reading, judgement: FormatJudgement) -> dict[str, Any]:
    return {
        "file": str(path),
        "format": reading.format_name,
        "version": reading.format_version,
        "pronom_id": reading.pronom_id,
        "basis": reading.basis,
        "is_readable": reading.is_readable,
        "pages": reading.page_count,
        "defects": [list(defect) for defect in reading.defects],
        "notes": list(reading.notes),
        "treatment": judgement.strictest,
        "convert_to": judgement.convert_to,
        "suitability": judgement.suitability,
        "risk": judgement.risk,
        "policy_version": judgement.policy_version,
    }


def _cells(row: tuple[Path, Reading, FormatJudgement]) -> tuple[str, ...]:
    path, reading, judgement = row
    known = {True: "是", False: "否", None: "未定"}[reading.is_readable]
    found = [code for code, _ in reading.defects] + [label("feature", one.feature) for one in judgement.features]
    name = f"{label('format', reading.format_name)} {reading.format_version}".strip() or "识别不出"
    return path.name, name, reading.pronom_id, known, label("treatment", judgement.strictest), "、".join(found)


_ACTIONS = {"show": _show, "export": _export, "adopt": _adopt, "check": _check}
