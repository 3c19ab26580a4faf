"""Addresses of the public pages."""

from __future__ import annotations

from django.urls import path

from jingui.interfaces.portal import certificates, views

urlpatterns = [
    path("", views.unknown, name="copy-unknown"),
    path("coverage/<uuid:key>", certificates.show, name="certificate-public"),
    path("<str:token>", views.verify, name="copy-verify"),
    path("<str:token>/statement.json", views.statement, name="copy-statement"),
]
