"""Pages of owners: which sites are public, and what everybody sees of one."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from zoco.ledger.views.dashboards import dashboards_all
from zoco.monitor.sharing.fixed import is_shown, period_said
from zoco.monitor.sharing.forms import PERIODS
from zoco.monitor.sharing.models import LEAST_GIVEN, LEAST_MOST, PUBLIC, SharedLink
from zoco.monitor.sharing.public import services
from zoco.monitor.sharing.public.models import PublicBoard
from zoco.monitor.sharing.screens import is_served
from zoco.monitor.sharing.services import Terms
from zoco.sites.models import Site

MAY = "zoco_sites.change_site"


class PublicForm(forms.Form):
    """What everybody sees. Filters of its own it has none: what is left out would be missed by nobody."""

    board = forms.ChoiceField(label=gettext_lazy("Dashboard"))
    period = forms.ChoiceField(label=gettext_lazy("Period"))
    may_change_period = forms.BooleanField(
        label=gettext_lazy("Readers may choose another period"), required=False
    )
    may_filter = forms.BooleanField(
        label=gettext_lazy("Readers may filter by clicking a row"), required=False
    )
    least = forms.IntegerField(
        label=gettext_lazy("Fewest visitors"),
        min_value=0,
        max_value=LEAST_MOST,
        initial=LEAST_GIVEN,
        help_text=gettext_lazy("Rows with fewer visitors are not shown. 0 shows all."),
    )
    may_index = forms.BooleanField(
        label=gettext_lazy("Search engines may list it"),
        required=False,
        help_text=gettext_lazy("Only the first page of it; the others are never listed."),
    )
    may_embed = forms.BooleanField(
        label=gettext_lazy("Other pages may show it in a frame"),
        required=False,
        help_text=gettext_lazy("Any website may then show it as a part of its own pages."),
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        boards = [each for each in dashboards_all() if is_shown(each.key)]
        self.fields["board"].choices = [(each.key, each.label) for each in boards]  # type: ignore[attr-defined]
        self.fields["period"].choices = [(each, period_said(each)) for each in PERIODS]  # type: ignore[attr-defined]

    def terms(self) -> Terms:
        """Return what is shown."""
        given = self.cleaned_data
        return Terms(
            board=given["board"],
            filters={},
            verdicts="people",
            period=given["period"],
            may_change_period=given["may_change_period"],
            may_filter=given["may_filter"],
            least=given["least"],
        )


def _page(request: HttpRequest, template: str, title: str, **values: object) -> HttpResponse:
    crumbs: list[dict[str, object]] = [{"url": reverse("zoco_publics"), "label": _("Public dashboards")}]
    crumbs += [{"url": None, "label": title}] if template != "publics" else []
    shown = {"title": title, "icon_name": "globe", "breadcrumbs_items": crumbs}
    return render(request, f"zoco/monitor/public/{template}.html", shown | values)


def _address(request: HttpRequest, site: Site) -> str:
    return request.build_absolute_uri(reverse("zoco_public:overview", args=[site.slug]))


@never_cache
@permission_required(MAY, raise_exception=True)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the sites, and what of them is public."""
    now = timezone.now()
    boards = {
        each.site_id: each for each in PublicBoard.objects.select_related("link__created_by", "link__site")
    }
    lines = []
    for site in Site.objects.order_by("is_demo", "id"):
        board = boards.get(site.pk)
        state = board.link.state(now) if board else None
        lines.append(
            {
                "site": site,
                "board": board,
                "is_open": state == SharedLink.State.OPEN,
                "state": state.label if state and state != SharedLink.State.OPEN else "",
                "address": _address(request, site) if board and is_served() else "",
            }
        )
    return _page(request, "publics", _("Public dashboards"), lines=lines)


@never_cache
@permission_required(MAY, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a site's dashboard public, change it or take it back."""
    site = get_object_or_404(Site, slug=slug)
    board = PublicBoard.objects.select_related("link").filter(site=site).first()
    if request.method == "POST" and request.POST.get("do") == "hide":
        services.board_hide(site=site, at=timezone.now())
        return redirect("zoco_publics")
    form = PublicForm(request.POST if request.method == "POST" else None, initial=_initial(board))
    if request.method == "POST" and is_served() and form.is_valid():
        given = form.cleaned_data
        services.board_publish(
            site=site,
            terms=form.terms(),
            name=PUBLIC,
            may_index=given["may_index"],
            may_embed=given["may_embed"],
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        return redirect("zoco_publics_one", slug=site.slug)
    address = _address(request, site) if is_served() else ""
    return _page(
        request,
        "one",
        site.name,
        form=form,
        site=site,
        board=board,
        address=address,
        code=_code(site, address),
    )


def _initial(board: PublicBoard | None) -> dict[str, Any]:
    if board is None:
        return {"period": "30d"}
    link = board.link
    names = ("board", "period", "may_change_period", "may_filter", "least")
    kept = {name: getattr(link, name) for name in names}
    return kept | {"may_index": board.may_index, "may_embed": board.may_embed}


def _code(site: Site, address: str) -> str:
    """Return the line that shows the dashboard in another page."""
    title = _("Visits of %(site)s") % {"site": site.slug}
    return f'<iframe src="{address}" title="{title}" width="100%" height="900" loading="lazy"></iframe>'
