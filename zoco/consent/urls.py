"""Addresses of permission that letters link to."""

from django.urls import path

from zoco.consent.confirming.views import confirm
from zoco.consent.public import views

urlpatterns = [
    path("unsubscribe/<str:token>", views.unsubscribe, name="zoco_unsubscribe"),
    path("preferences/<str:token>", views.preferences, name="zoco_preferences"),
    path("confirm/<str:token>", confirm, name="zoco_confirm"),
]
