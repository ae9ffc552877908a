"""Addresses of public dashboards: the short name of the site, and no secret."""

from django.urls import path

from zoco.monitor.sharing.public.views import PublicExport, PublicOverview, PublicPanel, PublicReport

app_name = "zoco_public"

urlpatterns = [
    path("<slug:token>/", PublicOverview.as_view(), name="overview"),
    path("<slug:token>/<str:key>/", PublicReport.as_view(), name="report"),
    path("<slug:token>/<str:key>/panel/", PublicPanel.as_view(), name="panel"),
    path("<slug:token>/<str:key>/export.csv", PublicExport.as_view(), {"word": "csv"}, name="export"),
]
