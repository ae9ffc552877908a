"""Addresses of the consent banner, of whoever was invited, and of the link for colleagues."""

from django.urls import path

from zoco.sites.access.views import invited, welcome
from zoco.sites.blocking.views import own_browser
from zoco.sites.consenting import views

urlpatterns = [
    path("invited/", welcome, name="zoco_access_in"),
    path("invited/<int:pk>/<str:proof>/", invited, name="zoco_invited"),
    path("consent.js", views.script, name="zoco_consent_script"),
    path("consent.json", views.banner, name="zoco_consent_banner"),
    path("own-browser/<str:token>/", own_browser, name="zoco_own_browser"),
]
