"""Addresses of what strangers see. The token is their only part that lets in."""

from django.urls import path

from zoco.monitor.sharing.views import SharedExport, SharedOverview, SharedPanel, SharedReport

app_name = "zoco_shared"

urlpatterns = [
    path("<str:token>/", SharedOverview.as_view(), name="overview"),
    path("<str:token>/<str:key>/", SharedReport.as_view(), name="report"),
    path("<str:token>/<str:key>/panel/", SharedPanel.as_view(), name="panel"),
    path("<str:token>/<str:key>/export.csv", SharedExport.as_view(), {"word": "csv"}, name="export"),
]
