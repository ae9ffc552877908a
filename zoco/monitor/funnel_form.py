"""The form of a funnel: goals in order, and a time in minutes, hours or days."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.monitor.funnels import DAY_SECONDS, Funnel
from zoco.monitor.models import Goal
from zoco.monitor.reports.funnels.chains import STEPS_LEAST, STEPS_MOST

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Funnel]
else:
    _ModelForm = forms.ModelForm
UNITS = {
    "60": pgettext_lazy("length of time", "minutes"),
    "3600": pgettext_lazy("length of time", "hours"),
    str(DAY_SECONDS): pgettext_lazy("length of time", "days"),
}
STEPS = [f"step_{number}" for number in range(1, STEPS_MOST + 1)]


class FunnelForm(_ModelForm):
    """A funnel. Steps left empty are passed over."""

    number = forms.IntegerField(
        label=pgettext_lazy("funnel", "Within"), min_value=1, max_value=527_040, initial=7
    )
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=tuple(UNITS.items()), initial=DAY_SECONDS)

    class Meta:
        model = Funnel
        fields = ("site", "name", "number", "unit", "is_each", "is_strict")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        goals = list(Goal.objects.exclude(kind=Goal.Kind.ENGAGEMENT).order_by("site", "name", "id"))
        self._goals = {str(goal.pk): goal for goal in goals}
        if not self.instance.pk:
            self.initial.setdefault("site", next((site.id for site in sitebook.sites()), None))
        kept = {(goal.site_id, goal.name.casefold()): goal.pk for goal in goals}
        names = self.instance.steps + [None] * (STEPS_MOST - len(self.instance.steps))
        for number, (field, name) in enumerate(zip(STEPS, names, strict=True), 1):
            self.fields[field] = forms.ChoiceField(
                label=pgettext("funnel", "Step %(number)s") % {"number": number},
                choices=[("", "–"), *_by_site(goals)],
                required=number <= STEPS_LEAST,
            )
            self.initial[field] = kept.get((self.instance.site_id, name.casefold()), "") if name else ""
        seconds = self.instance.within_seconds
        unit = next(each for each in (DAY_SECONDS, 3600, 60, 1) if seconds % each == 0)
        self.initial["number"], self.initial["unit"] = seconds // max(unit, 60), str(max(unit, 60))
        self.order_fields(["site", "name", *STEPS, "number", "unit", "is_each", "is_strict"])

    def clean(self) -> dict[str, Any]:
        """Take the steps that are there, of the funnel's own site."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = {name: self._goals[cleaned[name]] for name in STEPS if cleaned.get(name)}
        site = cleaned.get("site")
        for name, goal in chosen.items():
            if site is not None and goal.site_id != site.pk:
                self.add_error(name, _("This goal is of another site."))
        self.instance.steps = [goal.name for goal in chosen.values()]
        if "number" in cleaned and "unit" in cleaned:
            self.instance.within_seconds = cleaned["number"] * int(cleaned["unit"])
            if self.instance.within_seconds > 366 * DAY_SECONDS:
                self.add_error("number", _("A way may take a year at most."))
        return cleaned


def _by_site(goals: list[Goal]) -> list[Any]:
    """Return the goals as choices; with several sites under each its own."""
    names = {each.id: each.name for each in sitebook.sites()}
    groups: dict[int, list[tuple[str, str]]] = {}
    for goal in goals:
        groups.setdefault(goal.site_id, []).append((str(goal.pk), goal.name))
    if len(groups) <= 1:
        return [choice for group in groups.values() for choice in group]
    return [(names.get(site, str(site)), choices) for site, choices in groups.items()]


def funnel_said(funnel: Funnel) -> str:
    """Return a funnel's steps in one line."""
    return " → ".join(funnel.steps)


def report_link(funnel: Funnel) -> str:
    """Return a link to the report of a funnel."""
    query = QueryDict(mutable=True)
    query.update({"site": str(funnel.site.slug), "funnel": str(funnel.pk)})
    where = reverse("zoco_desk:report", args=["funnel"])
    return format_html('<a href="{}?{}">{}</a>', where, query.urlencode(), _("Open the report"))


def within_said(funnel: Funnel) -> str:
    """Return how long the way may take and how it is counted, in words."""
    seconds, days = funnel.within_seconds, funnel.within_seconds // DAY_SECONDS
    long = formats.length(float(seconds))
    if not seconds % DAY_SECONDS:
        long = ngettext("%(number)s day", "%(number)s days", days) % {"number": formats.count(days)}
    ways = [_("for each step") if funnel.is_each else "", _("strict order") if funnel.is_strict else ""]
    return ", ".join(filter(None, (long, *ways)))
