"""Addresses of the format policy."""

from __future__ import annotations

from django.urls import path

from jingui.interfaces.web.views import formats

urlpatterns = [
    path("formats", formats.show, name="formats"),
    path("formats/policy.json", formats.download, name="formats-download"),
    path("formats/rule", formats.change, name="formats-change"),
]
