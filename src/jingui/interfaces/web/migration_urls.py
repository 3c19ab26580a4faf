"""Addresses of format migrations."""

from __future__ import annotations

from django.urls import path

from jingui.interfaces.web.views import migrations

urlpatterns = [
    path("migrations", migrations.overview, name="migrations"),
    path("migrations/plan", migrations.plan, name="migration-plan"),
    path("migrations/<int:number>", migrations.show, name="migration"),
    path("migrations/<int:number>/act", migrations.act, name="migration-act"),
    path("migrations/<int:number>/register.pdf", migrations.register, name="migration-register"),
    path("migrations/<int:number>/trial/<int:at>/<slug:side>.png", migrations.page, name="migration-page"),
]
