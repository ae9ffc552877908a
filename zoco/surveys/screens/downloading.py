"""Responses as CSV, a column for each question; what a spreadsheet would run is text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zoco.kit.cells import csv_texts, disarmed
from zoco.people.models import NUMBER_BASE
from zoco.surveys.designs import Question
from zoco.surveys.models import Response, Survey
from zoco.surveys.screens.listing import SEE
from zoco.surveys.screens.showing import FACTS


@never_cache
@permission_required([SEE, FACTS], raise_exception=True)
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Stream all responses, the oldest first."""
    survey = get_object_or_404(Survey, pk=pk)
    answer = StreamingHttpResponse(csv_texts(rows(survey)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="survey-{survey.key}.csv"'
    return answer


def rows(survey: Survey) -> Iterator[tuple[str, ...]]:
    """Yield the lines of the file; options are told by their words in the first language."""
    asked = survey.asked
    yield ("at", "language", "way", "person", "visitor", *(disarmed(each.said("")) for each in asked))
    found = Response.objects.filter(survey=survey).order_by("at", "id")
    for each in found.iterator(2_000):
        person = str(NUMBER_BASE | each.person_id) if each.person_id else ""
        visitor = str(each.visitor or "")
        answers = (_cell(question, each.answers.get(question.key)) for question in asked)
        yield (each.at.isoformat(timespec="seconds"), each.language, each.way, person, visitor, *answers)


def _cell(question: Question, answer: Any) -> str:
    if isinstance(answer, list):
        words = dict(question.options_said(""))
        return disarmed("; ".join(words.get(str(key), str(key)) for key in answer))
    return "" if answer is None else disarmed(str(answer))
