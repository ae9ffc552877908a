"""A survey as HTML: for its own page and for blocks of pages. It holds nothing of its reader but his link."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from zoco.surveys.models import Survey
from zoco.surveys.taking.asking import TRAP, AnswerForm, text_of


def fragment(
    survey: Survey, language: str, *, way: str, token: str = "", filled: AnswerForm | None = None
) -> SafeString:
    """Return a survey as HTML without page around it."""
    with translation.override(language):
        values = {
            "survey": survey, "language": language, "way": way, "token": token, "trap": TRAP,
            "filled": filled or AnswerForm(survey=survey, language=language),
            "action": reverse("zoco_survey", args=[survey.key]),
            "intro": text_of(survey, "intro", language), "button": text_of(survey, "button", language),
        }  # fmt: skip
        return mark_safe(render_to_string("zoco/surveys/form.html", values))  # noqa: S308 - a template's
