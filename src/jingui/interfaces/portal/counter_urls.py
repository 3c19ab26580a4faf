"""Addresses of the applicant's screen at the counter."""

from __future__ import annotations

from django.urls import path

from jingui.interfaces.portal import counter

urlpatterns = [
    path("c", counter.code_form, name="citizen-code"),
    path("c/<str:token>", counter.confirmation, name="citizen"),
    path("c/<str:token>/confirm", counter.confirm, name="citizen-confirm"),
    path("c/<str:token>/object", counter.objection, name="citizen-object"),
    path("c/<str:token>/sign", counter.signature, name="citizen-sign"),
    path("c/<str:token>/pages/<slug:page>.jpg", counter.page_picture, name="citizen-page"),
]
