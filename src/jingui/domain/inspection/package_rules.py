"""Items that look at codes already given and at a whole package: GD-1-7, 1-12 to 1-14, 2-10, 2-11, 3-1, 3-2, 4-3."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jingui.domain.inspection.package_faults import COUNTS, FAULT_ITEMS, TREE
from jingui.domain.inspection.subject import Look, Observation, Subject, look_at
from jingui.domain.records.terms import Obligation, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jingui.domain.inspection.subject import PackageFacts

_NOTES = frozenset({"issuer_unknown"})
_CODE = re.compile(r"[^\s/\\:*?\"<>|{}\x00-\x1f\x7f]+")


def faults_of(package: PackageFacts, number: str) -> Iterator[Observation]:
    """Say the faults of a package that belong to one item."""
    grave = [(fault, Outcome.WARNED if fault[0] in _NOTES else Outcome.FAILED) for fault in package.faults]
    light = [(remark, Outcome.WARNED) for remark in package.remarks]
    for (code, path, detail), outcome in (*grave, *light):
        if FAULT_ITEMS.get(code, TREE) == number:
            params = {"trouble": code, "path": path}
            yield Observation("package_fault", "", params, evidence=detail, outcome=outcome, tool=package.tool)


def package_look(number: str, *, needs_seal: bool = False) -> Callable[[Subject], Look]:
    """Return the look of an item that is about a whole package."""

    def look(subject: Subject) -> Look:
        package = subject.package
        if package is None:
            return look_at(0, [Observation("checked_at_packaging", outcome=Outcome.NOT_CHECKED)])
        if needs_seal and not package.is_sealed:
            return look_at(0, [Observation("checked_when_sealed", outcome=Outcome.NOT_CHECKED)])
        evidence = f"sha256 {package.sha256}" if package.sha256 else ""
        count = package.documents + package.files
        return Look(count, tuple(faults_of(package, number)), tool=package.tool, evidence=evidence)

    return look


def look_at_package_count(subject: Subject) -> Look:
    """GD-2-11: as many files lie in the package as its own description says."""
    package = subject.package
    if package is None:
        return look_at(0, [Observation("checked_at_packaging", outcome=Outcome.NOT_CHECKED)])
    faults = list(faults_of(package, COUNTS))
    if package.stated_files is not None and package.stated_files != package.files:
        params = {"declared": str(package.stated_files), "found": str(package.files)}
        faults.append(Observation("package_count_wrong", params=params, tool=package.tool))
    return look_at(package.files, faults)


def look_at_package_elements(subject: Subject) -> Look:
    """GD-2-10: every required element is in the package's own metadata, with a value."""
    package = subject.package
    if package is None:
        return look_at(0, [Observation("checked_at_packaging", outcome=Outcome.NOT_CHECKED)])
    elements = subject.context.profile.elements
    required = [element.identifier for element in elements if element.obligation is Obligation.REQUIRED]
    return look_at(
        len(required),
        (
            Observation("package_element_missing", f"element:{name}", {"element": name}, tool=package.tool)
            for name in required
            if not package.elements.get(name)
        ),
    )


def look_at_database(subject: Subject) -> Look:
    """GD-3-2: the metadata can be read from the database and are those of the package."""
    stored, package = subject.context.stored_values, subject.package
    if stored is None:
        return look_at(0, [Observation("not_in_database", outcome=Outcome.NOT_CHECKED)])
    told = package.elements if package else {}
    return look_at(
        len(stored),
        (
            Observation("database_differs", f"element:{name}", {"element": name})
            for name, value in stored.items()
            if name in told and told[name] != value
        ),
    )


def look_at_codes(subject: Subject) -> Look:
    """GD-1-7: the codes are those that the plan's templates make, with a serial in the template's place."""
    codes = subject.context.codes
    if codes is None:
        return look_at(0, [Observation("checked_after_arrangement", outcome=Outcome.NOT_CHECKED)])
    scopes = subject.context.code_scopes or ("", "")
    named = list(zip(("archival_code", "electronic_record_code"), codes, scopes, strict=True))
    faults = [fault for name, code, scope in named for fault in _code_faults(subject, name, code, scope)]
    return look_at(len(named), faults)


def _code_faults(subject: Subject, name: str, code: str, scope: str) -> Iterator[Observation]:
    place, params = f"element:{name}", {"element": name, "code": code}
    if not code:
        yield Observation("required_element_empty", place, {"element": name})
    elif not _CODE.fullmatch(code) or len(code) > subject.number("code_length"):
        yield Observation("code_malformed", place, params)
    elif scope and not _fits(code, scope):
        yield Observation("code_not_of_rule", place, params | {"template": scope})


def _fits(code: str, scope: str) -> bool:
    """Say whether the code is its scope with a serial in place of ``{serial}``."""
    before, _, after = scope.partition("{serial}")
    serial = code[len(before) : len(code) - len(after)]
    return (
        code.startswith(before) and code.endswith(after) and serial.isascii() and serial.isdigit() and int(serial) > 0
    )


def look_at_extra_files(subject: Subject) -> Look:
    """GD-4-3: nothing lies with the case or in its package that does not belong to it."""
    package, extra = subject.package, subject.context.extra_files
    if package is None and extra is None:
        return look_at(0, [Observation("checked_at_packaging", outcome=Outcome.NOT_CHECKED)])
    strangers = (*(extra or ()), *(package.extra if package else ()))
    faults = [Observation("extra_file", params={"path": path}) for path in strangers]
    return look_at((package.files if package else len(subject.files)) + len(strangers), faults)
