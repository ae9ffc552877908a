"""The planner: how many units and days a trial takes, from the site's own last four weeks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zoco.ledger.asking.goals import goals_of_facts
from zoco.ledger.pictures import formats
from zoco.ledger.sitebook import SiteInfo
from zoco.trials.asked.pages import asked_page
from zoco.trials.choices import Unit
from zoco.trials.designs import ARMS_MOST, Metric
from zoco.trials.models import UNITS_MOST
from zoco.trials.screens import opened, said
from zoco.trials.screens.editing import ADD
from zoco.trials.screens.listing import SEE

Kept = dict[str, Any]
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
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """Show the form, take what is asked, and show what it comes to."""
    return asked_page(request, "plan", _("Plan a trial"), "zoco/trials/plan.html", PlanForm, _said, ADD)


def _said(site: SiteInfo, given: Kept, found: Kept, may_add: bool) -> Kept:
    metric = Metric(given["goal"], given["kind"], "primary", given["goal"])
    live, fixed = found["live"], found["fixed"]
    asked = {
        "site": site.id, "unit": given["unit"], "metric": metric.name, "goal": metric.goal,
        "units_planned": min(max(live["units"], 100), UNITS_MOST),
    }  # fmt: skip
    shown: Kept = {
        "new_url": f"{reverse('zoco_trial_new')}?{urlencode(asked)}" if may_add else "",
        "is_long": live["days"] > LONG_DAYS,
        "history": [
            (_("Units in four weeks"), formats.count(found["units"])),
            (_("Units a day"), formats.decimal(found["daily"], 1)),
            (_("The metric was"), said.value(metric, found["before"], site.currency)),
            (_("To be told from"), said.value(metric, found["after"], site.currency)),
        ],
        "lines": [
            (_("Decided live, at most"), formats.count(live["units"]), formats.count(live["days"])),
            (
                _("Decided live, on the average if the effect is as planned"),
                formats.count(live["units_expected"]),
                formats.count(live["days_expected"]),
            ),
            (_("Decided once at its end"), formats.count(fixed["units"]), formats.count(fixed["days"])),
        ],
        "error": formats.percent(found["error"], 1),
    }
    return shown | {"opened": opened.planned(site.zone, shown["history"], shown["error"])}
