"""Reading the bytes of a file for the viewer, wherever they are, and noting once that a person looked."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.http import HttpRequest

from jingui.bootstrap import services
from jingui.db.queries.viewer import FilePlace
from jingui.domain.errors import PermanentFailure
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor_name
from jingui.interfaces.web.page_cache import PageKey, cached_page
from jingui.usecases.viewing import note_viewed

TEXT_BYTES = 256 * 1024
_SESSION_KEY = "viewed"
_REMEMBERED = 200
_SAME_LOOK_SECONDS = 900


def local_path(place: FilePlace) -> Path:
    """Return a local path of a file's bytes.

    Raises:
        PermanentFailure: ``content_gone``, the bytes are not where they should be.
    """
    ready = services()
    if place.object_id:
        found = ready.store.content_location(place.object_id, place.content_path)
    else:
        found = ready.staging.path(place.staged_token)
    if not found.is_file():
        raise PermanentFailure("content_gone", str(found))
    return found


def page_image(place: FilePlace, *, format_name: str, page: int, width: int, turn: int) -> bytes:
    """Return the image of a page (from 1) as PNG. Raises PermanentFailure if it cannot be drawn."""
    path, ready = local_path(place), services()
    key = PageKey(place.file.sha256, page, width, turn)
    return cached_page(
        ready.instance.home / "cache" / "pages",
        key,
        lambda: ready.renderer.render(path, format_name, page=page - 1, width=width),
    )


def beginning(place: FilePlace) -> tuple[str, bool]:
    """Return the beginning of a text file and whether there is more."""
    with local_path(place).open("rb") as stream:
        data = stream.read(TEXT_BYTES + 1)
    return data[:TEXT_BYTES].decode("utf-8", "replace"), len(data) > TEXT_BYTES


def note_look(request: HttpRequest, case_key: UUID, *, is_new_page: bool, way: str = "page") -> None:
    """Write into the journal that this person opened the record's content: once a page view, never once an image.

    ``way`` is that of ``note_viewed``. A request that only says it is part of a page is believed for a while.
    """
    looks: dict[str, float] = request.session.get(_SESSION_KEY, {})
    moment = now()
    look = f"{way} {case_key.hex}"
    last = looks.pop(look, 0.0)
    if not is_new_page and moment.timestamp() - last < _SAME_LOOK_SECONDS:
        return
    note_viewed(case_key=case_key, actor=actor_name(request), now=moment, way=way)
    kept = list(looks.items())[-_REMEMBERED:]
    request.session[_SESSION_KEY] = dict(kept) | {look: moment.timestamp()}
