"""Addresses of permission that letters link to."""

from django.urls import path

from zoco.consent.public import views

urlpatterns = [path("unsubscribe/<str:token>", views.unsubscribe, name="zoco_unsubscribe")]
