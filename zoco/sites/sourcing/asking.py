"""The address that says why a visit is of its source channel."""

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from zoco.ledger.sitebook import SiteInfo


def why_url(site: SiteInfo, fact: dict[str, Any]) -> str:
    """Return the address for a fact; empty where the page of source channels is not served."""
    try:
        page = reverse("zoco_sources")
    except NoReverseMatch:
        return ""
    asked = {name: fact[name] for name in ("source", "medium", "campaign")}
    return f"{page}?{urlencode({'site': site.slug, **asked, 'host': fact['referrer_host']})}"
