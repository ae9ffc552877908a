"""What all forms of steps have in common."""

from collections.abc import Mapping
from typing import Any

from django import forms

from zoco.mail.editing.wrongs import words_of
from zoco.mail.journeys.kinds import KINDS, StepWrong


class StepForm(forms.Form):
    """What a kind of step asks for. Each name of a field is one of the settings, unless it says otherwise."""

    kind = ""

    def clean(self) -> dict[str, Any]:
        """Hold it to what the kind of step takes."""
        found = super().clean() or {}
        if not self.errors:
            try:
                KINDS.get(self.kind).check(self.settings())
            except StepWrong as wrong:
                raise forms.ValidationError(words_of(wrong)) from wrong
        return found

    def settings(self) -> dict[str, Any]:
        """Return the settings."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    @classmethod
    def initial_of(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the fields show."""
        return dict(settings)
