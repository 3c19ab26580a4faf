"""How the files of a record are ordered, foldered and named inside its package. Profiles are settings ([?] in the field)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jingui.domain.records.terms import MaterialClass

if TYPE_CHECKING:
    from collections.abc import Mapping


def _folders() -> dict[MaterialClass, str]:
    return {
        MaterialClass.RESULT: "01结果材料",
        MaterialClass.PROCESS: "02过程材料",
        MaterialClass.APPLICATION: "03申请材料",
    }


@dataclass(frozen=True, slots=True)
class ArrangementProfile:
    """Folders in the order in which they are numbered; files outside the plan come last, in a folder of their own."""

    folders: Mapping[MaterialClass, str] = field(default_factory=_folders)
    unlisted_folder: str = "99其他"
    unlisted_name: str = "其他材料"
    unlisted_code: str = "QT"
    name_bytes: int = 200


PROFILES: dict[str, ArrangementProfile] = {"national-draft": ArrangementProfile()}
