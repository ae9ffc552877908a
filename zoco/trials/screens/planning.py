"""The planner: how many units and days a trial takes, from the site's own last four weeks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zoco.ledger import sitebook
from zoco.ledger.asking.goals import goals_of_facts
from zoco.ledger.pictures import formats
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.ledger.views.heads import head_of_site, no_site, site_chosen
from zoco.trials.analysis.history import History, Planned, history, planned
from zoco.trials.designs import ARMS_MOST, DesignWrong, Metric
from zoco.trials.models import UNITS_MOST, Unit
from zoco.trials.screens import said
from zoco.trials.screens.editing import ADD
from zoco.trials.screens.listing import SEE

LONG_DAYS = 90
"""A trial that takes longer is warned about: cookies go, seasons change."""


class PlanForm(forms.Form):
    """What is to be found."""

    goal = forms.ChoiceField(label=pgettext_lazy("metric", "Goal"))
    kind = forms.ChoiceField(
        label=gettext_lazy("What is counted"),
        choices=tuple((key, said.KINDS[key]) for key in ("proportion", "mean")),
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Who is dealt"),
        choices=tuple(each for each in Unit.choices if each[0] != Unit.PERSON),
    )
    window_days = forms.IntegerField(
        label=gettext_lazy("Days after exposure"), min_value=1, max_value=90, initial=1
    )
    lift = forms.FloatField(
        label=gettext_lazy("Smallest lift that matters, in percent"),
        min_value=0.1,
        max_value=1_000,
        initial=10,
        localize=False,
    )
    arms = forms.IntegerField(
        label=gettext_lazy("Arms, the control among them"), min_value=2, max_value=ARMS_MOST, initial=2
    )
    power = forms.FloatField(
        label=gettext_lazy("How surely it is to be found, in percent"),
        min_value=50,
        max_value=99,
        initial=80,
        localize=False,
    )
    share = forms.IntegerField(
        label=gettext_lazy("Share of the traffic, in percent"), min_value=1, max_value=100, initial=100
    )

    def __init__(self, *args: Any, site: SiteInfo, **more: Any) -> None:
        super().__init__(*args, **more)
        names = [each.name for each in goals_of_facts(site.id)]
        self.fields["goal"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
        self.has_goals = bool(names)

    def clean(self) -> dict[str, Any]:
        """Hold days to units that last. Raises ValidationError."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("unit") == Unit.VISITOR and (given.get("window_days") or 1) > 1:
            words = _(
                "A visitor without consent is known for a day; count one day, or browsers that consented."
            )
            self.add_error("window_days", words)
        return given


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """Show the form, and what its answers come to."""
    sites = sitebook.sites()
    if not sites:
        return no_site(request, _("Plan a trial"))
    site = site_chosen(sites, request.GET.get("site", ""))
    is_asked = "goal" in request.GET
    form = PlanForm(request.GET if is_asked else None, site=site)
    answer, wrong = None, ""
    if is_asked and form.is_valid():
        try:
            answer = _answer(site, form.cleaned_data, may_add=request.user.has_perm(ADD))
        except DesignWrong as error:
            wrong = _(error.words) % error.places
        except (QueryFailed, StoreBusy):
            wrong = _("The ledger does not answer now; try again in a moment.")
    shown = head_of_site(_("Plan a trial"), site, sites)
    crumbs = [
        {"url": reverse("zoco_trials"), "label": _("Trials")},
        {"url": None, "label": _("Plan a trial")},
    ]
    values = {"form": form, "answer": answer, "wrong": wrong, "breadcrumbs_items": crumbs}
    return render(request, "zoco/trials/plan.html", shown | values)


def _answer(site: SiteInfo, given: dict[str, Any], *, may_add: bool) -> dict[str, Any]:
    from zoco.ledger.store import opening

    metric = Metric(given["goal"], given["kind"], "primary", given["goal"], window_days=given["window_days"])
    found = history(site, metric, Unit(given["unit"]), opening.store(), now=timezone.now())
    made = planned(
        found, lift=given["lift"] / 100, arms=given["arms"], power=given["power"] / 100,
        share=given["share"] / 100,
    )  # fmt: skip
    asked = {
        "site": site.id, "unit": given["unit"], "metric": metric.name, "goal": metric.goal,
        "units_planned": min(max(made.live.units, 100), UNITS_MOST),
    }  # fmt: skip
    return _said(metric, found, made, site) | {
        "new_url": f"{reverse('zoco_trial_new')}?{urlencode(asked)}" if may_add else "",
        "is_long": made.live.days > LONG_DAYS,
    }


def _said(metric: Metric, found: History, made: Planned, site: SiteInfo) -> dict[str, Any]:
    before = said.value(metric, found.estimate.value, site.currency)
    after = said.value(metric, found.estimate.value + made.effect, site.currency)
    return {
        "history": [
            (_("Units in four weeks"), formats.count(found.estimate.n)),
            (_("Units a day"), formats.decimal(found.daily, 1)),
            (_("The metric was"), before),
            (_("To be told from"), after),
        ],
        "lines": [
            (_("Decided live, at most"), formats.count(made.live.units), formats.count(made.live.days)),
            (
                _("Decided live, on the average if the effect is as planned"),
                formats.count(made.live.units_expected),
                formats.count(made.live.days_expected),
            ),
            (_("Decided once at its end"), formats.count(made.fixed.units), formats.count(made.fixed.days)),
        ],
        "error": formats.percent(made.live.course.error, 1),
    }
