"""What a legal package must hold and how far the compiler looks. None of it stands in a text we have read whole.

So all of it is a setting: the shipped profile is a file of this product (``plan_profiles/``) that an archives replaces.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jingui.domain.errors import Invalid
from jingui.domain.metadata.fields import FieldReader
from jingui.domain.records.formats import EXTENSIONS
from jingui.domain.records.terms import ClosureKind, EvidenceClass


@dataclass(frozen=True, slots=True)
class CompileProfile:
    """``evidence``: for each end of a case the classes of which at least one material must be needed (none: no demand).

    ``rounds``: how often a path may take one move (补正 again and again). ``most_paths`` and ``most_combinations`` bound
    the walk; beyond the latter at most ``situations_at_once`` situations hold together, and the report says so.
    """

    name: str = ""
    evidence: Mapping[str, frozenset[EvidenceClass]] = field(default_factory=dict)
    security: frozenset[str] = frozenset({"公开", "内部"})
    long_term_formats: frozenset[str] = frozenset(EXTENSIONS)
    package_profiles: frozenset[str] = frozenset({"national-draft"})
    rounds: int = 2
    most_paths: int = 2000
    most_combinations: int = 4096
    situations_at_once: int = 2


def read_profile(raw: object) -> CompileProfile:
    """Read a profile.

    Raises:
        Invalid: with every problem.
    """
    fields = FieldReader(raw)
    told = fields.nested("evidence")
    evidence = {kind.value: _classes(told, kind.value) for kind in ClosureKind if told.has(kind.value)}
    told.refuse_unknown()
    profile = CompileProfile(
        name=fields.key("name", limit=50),
        evidence=evidence,
        security=frozenset(fields.texts("security", limit=10, count=10)),
        long_term_formats=frozenset(fields.texts("long_term_formats", limit=20, count=100)),
        package_profiles=frozenset(fields.texts("package_profiles", limit=50, count=50)),
        rounds=_bound(fields, "rounds", 5),
        most_paths=_bound(fields, "most_paths", 100_000),
        most_combinations=_bound(fields, "most_combinations", 1_000_000),
        situations_at_once=_bound(fields, "situations_at_once", 5),
    )
    fields.refuse_unknown()
    if fields.problems:
        raise Invalid(tuple(fields.problems))
    return profile


def _bound(fields: FieldReader, name: str, maximum: int) -> int:
    return fields.whole(name, minimum=1, maximum=maximum, is_required=True) or 1


def _classes(fields: FieldReader, name: str) -> frozenset[EvidenceClass]:
    known = set(EvidenceClass)
    found = fields.texts(name, limit=20, count=3)
    for value in found:
        if value not in known:
            fields.fault(name, "not_in_range", allowed=", ".join(EvidenceClass))
    return frozenset(EvidenceClass(value) for value in found if value in known)
