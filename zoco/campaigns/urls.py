"""Addresses of short links. A host project includes them where it likes."""

from django.urls import path

from zoco.campaigns import views

urlpatterns = [path("to/<str:slug>", views.follow, name="zoco_follow")]
