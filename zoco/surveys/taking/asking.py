"""The form that a reader fills: a field for each question, and one that only programs fill."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from zoco.consent.signup.asking import TRAP
from zoco.surveys.designs import AIDED, MULTIPLE, SCALES, TEXT_LONGEST, UNAIDED, Question
from zoco.surveys.models import Survey

__all__ = ["TRAP", "WAYS", "AnswerForm", "text_of"]
WAYS = ("page", "block", "letter")


def text_of(survey: Survey, name: str, language: str) -> str:
    """Return a text of a survey in a language, our own words where it has none."""
    held = (survey.texts.get(language) or {}).get(name)
    ours = {
        "heading": _("A few questions"),
        "intro": "",
        "button": _("Send the answers"),
        "thanks": _("Thank you for your answers."),
    }
    return str(held or ours[name])


class AnswerForm(forms.Form):
    """A survey as somebody answers it. Questions that are not needed may be left out, but not all."""

    template_name = "zoco/surveys/fields.html"

    def __init__(
        self,
        given: Mapping[str, Any] | None = None,
        *,
        survey: Survey,
        language: str,
        chosen: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(given, auto_id=f"zoco-survey-{survey.key}-%s", use_required_attribute=True)
        self.label_suffix = ""
        self.asked = {each.key: each for each in survey.asked}
        for key, question in self.asked.items():
            self.fields[key] = _field(question, language)
            if chosen and chosen.get(key) in question.keys:
                self.initial[key] = [chosen[key]] if question.kind in (AIDED, MULTIPLE) else chosen[key]

    def clean(self) -> dict[str, Any]:
        """Want an answer at least."""
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(given.get(key) for key in self.asked):
            raise forms.ValidationError(_("Answer a question at least."))
        return given

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered on a valid form, as it is kept; what was left out is not there."""
        found: dict[str, Any] = {}
        for key, question in self.asked.items():
            value = self.cleaned_data.get(key)
            if value in ("", None, []):
                continue
            if question.kind in SCALES:
                found[key] = int(value)
            elif question.kind in (AIDED, MULTIPLE):
                found[key] = sorted(value, key=int)
            else:
                found[key] = [value] if question.options else value
        return found


def _field(question: Question, language: str) -> forms.Field:
    label = question.said(language)
    if question.kind in SCALES:
        choices = [(str(each), str(each)) for each in SCALES[question.kind]]
        return forms.ChoiceField(
            label=label, choices=choices, required=question.is_needed, help_text=question.ends,
            widget=forms.RadioSelect(attrs={"class": "z-scale"}),
        )  # fmt: skip
    if question.options:
        several = question.kind in (AIDED, MULTIPLE)
        kind: Any = forms.MultipleChoiceField if several else forms.ChoiceField
        widget: Any = forms.CheckboxSelectMultiple if several else forms.RadioSelect
        made: forms.Field = kind(
            label=label, choices=question.options_said(language), required=question.is_needed, widget=widget()
        )
        return made
    most = 300 if question.kind == UNAIDED else TEXT_LONGEST
    rows = 2 if question.kind == UNAIDED else 4
    return forms.CharField(
        label=label, max_length=most, required=question.is_needed,
        help_text=_("Separate several by commas.") if question.kind == UNAIDED else "",
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip
