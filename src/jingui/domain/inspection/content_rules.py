"""GD-1-9 to 1-11, GD-2-7 and GD-3: are the files what they are said to be, whole, and readable?"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jingui.domain.inspection.codes import FINDING_CODES
from jingui.domain.inspection.package_rules import faults_of
from jingui.domain.inspection.subject import Look, Observation, Subject, at_file, look_at
from jingui.domain.records.detached import is_signature
from jingui.domain.records.formats import DEFAULT_ALLOWED, EXTENSIONS, Suitability, Treatment
from jingui.domain.records.terms import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jingui.domain.records.facts import FileFact, Reading
    from jingui.domain.records.formats import FormatJudgement

_COMPLETENESS, _READABILITY, _PACKAGE = "GD-2-7", "GD-3-4", "GD-3-8"

DEFECTS: dict[str, tuple[str, str]] = {
    "truncated": (_COMPLETENESS, "content_truncated"),
    "empty_file": (_COMPLETENESS, "content_empty"),
    "no_pages": (_COMPLETENESS, "pages_missing"),
    "page_missing": (_COMPLETENESS, "pages_missing"),
    "damaged_structure": (_READABILITY, "structure_damaged"),
    "content_not_text": (_READABILITY, "content_not_text"),
    "too_many_pixels": (_READABILITY, "too_many_pixels"),
    "reader_crashed": (_READABILITY, "reader_crashed"),
    "reader_timeout": (_READABILITY, "reader_timeout"),
    "reader_out_of_memory": (_READABILITY, "reader_out_of_memory"),
    "checksum_mismatch": (_READABILITY, "structure_damaged"),
    "part_missing": (_READABILITY, "structure_damaged"),
    "not_well_formed": (_READABILITY, "structure_damaged"),
    "unknown_encoding": (_READABILITY, "content_not_text"),
    "reader_failed": (_READABILITY, "reader_crashed"),
    "encrypted": (_PACKAGE, "file_encrypted"),
    "zip_bomb": (_PACKAGE, "zip_bomb"),
    "zip_slip": (_PACKAGE, "zip_slip"),
    "xml_entities": (_PACKAGE, "xml_entities"),
}
"""Defects that readers report, the rule each belongs to, and the code of its finding. Unknown ones fail GD-3-4."""

TOLERATED: dict[str, str] = {
    "needs_repair": _READABILITY,
    "nonstandard_namespace": _READABILITY,
    "trailing_data": _COMPLETENESS,
    "xml_dtd": _PACKAGE,
    "duplicate_entry": _PACKAGE,
}
"""Defects that are told and hold nothing, and the rule each belongs to."""

_RESOLUTION = re.compile(r"([0-9]{1,5}) dpi", re.ASCII)
_OF_THE_NAME = "extension_mismatch"  # said by GD-1-10

# A name with less said about it is allowed where one with more said about it is.
_FAMILIES: dict[str, frozenset[str]] = {
    "pdfa": frozenset({"pdf"}),
    "ole2": frozenset({"doc", "xls", "ppt"}),
}


def look_at_sizes(subject: Subject) -> Look:
    """GD-1-9: files have the size that was recorded. Absent content is said by GD-1-11."""
    present = [file for file in subject.files if file.stored_bytes is not None]
    return look_at(
        len(present),
        (
            at_file(file, "size_mismatch", recorded=str(file.bytes), found=str(file.stored_bytes))
            for file in present
            if file.stored_bytes != file.bytes
        ),
    )


def look_at_attributes(subject: Subject) -> Look:
    """GD-1-10: the extension of a name fits the content."""
    return look_at(len(subject.files), (fault for file in subject.files for fault in _extension_faults(file)))


def _extension_faults(file: FileFact) -> Iterator[Observation]:
    if file.reading is None:
        yield at_file(file, "not_examined", outcome=Outcome.NOT_CHECKED)
        return
    extension, name = PurePosixPath(file.name).suffix.lstrip(".").lower(), file.reading.format_name
    if not extension:
        yield at_file(file, "extension_missing", outcome=Outcome.WARNED)
    elif _is_misnamed(file.reading, extension):
        yield at_file(file, "extension_not_of_format", extension=extension, format=name)


def _is_misnamed(reading: Reading, extension: str) -> bool:
    usual = EXTENSIONS.get(reading.format_name)
    is_told = any(defect == _OF_THE_NAME for defect, _ in reading.defects)
    return is_told or (usual is not None and extension not in usual)


def look_at_links(subject: Subject) -> Look:
    """GD-1-11: every file has its content, and every step that a file names is there."""
    steps = {name for step in subject.case.steps for name in (step.key, step.name)}
    faults = [at_file(file, "content_absent") for file in subject.files if file.stored_bytes is None]
    faults += [
        at_file(file, "step_unknown", step=file.step) for file in subject.files if file.step and file.step not in steps
    ]
    return look_at(len(subject.files), faults)


def _defect_observations(rule: str, file: FileFact, reading: Reading) -> Iterator[Observation]:
    for defect, detail in reading.defects:
        owner, code = DEFECTS.get(defect, (TOLERATED.get(defect, _READABILITY), "unknown_defect"))
        known = {"file": file.name, "detail": detail, "defect": defect}
        params = {name: known[name] for name in FINDING_CODES[code]}
        outcome = Outcome.WARNED if defect in TOLERATED else Outcome.FAILED
        if owner == rule and defect != _OF_THE_NAME:
            yield Observation(code, f"file:{file.key}", params, evidence=_evidence(reading), outcome=outcome)


def _evidence(reading: Reading) -> str:
    return "; ".join(part for part in (reading.reader, reading.format_name, *reading.notes) if part)


def _unexamined(subject: Subject) -> list[Observation]:
    return [at_file(file, "not_examined", outcome=Outcome.NOT_CHECKED) for file in subject.files if not file.reading]


def _readings(subject: Subject) -> list[tuple[FileFact, Reading]]:
    return [(file, file.reading) for file in subject.files if file.reading is not None]


def look_at_content(subject: Subject) -> Look:
    """GD-2-7: nothing of the content is cut off or missing."""
    faults = [
        fault for file, reading in _readings(subject) for fault in _defect_observations(_COMPLETENESS, file, reading)
    ]
    known = {fault.location for fault in faults}
    empty = [at_file(file, "content_empty") for file in subject.files if not file.bytes]
    faults += [fault for fault in empty if fault.location not in known]
    return look_at(len(subject.files), faults + _unexamined(subject))


def look_at_formats(subject: Subject) -> Look:
    """GD-3-3: formats are known by content and allowed by the plan."""
    general = subject.words("allowed_formats") or subject.plan.formats or DEFAULT_ALLOWED
    own = _own_formats(subject)
    faults = [
        fault
        for file, reading in _readings(subject)
        for fault in _format_faults(file, reading, frozenset(own.get(file.material_code, general)))
    ]
    return look_at(len(subject.files), faults + _advice(subject, faults) + _unexamined(subject))


def _advice(subject: Subject, faults: list[Observation]) -> list[Observation]:
    """Tell where the plan allows a format that the archive's format policy warns of or would refuse."""
    judge, failed = subject.context.judge_format, {fault.location for fault in faults}
    if judge is None:
        return []
    judged = [
        (at_file(file, "format_advised", outcome=Outcome.WARNED), judge(reading))
        for file, reading in _readings(subject)
    ]
    return [
        replace(said, params=said.params | {"format": found.key, "reason": found.reason})
        for said, found in judged
        if found.key and found.treatment in (Treatment.WARN, Treatment.REFUSE) and said.location not in failed
    ]


