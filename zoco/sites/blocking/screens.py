"""The page "Block lists": what a site does not count, and who is of its own staff."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zoco.ledger.views.heads import head_of_site, no_site, site_chosen
from zoco.sites import reads
from zoco.sites.blocking.kinds import KINDS
from zoco.sites.blocking.own_browsers import link_token
from zoco.sites.blocking.services import staff_link_renew
from zoco.sites.models import Exclusion, Site

SEE, CHANGE = "zoco_sites.view_exclusion", "zoco_sites.change_exclusion"


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def blocking(request: HttpRequest) -> HttpResponse:
    """Show the lists of a site."""
    sites = reads.sites_seen()
    if not sites:
        return no_site(request, _("Block lists"))
    site = site_chosen(sites, request.GET.get("site", ""))
    shown = {
        **head_of_site(_("Block lists"), site, sites),
        "lists": _lists(site),
        "may_change": request.user.has_perm(CHANGE),
        "link": request.build_absolute_uri(reverse("zoco_own_browser", args=[link_token(site)])),
    }
    return render(request, "zoco/sites/blocking.html", shown)


@permission_required(CHANGE, raise_exception=True)
@require_POST
def renew(request: HttpRequest, slug: str) -> HttpResponse:
    """Renew the link for colleagues; marks that were set with the old one hold no longer."""
    site = staff_link_renew(site=site_chosen(reads.sites_seen(), slug))
    messages.success(request, _("The link is another one now. Send it to your colleagues."))
    return redirect(f"{reverse('zoco_blocking')}?{urlencode({'site': site.slug})}#link")


def _lists(site: Site) -> list[tuple[str, str, str, list[Exclusion]]]:
    """Return key, title, what it means and lines of each list."""
    every = sorted(site.exclusions.all(), key=lambda each: each.value)
    return [
        (key, str(kind.title), str(kind.meaning), [each for each in every if each.kind == key])
        for key, kind in KINDS.items()
    ]
