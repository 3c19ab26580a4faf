"""Checks a transfer package of items by itself: statement, catalogue, one folder per record, digest lists where it has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.domain.packaging.packages import PackageFinding
from jingui.formats.exchange.forms import CannotHoldError, Form, Trust
from jingui.formats.exchange.reading import measured, refusal_findings, warning
from jingui.formats.exchange.texts import parse_chinese_xml, read_statement
from jingui.formats.exchange.transfer_93 import (
    CATALOGUE,
    ENTRY_ELEMENTS,
    IS_METADATA,
    LISTS,
    MAY_BE_EMPTY,
    OPTIONAL_ELEMENTS,
    OTHERS,
    REQUIRED_KEYS,
    STATEMENT,
    demand,
    entries,
    folder_name,
    folders_of,
    read,
    write,
)
from jingui.formats.handover.documents import DocumentRefusedError, read_document
from jingui.formats.packages.digest_lists import ListMalformedError, read_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jingui.formats.exchange.views import PackageView


def check(view: PackageView, trust: Trust) -> Iterator[PackageFinding]:
    """Check the whole package; every file is read once."""
    del trust
    for path in (STATEMENT, CATALOGUE):
        if path not in view.paths:
            yield PackageFinding("required_missing", path)
    for step in _STEPS:
        try:
            yield from step(view)
        except DocumentRefusedError as refused:
            yield from refusal_findings(refused)
    yield from _digests(view)


def _statement(view: PackageView) -> Iterator[PackageFinding]:
    if STATEMENT not in view.paths:
        return
    facts = read_statement(read_document(view.tree, STATEMENT), STATEMENT)
    for key in REQUIRED_KEYS:
        if not facts.get(key):
            yield PackageFinding("statement_key_missing", STATEMENT, key)
    if CATALOGUE in view.paths:
        count = str(len(entries(view)))
        if facts.get("档案数量", count) != count:
            yield PackageFinding("statement_wrong", STATEMENT, f"档案数量: {facts['档案数量']!r} said, {count} found")


def _catalogue(view: PackageView) -> Iterator[PackageFinding]:
    if CATALOGUE not in view.paths:
        return
    seen: set[str] = set()
    for number, entry in enumerate(entries(view), start=1):
        for name in ENTRY_ELEMENTS:
            if name not in OPTIONAL_ELEMENTS and (name not in entry or (not entry[name] and name not in MAY_BE_EMPTY)):
                yield PackageFinding("catalogue_entry_malformed", CATALOGUE, f"entry {number}: {name}")
        code = entry.get("档号", "")
        if code in seen:
            yield PackageFinding("archival_code_twice", CATALOGUE, code)
        seen.add(code)
    yield from _folders(view, seen)


def _folders(view: PackageView, codes: set[str]) -> Iterator[PackageFinding]:
    folders = folders_of(view)
    named = {_named(code) for code in codes}
    for name in sorted(named):
        if len(folders.get(name, [])) != 1:
            yield PackageFinding("transfer_folder_not_one", name, f"{len(folders.get(name, []))}")
    for name in sorted(folders.keys() - named):
        yield PackageFinding("transfer_folder_unlisted", folders[name][0])
    listed = [folder for name in named for folder in folders.get(name, [])]
    yield from _places(view, listed)


def _named(code: str) -> str:
    try:
        return folder_name(code)
    except CannotHoldError:
        return code


def _places(view: PackageView, folders: list[str]) -> Iterator[PackageFinding]:
    """Every listed folder has content, and every file lies in a listed folder, in 其他 or at the top."""
    inside: dict[str, int] = dict.fromkeys(folders, 0)
    for path in sorted(view.paths - {STATEMENT, CATALOGUE}):
        above = {path[:place] for place, letter in enumerate(path) if letter == "/"}
        holders = above & inside.keys()
        for folder in holders:
            inside[folder] += not IS_METADATA.fullmatch(path.removeprefix(f"{folder}/"))
        if not holders and OTHERS not in above:
            yield PackageFinding("misplaced", path)
    for folder, count in inside.items():
        if not count:
            yield PackageFinding("transfer_folder_empty", folder)


def _metadata(view: PackageView) -> Iterator[PackageFinding]:
    for path in sorted(view.paths):
        if IS_METADATA.fullmatch(path.rpartition("/")[2]) and not path.startswith(f"{OTHERS}/"):
            try:
                parse_chinese_xml(read_document(view.tree, path), path)
            except DocumentRefusedError as refused:
                yield from refusal_findings(refused)


def _digests(view: PackageView) -> Iterator[PackageFinding]:
    """Read every file once and compare it with the lists; a package without lists is complete, but proves less."""
    lists: dict[str, dict[str, str]] = {}
    for algorithm, path in LISTS.items():
        if path in view.paths:
            try:
                lists[algorithm] = read_list(read_document(view.tree, path))
            except ListMalformedError as error:
                yield PackageFinding("list_malformed", path, str(error))
            except DocumentRefusedError as refused:
                yield from refusal_findings(refused)
    if not lists:
        yield warning("digest_list_missing", OTHERS)
    for algorithm, digests in lists.items():
        for path in sorted(digests.keys() - view.paths):
            yield PackageFinding("listed_missing", path, LISTS[algorithm])
    yield from _compared(view, lists)


def _compared(view: PackageView, lists: dict[str, dict[str, str]]) -> Iterator[PackageFinding]:
    for path in sorted(view.paths - set(LISTS.values())):
        try:
            _, found = measured(view.tree, path, lists)
        except (OSError, ValueError) as error:
            yield PackageFinding("unreadable", path, str(error))
            continue
        for algorithm, digests in lists.items():
            if path in digests and digests[path] != found[algorithm]:
                yield PackageFinding("digest_wrong", path, LISTS[algorithm])
        if lists and not any(path in digests for digests in lists.values()):
            yield PackageFinding("not_listed", path)


_STEPS: tuple[Callable[[PackageView], Iterator[PackageFinding]], ...] = (_statement, _catalogue, _metadata)

FORM = Form("da-t-93", demand, write, read, check, holds_many=True)
