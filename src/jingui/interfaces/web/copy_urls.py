"""Addresses of the screens that give out restricted copies; they are part of the staff's addresses."""

from __future__ import annotations

from django.urls import path

from jingui.interfaces.web.views import copies

urlpatterns = [
    path("records/<uuid:key>/copies/new", copies.new_copy, name="copy-new"),
    path("copies/<uuid:key>", copies.show_copy, name="copy"),
    path("copies/<uuid:key>/download", copies.download_copy, name="copy-download"),
    path("copies/<uuid:key>/revoke", copies.revoke, name="copy-revoke"),
]
