"""Addresses: the API, the staff's screens, and the public pages."""

from __future__ import annotations

from django.urls import include, path

from jingui.interfaces.api.root import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("v/", include("jingui.interfaces.portal.urls")),
    path("", include("jingui.interfaces.portal.counter_urls")),
    path("", include("jingui.interfaces.web.urls")),
]
handler400 = "jingui.interfaces.handlers.bad_request"
handler403 = "jingui.interfaces.web.views.failures.forbidden"
handler404 = "jingui.interfaces.handlers.not_found"
handler500 = "jingui.interfaces.handlers.server_error"
