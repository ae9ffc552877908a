"""The form of switching a channel off and on. It is asked by GET: its address is the plan, and is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoco.mix.forms import OLDEST, REVENUE, outcomes
from zoco.mix.weeks import WEEK
from zoco.stats.incrementality import Blocks
from zoco.stats.incrementality.switching import PAIRS_LEAST, PAIRS_MOST, WINDOWS_LEAST

BLOCK_MOST = 4
PAST_LEAST, PAST_MOST, PAST_USUAL = 20, 260, 104
DRAW_MOST = 99_999_999
LENGTH_MOST = 104
CHANNEL_LONGEST = 100
"""As long as the source of a cost may be."""


def first_given(given: Mapping[str, str] | None) -> date | None:
    """Return the first day that an address speaks of, None where it is none that a test may have."""
    try:
        first = forms.DateField(required=False).clean((given or {}).get("first_on"))
    except forms.ValidationError:
        return None
    return first if first and first >= OLDEST else None


class SwitchForm(forms.Form):
    """What is switched, how often, and by which draw of coins."""

    outcome = forms.ChoiceField(label=gettext_lazy("What is measured"), initial=REVENUE)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    pairs = forms.IntegerField(
        label=gettext_lazy("Pairs of blocks"),
        min_value=PAIRS_LEAST,
        max_value=PAIRS_MOST,
        initial=8,
        help_text=gettext_lazy("In each pair the channel is on in one block and off in the other."),
    )
    weeks = forms.IntegerField(
        label=gettext_lazy("Weeks of a block"), min_value=1, max_value=BLOCK_MOST, initial=1
    )
    left_out = forms.IntegerField(
        label=gettext_lazy("Days left out at the start of each block"),
        min_value=0,
        max_value=7 * BLOCK_MOST - 1,
        initial=2,
        help_text=gettext_lazy(
            "What the channel did before still works then. Take more where people think long before they buy."
        ),
    )
    first_on = forms.DateField(
        label=gettext_lazy("First Monday of the test"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    past = forms.IntegerField(
        label=gettext_lazy("Weeks of the past to look at"),
        min_value=PAST_LEAST,
        max_value=PAST_MOST,
        initial=PAST_USUAL,
    )
    draw = forms.IntegerField(
        label=gettext_lazy("Number of the draw"),
        min_value=1,
        max_value=DRAW_MOST,
        help_text=gettext_lazy(
            "It throws the coins of the calendar. Choose it before the test, and never by what came of it."
        ),
    )

    def __init__(self, *args: Any, site: int, channels: Sequence[str], today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix, self.today = "", today
        self.fields["outcome"].choices = outcomes(site)  # type: ignore[attr-defined]
        none = [("", gettext_lazy("None"))]
        offered = [*channels, *self._kept(channels)]
        self.fields["channel"].choices = [*none, *((each, each) for each in offered)]  # type: ignore[attr-defined]
        if self.data.get("outcome", "").startswith("goal:"):
            self.fields["outcome"].error_messages["invalid_choice"] = gettext_lazy(
                "There is no such goal now. If it was renamed, choose it by its new name and leave the rest "
                "as it is: the calendar stays the same. Keep the new address."
            )
        monday = today + timedelta(days=7 - today.weekday())
        self.fields["first_on"].initial = monday
        self.fields["draw"].initial = int(monday.strftime("%Y%m%d"))

    def _kept(self, channels: Sequence[str]) -> list[str]:
        """Return the channel that the address names where it is not offered: what is kept outlives lists."""
        given = self.data.get("channel", "")
        may_be = given not in ("", *channels) and len(given) <= CHANNEL_LONGEST and given.isprintable()
        return [given] if may_be else []

    def clean(self) -> dict[str, Any]:
        """Hold the test to a Monday, its blocks to days that are left, and the past to be longer."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, weeks, pairs = (cleaned.get(name) for name in ("first_on", "weeks", "pairs"))
        if first and not OLDEST <= first <= self.today + 52 * WEEK:
            self.add_error("first_on", _("The day lies before 2000, or more than a year ahead."))
        elif first and first.weekday():
            self.add_error("first_on", _("A test begins on a Monday."))
        if weeks and (cleaned.get("left_out") or 0) >= 7 * weeks:
            self.add_error("left_out", _("Of each block some day is counted."))
        if not (weeks and pairs):
            return cleaned
        length, past = 2 * weeks * pairs, cleaned.get("past")
        if length > LENGTH_MOST:
            self.add_error("pairs", _("A test takes at most two years: fewer pairs, or shorter blocks."))
        elif past and past < length + WINDOWS_LEAST - 1:
            words = _("The past is at least %(least)s weeks for such a test.")
            self.add_error("past", words % {"least": length + WINDOWS_LEAST - 1})
        return cleaned

    def outcome_said(self) -> str:
        """Return the name of what is measured."""
        names: dict[str, Any] = dict(self.fields["outcome"].choices)  # type: ignore[attr-defined]
        return str(names[self.cleaned_data["outcome"]])

    def blocks(self) -> Blocks:
        """Return the blocks that were asked for."""
        given = self.cleaned_data
        return Blocks(given["pairs"], given["weeks"], given["left_out"])
