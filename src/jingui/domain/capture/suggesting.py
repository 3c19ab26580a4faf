"""Suggesting the material of an unlabelled file (自动清点): from its name, its title, its text, and what else came.

Every suggestion says by which clue it was found, with which version of the method, and how sure it is. The
confidence is fitted to how often suggestions were right (``bench/suggestions.py`` prints both beside each other, on
made file names; between 0.8 and 0.9 it promises a little too much). Which confidence is enough without a person is a
value of the plan; unless it names one, a person always decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from jingui.domain.capture.assigning import Likeness, assigned, ranked
from jingui.domain.capture.likeness import NameIndex
from jingui.domain.capture.material_words import kind_of, line_phrases, material_phrases, name_phrases, ordinal
from jingui.domain.records.facts import MaterialRule
from jingui.domain.records.terms import Obligation

ALTERNATIVES = 3
TITLE_LINES = 2


class Clue(StrEnum):
    """By what a material was found."""

    NAME = "name"
    TITLE = "title"
    TEXT = "text"
    OCR = "ocr"
    EXCLUSION = "exclusion"  # the only file and the only material left over
    NONE = "none"


@dataclass(frozen=True, slots=True)
class UnlabelledFile:
    """What is known of a file: its name, the title its sender gave, the beginning of its text.

    ``is_recognised``: the text was read from a picture (OCR) and may hold misread letters.
    """

    key: str
    name: str
    title: str = ""
    text: str = ""
    is_recognised: bool = False


@dataclass(frozen=True, slots=True)
class Alternative:
    """A material that may be meant; ``likeness`` 0..1, ``clue`` what spoke most for it."""

    material_code: str
    likeness: float
    clue: Clue


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The material suggested for a file; ``material_code`` is empty where nothing spoke for any.

    ``alternatives`` are the likeliest materials, the best first, whatever was suggested in the end.
    """

    file_key: str
    material_code: str
    confidence: float
    clue: Clue
    version: str
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Method:
    """The numbers of the method; fitted by ``bench/suggestions.py --fit`` on one half of the catalogue items.

    ``trust`` in each clue; ``floor`` of likeness that says nothing; ``taken`` is what is left of the likeness of a
    material that another file has already; ``in_place`` is added where a file is numbered as the material is;
    ``later_lines`` is what lines below a title count; ``same_kind`` the least likeness of the only material that is
    the kind of paper a title says, ``other_kind`` what is left of one that is another kind. The confidence is logistic in likeness, lead over the next material, and both of them multiplied.
    """

    version: str = "1"
    trust: Mapping[Clue, float] = field(
        default_factory=lambda: {Clue.NAME: 0.97, Clue.TITLE: 0.97, Clue.TEXT: 0.9, Clue.OCR: 0.85}
    )
    floor: float = 0.15
    taken: float = 0.85
    in_place: float = 0.04
    later_lines: float = 0.5
    same_kind: float = 0.5
    other_kind: float = 0.7
    by_exclusion: float = 0.3
    constant: float = -0.41
    per_likeness: float = 2.21
    per_lead: float = 0.69
    per_both: float = 4.71


METHOD = Method()


def suggest_materials(
    files: Sequence[UnlabelledFile],
    materials: Sequence[MaterialRule],
    *,
    filled: Mapping[str, int] | None = None,
    method: Method = METHOD,
) -> tuple[Suggestion, ...]:
    """Suggest a material for each file, in the order of the files.

    ``filled``: how many labelled files each material code has already. A material takes as many files as it may
    have; among files that speak for the same one, the likeliest comes first. Costs grow with files and materials
    one by one, not with their product, unless all names are alike.
    """
    names = _Names.of(materials)
    clues = [_clues(file, names, method) for file in files]
    for file, weighed in zip(files, clues, strict=True):
        _prefer_numbered(file, weighed, method, len(materials))
    given = assigned([_merged(weighed) for weighed in clues], materials, dict(filled or {}), taken=method.taken)
    made = [
        _suggestion(file, weighed, chosen, materials, method)
        for file, weighed, chosen in zip(files, clues, given, strict=True)
    ]
    return tuple(_with_exclusion(made, materials, dict(filled or {}), method))


def may_accept(suggestion: Suggestion, *, threshold: float | None) -> bool:
    """Say whether a suggestion counts without a person: only where the plan names a confidence and this reaches it.

    What was found by exclusion alone never does.
    """
    if threshold is None or not suggestion.material_code or suggestion.clue is Clue.EXCLUSION:
        return False
    return suggestion.confidence >= threshold


@dataclass(frozen=True, slots=True)
class _Names:
    """The materials of a plan by their names: to compare with, and by kind of paper."""

    index: NameIndex
    kinds: tuple[str, ...]

    @classmethod
    def of(cls, materials: Sequence[MaterialRule]) -> _Names:
        phrases = [_phrases(rule) for rule in materials]
        return cls(NameIndex(phrases), tuple(_kind(worded) for worded in phrases))


