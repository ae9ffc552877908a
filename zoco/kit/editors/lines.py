"""Lines of an editor: one form each. A line whose first field is left blank is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

BLANK = 2
"""So many empty lines are offered beyond those that are filled in."""


class LineForm(forms.Form):
    """A line. `legend` is what stands above it, a sentence with the place `number`."""

    legend: Any = "%(number)s"
    number = 0

    @property
    def headed(self) -> str:
        """What stands above it."""
        return str(self.legend) % {"number": self.number}

    @property
    def is_filled(self) -> bool:
        """Whether it is a line: of one that is sent, whether its first field says anything."""
        first = next(iter(self.base_fields))
        return bool(str(self.data.get(self.add_prefix(first), "")).strip())


class Lines(forms.BaseFormSet[Any]):
    """Lines, of which those that are left blank are none, whatever their other fields say."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Let no browser ask for the fields of a line that may be left blank."""
        return {**super().get_form_kwargs(index), "use_required_attribute": False}

    def add_fields(self, form: Any, index: int | None) -> None:
        """Number the line, from 1, and ask for nothing in one that may be left or made blank."""
        super().add_fields(form, index)
        form.number = (index or 0) + 1
        if form.number > self.min_num and not (self.is_bound and form.is_filled):
            for field in form.fields.values():
                field.required = False

    @property
    def filled(self) -> list[Any]:
        """The lines that are any."""
        return [each for each in self.forms if each.is_filled]

    def are_valid(self) -> bool:
        """Return whether all lines are; with one that is none nothing is wrong."""
        for each in self.forms:
            each.empty_permitted = False
            if not each.is_filled:
                each.cleaned_data = {}
                each._errors = {}
        is_managed = self.management_form.is_valid() and self.total_form_count() <= self.absolute_max
        return bool(is_managed and all(not each.errors for each in self.forms))


def lines_of(form: type[LineForm], *, most: int, least: int = 0) -> type[Any]:
    """Return the kind of lines of a form, of which there are at least and at most so many."""
    return forms.formset_factory(form, formset=Lines, extra=0, min_num=least, max_num=most, absolute_max=most)


def lines_offered(kind: type[Any], prefix: str, first: Sequence[dict[str, Any]]) -> Any:
    """Return lines with what they begin with, and some that are blank."""
    made = kind(prefix=prefix, initial=list(first))
    made.extra = min(BLANK, made.max_num - len(first))
    return made