def _own_formats(subject: Subject) -> dict[str, tuple[str, ...]]:
    rules = (rule for rule in subject.plan.materials if rule.formats)
    return {code: rule.formats for rule in rules for code in (rule.code, *rule.aliases)}


def _format_faults(file: FileFact, reading: Reading, allowed: frozenset[str]) -> Iterator[Observation]:
    name = reading.format_name
    if not name:
        yield at_file(file, "format_unknown")
    elif not is_signature(reading) and name not in allowed and not _FAMILIES.get(name, frozenset()) & allowed:
        yield at_file(file, "format_not_allowed", format=name)


def look_at_readability(subject: Subject) -> Look:
    """GD-3-4: files open and show; where no reader exists, a person must look."""
    faults = [fault for file, reading in _readings(subject) for fault in _reading_faults(file, reading)]
    faults += [fault for file, reading in _readings(subject) for fault in _coarse_scans(subject, file, reading)]
    return look_at(len(subject.files), faults + _unexamined(subject))


def _reading_faults(file: FileFact, reading: Reading) -> Iterator[Observation]:
    defects = list(_defect_observations(_READABILITY, file, reading))
    yield from defects
    has_failed = any(fault.outcome is Outcome.FAILED for fault in defects)
    if reading.is_readable is False and not has_failed:
        said = at_file(file, "file_not_readable", format=reading.format_name)
        yield replace(said, evidence=_evidence(reading))
    if reading.is_readable is None and not has_failed:
        said = at_file(file, "no_reader", outcome=Outcome.NEEDS_PERSON, format=reading.format_name)
        yield replace(said, evidence=_evidence(reading))


