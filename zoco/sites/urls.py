"""Addresses of the consent banner, and of whoever was invited."""

from django.urls import path

from zoco.sites.access.views import invited, welcome
from zoco.sites.consenting import views

urlpatterns = [
    path("invited/", welcome, name="zoco_access_in"),
    path("invited/<int:pk>/<str:proof>/", invited, name="zoco_invited"),
    path("consent.js", views.script, name="zoco_consent_script"),
    path("consent.json", views.banner, name="zoco_consent_banner"),
]
