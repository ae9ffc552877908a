"""Who may see and run what research finds: it is of people, and these are of all sites."""

import json

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from zoco.ledger import sitebook
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.heads import site_chosen
from zoco.people.audiences.rules import VERSION
from zoco.people.gathering.opening import ADD as AUDIENCE_ADD

SEE, ADD, CHANGE, DELETE = (f"zoco_research.{verb}_study" for verb in ("view", "add", "change", "delete"))
PEOPLE = "zoco_people.view_person"


def site_asked(request: HttpRequest) -> SiteInfo | None:
    """Return the site that a page is asked for, the first for none; None without any. Raises Http404."""
    given = request.POST if request.method == "POST" else request.GET
    sites = sitebook.sites()
    return site_chosen(sites, given.get("site", "")) if sites else None


def affinity_url(site: SiteInfo) -> str:
    """Return the page of what is bought together on a site, "" where there is none."""
    try:
        return f"{reverse('zoco_affinity')}?{urlencode({'site': site.slug})}"
    except NoReverseMatch:  # a host project without Wagtail's admin
        return ""


def audience_url(request: HttpRequest, rule: dict[str, object]) -> str:
    """Return where an audience is made of a rule, "" for whoever may not make one."""
    if not request.user.has_perm(AUDIENCE_ADD):
        return ""
    rules = json.dumps({"version": VERSION, "rules": {"all": [rule]}})
    try:
        return f"{reverse('zoco_audience_new')}?{urlencode({'rules': rules})}"
    except NoReverseMatch:  # a host project without Wagtail's admin
        return ""
