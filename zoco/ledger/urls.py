"""Addresses of the ledger's pages. A host project includes them where it likes."""

from collections.abc import Callable

from django.urls import URLPattern, path

from zoco.ledger.views.export import ExportView
from zoco.ledger.views.facts import FactsView
from zoco.ledger.views.fresh import FreshView
from zoco.ledger.views.index import IndexView
from zoco.ledger.views.overview import NowView, OverviewView
from zoco.ledger.views.report import PanelView, ReportView
from zoco.ledger.views.shell import LedgerView
from zoco.ledger.views.values import ValuesView

app_name = "zoco_ledger"


def page_urls(wrap: Callable[[type[LedgerView]], type[LedgerView]] = lambda view: view) -> list[URLPattern]:
    """Return the addresses; `wrap` may give each view another frame and namespace."""
    return [
        path("reports/", wrap(IndexView).as_view(), name="index"),
        path("reports/facts/", wrap(FactsView).as_view(), name="facts"),
        path("reports/values/", wrap(ValuesView).as_view(), name="values"),
        path("reports/now/", wrap(NowView).as_view(), name="now"),
        path("reports/overview/<str:key>/", wrap(OverviewView).as_view(), name="overview"),
        path("reports/overview/<str:key>/fresh/", wrap(FreshView).as_view(), name="fresh"),
        path("reports/<str:key>/", wrap(ReportView).as_view(), name="report"),
        path("reports/<str:key>/panel/", wrap(PanelView).as_view(), name="panel"),
        path("reports/<str:key>/export.<str:word>", wrap(ExportView).as_view(), name="export"),
    ]


urlpatterns = page_urls()