def _phrases(rule: MaterialRule) -> tuple[str, ...]:
    """Return the wordings of a material and of the other names the plan gives it; bare codes among these say nothing."""
    others = [phrase for alias in rule.aliases for phrase in material_phrases(alias) if not phrase.isascii()]
    return tuple(dict.fromkeys((*material_phrases(rule.name), *others)))


def _kind(phrases: Iterable[str]) -> str:
    return next(filter(None, map(kind_of, phrases)), "")


def _clues(file: UnlabelledFile, names: _Names, method: Method) -> dict[Clue, Likeness]:
    text_clue = Clue.OCR if file.is_recognised else Clue.TEXT
    lines = line_phrases(file.text)
    found = {
        Clue.NAME: _best_of(names, name_phrases(file.name), method, later=1.0),
        Clue.TITLE: _best_of(names, name_phrases(file.title), method, later=1.0),
        text_clue: _best_of(names, lines, method, later=method.later_lines),
    }
    return {clue: _weighed(values, method.trust[clue], method.floor) for clue, values in found.items() if values}


def _best_of(names: _Names, phrases: Sequence[str], method: Method, *, later: float) -> Likeness:
    """Return the best likeness over phrases; those below the title, which fills a line or two, count less."""
    best: Likeness = {}
    title = phrases[:1] if _kind(phrases[:1]) else phrases[:TITLE_LINES]
    for number, phrase in enumerate(phrases):
        factor = 1.0 if number < len(title) else later
        for position, value in names.index.likeness(phrase).items():
            best[position] = max(best.get(position, 0.0), value * factor)
    return _of_kind(best, names.kinds, _kind(title), method)


def _of_kind(best: Likeness, kinds: Sequence[str], kind: str, method: Method) -> Likeness:
    """Prefer what is the kind of paper that the title says: an application form is no licence, though it names one."""
    if not kind:
        return best
    likely = {at: value if kinds[at] in (kind, "") else value * method.other_kind for at, value in best.items()}
    same = [at for at, other in enumerate(kinds) if other == kind]
    if len(same) == 1:
        likely[same[0]] = max(likely.get(same[0], 0.0), method.same_kind)
    return likely


def _weighed(values: Likeness, trust: float, floor: float) -> Likeness:
    above = {position: trust * (value - floor) / (1 - floor) for position, value in values.items() if value > floor}
    return {position: min(trust, value) for position, value in above.items()}


def _prefer_numbered(file: UnlabelledFile, clues: dict[Clue, Likeness], method: Method, count: int) -> None:
    """Let the number in a file name add a little to the material at that place, if something else speaks for it."""
    number = ordinal(file.name)
    if number is None or not 1 <= number <= count:
        return
    for values in clues.values():
        if number - 1 in values:
            values[number - 1] = min(1.0, values[number - 1] + method.in_place)


def _merged(clues: Mapping[Clue, Likeness]) -> Likeness:
    """Join independent clues: what several of them say is likelier than what one says."""
    left: Likeness = {}
    for values in clues.values():
        for position, value in values.items():
            left[position] = left.get(position, 1.0) * (1 - value)
    return {position: 1 - value for position, value in left.items()}


def _suggestion(
    file: UnlabelledFile,
    clues: Mapping[Clue, Likeness],
    chosen: tuple[int, float] | None,
    materials: Sequence[MaterialRule],
    method: Method,
) -> Suggestion:
    merged = _merged(clues)
    best = ranked(merged)[:ALTERNATIVES]
    others = tuple(Alternative(materials[at].code, round(value, 4), _speaker(clues, at)) for at, value in best)
    if chosen is None:
        return Suggestion(file.key, "", 0.0, Clue.NONE, method.version, others)
    position, likeness = chosen
    rival = max((value for at, value in merged.items() if at != position), default=0.0)
    confidence = confidence_of(likeness, likeness - rival, method=method)
    code = materials[position].code
    return Suggestion(file.key, code, round(confidence, 4), _speaker(clues, position), method.version, others)


def confidence_of(likeness: float, lead: float, *, method: Method = METHOD) -> float:
    """Return how sure a suggestion is, 0..1, from its likeness and its lead over the next material (may be negative)."""
    exponent = method.constant + method.per_likeness * likeness + method.per_lead * lead
    return 1 / (1 + math.exp(-(exponent + method.per_both * likeness * lead)))


def _speaker(clues: Mapping[Clue, Likeness], position: int) -> Clue:
    return max(clues, key=lambda clue: clues[clue].get(position, 0.0))


def _with_exclusion(
    made: list[Suggestion], materials: Sequence[MaterialRule], filled: dict[str, int], method: Method
) -> list[Suggestion]:
    """Give the only file without a clue to the only required material without a file."""
    silent = [number for number, suggestion in enumerate(made) if suggestion.clue is Clue.NONE]
    for suggestion in made:
        filled[suggestion.material_code] = filled.get(suggestion.material_code, 0) + 1
    empty = [rule for rule in materials if rule.obligation is Obligation.REQUIRED and not filled.get(rule.code)]
    if len(silent) == 1 and len(empty) == 1:
        at = silent[0]
        code, confidence = empty[0].code, method.by_exclusion
        made[at] = Suggestion(made[at].file_key, code, confidence, Clue.EXCLUSION, method.version)
    return made
