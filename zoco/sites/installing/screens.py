"""The page "Installation check" of a site."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zoco.ledger import sitebook
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.dashboards import dashboards_all
from zoco.ledger.views.heads import head
from zoco.ledger.views.snippet import tracker_line
from zoco.sites import reads
from zoco.sites.installing import pace, said
from zoco.sites.installing.checking import Checked, address_of, site_check
from zoco.sites.models import Site

CHANGE = "zoco_sites.change_site"
LONGEST = 2_000


@never_cache
@permission_required(CHANGE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the address of a page; look at it, and say what was found."""
    site = reads.site_info(get_object_or_404(Site, pk=pk))
    url = str(request.POST.get("url", ""))[:LONGEST].strip() or address_of(site)
    shown = {**head(_("Installation check"), "search"), "site": site, "url": url, "problem": "", "lines": ()}
    shown |= {"line": tracker_line(request, site), "links": _where_facts_are_seen(site)}
    if request.method != "POST":
        return render(request, "zoco/sites/check.html", shown)
    checked, problem, status = _checked(request.user.pk or 0, site, url)
    if checked is None:
        return render(request, "zoco/sites/check.html", shown | {"problem": problem}, status=status)
    shown |= {
        "looked_at": checked.url,
        "state": checked.state,
        "verdict": said.verdict(checked.state),
        "lines": [said.line(each) for each in checked.findings],
    }
    return render(request, "zoco/sites/check.html", shown)


def _where_facts_are_seen(site: SiteInfo) -> list[tuple[str, str]]:
    """Return words and addresses of the pages on which facts appear, as far as there are any here."""
    found = []
    for words, page, args in (
        (_("Facts as they happen"), "zoco_latest", []),
        (_("Overview of the site"), "zoco_desk:overview", [each.key for each in dashboards_all()[:1]]),
    ):
        try:
            found.append((words, f"{reverse(page, args=args)}?{urlencode({'site': site.slug})}"))
        except NoReverseMatch:
            continue
    return found


def _checked(account: int, site: SiteInfo, url: str) -> tuple[Checked | None, str, int]:
    """Return what the check found, or why there was none with the status of the answer."""
    if not url:
        return None, _("Write the address of a page; the site has no host name yet."), 422
    if seconds := pace.wait(account):
        words = ngettext(
            "Six checks a minute are enough; the next one in %(seconds)s second.",
            "Six checks a minute are enough; the next one in %(seconds)s seconds.",
            seconds,
        )
        return None, words % {"seconds": seconds}, 429
    if not pace.running.acquire(timeout=1):
        return None, _("Two checks are under way; try again in a few seconds."), 503
    try:
        return site_check(site, sitebook.sites(), url), "", 200
    finally:
        pace.running.release()
