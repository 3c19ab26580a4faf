"""Pictures of pages at the counter, and the separator sheets for a case."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from jingui.bootstrap import services
from jingui.db.queries.counter import get_page, get_session, materials_of
from jingui.domain.access.roles import Permission
from jingui.domain.errors import PermanentFailure
from jingui.formats.confirmations.pictures import turned_jpeg
from jingui.formats.scanning.separators import separator_sheets
from jingui.interfaces.web.guards import actor, needs

THUMB_SIDE = 240


@needs(Permission.RECEIVE_AT_COUNTER)
@require_GET
def page_picture(request: HttpRequest, key: UUID, page: str) -> HttpResponse:
    """Return the picture of a page, upright as it stands; ``?thumb`` small."""
    row = get_page(actor(request), key, page)
    try:
        data = services().scans.path(row.image_token).read_bytes()
    except FileNotFoundError as error:
        raise PermanentFailure("content_gone", row.image_token) from error
    picture = turned_jpeg(data, turned=row.turned, side=THUMB_SIDE if "thumb" in request.GET else 0)
    return HttpResponse(picture, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=600"})


@needs(Permission.RECEIVE_AT_COUNTER)
@require_GET
def separators(request: HttpRequest, key: UUID) -> HttpResponse:
    """Return sheets to lay between papers, one per material of the case's plan."""
    row = get_session(actor(request), key)
    materials = [(rule.code, rule.name) for rule in materials_of(row.case)]
    data = separator_sheets(materials, heading=row.case.item_name)
    disposition = f"attachment; filename*=UTF-8''{quote('分隔页.pdf')}"
    return HttpResponse(data, content_type="application/pdf", headers={"Content-Disposition": disposition})
