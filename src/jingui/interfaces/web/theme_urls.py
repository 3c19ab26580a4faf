"""Addresses of theme cases."""

from __future__ import annotations

from django.urls import path

from jingui.interfaces.web.views import themes

urlpatterns = [
    path("themes", themes.themes, name="themes"),
    path("themes/<uuid:key>", themes.theme, name="theme"),
]
