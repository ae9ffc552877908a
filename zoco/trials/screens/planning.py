"""The planner: how many units and days a trial takes, from the site's own last four weeks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zoco.ledger.asking.goals import goals_of_facts
from zoco.ledger.pictures import formats
from zoco.ledger.sitebook import SiteInfo
from zoco.sites.wording import said_whole
from zoco.trials.asked.pages import asked_page
from zoco.trials.asked.plans import metric_of
from zoco.trials.choices import Unit
from zoco.trials.designs import ARMS_MOST, NAME_LONGEST, SHARES, DesignWrong, Metric, metrics_check
from zoco.trials.models import UNITS_MOST
from zoco.trials.screens import opened, said
from zoco.trials.screens.editing import ADD, METRIC_PREFILLED
from zoco.trials.screens.forms import DRAWN_IN, by_kind
from zoco.trials.screens.listing import SEE

Kept = dict[str, Any]
QUANTILE = 0.99
LONG_DAYS = 90
"""A trial that takes longer is warned about: cookies go, seasons change."""


class GoalForm(forms.Form):
    """What is counted of whom, for so many days."""

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

    def __init__(self, *args: Any, site: SiteInfo, **more: Any) -> None:
        super().__init__(*args, **more)
        self.names = [each.name for each in goals_of_facts(site.id)]
        self.fields["goal"].choices = [(name, name) for name in self.names]  # type: ignore[attr-defined]
        self.has_goals = bool(self.names)

    def clean(self) -> Kept:
        """Hold days to units that last. Raises ValidationError."""
        given: Kept = super().clean() or self.cleaned_data
        if given.get("unit") == Unit.VISITOR and (given.get("window_days") or 1) > 1:
            words = _(
                "A visitor without consent is known for a day; count one day, or browsers that consented."
            )
            self.add_error("window_days", words)
        return given


class PlanForm(GoalForm):
    """What is to be found."""

    goal = forms.ChoiceField(
        label=pgettext_lazy("metric", "Goal"),
        required=False,
        help_text=gettext_lazy("Revenue without a goal is all that was paid."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What is counted"),
        choices=tuple((key, words) for key, words in said.KINDS.items() if key != "quantile"),
    )
    per = forms.ChoiceField(label=gettext_lazy("For each (ratio)"), required=False)
    of_amount = forms.BooleanField(
        label=gettext_lazy("Sum money before refunds, do not count"), required=False
    )
    quantile = forms.FloatField(
        label=gettext_lazy("Quantile at which revenue is drawn in"),
        help_text=DRAWN_IN,
        min_value=0.01,
        max_value=0.9999,
        initial=QUANTILE,
        required=False,
        localize=False,
    )
    from_day = forms.IntegerField(
        label=gettext_lazy("Comes back from day"), min_value=1, max_value=89, initial=1, required=False
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
    field_order = ("goal", "kind", "per", "of_amount", "quantile", "from_day")

    def __init__(self, *args: Any, site: SiteInfo, **more: Any) -> None:
        super().__init__(*args, site=site, **more)
        by_kind(self)
        for field in ("goal", "per"):
            choices = [("", _("None")), *((name, name) for name in self.names)]
            self.fields[field].choices = choices  # type: ignore[attr-defined]
        self.fields["goal"].initial = self.names[0] if self.names else ""

    def clean(self) -> Kept:
        """Hold the metric to what a trial counts. Raises ValidationError."""
        if self.cleaned_data.get("unit") == Unit.VISITOR and self.cleaned_data.get("kind") == "retention":
            words = _(
                "A visitor without consent is known for a day, so that nobody is seen to come back; plan by "
                "browsers that consented."
            )
            self.add_error("unit", words)
        given = super().clean()
        if self.errors:
            return given
        given["quantile"], given["from_day"] = given["quantile"] or QUANTILE, given["from_day"] or 1
        try:
            metrics_check([metric_of(given, _named(given))], self.names, is_fixed=True)
        except DesignWrong as wrong:
            self.add_error("kind", said_whole(wrong))
        return given


def _named(given: Kept) -> str:
    """Return what the metric is called: as its goal, or as what is counted where it has none."""
    goal = "" if given["kind"] == "retention" else given["goal"]
    return str(goal or said.KINDS[given["kind"]])[:NAME_LONGEST]


@never_cache
@permission_required(SEE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """Show the form, take what is asked, and show what it comes to."""
    return asked_page(request, "plan", _("Plan a trial"), "zoco/trials/plan.html", PlanForm, _said, ADD)


def _said(site: SiteInfo, given: Kept, found: Kept, may_add: bool) -> Kept:
    metric = metric_of(given, _named(given))
    live, fixed = found["live"], found["fixed"]
    asked = {
        "site": site.id, "unit": given["unit"], "metric": metric.name,
        "units_planned": min(max(live["units"], 100), UNITS_MOST),
    } | {name: getattr(metric, name) for name in METRIC_PREFILLED if name != "of_amount"}  # fmt: skip
    if metric.of_amount:
        asked["of_amount"] = "on"
    shown: Kept = {
        "new_url": f"{reverse('zoco_trial_new')}?{urlencode(asked)}" if may_add else "",
        "is_long": live["days"] > LONG_DAYS,
        "history": _history(site, metric, found),
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
        "way": _way(metric),
        "after": _after(metric.window_days),
    }
    return shown | {"opened": opened.planned(site.zone, shown["history"], shown["error"], _spread(metric))}


def _history(site: SiteInfo, metric: Metric, found: Kept) -> list[tuple[str, str]]:
    """Say what the metric was."""
    cap = found.get("cap")
    drawn = (
        [] if cap is None else [(_("Revenue was drawn in at"), formats.money(cap, site.currency, cents=True))]
    )
    # What was asked before has no such figure.
    late = found.get("daily_late")
    new = [] if late is None else [(_("New ones a day in the last of these weeks"), formats.decimal(late, 1))]
    return [
        (_("Units in four weeks"), formats.count(found["units"])),
        (_("Units a day"), formats.decimal(found["daily"], 1)),
        *new,
        *drawn,
        (_("The metric was"), said.value(metric, found["before"], site.currency)),
        (_("To be told from"), said.value(metric, found["after"], site.currency)),
    ]


def _after(days: int) -> str:
    """Say how much later the last units have their figures: whoever's days are not over is left out."""
    words = ngettext(
        "Figures of the last units come %(days)s day later, once what is counted of them is over.",
        "Figures of the last units come %(days)s days later, once what is counted of them is over.",
        days,
    )
    return words % {"days": formats.count(days)}


def _spread(metric: Metric) -> str:
    """Write how much units vary where the effect is there, with m what the metric was and l the lift."""
    if metric.kind in SHARES:
        return "m(1 + l)(1 − m(1 + l))"
    if metric.kind == "revenue":
        return "(s₀² + m²)(1 + l) − m²(1 + l)²"
    if metric.of_amount:
        return "s₀²(1 + l)²"
    chance = "m / x̄" if metric.kind == "ratio" else "m"
    return f"c(1 + l) + (s₀² − c)(1 + l)², c = {chance}"


def _way(metric: Metric) -> str:
    """Say how the effect is taken to come about, by which its spread is known."""
    if metric.kind in SHARES:
        return ""
    if metric.kind == "revenue":
        return _(
            "Planned as though more units paid, each as much as those who paid. Where the same units pay "
            "more instead, revenue that is drawn in rises by less than what they pay, and finding that can "
            "take several times as many units."
        )
    return _(
        "Planned as though each unit brought so much more than it did; where more units bring something "
        "instead, it takes rather less."
    )
