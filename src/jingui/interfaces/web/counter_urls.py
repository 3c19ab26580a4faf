"""Addresses of the counter; they are part of the staff's addresses."""

from __future__ import annotations

from django.urls import path

from jingui.interfaces.web.views import counter, counter_acts, counter_images

urlpatterns = [
    path("counter", counter.desk, name="counter"),
    path("counter/new", counter.new_case, name="counter-new"),
    path("counter/open/<uuid:key>", counter.open_existing, name="counter-open"),
    path("counter/<uuid:key>", counter.session, name="counter-session"),
    path("counter/<uuid:key>/progress", counter.progress, name="counter-progress"),
    path("counter/<uuid:key>/screen", counter.screen, name="counter-screen"),
    path("counter/<uuid:key>/separators.pdf", counter_images.separators, name="counter-separators"),
    path("counter/<uuid:key>/scans", counter_acts.upload, name="counter-scans"),
    path("counter/<uuid:key>/folder", counter_acts.pick, name="counter-folder"),
    path("counter/<uuid:key>/pages", counter_acts.arrange, name="counter-pages"),
    path("counter/<uuid:key>/ask", counter_acts.ask, name="counter-ask"),
    path("counter/<uuid:key>/finish", counter_acts.hand_over, name="counter-finish"),
    path("counter/<uuid:key>/close", counter_acts.close, name="counter-close"),
    path("counter/<uuid:key>/abandon", counter_acts.give_up, name="counter-abandon"),
    path("counter/<uuid:key>/pages/<slug:page>.jpg", counter_images.page_picture, name="counter-page"),
]
