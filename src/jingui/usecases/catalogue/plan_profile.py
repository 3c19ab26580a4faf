"""The plan profile of an installation: the compiler's demands, the elements all levels share, and a default layer.

None of it is constant: the shipped file is a draft of ours, and an archives names its own (``JINGUI_PLAN_PROFILE``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jingui.domain.catalogue.planning.contents import check_layer_content
from jingui.domain.catalogue.planning.profile import CompileProfile, read_profile
from jingui.domain.errors import Invalid, Problem
from jingui.domain.metadata.fields import FieldReader

SHIPPED = "national-draft.json"


@dataclass(frozen=True, slots=True)
class PlanProfile:
    """A profile as read from its file."""

    name: str
    note: str
    compiling: CompileProfile
    level_elements: tuple[str, ...]
    default_layer: Mapping[str, Any]


@lru_cache(maxsize=4)
def load_plan_profile(path: str = "") -> PlanProfile:
    """Read a profile; ``""``: the one this product ships.

    Raises:
        Invalid: ``plan_profile_invalid``, with every problem.
    """
    try:
        text = Path(path).read_text(encoding="utf-8") if path else _shipped()
        raw = json.loads(text)
    except (OSError, ValueError) as error:
        raise Invalid((Problem(path, "plan_profile_unreadable"),), code="plan_profile_invalid") from error
    return read_plan_profile(raw)


def _shipped() -> str:
    return files("jingui.usecases.catalogue").joinpath("plan_profiles", SHIPPED).read_text(encoding="utf-8")


def read_plan_profile(raw: object) -> PlanProfile:
    """Return a profile, checked.

    Raises:
        Invalid: with every problem.
    """
    fields = FieldReader(raw)
    name = fields.key("name", limit=50)
    note = fields.text("note", limit=2000)
    fields.texts("sources", limit=1000, count=100)
    elements = fields.texts("level_elements", limit=60, count=200)
    compiling, default_layer = fields.take("compile"), fields.take("default_layer")
    fields.refuse_unknown()
    if fields.problems:
        raise Invalid(tuple(fields.problems))
    return PlanProfile(name, note, read_profile(compiling), elements, check_layer_content(default_layer))
