"""Addresses of the trust list."""

from __future__ import annotations

from django.urls import path

from jingui.interfaces.web.views import trust

urlpatterns = [
    path("trust", trust.show, name="trust"),
    path("trust/add", trust.add, name="trust-add"),
    path("trust/<str:fingerprint>/end", trust.end, name="trust-end"),
]
