"""Addresses of the consent banner."""

from django.urls import path

from zoco.sites.consenting import views

urlpatterns = [
    path("consent.js", views.script, name="zoco_consent_script"),
    path("consent.json", views.banner, name="zoco_consent_banner"),
]
