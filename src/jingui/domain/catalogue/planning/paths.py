"""The ways a case can go: the moves of a plan's process as an automaton, walked from the start to every end."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import TYPE_CHECKING

from jingui.domain.records.conditions import NO, SITUATION, STEP, YES, assigned, holds

if TYPE_CHECKING:
    from collections.abc import Callable

    from jingui.domain.catalogue.planning.profile import CompileProfile
    from jingui.domain.catalogue.planning.vocabulary import Vocabulary
    from jingui.domain.records.plan_rules import ProcessMove

START = "start"
_TRIES = 20


@dataclass(frozen=True, slots=True)
class CasePath:
    """One way from the start to an end: its moves in order. The last one closes the case."""

    moves: tuple[ProcessMove, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of the way, repeated as often as they are taken."""
        return tuple(move.step for move in self.moves if move.step)

    @property
    def closure(self) -> str:
        """How the case ends."""
        return self.moves[-1].closure

    def facts(self) -> dict[str, str]:
        """Return what the way itself says of a case: its end and the steps taken."""
        return {"closure": self.closure} | dict.fromkeys((STEP + name for name in self.steps), YES)

    def is_possible(self, answer: Callable[[str], str]) -> bool:
        """Say whether a case with these answers can go this way."""
        return all(holds(move.when, answer) for move in self.moves)


def walk_paths(process: tuple[ProcessMove, ...], profile: CompileProfile) -> Iterator[CasePath]:
    """Return every way to an end on which no move is taken more than ``profile.rounds`` times.

    The search gives up after ``most_paths`` × ``_TRIES`` places, so that a tangle of moves cannot hold it for ever.
    """
    outgoing = defaultdict[str, list["ProcessMove"]](list)
    for move in process:
        outgoing[move.start].append(move)
    waiting: list[tuple[str, tuple[ProcessMove, ...]]] = [(START, ())]
    for _ in range(profile.most_paths * _TRIES):
        if not waiting:
            return
        state, taken = waiting.pop()
        used = Counter(map(id, taken))
        for move in reversed(outgoing[state]):
            if used[id(move)] >= profile.rounds:
                continue
            if move.closure:
                yield CasePath((*taken, move))
            else:
                waiting.append((move.end, (*taken, move)))


def dead_ends(process: tuple[ProcessMove, ...]) -> tuple[str, ...]:
    """Return the states that can be reached and from which no end can be."""
    reached, good = {START}, {move.start for move in process if move.closure}
    for _ in process:
        reached |= {move.end for move in process if move.start in reached and move.end}
        good |= {move.start for move in process if move.end in good}
    return tuple(sorted(reached - good))


@dataclass(frozen=True, slots=True)
class Combinations:
    """Every combination of answers a path leaves open; ``is_whole``: none was left out for the bound."""

    values: tuple[Mapping[str, str], ...]
    is_whole: bool


def combinations_of(fields: tuple[str, ...], vocabulary: Vocabulary, profile: CompileProfile) -> Combinations:
    """Return all answers for the fields; beyond the bound, situations hold only a few at once."""
    situations = tuple(field for field in fields if field.startswith(SITUATION))
    others = tuple(field for field in fields if field not in situations)
    domains = [sorted(vocabulary.values(field)) for field in others]
    total = 2 ** len(situations)
    for domain in domains:
        total *= len(domain)
    is_whole = total <= profile.most_combinations
    most = len(situations) if is_whole else min(profile.situations_at_once, len(situations))
    sets = [held for size in range(most + 1) for held in combinations(situations, size)]
    rest = ({**dict(zip(others, values, strict=True))} for values in product(*domains))
    made = (
        {**answers, **dict.fromkeys(situations, NO), **dict.fromkeys(held, YES)} for answers in rest for held in sets
    )
    values = tuple(islice(made, profile.most_combinations))
    return Combinations(values, is_whole)


def possible_cases(
    path: CasePath, open_answers: tuple[Mapping[str, str], ...]
) -> Iterator[tuple[Mapping[str, str], Callable[[str], str]]]:
    """Return the combinations of answers with which a case can go this way, each with what answers for it."""
    facts = path.facts()
    for answers in open_answers:
        answer = assigned({**answers, **facts})
        if path.is_possible(answer):
            yield answers, answer
