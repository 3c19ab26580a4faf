"""Puts the documents that the archive made itself among the arranged files of a case, and numbers all of them anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jingui.domain.arrangement.arranging import ArrangedFile, get_profile, safe_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jingui.domain.arrangement.profiles import ArrangementProfile
    from jingui.domain.records.facts import Plan
    from jingui.domain.records.terms import MaterialClass


@dataclass(frozen=True, slots=True)
class MadePlace:
    """What is asked for a made document: behind the file ``beside``, or at the end of its class if that is ``""``."""

    file_key: str
    title: str
    material_code: str
    material_class: MaterialClass
    extension: str
    beside: str = ""


def with_made(arranged: Sequence[ArrangedFile], made: Iterable[MadePlace], plan: Plan) -> tuple[ArrangedFile, ...]:
    """Return the files with the made documents in their places, numbered from 1 without gaps.

    Raises:
        Invalid: the plan names no known profile.
    """
    profile = get_profile(plan)
    places = list(arranged)
    for each in made:
        at, folder = _place(each, places, profile)
        places.insert(at, _arranged(each, folder, profile))
    return tuple(_numbered(place, number) for number, place in enumerate(places, start=1))


def _place(made: MadePlace, places: list[ArrangedFile], profile: ArrangementProfile) -> tuple[int, str]:
    for at, place in enumerate(places, start=1):
        if made.beside and place.file_key == made.beside:
            return at, place.folder
    folders = [*profile.folders.values(), profile.unlisted_folder]
    folder = profile.folders[made.material_class]
    end = folders.index(folder)
    return sum(folders.index(place.folder) <= end for place in places), folder


def _arranged(made: MadePlace, folder: str, profile: ArrangementProfile) -> ArrangedFile:
    ending = f".{made.extension}"
    stem = safe_name(f"0000-{made.material_code}-{made.title}", limit=profile.name_bytes - len(ending))
    return ArrangedFile(
        sequence=0,
        folder=folder,
        stored_name=stem + ending,
        file_key=made.file_key,
        original_name=made.title + ending,
        material_code=made.material_code,
        material_name=made.title,
        material_class=made.material_class,
        is_listed=True,
    )


def _numbered(place: ArrangedFile, number: int) -> ArrangedFile:
    if place.sequence == number:
        return place
    rest = place.stored_name.partition("-")[2]
    return replace(place, sequence=number, stored_name=f"{number:04}-{rest}")