def _coarse_scans(subject: Subject, file: FileFact, reading: Reading) -> Iterator[Observation]:
    least = subject.number("minimum_dpi")
    found = next((match for note in reading.notes if (match := _RESOLUTION.search(note))), None) if least else None
    if found and int(found.group(1)) < least:
        params = {"found": found.group(1), "least": str(least)}
        yield at_file(file, "resolution_too_low", outcome=Outcome.WARNED, **params)


def look_at_long_term(subject: Subject) -> Look:
    """GD-3-5: formats suit long-term keeping, by the profile's list or, where it has none, by the archive's format policy."""
    listed, judge = frozenset(subject.words("long_term_formats")), subject.context.judge_format
    readings = _readings(subject)
    named = [(file, reading) for file, reading in readings if reading.format_name and not is_signature(reading)]
    if named and not listed and judge is None:
        return look_at(0, [Observation("no_format_policy", outcome=Outcome.NOT_CHECKED)])
    by_policy = judge if judge and not listed else None
    return look_at(
        len(named), [said for file, reading in named for said in _unsuited(file, reading, listed, by_policy)]
    )


def _unsuited(
    file: FileFact,
    reading: Reading,
    listed: frozenset[str],
    judge: Callable[[Reading], FormatJudgement] | None,
) -> Iterator[Observation]:
    said = at_file(file, "format_not_long_term", outcome=Outcome.WARNED, format=reading.format_name)
    if judge is None:
        if reading.format_name not in listed:
            yield replace(said, evidence="list of the inspection profile")
        return
    found = judge(reading)
    if found.suitability is not Suitability.LONG_TERM:
        told = (
            f"format policy {found.policy_version}: {found.suitability.value}, risk {found.risk.value}; {found.reason}"
        )
        yield replace(said, evidence=told)


def look_at_barriers(subject: Subject) -> Look:
    """GD-3-8: nothing bars use: no encryption, no bombs, no entities, no paths that lead out."""
    faults = [fault for file, reading in _readings(subject) for fault in _barriers(file, reading)]
    faults += list(faults_of(subject.package, "3-8")) if subject.package else []
    faults += [fault for file, reading in _readings(subject) for fault in _features(subject, file, reading)]
    return look_at(len(subject.files), faults + _unexamined(subject))


_FEATURE_OUTCOMES = {
    Treatment.WARN: ("feature_warned", Outcome.WARNED),
    Treatment.REFUSE: ("feature_refused", Outcome.FAILED),
}


def _features(subject: Subject, file: FileFact, reading: Reading) -> Iterator[Observation]:
    """Tell what the archive's format policy says of what was noticed in a file, apart from its defects."""
    judge, defects = subject.context.judge_format, dict(reading.defects)
    for found in judge(reading).features if judge else ():
        if found.feature in defects or found.treatment not in _FEATURE_OUTCOMES:
            continue
        code, outcome = _FEATURE_OUTCOMES[found.treatment]
        said = at_file(file, code, outcome=outcome, feature=found.feature, reason=found.reason)
        yield replace(said, evidence=found.detail)


def _barriers(file: FileFact, reading: Reading) -> Iterator[Observation]:
    defects = list(_defect_observations(_PACKAGE, file, reading))
    yield from defects
    if reading.is_encrypted and not any(fault.code == "file_encrypted" for fault in defects):
        yield at_file(file, "file_encrypted", detail="")
