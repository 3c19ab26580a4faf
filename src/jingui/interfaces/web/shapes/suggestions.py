"""Suggested materials as rows to decide on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jingui.db.queries.suggestions import SuggestedCase, SuggestedFile
from jingui.domain.capture.deciding import MaterialChoice
from jingui.domain.records.facts import MaterialRule
from jingui.interfaces.web.shapes.masks import applicant_of, masked, masked_title

NOT_NOW, NO_MATERIAL = "", "-"
SURE, UNSURE = 900, 600  # thousandths
_WHOLE = 1_000


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of the list: its value, its words, and whether it stands chosen."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """A file with its suggestion in words, names of people masked. ``outcome`` colours how sure it is."""

    field: str
    name: str
    title: str
    suggested: SuggestedFile
    material: str
    percent: str
    outcome: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class SuggestionBlock:
    """A case with its rows."""

    case: Any
    title: str
    rows: tuple[SuggestionRow, ...]


def suggestion_blocks(cases: Sequence[SuggestedCase]) -> list[SuggestionBlock]:
    """Return the cases of a page with their files, the suggested material chosen where it is likely."""
    return [SuggestionBlock(found.case, masked_title(found.case), _rows(found)) for found in cases]


def _rows(found: SuggestedCase) -> tuple[SuggestionRow, ...]:
    applicant = applicant_of(found.case)
    return tuple(_row(file, found.materials, applicant) for file in found.files)


def _row(file: SuggestedFile, materials: Sequence[MaterialRule], applicant: Mapping[str, Any]) -> SuggestionRow:
    row = file.suggestion
    names = {rule.code: rule.name for rule in materials}
    return SuggestionRow(
        field=f"material-{row.key.hex}",
        name=masked(file.file.name, applicant),
        title=masked(file.file.title, applicant),
        suggested=file,
        material=names.get(row.material_code, ""),
        percent=f"{row.confidence * 100 // _WHOLE} %" if row.material_code else "",
        outcome=_outcome(row.confidence),
        options=_options(row.material_code if row.confidence >= UNSURE else NOT_NOW, row.alternatives, names),
    )


def _outcome(confidence: int) -> str:
    if confidence >= SURE:
        return "passed"
    return "warned" if confidence >= UNSURE else "needs_person"


def _options(chosen: str, alternatives: Sequence[Sequence[Any]], names: Mapping[str, str]) -> tuple[Option, ...]:
    """List the likely materials first, then the others in the plan's order."""
    likely = [code for code, _, _ in alternatives if code in names]
    ordered = dict.fromkeys((*likely, *names))
    return (
        Option(NOT_NOW, "暂不决定", chosen == NOT_NOW),
        *(Option(code, names[code], code == chosen) for code in ordered),
        Option(NO_MATERIAL, "不是本办件的材料", is_chosen=False),
    )


def choices_of(found: SuggestedCase, given: Mapping[str, str]) -> list[MaterialChoice]:
    """Read what was chosen for the files of a case; what was left undecided is left out."""
    chosen = [(file.file.file_key, given.get(f"material-{file.suggestion.key.hex}", NOT_NOW)) for file in found.files]
    return [MaterialChoice(key, "" if code == NO_MATERIAL else code) for key, code in chosen if code != NOT_NOW]
