"""GD-1-2 to 1-8 and GD-2-3, 2-4: are the metadata accurate and complete?"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from jingui.domain.inspection.subject import Look, Observation, Subject, at_element, at_file, look_at
from jingui.domain.metadata.elements import DataType, Element
from jingui.domain.metadata.profile import FORMS
from jingui.domain.records.terms import Obligation, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jingui.domain.records.facts import FileFact

# Controls except tab and line ends, direction marks, the replacement character, non-characters, half characters.
_SPECIAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffd-\uffff\ud800-\udfff]")
# Invisible signs and private-use characters, the latter still used for rare characters of names.
_DOUBTFUL = (
    ("special_character", re.compile(r"[\u00ad\u200b-\u200f\u2060-\u2065\ufeff]")),
    ("private_use_character", re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")),
)


def look_at_lengths(subject: Subject) -> Look:
    """GD-1-2: no value is longer than its element allows."""
    filled = subject.filled()
    limit = subject.context.profile.extra_length
    extra = [(name, value, limit) for name, value in subject.case.metadata.items()]
    known = [(element.identifier, value, element.max_length) for element, value in filled]
    return look_at(
        len(known) + len(extra),
        (
            at_element(name, "value_too_long", limit=str(longest), length=str(len(value)))
            for name, value, longest in known + extra
            if len(value) > longest
        ),
    )


def look_at_forms(subject: Subject) -> Look:
    """GD-1-3: every value has the type and form of its element."""
    filled = subject.filled()
    return look_at(len(filled), (fault for element, value in filled for fault in _form_faults(element, value)))


def _form_faults(element: Element, value: str) -> Iterator[Observation]:
    if element.form and not FORMS[element.form](value):
        yield at_element(element.identifier, "value_malformed", form=element.form)
    if element.datatype is DataType.INTEGER and not (value.isascii() and value.isdigit()):
        yield at_element(element.identifier, "value_not_a_number")
    if element.datatype is DataType.TIME and not _is_time(value):
        yield at_element(element.identifier, "value_not_a_time")


def _is_time(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def look_at_ranges(subject: Subject) -> Look:
    """GD-1-4: values of closed sets are in their set."""
    ranges = subject.context.profile.ranges
    filled = [(element, value) for element, value in subject.filled() if element.domain]
    return look_at(
        len(filled),
        (
            at_element(element.identifier, "value_not_in_range", value=value)
            for element, value in filled
            if value not in ranges[element.domain]
        ),
    )


def _case_times(subject: Subject) -> list[tuple[str, datetime]]:
    case, closure = subject.case, subject.case.closure
    times = [
        ("received_at", case.received_at),
        ("accepted_at", case.accepted_at),
        ("closed_at", closure.closed_at if closure else None),
    ]
    return [(name, at) for name, at in times if at is not None]


def _all_times(subject: Subject) -> list[tuple[str, datetime]]:
    steps = [(f"step:{step.key}", at) for step in subject.case.steps for at in (step.started_at, step.ended_at) if at]
    formed = [(f"file:{file.key}", file.formed_at) for file in subject.files if file.formed_at]
    return _case_times(subject) + steps + formed


def look_at_plausibility(subject: Subject) -> Look:
    """GD-1-5: times are possible and in order, identity numbers can exist."""
    times = _all_times(subject)
    seen = [
        *(fault for name, at in times for fault in _time_faults(subject, name, at)),
        *_order_faults(subject),
        *_step_faults(subject),
        *_formed_faults(subject),
        *_identity_faults(subject),
    ]
    return look_at(len(times) + bool(subject.case.applicant.id_number), seen)


def _time_faults(subject: Subject, name: str, at: datetime) -> Iterator[Observation]:
    profile = subject.context.profile
    if at.year < profile.first_year:
        # A person's own document may be older than the state; what we were told happened here may not.
        outcome = Outcome.WARNED if name.startswith("file:") else Outcome.FAILED
        years = {"year": str(at.year), "first": str(profile.first_year)}
        yield at_element(name, "year_implausible", outcome=outcome, **years)
    elif at > subject.now + timedelta(seconds=profile.clock_tolerance_seconds):
        yield at_element(name, "time_in_future", time=at.isoformat())


def _order_faults(subject: Subject) -> Iterator[Observation]:
    for (earlier, first), (later, second) in pairwise(_case_times(subject)):
        if second < first:
            yield at_element(later, "times_reversed", earlier=earlier, later=later)
    promised = subject.case.promised_at
    if promised is not None and promised < subject.case.received_at:
        order = {"earlier": "received_at", "later": "promised_at"}
        yield at_element("promised_at", "times_reversed", outcome=Outcome.WARNED, **order)


def _step_faults(subject: Subject) -> Iterator[Observation]:
    closure = subject.case.closure
    for step in subject.case.steps:
        place, name = f"step:{step.key}", {"step": step.name}
        if step.ended_at is not None and step.ended_at < step.started_at:
            yield Observation("step_ends_before_start", place, name)
        # Real streams carry events before receipt and after closing; they are told, and do not hold the case.
        if step.started_at < subject.case.received_at:
            yield Observation("step_before_receipt", place, name, outcome=Outcome.WARNED)
        if closure is not None and step.started_at > closure.closed_at:
            yield Observation("step_after_closure", place, name, outcome=Outcome.WARNED)


def _formed_faults(subject: Subject) -> Iterator[Observation]:
    tolerance = timedelta(seconds=subject.context.profile.clock_tolerance_seconds)
    for file in subject.files:
        if file.formed_at is not None and file.formed_at > file.received_at + tolerance:
            yield at_file(file, "file_formed_after_receipt", outcome=Outcome.WARNED)


def _identity_faults(subject: Subject) -> Iterator[Observation]:
    applicant = subject.case.applicant
    form = subject.context.profile.document_forms.get(applicant.id_type.lower(), "")
    if form and applicant.id_number and not FORMS[form](applicant.id_number.upper()):
        yield at_element("contacted_card", "identity_number_implausible", outcome=Outcome.WARNED, form=form)


def _texts(subject: Subject) -> list[tuple[str, str, Outcome]]:
    known = [(element.identifier, value, Outcome.FAILED) for element, value in subject.filled()]
    extra = [(name, value, Outcome.FAILED) for name, value in subject.case.metadata.items()]
    steps = [
        (f"step:{step.key}", text, Outcome.FAILED)
        for step in subject.case.steps
        for text in (step.name, step.handler, step.unit, step.opinion, step.action)
    ]
    # Original names are kept byte for byte, so a strange one is told and cannot be mended.
    names = [(f"file:{file.key}", text, Outcome.WARNED) for file in subject.files for text in (file.name, file.title)]
    return known + extra + steps + names


def look_at_characters(subject: Subject) -> Look:
    """GD-1-6: no control, direction or replacement characters; private-use characters are told."""
    texts = _texts(subject)
    return look_at(len(texts), (fault for name, text, outcome in texts for fault in _sign_faults(name, text, outcome)))


def _sign_faults(name: str, text: str, outcome: Outcome) -> Iterator[Observation]:
    special = _SPECIAL.search(text)
    if special:
        yield at_element(name, "special_character", outcome=outcome, character=f"U+{ord(special.group()):04X}")
    for code, pattern in _DOUBTFUL:
        doubtful = pattern.search(text)
        if doubtful:
            yield at_element(name, code, outcome=Outcome.WARNED, character=f"U+{ord(doubtful.group()):04X}")


def look_at_duplicates(subject: Subject) -> Look:
    """GD-1-8: values that must be unique are; the same content twice in a case is told."""
    doubles = [
        at_element(name, "value_also_in_case", case=other)
        for name, others in subject.context.same_values.items()
        for other in others
    ]
    first_of: dict[str, FileFact] = {}
    for file in subject.files:
        first = first_of.setdefault(file.digests.sha256, file)
        if first is not file:
            doubles.append(at_file(file, "same_content_twice", outcome=Outcome.WARNED, other=first.name))
    return look_at(len(subject.files) + len(subject.context.same_values), doubles)


def look_at_completeness(subject: Subject) -> Look:
    """GD-2-3: the elements of the scheme are there, those of every file too."""
    conditional = [element for element in subject.elements() if element.obligation is Obligation.CONDITIONAL]
    empty = [
        at_element(element.identifier, "conditional_element_empty", outcome=Outcome.WARNED)
        for element in conditional
        if not subject.values[element.identifier] and _applies(element, subject)
    ]
    files = [
        at_file(file, "file_element_missing", element=name)
        for file in subject.files
        for name, value in (("name", file.name), ("sha256", file.digests.sha256), ("sm3", file.digests.sm3))
        if not value
    ]
    return look_at(len(conditional) + len(subject.files), empty + files)


def _applies(element: Element, subject: Subject) -> bool:
    conditions = {
        "legal_man": subject.values.get("apply_type") == "organisation",
        "project_code": subject.values.get("is_project") == "1",
        "project_title": subject.values.get("is_project") == "1",
        "result_code": False,  # many results carry no number
    }
    return conditions.get(element.identifier, True)


def look_at_required(subject: Subject) -> Look:
    """GD-2-4: required elements are filled."""
    required = [element for element in subject.elements() if element.obligation is Obligation.REQUIRED]
    return look_at(
        len(required),
        (
            at_element(element.identifier, "required_element_empty")
            for element in required
            if not subject.values[element.identifier]
        ),
    )
