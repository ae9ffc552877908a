"""The host's addresses, with Zoco's somewhere below."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from ninja import NinjaAPI
from ninja.security import SessionAuth

from zoco.ledger.api import errors_shape, router
from zoco.project import collecting

api = NinjaAPI(title="The host's own API", auth=SessionAuth(), docs_url=None)
api.add_router("/zoco", router)
errors_shape(api)


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("The host's own page.")


urlpatterns = [
    path("", home),
    path("accounts/", include("django.contrib.auth.urls")),
    path("backstage/", admin.site.urls),
    path("marketing/", include("zoco.ledger.urls")),
    path("marketing/", include("zoco.monitor.urls")),
    path("api/", api.urls),
    *collecting.urlpatterns,
]
