"""The public page of a coverage certificate: what it counts and whether it is in force; never a case number."""

from __future__ import annotations

import time
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jingui.db.queries.coverage import find_certificate, later_version
from jingui.interfaces.portal.limits import LOOKING, address_of
from jingui.interfaces.portal.views import busy


@require_safe
def show(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show how a certificate stands."""
    if not LOOKING.allows(address_of(request), now=time.monotonic()):
        return busy(request)
    row = find_certificate(key)
    if row is None:
        return render(request, "portal/certificate_unknown.html", status=404)
    return render(request, "portal/certificate.html", {"row": row, "later": later_version(row)})
