"""All surveys of a site."""

from __future__ import annotations

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.views.heads import head_of_site, no_site, site_chosen
from zoco.surveys.models import Survey
from zoco.surveys.screens.editing import ADD

SEE = "zoco_surveys.view_survey"
A_PAGE = 25
ICONS = {"draft": "edit", "running": "time", "closed": "check"}


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def surveys(request: HttpRequest) -> HttpResponse:
    """List the surveys of a site."""
    sites = sitebook.sites()
    if not sites:
        return no_site(request, _("Surveys"))
    site = site_chosen(sites, request.GET.get("site", ""))
    found = Survey.objects.filter(site=site.id).order_by("-id")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    counted = Survey.objects.filter(pk__in=[each.pk for each in page.object_list])
    taken = dict(counted.order_by().annotate(n=Count("responses")).values_list("pk", "n"))
    lines = [
        {
            "survey": each,
            "icon": ICONS[each.state],
            "began": formats.day(timezone.localtime(each.started_at).date()) if each.started_at else "–",
            "questions": formats.count(len(each.questions)),
            "taken": formats.count(taken.get(each.pk, 0)),
        }
        for each in page.object_list
    ]
    values = {"lines": lines, "page": page, "may_add": request.user.has_perm(ADD), "is_demo": site.is_demo}
    return render(request, "zoco/surveys/surveys.html", head_of_site(_("Surveys"), site, sites) | values)
