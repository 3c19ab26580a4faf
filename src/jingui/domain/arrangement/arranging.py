"""Orders and names the files of one case, the unit of keeping (件): result, process, application, then the rest."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jingui.domain.arrangement.profiles import PROFILES, ArrangementProfile
from jingui.domain.errors import Invalid, Problem
from jingui.domain.metadata.inventory import current_files, rules_by_code
from jingui.domain.records.formats import EXTENSIONS

if TYPE_CHECKING:
    from jingui.domain.records.facts import CaseFact, FileFact, MaterialRule, Plan
    from jingui.domain.records.terms import MaterialClass

ARRANGEMENT_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "unknown_package_profile": ("profile",),
    "case_not_closed": (),
}
"""Codes of problems of arrangement, beside those of ``metadata.code_rules``."""

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f/\\:*?\"<>|\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_EXTENSION = re.compile(r"\.([0-9A-Za-z]{1,10})$", re.ASCII)


@dataclass(frozen=True, slots=True)
class ArrangedFile:
    """One file in its place. ``original_name`` is the name as sent; ``stored_name`` is safe on every file system."""

    sequence: int
    folder: str
    stored_name: str
    file_key: str
    original_name: str
    material_code: str
    material_name: str
    material_class: MaterialClass
    is_listed: bool


def safe_name(text: str, *, limit: int) -> str:
    """Return text as a step of a path: no separators or control characters, at most ``limit`` bytes of UTF-8."""
    clean = _UNSAFE.sub("_", unicodedata.normalize("NFC", text)).strip(" .")
    return clean.encode()[:limit].decode(errors="ignore").rstrip(" .")


def extension_of(file: FileFact) -> str:
    """Return the extension a file is stored under: that of its name, else the usual one of its content, else none."""
    found = _EXTENSION.search(file.name)
    if found:
        return found.group(1).lower()
    usual = EXTENSIONS.get(file.reading.format_name, ()) if file.reading else ()
    return usual[0] if usual else ""


def get_profile(plan: Plan) -> ArrangementProfile:
    """Return the arrangement profile that a plan names.

    Raises:
        Invalid: there is none of this name.
    """
    if plan.package_profile not in PROFILES:
        raise Invalid((Problem("package_profile", "unknown_package_profile", {"profile": plan.package_profile}),))
    return PROFILES[plan.package_profile]


def arrange(case: CaseFact, plan: Plan) -> tuple[ArrangedFile, ...]:
    """Put the current files of a case in order: by class, then the plan's order, then when they came.

    Raises:
        Invalid: the plan names no known profile.
    """
    profile = get_profile(plan)
    rules = rules_by_code(plan)
    places = {rule.code: place for place, rule in enumerate(plan.materials)}
    classes = list(profile.folders)

    def order(file: FileFact) -> tuple[object, ...]:
        rule = rules.get(file.material_code)
        if rule is None:
            return (len(classes), classes.index(file.material_class), file.received_at, file.key)
        return (classes.index(rule.material_class), places[rule.code], file.received_at, file.key)

    files = sorted(current_files(case.files), key=order)
    return tuple(_placed(file, rules.get(file.material_code), number, profile) for number, file in enumerate(files, 1))


def _placed(file: FileFact, rule: MaterialRule | None, sequence: int, profile: ArrangementProfile) -> ArrangedFile:
    material_class = rule.material_class if rule else file.material_class
    code = rule.code if rule else file.material_code or profile.unlisted_code
    name = rule.name if rule else file.title or profile.unlisted_name
    return ArrangedFile(
        sequence=sequence,
        folder=profile.folders[material_class] if rule else profile.unlisted_folder,
        stored_name=_stored_name(f"{sequence:04}-{code}-{name}", extension_of(file), limit=profile.name_bytes),
        file_key=file.key,
        original_name=file.name,
        material_code=code,
        material_name=name,
        material_class=material_class,
        is_listed=rule is not None,
    )


def _stored_name(stem: str, extension: str, *, limit: int) -> str:
    ending = f".{extension}" if extension else ""
    return safe_name(stem, limit=limit - len(ending)) + ending


def code_fields(case: CaseFact, plan: Plan) -> dict[str, str]:
    """Return the values for code templates; the year is that of closing, on the clock of the place where it closed.

    Raises:
        Invalid: the case is not closed, so it has no year yet.
    """
    if case.closure is None:
        raise Invalid((Problem("closure", "case_not_closed"),))
    return {
        "fonds": case.fonds,
        "category": plan.category,
        "year": f"{case.closure.closed_at.year:04}",
        "retention": plan.retention.value,
        "unit": plan.unit,
        "region": case.region_code[:6],
        "item": plan.item_code,
    }
