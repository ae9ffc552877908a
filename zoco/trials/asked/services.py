"""Asking in the background: few questions at a time, and the same one is not asked twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_noop

from zoco.kit.runs import Tell
from zoco.ledger import sitebook
from zoco.sites.models import Site
from zoco.sites.runs import Ending, Runs
from zoco.sites.wording import packed_said
from zoco.trials.asked import holdouts, plans
from zoco.trials.asked.models import TrialQuestion
from zoco.trials.designs import DesignWrong

if TYPE_CHECKING:
    from zoco.ledger.store.base import Store

State = TrialQuestion.State
ANSWERS: dict[str, Callable[..., dict[str, Any]]] = {"plan": plans.answered, "holdout": holdouts.answered}
STEPS = 3
"""Of every answer: who came, what they did, what it comes to."""
FRESH = timedelta(minutes=10)
"""So long the same question has the same answer."""
KEPT = 50
OPEN_MOST = 3


class AskedTooMuch(DesignWrong):
    """Other questions of the site are still being answered."""


def _enqueue(key: int) -> None:
    from zoco.trials.tasks import trial_answer

    trial_answer.enqueue(question=key)


def _ending(error: Exception) -> Ending | None:
    """What is asked of too little is answered: by saying so."""
    return Ending(State.DONE, *packed_said(error)) if isinstance(error, DesignWrong) else None


QUESTIONS = Runs(
    model=TrialQuestion, held_in="trial-questions", enqueue=_enqueue, waiting=State.WAITING,
    working=State.RUNNING, ends=_ending, tell_seconds=0.0,
)  # fmt: skip


@transaction.atomic
def question_ask(*, site: int, kind: str, given: dict[str, Any], by: Any, at: datetime) -> TrialQuestion:
    """Ask, unless the same was asked a moment ago. Raises AskedTooMuch."""
    Site.objects.select_for_update().get(pk=site)
    QUESTIONS.look(site=site)
    rows = TrialQuestion.objects.filter(site=site, kind=kind)
    for each in rows.filter(created_at__gt=at - FRESH).order_by("-id"):
        if each.given == given and (each.is_open or each.state == State.DONE):
            return each
    if rows.filter(state__in=QUESTIONS.open_states).count() >= OPEN_MOST:
        raise AskedTooMuch(gettext_noop("Other questions are still being answered; ask again in a moment."))
    made = QUESTIONS.begin(
        TrialQuestion(
            site_id=site, kind=kind, given=given, by=by, created_at=at, told_at=at, total=STEPS
        )
    )  # fmt: skip
    old = rows.order_by("-id").values_list("pk", flat=True)[KEPT:]
    TrialQuestion.objects.filter(pk__in=list(old)).delete()
    return made


def question_stop(*, question: TrialQuestion) -> None:
    """Let nobody wait for an answer any more; one that is being worked out ends at its next step."""
    QUESTIONS.stop(question)


def answer_through(*, key: int, store: Store | None = None) -> TrialQuestion | None:
    """Answer a question that waits, or was cut off; None for one that is gone."""
    return QUESTIONS.through(key, partial(_answer, store))


def _answer(store: Store | None, question: TrialQuestion, _scratch: Path, tell: Tell) -> None:
    from zoco.ledger.store import opening

    site = next(each for each in sitebook.sites() if each.id == question.site_id)
    opened = store or opening.store()
    tell(done=0, answer={})
    question.answer = ANSWERS[question.kind](site, question.given, opened, now=question.created_at, tell=tell)
    question.done = STEPS
