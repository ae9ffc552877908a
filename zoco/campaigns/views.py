"""The short address: it leads on, and who followed it is counted."""

from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zoco.campaigns import following
from zoco.campaigns.following import Followed
from zoco.campaigns.models import SLUG, Link
from zoco.kit.hosts import is_own, plain_host
from zoco.ledger import sitebook
from zoco.sites.models import Hostname


@never_cache
@require_safe
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead on. One that was switched off says so, with 410."""
    if not SLUG.fullmatch(slug):
        raise Http404(_("There is no such link."))
    with sitebook.everything():  # a link leads whoever follows it
        link = Link.objects.select_related("campaign").filter(slug=slug).first()
    if link is None:
        raise Http404(_("There is no such link."))
    if not link.is_open:
        return render(request, "zoco/campaigns/ended.html", {"title": _("This link has ended")}, status=410)
    if not _only_looks(request):
        following.count(request, Followed(link.slug, _page(link)))
    answer = HttpResponseRedirect(link.address)
    answer.headers["Referrer-Policy"] = "no-referrer-when-downgrade"
    return answer


def _only_looks(request: HttpRequest) -> bool:
    """Return whether nobody follows: a browser that fetches ahead, a program that asks for the head."""
    purpose = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    return request.method == "HEAD" or "prefetch" in purpose


def _page(link: Link) -> str:
    """Return an address of the link's site with its tags; the target itself where it lies there."""
    names = tuple(Hostname.objects.filter(site=link.site_id).order_by("id").values_list("name", flat=True))
    parts = urlsplit(link.address)
    if is_own(plain_host(parts.netloc), names) or not names:
        return link.address
    return f"https://{names[0]}/to/{link.slug}?{parts.query}"
