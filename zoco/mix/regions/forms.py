"""Forms of tests in regions: plan one, and measure one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoco.mix.forms import outcomes
from zoco.mix.models import AMOUNT_MOST
from zoco.mix.regions.panels import Place
from zoco.mix.weeks import WEEK

LENGTH_MOST = 12
OLDEST = date(2000, 1, 1)
PAST_MOST = 260


class _Form(forms.Form):
    outcome = forms.ChoiceField(label=gettext_lazy("What is measured"))

    def __init__(
        self, *args: Any, site: int, places: Sequence[Place], channels: Sequence[str], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.label_suffix, self.places = "", places
        self.fields["outcome"].choices = outcomes(site)  # type: ignore[attr-defined]
        none = [("", gettext_lazy("None"))]
        self.fields["channel"].choices = [*none, *((each, each) for each in channels)]  # type: ignore[attr-defined]


class PlanForm(_Form):
    """Where and how long a test could be."""

    country = forms.ChoiceField(label=gettext_lazy("Country"))
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    length = forms.IntegerField(
        label=gettext_lazy("Weeks of the test"), min_value=1, max_value=LENGTH_MOST, initial=4
    )
    past = forms.IntegerField(
        label=gettext_lazy("Weeks of the past to look at"), min_value=20, max_value=PAST_MOST, initial=104
    )
    field_order = ("country", "outcome", "channel", "length", "past")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        names = dict.fromkeys(each.country for each in self.places)
        self.fields["country"].choices = [(each, each) for each in names]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Hold the past to four times the test."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        length, past = cleaned.get("length"), cleaned.get("past")
        if length and past and past < 4 * length:
            self.add_error("past", _("The past is at least four times as long as the test."))
        return cleaned


class MeasureForm(_Form):
    """Which regions were treated when, and how."""

    regions = forms.MultipleChoiceField(
        label=gettext_lazy("Regions that were treated"), widget=forms.SelectMultiple({"size": 8})
    )
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    first_on = forms.DateField(
        label=gettext_lazy("First Monday of the test"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    length = forms.IntegerField(
        label=gettext_lazy("Weeks of the test"), min_value=1, max_value=LENGTH_MOST, initial=4
    )
    before = forms.IntegerField(
        label=gettext_lazy("Weeks before, in which regions are compared"),
        min_value=16,
        max_value=PAST_MOST,
        initial=52,
    )
    change = forms.FloatField(
        label=gettext_lazy("Change of spending in all of the test"),
        required=False,
        min_value=-AMOUNT_MOST,
        max_value=AMOUNT_MOST,
        help_text=gettext_lazy(
            "More money, or less with a minus. With it the result can be held against models."
        ),
    )
    field_order = ("regions", "outcome", "channel", "first_on", "length", "before", "change")

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today
        pairs = [(f"{each.country}-{each.region}", f"{each.country}-{each.region}") for each in self.places]
        self.fields["regions"].choices = pairs  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Hold days to whole weeks that are over, and regions to one country."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, length = cleaned.get("first_on"), cleaned.get("length")
        if first and not OLDEST <= first <= self.today:
            self.add_error("first_on", _("The day lies in the future, or before 2000"))
            first = None
        if first and first.weekday():
            self.add_error("first_on", _("A test begins on a Monday."))
        if first and length and first + length * WEEK - timedelta(days=1) >= self.today:
            self.add_error("length", _("A test that is not over says nothing yet."))
        chosen = cleaned.get("regions") or []
        if len({each.partition("-")[0] for each in chosen}) > 1:
            self.add_error("regions", _("Choose regions of one country."))
        return cleaned
