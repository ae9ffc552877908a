"""Addresses of surveys: their page, the link of a letter, and what the script of forms asks for."""

from django.urls import path

from zoco.surveys.taking import views

urlpatterns = [
    path("survey/<slug:key>", views.survey, name="zoco_survey"),
    path("survey/<slug:key>/challenge", views.challenge, name="zoco_survey_challenge"),
    path("survey/<slug:key>/shown", views.shown, name="zoco_survey_shown"),
    path("survey/<slug:key>/by/<str:token>", views.letter, name="zoco_survey_letter"),
]
