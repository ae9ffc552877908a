"""The host's addresses, with Zoco's somewhere below."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("The host's own page.")


urlpatterns = [
    path("", home),
    path("accounts/", include("django.contrib.auth.urls")),
    path("backstage/", admin.site.urls),
    path("marketing/", include("zoco.ledger.urls")),
]
