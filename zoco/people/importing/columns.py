"""What forms on which columns are named share: a field for each column, the sign before decimals."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoco.ledger.pictures import formats
from zoco.sites.stepped import SteppedRun

COLUMN = "column-"
OUT = "out"
"""A column that becomes nothing."""


class ColumnsForm(forms.Form):
    """What becomes of each column of an import, and how its numbers are written."""

    decimal = forms.ChoiceField(
        label=gettext_lazy("Before the decimals of numbers stands"),
        required=False,
        choices=[
            (".", gettext_lazy("a point: 1,234.5")),
            (",", gettext_lazy("a comma: 1.234,5")),
            ("", gettext_lazy("now this, now that: each number tells by itself")),
        ],
    )

    def __init__(self, run: SteppedRun, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix = ""
        self.run = run
        self.fields["decimal"].help_text = _("So that 1,234 is read as %(comma)s or as %(point)s.") % {
            "comma": formats.decimal(1.234, 3), "point": formats.decimal(1234),
        }  # fmt: skip

    def columns_offer(self, offered: Sequence[Any]) -> None:
        """Add a field for each column, with what it may become."""
        for number, column in enumerate(self.run.columns):
            self.fields[f"{COLUMN}{number}"] = forms.ChoiceField(
                label=column["key"], choices=offered, initial=self.run.mapping.get(column["key"], OUT)
            )

    def choices_offer(self, name: str, choices: Sequence[Any]) -> None:
        """Say what may be chosen in a field."""
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Return each column with its field, for a table."""
        return [
            {"key": column["key"], "samples": column["samples"], "field": self[f"{COLUMN}{number}"]}
            for number, column in enumerate(self.run.columns)
        ]

    def mapped(self, given: Mapping[str, Any]) -> dict[str, str]:
        """Return what each column becomes, by its key."""
        return {
            column["key"]: given.get(f"{COLUMN}{number}", OUT)
            for number, column in enumerate(self.run.columns)
        }
