"""Forms of media mixes: which weeks a model is fitted to, and what a test of a channel found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoco.campaigns.reads import costs_since
from zoco.ledger.asking.goals import goals_of_facts
from zoco.ledger.pictures.countries import country_name
from zoco.mix.controls.series import OWN, choices
from zoco.mix.models import ChannelTest, MediaMix
from zoco.mix.naming import goals_now
from zoco.mix.weeks import SEASON_WEEKS, WEEKS_MOST, countries, mondays

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo

    _TestForm = forms.ModelForm[ChannelTest]
else:
    _TestForm = forms.ModelForm

REVENUE, ALL = "revenue", "conversions"
WEEKS_LEAST, WEEKS_USUAL = 52, 156
SUNDAY = 6
CONTROLS_MOST = 10
OLDEST = date(2000, 1, 1)


def outcomes(site: int) -> list[tuple[str, Any]]:
    """Return what a model of a site may explain: revenue, conversions, or those of one goal."""
    goals = [(f"goal:{goal.name}", goal.name) for goal in goals_of_facts(site)]
    return [
        (REVENUE, gettext_lazy("Revenue")),
        (ALL, gettext_lazy("All conversions")),
        *goals,
    ]


def outcome_read(chosen: str) -> tuple[bool, str]:
    """Return whether it is revenue, and the name of the goal or ""."""
    return chosen == REVENUE, chosen.removeprefix("goal:") if chosen.startswith("goal:") else ""


def weeks_known(site: SiteInfo, now: datetime) -> int:
    """Return how many weeks costs are known of; those of the usual proposal where there are none yet."""
    since, today = costs_since(site), now.astimezone(ZoneInfo(site.zone)).date()
    return WEEKS_USUAL if since is None else (today - since).days // 7


class MixForm(forms.Form):
    """Which outcome of which weeks a model explains."""

    outcome = forms.ChoiceField(label=gettext_lazy("What it explains"))
    weeks = forms.IntegerField(
        label=gettext_lazy("Weeks until the last whole one"),
        min_value=WEEKS_LEAST,
        max_value=WEEKS_MOST,
        initial=WEEKS_USUAL,
        help_text=gettext_lazy(
            "From 105 weeks on the model knows a season. Three years are good; what is longer ago may have "
            "worked otherwise."
        ),
    )
    grain = forms.ChoiceField(
        label=gettext_lazy("Told by"),
        choices=MediaMix.Grain.choices,
        initial=MediaMix.Grain.WEEK,
        required=False,
        help_text=gettext_lazy(
            "Days tell more of what works quickly, and need costs by day and something that comes on nearly "
            "every day; a model of three years takes some 20 seconds instead of 3."
        ),
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Public holidays of"),
        required=False,
        choices=lambda: [("", gettext_lazy("No country")), *_by_name(countries())],
    )
    saturation = forms.ChoiceField(
        label=gettext_lazy("Curve of saturation"), choices=MediaMix.Saturation.choices
    )

    controls = forms.MultipleChoiceField(
        label=gettext_lazy("What else may move it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Controls that you wrote down, visits that were not paid for, and goals by how often they were "
            "reached. Take none that money moves itself: it would take the effect of the money away. Visits "
            "that were not paid for stand for demand where spending follows it, as in paid search."
        ),
    )

    def __init__(self, *args: Any, site: int, known: int = WEEKS_USUAL, **more: Any) -> None:
        """Propose the weeks of which costs are known, in days where weeks are too few for a season."""
        super().__init__(*args, **more)
        self.label_suffix = ""
        self.fields["weeks"].initial = min(max(known, WEEKS_LEAST), WEEKS_USUAL)
        if known < SEASON_WEEKS:
            self.fields["grain"].initial = MediaMix.Grain.DAY
        self.fields["outcome"].choices = outcomes(site)  # type: ignore[attr-defined]
        offered = choices(site)
        self.fields["controls"].choices = offered  # type: ignore[attr-defined]
        self.fields["controls"].initial = [key for key, _name in offered if key.startswith(OWN)]
        if not offered:
            del self.fields["controls"]

    def clean(self) -> dict[str, Any]:
        """Let nothing explain itself, and bound how many controls there are."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = cleaned.get("controls") or []
        if cleaned.get("outcome") in chosen:
            self.add_error("controls", _("What is explained cannot explain itself."))
        if len(chosen) > CONTROLS_MOST:
            self.add_error("controls", _("Controls of a model: %(most)s at most.") % {"most": CONTROLS_MOST})
        cleaned["grain"] = cleaned.get("grain") or MediaMix.Grain.WEEK
        return cleaned

    def first_on(self, today: date) -> date:
        """Return the Monday with which the weeks begin."""
        return mondays(today, self.cleaned_data["weeks"])


class ChannelTestForm(_TestForm):
    """What a test of a channel changed and found."""

    outcome = forms.ChoiceField(label=gettext_lazy("What was measured"))

    class Meta:
        model = ChannelTest
        fields = ("channel", "first_on", "last_on", "change", "effect", "error", "note")
        widgets = {name: forms.DateInput({"type": "date"}, "%Y-%m-%d") for name in ("first_on", "last_on")}
        help_texts = {
            "channel": gettext_lazy("As the source of its costs is written."),
            "change": gettext_lazy(
                "Money more than was planned, or less with a minus. A region that went dark is minus what "
                "the whole site would have spent meanwhile."
            ),
            "effect": gettext_lazy("How much the outcome was higher for it, in all; below 0 for less."),
            "error": gettext_lazy("Half of a 95% interval divided by 1.96: ±98 is an error of 50."),
        }

    field_order = ("channel", "outcome", "first_on", "last_on", "change", "effect", "error", "note")

    def __init__(self, *args: Any, site: int, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix, self.today = "", today
        self.fields["outcome"].choices = outcomes(site)  # type: ignore[attr-defined]
        if goals := goals_now(site):
            self.fields["outcome"].help_text = _(
                "All conversions are those by which they are counted now: %(goals)s. The test is held "
                "against models of the same goals alone."
            ) % {"goals": ", ".join(goals)}

    def clean(self) -> dict[str, Any]:
        """Hold days to their order, and the change to be one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        if first and first < OLDEST:
            self.add_error("first_on", _("The day lies in the future, or before 2000"))
        if first and last and first > last:
            self.add_error("last_on", _("The last day is before the first one."))
        if first and first.weekday():
            self.add_error("first_on", _("A test begins on a Monday."))
        if last and last.weekday() != SUNDAY:
            self.add_error("last_on", _("A test ends on a Sunday: models know whole weeks."))
        if last and last > self.today:
            self.add_error("last_on", _("A test that is not over says nothing yet."))
        if first and last and last - first > timedelta(days=7 * WEEKS_LEAST):
            self.add_error("last_on", _("A test takes at most a year."))
        if cleaned.get("change") == 0:
            self.add_error("change", _("A test that changed nothing says nothing."))
        return cleaned


def _by_name(codes: Sequence[str]) -> list[tuple[str, str]]:
    """Return countries with their names, in the order of the names."""
    return sorted(((code, country_name(code)) for code in codes), key=lambda each: each[1].casefold())
