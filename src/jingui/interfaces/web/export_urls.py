"""Addresses of exporting records; they are part of the staff's addresses."""

from __future__ import annotations

from django.urls import path

from jingui.interfaces.web.views import export_works, exports

urlpatterns = [
    path("records/<uuid:key>/export", exports.export_record, name="record-export"),
    path("themes/<uuid:key>/export", exports.export_theme, name="theme-export"),
    path("library/export", exports.export_selection, name="library-export"),
    path("works/<uuid:key>/package", export_works.download, name="export-download"),
]
