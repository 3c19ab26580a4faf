"""Addresses of the connections to sources (来源连接)."""

from __future__ import annotations

from django.urls import path

from jingui.interfaces.web.views import sources, trials

urlpatterns = [
    path("sources", sources.overview, name="sources"),
    path("sources/problems", sources.problems, name="source-problems"),
    path("sources/problems/retry", sources.retry_many, name="source-problems-retry"),
    path("sources/problems/<uuid:key>", sources.problem, name="source-problem"),
    path("sources/problems/<uuid:key>/retry", sources.retry, name="source-problem-retry"),
    path("sources/problems/<uuid:key>/dismiss", sources.dismiss, name="source-problem-dismiss"),
    path("sources/try", trials.trial, name="mapping-trial"),
    path("sources/<uuid:key>/switch", sources.switch, name="source-switch"),
]
