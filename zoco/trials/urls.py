"""Addresses of trials: what pages ask for, and their script."""

from django.urls import path

from zoco.trials.remote import views

urlpatterns = [
    path("trials.js", views.script, name="zoco_trials_script"),
    path("ofrep/v1/evaluate/flags", views.flags, name="zoco_ofrep"),
    path("ofrep/v1/evaluate/flags/<str:key>", views.flag, name="zoco_ofrep_one"),
]
