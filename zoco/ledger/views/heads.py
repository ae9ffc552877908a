"""What pages inside the desk's frame begin with: title, icon, a site's choice ("zoco/ledger/sites.html")."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _


class Chosen(Protocol):
    """A site, as a row of the database or as the ledger's own."""

    @property
    def slug(self) -> str:
        """Its short name in addresses."""

    @property
    def is_demo(self) -> bool:
        """Whether its figures are simulated, which every page about it says."""


Kind = TypeVar("Kind", bound=Chosen)


def head(title: str, icon: str = "link") -> dict[str, object]:
    """Return what the frame's header shows."""
    return {"title": title, "icon_name": icon, "breadcrumbs_items": [{"url": None, "label": title}]}


def head_of_site(title: str, site: Kind, sites: Sequence[Kind]) -> dict[str, object]:
    """Return the same for a page about one site; the others are offered where there are any."""
    return {**head(title), "site": site, "sites": sites if len(sites) > 1 else (), "is_demo": site.is_demo}


def site_chosen(sites: Sequence[Kind], slug: str) -> Kind:
    """Return the site of this short name, the first for "". Raises Http404."""
    for site in sites:
        if slug in ("", site.slug):
            return site
    raise Http404(_("There is no such site."))


def no_site(request: HttpRequest, title: str) -> HttpResponse:
    """Say that all of this is about a site, and lead whoever may make one to where that is done."""
    new_url = reverse("zoco_sites:add") if request.user.has_perm("zoco_sites.add_site") else ""
    return render(request, "zoco/ledger/no_site.html", {**head(title), "new_url": new_url})
