"""Addresses of the plan editor, the scope-and-retention tables and the comparison of the levels."""

from __future__ import annotations

from django.urls import path

from jingui.interfaces.web.views import levels, plan_acts, plans, scope_tables

urlpatterns = [
    path("plans", plans.layers, name="plans"),
    path("plans/new", plan_acts.draft, name="plan-new"),
    path("plans/<uuid:key>", plans.layer, name="plan"),
    path("plans/<uuid:key>/trial", plans.trial, name="plan-trial"),
    path("plans/<uuid:key>/trial/run", plan_acts.run_trial, name="plan-trial-run"),
    path("plans/<uuid:key>/check", plan_acts.check, name="plan-check"),
    path("plans/<uuid:key>/submit", plan_acts.submit, name="plan-submit"),
    path("plans/<uuid:key>/opinion", plan_acts.opinion, name="plan-opinion"),
    path("plans/<uuid:key>/withdraw", plan_acts.withdraw, name="plan-withdraw"),
    path("plans/<uuid:key>/enforce", plan_acts.enforce, name="plan-enforce"),
    path("plans/<uuid:key>/edit/<slug:part>", plan_acts.edit, name="plan-edit"),
    path("scope/<slug:code>", scope_tables.show, name="scope-table"),
    path("scope/<slug:code>.xlsx", scope_tables.workbook, name="scope-workbook"),
    path("scope/<slug:code>.pdf", scope_tables.form, name="scope-form"),
    path("consistency", levels.consistency, name="consistency"),
    path("consistency/run", levels.run, name="consistency-run"),
    path("consistency/settle/<int:number>", levels.settle, name="consistency-settle"),
    path("consistency/unplaced", levels.unplaced, name="unplaced"),
    path("consistency/unplaced/<int:number>", levels.settle_nowhere, name="unplaced-settle"),
    path("consistency/export/<slug:kind>", levels.export, name="consistency-export"),
]
