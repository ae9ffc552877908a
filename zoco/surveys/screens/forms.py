"""The editor's forms: the survey with what it says by language, its questions. Empty lines are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from zoco.consent.screens.tongues import languages, texts_add, texts_by_language, texts_given
from zoco.kit.editors.lines import LineForm, lines_of
from zoco.ledger.pictures.labels import language_within
from zoco.sites.forms import OfSite
from zoco.surveys.designs import (
    OPTION_LONGEST,
    OPTIONS_MOST,
    QUESTIONS_MOST,
    WORDS_LONGEST,
    Question,
    brand_lines,
    brands_of,
)
from zoco.surveys.models import Survey
from zoco.surveys.screens.said import KINDS

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Survey]
else:
    _ModelForm = forms.ModelForm
LABELS = {
    "heading": gettext_lazy("Heading"),
    "intro": gettext_lazy("Words above the questions"),
    "button": gettext_lazy("Words on the button"),
    "thanks": gettext_lazy("What is said afterwards"),
}
WORDS = pgettext_lazy("question", "Words")
OPTIONS = gettext_lazy("Options, one a line")
LONGEST = {"heading": 120, "intro": 1_000, "button": 60, "thanks": 1_000}


class SurveyForm(OfSite, _ModelForm):
    """A survey without its questions."""

    class Meta:
        model = Survey
        fields = ("site", "name", "key")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        texts_add(self, LABELS, LONGEST, self.instance.texts, rows=2)

    @property
    def main(self) -> list[Any]:
        """What it is."""
        return [self[name] for name in self._meta.fields or ()]

    @property
    def said(self) -> list[tuple[str, list[Any]]]:
        """What it says, by language."""
        return texts_by_language(self)

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """What it says, as it is kept."""
        return texts_given(self.cleaned_data, LABELS)


class QuestionForm(LineForm):
    """A line: a question, which it is if any language has words for it."""

    legend = gettext_lazy("Question %(number)s")

    kind = forms.ChoiceField(
        label=pgettext_lazy("question", "Kind"), choices=tuple(KINDS.items()), required=False
    )
    is_needed = forms.BooleanField(label=gettext_lazy("must be answered"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for code in languages():
            self.fields[f"words_{code}"] = forms.CharField(
                label=f"{WORDS} ({language_within(code)})",
                required=False, max_length=WORDS_LONGEST,
            )  # fmt: skip
        for code in languages():
            self.fields[f"options_{code}"] = forms.CharField(
                label=f"{OPTIONS} ({language_within(code)})",
                required=False, max_length=(OPTION_LONGEST + 2) * OPTIONS_MOST,
                widget=forms.Textarea(attrs={"rows": 2, "data-z-kinds": "aided single multiple"}),
            )  # fmt: skip
        self.fields["brands"] = forms.CharField(
            label=gettext_lazy("Brands to count, one a line, other names behind a colon"),
            help_text=gettext_lazy("Such as: Acme: akme, acme inc"),
            required=False, max_length=20_000,
            widget=forms.Textarea(attrs={"rows": 3, "data-z-kinds": "unaided"}),
        )  # fmt: skip

    @property
    def is_filled(self) -> bool:
        """Whether anything was written on the line."""
        names = [name for name in self.fields if name.startswith("words_")]
        return any(str(self.data.get(self.add_prefix(name), "")).strip() for name in names)

    def clean(self) -> dict[str, Any]:
        """Take what the chosen kind does not ask for, and nobody sees, for nothing, however wrong it is."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            kinds = field.widget.attrs.get("data-z-kinds")
            if kinds and cleaned.get("kind") not in kinds.split():
                self.errors.pop(name, None)
                cleaned[name] = ""
        return cleaned

    def question(self) -> Question:
        """Return what was given."""
        given = self.cleaned_data
        words = {code: said for code in languages() if (said := given[f"words_{code}"].strip())}
        options = {
            code: some
            for code in languages()
            if (some := [each.strip() for each in given[f"options_{code}"].splitlines() if each.strip()])
        }
        return Question(
            "", given["kind"], words, options, brands_of(given["brands"]), given["is_needed"]
        )  # fmt: skip


def initial_of(question: Question) -> dict[str, Any]:
    """Return what a line begins with."""
    words = {f"words_{code}": said for code, said in question.words.items()}
    options = {f"options_{code}": "\n".join(some) for code, some in question.options.items()}
    return {
        "kind": question.kind, "is_needed": question.is_needed, "brands": brand_lines(question.brands),
        **words, **options,
    }  # fmt: skip


Questions = lines_of(QuestionForm, least=1, most=QUESTIONS_MOST)
