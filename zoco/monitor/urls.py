"""Addresses of monitor that are no part of the admin. A host project includes them where it likes."""

from django.urls import include, path

urlpatterns = [
    path("shared/", include("zoco.monitor.sharing.urls")),
    path("public/", include("zoco.monitor.sharing.public.urls")),
]
