"""Every form of package by its name, and how a package of unknown form is told apart, checked and read."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jingui.domain.packaging.packages import PackageFinding
from jingui.formats.exchange import bags, city, eep, national, theme, transfer_93_check
from jingui.formats.exchange.eark import reading as eark
from jingui.formats.exchange.portable_names import portability_findings
from jingui.formats.exchange.sheets import check_batch, is_sheet
from jingui.formats.exchange.views import PackageView, opened_view, problem_finding, single_file_view
from jingui.formats.handover.documents import DocumentRefusedError
from jingui.formats.handover.problems import problem
from jingui.formats.handover.trees import DEFAULT_LIMITS
from jingui.formats.packages.national_draft import SPEC

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jingui.formats.exchange.forms import Form, HeldRecord, Trust
    from jingui.formats.packages.zip_source import ZipLimits

FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        national.FORM,
        city.FORM,
        theme.FORM,
        eep.FORM,
        transfer_93_check.FORM,
        bags.FORM,
        eark.AIP_FORM,
        eark.SIP_FORM,
    )
}
BATCH, COLLECTION = "city-batch", "collection"
_XML_START = (b"<", b"\xef\xbb\xbf<")


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check of a package came to. ``profile`` is ``""`` where no form was recognised."""

    profile: str
    findings: tuple[PackageFinding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether a form was recognised and nothing is at fault."""
        return bool(self.profile) and not any(finding.is_fault for finding in self.findings)


@contextmanager
def opened_package(path: Path, *, limits: ZipLimits = DEFAULT_LIMITS) -> Iterator[PackageView]:
    """Open a folder, an OCFL object, a ZIP file or a single XML file. Raises OSError."""
    if path.is_file() and _starts_as_xml(path):
        yield single_file_view(path)
        return
    with opened_view(path, limits=limits) as view:
        yield view


def _starts_as_xml(path: Path) -> bool:
    with path.open("rb") as stream:
        start = stream.read(64)
    return start.lstrip(b" \t\r\n").startswith(_XML_START)


def profile_of(view: PackageView) -> str:
    """Tell the form of a package by the files that only it has; ``""`` if there are none."""
    own = _own_profile(view)
    if own:
        return own
    inner = _inner(view)
    return COLLECTION if inner and all(_own_profile(each) for each in inner) else ""


def _own_profile(view: PackageView) -> str:
    paths = view.paths
    if len(paths) == 1 and next(iter(paths)).lower().endswith(".xml") and not paths & _NAMED.keys():
        return eep.FORM.name
    named = next((name for marker, name in _NAMED.items() if marker in paths), "")
    if named:
        return named
    if view.folders & {"representations"} or {"metadata", "schemas"} <= view.folders:
        return eark.AIP_FORM.name
    return ""


_NAMED: dict[str, str] = {
    "bagit.txt": bags.FORM.name,
    SPEC.catalogue: national.FORM.name,
    theme.THEME_INFORMATION: theme.FORM.name,
    "目录文件.XML": transfer_93_check.FORM.name,
    "METS.xml": eark.AIP_FORM.name,
    "基本信息元数据.xml": city.FORM.name,
    SPEC.statement: national.FORM.name,
    "说明文件.TXT": transfer_93_check.FORM.name,
}


def _inner(view: PackageView) -> list[PackageView]:
    """Look at each thing on the top as a package: folders, and XML files of their own."""
    tops = sorted({path.partition("/")[0] for path in view.paths})
    return [view.single(top) if top in view.paths else view.inner(top) for top in tops]


def check_any(path: Path, *, trust: Trust, limits: ZipLimits = DEFAULT_LIMITS) -> Checked:
    """Check a package of whatever form; never raises for what is inside it.

    Raises:
        OSError: the path itself cannot be read.
    """
    if path.is_file() and is_sheet(path):
        return Checked(BATCH, tuple(check_batch(path)))
    if not os.path.lexists(path):
        return Checked("", (PackageFinding("not_a_package", str(path)),))
    with opened_package(path, limits=limits) as view:
        opening = tuple(problem_finding(each) for each in view.tree.problems)
        profile = profile_of(view)
        if not profile:
            return Checked("", (*opening, PackageFinding("not_a_package", path.name)))
        return Checked(profile, (*opening, *portability_findings(view.paths), *_check(view, profile, trust)))


def _check(view: PackageView, profile: str, trust: Trust) -> Iterator[PackageFinding]:
    if profile != COLLECTION:
        own = PackageView(view.without_problems, view.name, view.is_archive, view.empty_folders, view.opened)
        yield from FORMS[profile].check(own, trust)
        return
    for each in _inner(view):
        for finding in _check(each, profile_of(each), trust):
            yield PackageFinding(
                finding.code, f"{each.name}/{finding.path}", finding.detail, finding.level, finding.rule
            )


def read_any(view: PackageView) -> list[HeldRecord]:
    """Read every record of a package of whatever form.

    Raises:
        DocumentRefusedError: it is none, or it cannot be read.
    """
    profile = profile_of(view)
    if profile == COLLECTION:
        return [held for each in _inner(view) for held in FORMS[profile_of(each)].read(each)]
    if not profile:
        raise DocumentRefusedError(problem("package_form_unknown", view.name))
    if view.tree.problems:
        raise DocumentRefusedError(*view.tree.problems)
    return FORMS[profile].read(view)
