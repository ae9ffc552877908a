"""The host's own addresses, and Zoco's reports before them."""

from django.urls import include, path
from mysite.urls import urlpatterns as of_the_host

urlpatterns = [path("marketing/", include("zoco.ledger.urls")), *of_the_host]
