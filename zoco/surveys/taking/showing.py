"""A survey as HTML: for its own page and for blocks of pages. It holds nothing of its reader but his link."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
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


def rendered(request: HttpRequest, page: str, status: int, **values: Any) -> HttpResponse:
    """Render a page that no search engine keeps and that tells nobody where its reader came from."""
    response = render(request, f"zoco/surveys/{page}.html", values, status=status)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Language"] = translation.get_language() or ""
    return response
