"""Addresses of the staff's screens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from jingui.interfaces.web.views import (
    catalogue,
    home,
    integration,
    journal,
    library,
    proofs,
    records,
    sessions,
    viewer,
    worklists,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("login", sessions.sign_in, name="login"),
    path("logout", sessions.sign_out, name="logout"),
    path("library", library.library, name="library"),
    path("worklists/jobs", worklists.jobs, name="jobs"),
    path("worklists/<slug:name>", worklists.show, name="worklist"),
    path("records/<uuid:key>", records.record, name="record"),
    path("", include("jingui.interfaces.web.copy_urls")),
    path("", include("jingui.interfaces.web.export_urls")),
    path("", include("jingui.interfaces.web.plan_urls")),
    path("", include("jingui.interfaces.web.suggestion_urls")),
    path("", include("jingui.interfaces.web.source_urls")),
    path("", include("jingui.interfaces.web.storage_urls")),
    path("", include("jingui.interfaces.web.media_urls")),
    path("", include("jingui.interfaces.web.theme_urls")),
    path("", include("jingui.interfaces.web.format_urls")),
    path("", include("jingui.interfaces.web.migration_urls")),
    path("", include("jingui.interfaces.web.counter_urls")),
    path("", include("jingui.interfaces.web.trust_urls")),
    path("", include("jingui.interfaces.web.inspection_urls")),
    path("records/<uuid:key>/<slug:tab>", records.record, name="record-tab"),
    path("records/<uuid:key>/files/<str:file_key>/pages/<int:number>.png", viewer.page, name="page-image"),
    path("records/<uuid:key>/files/<str:file_key>/original", viewer.original, name="original"),
    path("records/<uuid:key>/events/<int:event_id>/proof.json", proofs.record_event_proof, name="record-proof"),
    path("catalogue", catalogue.catalogue, name="catalogue"),
    path("", include("jingui.interfaces.web.import_urls")),
    path("", include("jingui.interfaces.web.work_urls")),
    path("catalogue/items/<str:item_code>", catalogue.item, name="item"),
    path("", include("jingui.interfaces.web.coverage_urls")),
    path("journal", journal.journal, name="journal"),
    path("journal/<int:event_id>", journal.event, name="event"),
    path("journal/<int:event_id>/proof.json", journal.event_proof, name="event-proof"),
    path("integration", integration.integration, name="integration"),
    path("integration/<uuid:key>", integration.source, name="source"),
]
