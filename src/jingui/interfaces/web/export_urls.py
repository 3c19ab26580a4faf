"""Addresses of exporting a record; they are part of the staff's addresses."""

from __future__ import annotations

from django.urls import path

from jingui.interfaces.web.views import exports

urlpatterns = [path("records/<uuid:key>/export", exports.export_record, name="record-export")]
