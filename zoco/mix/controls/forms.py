"""The form by which days of controls are taken in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from zoco.mix.controls.reading import Columns, controls_read
from zoco.people.importing.typed import TypedForm


class ControlsForm(TypedForm):
    """A table of days; `columns` are what was read."""

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today
        self.columns: Columns = {}
        self.fields["text"].help_text = gettext_lazy(
            "The first line names the columns: the day, then a control each. Below it a line for each day, "
            "or for the first day of each week or month. Days that are there already are put right; an empty "
            "cell leaves them as they are."
        )
        self.fields["text"].widget.attrs["placeholder"] = "date,Price,Temperature\n2026-01-01,19.90,4.5\n"

    def clean(self) -> dict[str, Any]:
        """Read the controls of the table."""
        cleaned = super().clean()
        if table := cleaned.get("table"):
            self.columns, wrongs = controls_read(table, self.today)
            if wrongs.lines:
                self.wrong(wrongs)
        return cleaned
