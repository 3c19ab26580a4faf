"""Addresses of the day's closing (日终对账)."""

from __future__ import annotations

from django.urls import path

from jingui.interfaces.web.views import coverage, explanations

urlpatterns = [
    path("coverage", coverage.overview, name="coverage"),
    path("coverage/unexplained", explanations.unexplained, name="coverage-unexplained"),
    path("coverage/explain", explanations.explain, name="coverage-explain"),
    path("coverage/explanations/<uuid:key>/revoke", explanations.revoke, name="explanation-revoke"),
    path("coverage/certificates/<uuid:key>", coverage.certificate, name="certificate"),
    path("coverage/certificates/<uuid:key>/certificate.json", coverage.document, name="certificate-json"),
    path("coverage/certificates/<uuid:key>/certificate.pdf", coverage.printed, name="certificate-pdf"),
    path("coverage/certificates/<uuid:key>/standings.txt", coverage.standings, name="certificate-standings"),
    path("coverage/certificates/<uuid:key>/renew", coverage.renew, name="certificate-renew"),
]
