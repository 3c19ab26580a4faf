"""The viewer: page images, texts and originals, each asked for with permission in the query."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from jingui.db.queries.records import Record, file_text
from jingui.db.queries.viewer import find_file, place_of
from jingui.domain.access.roles import Permission
from jingui.domain.errors import DomainError, OutsideFailure, PermanentFailure
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.content import TEXT_BYTES, beginning, local_path, note_look, page_image
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.web.shapes.viewing import PLAIN, ZOOMS, ViewerState, viewer_state
from jingui.interfaces.wording import error_text
from jingui.usecases.viewing import note_viewed

_WIDTHS = {112, *(min(2000, 900 * zoom // 100) for zoom in ZOOMS)}
_MOST_PAGES = 100_000
_CACHED = "private, max-age=3600"


@needs(Permission.VIEW_CONTENT)
def page(request: HttpRequest, key: UUID, file_key: str, number: int) -> HttpResponse:
    """Return a page image; what cannot be drawn answers with a picture that says so."""
    place = find_file(actor(request), key, file_key)
    note_look(request, key, is_new_page=False)
    width, turn = _whole(request.GET, "w"), _whole(request.GET, "turn")
    try:
        data = page_image(
            place,
            format_name=place.file.format_name,
            page=min(max(1, number), _MOST_PAGES),
            width=width if width in _WIDTHS else 900,
            turn=turn if turn in {90, 180, 270} else 0,
        )
    except PermanentFailure as failure:
        return _sorry(request, failure.code)
    return HttpResponse(data, content_type="image/png", headers={"Cache-Control": _CACHED})


def _sorry(request: HttpRequest, code: str) -> HttpResponse:
    text = error_text(code, {})
    return render(request, "web/no_page.svg", {"text": text}, content_type="image/svg+xml", status=422)


def _whole(query: QueryDict, name: str) -> int:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0  # noqa: PLR2004


@needs(Permission.VIEW_PERSONAL_DATA)
def original(request: HttpRequest, key: UUID, file_key: str) -> HttpResponse | FileResponse:
    """Hand out the original file as it came; every time stands in the journal."""
    place = find_file(actor(request), key, file_key, permission=Permission.VIEW_PERSONAL_DATA)
    stream = local_path(place).open("rb")
    note_viewed(case_key=key, actor=actor_name(request), now=now(), file_key=file_key, way="download")
    answer = FileResponse(stream, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(place.file.name)}"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def viewer_context(record: Record, query: QueryDict) -> dict[str, Any]:
    """Return what the viewer beside the tabs shows."""
    state = viewer_state(record, query)
    if state is None or state.way != "text":
        return {"viewer": state}
    rows = {row.file_key: row for row in (*record.files, *record.replaced)}
    return {"viewer": state, **_text(rows[state.file.key], state, record)}


def _text(row: Any, state: ViewerState, record: Record) -> dict[str, Any]:  # noqa: ANN401
    kept = file_text(row)
    if state.file.format_name not in PLAIN or kept:
        text = kept or ""
        return {
            "text": text[:TEXT_BYTES],
            "is_cut": len(text) > TEXT_BYTES,
            "is_extracted": state.file.format_name not in PLAIN,
        }
    try:
        text, is_cut = beginning(place_of(record.case, row))
    except (DomainError, OutsideFailure, OSError) as failure:
        return {"text_error": error_text(getattr(failure, "code", "content_gone"), {})}
    return {"text": text, "is_cut": is_cut, "is_extracted": False}
