"""What the pages of costs share: their frame, and the campaign or site that they are about."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from zoco.campaigns.models import Campaign
from zoco.ledger import sitebook
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.heads import head_of_site, site_chosen


def page(
    request: HttpRequest, template: str, title: str, site: SiteInfo, *, status: int = 200, **values: object
) -> HttpResponse:
    """Return a page about a site."""
    shown = head_of_site(title, site, sitebook.sites())
    return render(request, f"zoco/campaigns/{template}.html", shown | values, status=status)


def site_asked(request: HttpRequest) -> SiteInfo | None:
    """Return the site that a request is about, the first where it names none; None without any site."""
    sites = sitebook.sites()
    asked = request.POST if request.method == "POST" else request.GET
    return site_chosen(sites, asked.get("site", "")) if sites else None


def campaign_of(pk: int) -> tuple[Campaign, SiteInfo]:
    """Return a campaign of a site that may be seen, with its site. Raises Http404."""
    sites = {each.id: each for each in sitebook.sites()}
    campaign = get_object_or_404(Campaign, pk=pk, site__in=list(sites))
    return campaign, sites[campaign.site_id]
