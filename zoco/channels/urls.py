"""Addresses of channels. A host project includes them where it likes."""

from django.urls import path

from zoco.channels import views

urlpatterns = [path("channels/<uuid:uid>/heard", views.heard, name="zoco_channels_heard")]
"""Where providers tell what became of messages; the address of each account is its own."""
