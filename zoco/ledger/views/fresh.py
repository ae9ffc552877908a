"""Newer figures for an overview that is open."""

from typing import Any

from django.http import HttpResponse

from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.overview import OverviewView


class FreshView(OverviewView):
    """The same overview without a frame, from which a page that is open takes newer figures."""

    def page(self, template: str, site: SiteInfo | None, *, status: int = 200, **values: Any) -> HttpResponse:
        """Leave the frame out."""
        return super().page(template, site, status=status, **values | {"frame": "zoco/ledger/bare.html"})
