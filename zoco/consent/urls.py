"""Addresses of permission that letters link to, and of forms to sign up."""

from django.urls import path

from zoco.consent.confirming.views import confirm
from zoco.consent.public import views
from zoco.consent.signup import views as signup

urlpatterns = [
    path("unsubscribe/<str:token>", views.unsubscribe, name="zoco_unsubscribe"),
    path("preferences/<str:token>", views.preferences, name="zoco_preferences"),
    path("confirm/<str:token>", confirm, name="zoco_confirm"),
    path("f/form.js", signup.script, name="zoco_form_script"),
    path("f/<slug:key>", signup.form, name="zoco_form"),
    path("f/<slug:key>/fields", signup.fields, name="zoco_form_fields"),
    path("f/<slug:key>/challenge", signup.challenge, name="zoco_form_challenge"),
]
