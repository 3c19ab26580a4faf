"""Addresses of long acts on catalogue and plans."""

from __future__ import annotations

from django.urls import URLPattern, path

from jingui.interfaces.web.views import works

urlpatterns: list[URLPattern] = [
    path("works/<uuid:key>", works.show, name="work"),
    path("works/<uuid:key>/progress", works.progress, name="work-progress"),
    path("works/<uuid:key>/stuck", works.settle_stuck, name="work-stuck"),
]
