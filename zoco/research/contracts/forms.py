"""The form of a table of contracts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from zoco.people.importing.typed import TypedForm
from zoco.research.contracts.reading import Group, groups_read
from zoco.research.models import ContractTable

KINDS, COHORTS = "kinds", "cohorts"
# P. S. Fader and B. G. S. Hardie, How to project customer retention, Journal of Interactive Marketing 21
# (2007) 76–90: shares still there after each year, of a thousand customers each.
EXAMPLE = """year,Regular,High End
0,1000,1000
1,63.1%,86.9%
2,46.8%,74.3%
3,38.2%,65.3%
4,32.6%,59.3%
5,28.9%,55.1%
6,26.2%,51.7%
7,24.1%,49.1%
8,22.3%,46.8%
9,20.7%,44.5%
10,19.4%,42.7%
11,18.3%,40.9%
12,17.3%,39.4%
"""


class ContractForm(TypedForm):
    """A table, what its columns are, and what a customer is worth."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    period = forms.ChoiceField(
        label=gettext_lazy("A contract runs for"),
        choices=ContractTable.Period.choices,
        initial=ContractTable.Period.YEAR,
    )
    columns = forms.ChoiceField(
        label=gettext_lazy("Each column is"),
        choices=(
            (KINDS, pgettext_lazy("contracts", "A kind of customers of its own")),
            (COHORTS, pgettext_lazy("contracts", "A cohort of the same kind")),
        ),
    )
    discount = forms.FloatField(
        label=gettext_lazy("Discount a year, %"),
        min_value=1,
        max_value=100,
        initial=10,
        help_text=gettext_lazy("What money of next year is worth less than money of today."),
    )
    money = forms.FloatField(
        label=gettext_lazy("What a customer brings in each period"),
        required=False,
        min_value=0,
        max_value=10**9,
        help_text=gettext_lazy("Margin in the site’s currency; without it lifetimes are told in periods."),
    )
    field_order = ("name", "file", "text", "period", "columns", "discount", "money")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.groups: list[Group] = []
        self.fields["text"].help_text = gettext_lazy(
            "The first line names the columns. Below it a line for the start and one for each renewal: its "
            "number, and how many of each kind were left, or with a % the share of those at the start."
        )

    def clean(self) -> dict[str, Any]:
        """Read the groups of the table."""
        cleaned = super().clean()
        if table := cleaned.get("table"):
            self.groups, wrongs = groups_read(table)
            if wrongs.lines:
                self.wrong(wrongs)
        return cleaned

    def fill(self, table: ContractTable) -> None:
        """Put into a table what was typed."""
        given = self.cleaned_data
        table.name, table.period = given["name"], given["period"]
        table.is_together = given["columns"] == COHORTS
        table.discount, table.money = given["discount"], given["money"]
        table.groups = [{"name": each.name, "counts": each.counts} for each in self.groups]
