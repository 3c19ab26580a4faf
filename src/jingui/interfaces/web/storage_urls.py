"""Addresses of the storage roots (存储与巡检)."""

from __future__ import annotations

from django.urls import path

from jingui.interfaces.web.views import storage

urlpatterns = [
    path("storage", storage.overview, name="storage"),
    path("storage/findings/<uuid:key>/accept", storage.accept, name="copy-finding-accept"),
    path("storage/<str:name>", storage.root, name="storage-root"),
    path("storage/<str:name>/audit", storage.audit, name="storage-audit"),
    path("storage/<str:name>/keeping", storage.keeping, name="storage-keeping"),
]
