"""Addresses of the register of offline media (介质登记)."""

from __future__ import annotations

from django.urls import path

from jingui.interfaces.web.views import media

urlpatterns = [
    path("media", media.register, name="media"),
    path("media/<uuid:key>", media.medium, name="medium"),
    path("media/<uuid:key>/check", media.check, name="medium-check"),
    path("media/<uuid:key>/end", media.end, name="medium-end"),
]
