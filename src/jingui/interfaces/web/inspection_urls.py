"""Addresses of inspection: reports of records, tasks of persons, profiles, statistics; part of the staff's addresses."""

from __future__ import annotations

from django.urls import path

from jingui.interfaces.web.views import inspection_profiles, inspection_statistics, inspections

urlpatterns = [
    path("records/<uuid:key>/inspection/report.<slug:form>", inspections.report, name="inspection-report"),
    path("records/<uuid:key>/inspection/run", inspections.run, name="inspection-run"),
    path("records/<uuid:key>/inspection/decide", inspections.decide, name="inspection-decide"),
    path("inspection", inspection_statistics.statistics, name="inspection-statistics"),
    path("inspection/cases", inspection_statistics.cases, name="inspection-cases"),
    path("inspection/statistics.xlsx", inspection_statistics.workbook, name="inspection-workbook"),
    path("inspection/tasks", inspections.tasks, name="inspection-tasks"),
    path("inspection/tasks/state", inspections.state, name="inspection-state"),
    path("inspection/evidence/<uuid:key>", inspections.evidence, name="inspection-evidence"),
    path("inspection/profiles", inspection_profiles.profiles, name="inspection-profiles"),
    path("inspection/profiles/edit", inspection_profiles.edit, name="inspection-profile"),
]
