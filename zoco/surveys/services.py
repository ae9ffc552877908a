"""Making a survey, and its way: draft, running, closed. What was asked of somebody is not changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from zoco.sites.models import Site
from zoco.surveys.designs import (
    UNAIDED,
    Brand,
    DesignWrong,
    Question,
    brands_check,
    kept_of,
    numbered,
    questions_check,
)
from zoco.surveys.models import Survey

State = Survey.State
SURVEYS_MOST = 500


class SurveyFrozen(DesignWrong):
    """The survey is past the state in which this can be done."""


@transaction.atomic
def survey_make(
    *,
    site: int,
    key: str,
    name: str,
    questions: Sequence[Question],
    texts: dict[str, dict[str, str]],
    by: Any = None,
) -> Survey:
    """Make a draft. Raises DesignWrong."""
    Site.objects.select_for_update().get(pk=site)
    if Survey.objects.filter(site=site).count() >= SURVEYS_MOST:
        words = gettext_noop("A site keeps at most %(most)s surveys; delete one that is no longer needed.")
        raise DesignWrong(words, most=SURVEYS_MOST)
    questions_check(questions)
    kept = kept_of(numbered(questions))
    survey = Survey(site_id=site, key=key, name=name, questions=kept, texts=texts, created_by=by)
    try:
        with transaction.atomic():
            survey.save()
    except IntegrityError:
        words = gettext_noop("There is a survey with the key %(key)s already; choose another.")
        raise DesignWrong(words, key=key) from None
    return survey


@transaction.atomic
def survey_change(
    *, survey: int, name: str, questions: Sequence[Question], texts: dict[str, dict[str, str]]
) -> Survey:
    """Change a draft. Raises DesignWrong, SurveyFrozen once it has begun."""
    row = _locked(survey, State.DRAFT)
    questions_check(questions)
    row.name, row.questions, row.texts = name, kept_of(numbered(questions)), texts
    row.save()
    return row


@transaction.atomic
def survey_brands(*, survey: int, question: str, brands: Sequence[Brand]) -> Survey:
    """Count what was written by other names, at any time. Raises DesignWrong."""
    row = Survey.objects.select_for_update().get(pk=survey)
    asked = list(row.asked)
    for number, each in enumerate(asked):
        if each.key == question and each.kind == UNAIDED:
            brands_check(brands, number + 1)
            row.questions[number]["brands"] = kept_of(brands)  # type: ignore[arg-type]
            row.save(update_fields=["questions"])
            return row
    raise DesignWrong(gettext_noop("The survey has no such question about brands."))


@transaction.atomic
def survey_start(*, survey: int, at: datetime) -> Survey:
    """Let a draft run; one that was closed is opened again. Raises DesignWrong, SurveyFrozen."""
    row = _locked(survey, State.DRAFT, State.CLOSED)
    questions_check(row.asked)
    row.state, row.closed_at = State.RUNNING, None
    row.started_at = row.started_at or at
    row.save()
    return row


@transaction.atomic
def survey_close(*, survey: int, at: datetime) -> Survey:
    """Take no more answers. Raises SurveyFrozen."""
    row = _locked(survey, State.RUNNING)
    row.state, row.closed_at = State.CLOSED, at
    row.save()
    return row


@transaction.atomic
def survey_delete(*, survey: int) -> None:
    """Delete a survey that does not run, with what was answered; its facts stay. Raises SurveyFrozen."""
    _locked(survey, State.DRAFT, State.CLOSED).delete()


def _locked(pk: int, *states: str) -> Survey:
    row = Survey.objects.select_for_update().get(pk=pk)
    if row.state not in states:
        words = {
            State.DRAFT: gettext_noop("The survey has not begun yet."),
            State.RUNNING: gettext_noop(
                "The survey runs; what it asks cannot be changed. Close it first, or make a new one."
            ),
        }.get(
            State(row.state),
            gettext_noop("The survey is closed; make a new one to ask something else."),
        )
        raise SurveyFrozen(words)
    return row
