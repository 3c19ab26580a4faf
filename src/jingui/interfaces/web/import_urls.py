"""Addresses of importing a catalogue."""

from __future__ import annotations

from django.urls import URLPattern, path

from jingui.interfaces.web.views import import_runs, imports

urlpatterns: list[URLPattern] = [
    path("catalogue/template.xlsx", import_runs.template, name="catalogue-template"),
    path("catalogue/import", imports.upload, name="import"),
    path("catalogue/imports", import_runs.runs, name="imports"),
    path("catalogue/imports/<uuid:key>/problems.xlsx", import_runs.run_problems, name="run-problems"),
    path("catalogue/imports/<uuid:key>/problems.zip", import_runs.run_problem_tables, name="run-problem-tables"),
    path("catalogue/import/<slug:token>", imports.preview, name="import-preview"),
    path("catalogue/import/<slug:token>/options", imports.options, name="import-options"),
    path("catalogue/import/<slug:token>/mapping", imports.mapping, name="import-mapping"),
    path("catalogue/import/<slug:token>/confirm", imports.confirm, name="import-confirm"),
    path("catalogue/import/<slug:token>/problems.xlsx", imports.problems, name="import-problems"),
    path("catalogue/import/<slug:token>/problems.zip", imports.problem_tables, name="import-problem-tables"),
]
