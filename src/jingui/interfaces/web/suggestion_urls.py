"""Addresses of the work list of suggested materials; they are part of the staff's addresses."""

from __future__ import annotations

from django.urls import path

from jingui.interfaces.web.views import suggestions

urlpatterns = [
    path("suggestions", suggestions.suggestions, name="suggestions"),
    path("suggestions/<uuid:key>", suggestions.decide, name="suggestions-decide"),
]
