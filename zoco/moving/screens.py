"""The owner's page that resets a site: what goes, what stays, the name typed, how far it is."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zoco.ledger.pictures import formats
from zoco.moving import resetting
from zoco.moving.models import SiteReset
from zoco.sites.forms import SureForm
from zoco.sites.models import Site

MAY = "zoco_sites.delete_site"


@never_cache
@permission_required(MAY, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask, and begin it when the name was typed."""
    site = get_object_or_404(Site, slug=slug)
    form = SureForm(site, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        resetting.reset_begin(site=site.pk, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        return redirect("zoco_site_reset", slug=site.slug)
    title = _("Reset %(site)s") % {"site": site.name}
    shown = {
        "title": title,
        "icon_name": "bin",
        "breadcrumbs_items": [
            {"url": reverse("zoco_sites:index"), "label": _("Counted sites")},
            {"url": reverse("zoco_sites:edit", args=[site.pk]), "label": site.name},
            {"url": None, "label": title},
        ],
        "site": site,
        "form": form,
        **_run(resetting.last_reset(site.pk)),
    }
    return render(request, "zoco/moving/reset.html", shown)


def _run(run: SiteReset | None) -> dict[str, object]:
    if run is None:
        return {"run": None}
    erased = formats.count(run.facts)
    return {
        "run": run,
        "said": _(run.said) if run.said else "",
        "is_open": run.is_open,
        "share": round(100 * run.facts / run.total) if run.total else 0,
        "erased": f"{erased} / {formats.count(run.total)}" if run.total else erased,
    }
