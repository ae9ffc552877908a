"""Asking in the background: few questions at a time, and the same one is not asked twice."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from zoco.kit.runs import QUIET, beating
from zoco.ledger import sitebook
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.sites.models import Site
from zoco.trials.asked import holdouts, plans
from zoco.trials.asked.models import TrialQuestion
from zoco.trials.designs import DesignWrong

if TYPE_CHECKING:
    from zoco.ledger.store.base import Store

log = logging.getLogger(__name__)
State = TrialQuestion.State
ANSWERS: dict[str, Callable[..., dict[str, Any]]] = {"plan": plans.answered, "holdout": holdouts.answered}
FRESH = timedelta(minutes=10)
"""So long the same question has the same answer."""
KEPT = 50
OPEN_MOST = 3
NO_ANSWER = gettext_noop("The ledger does not answer now; try again in a moment.")
FAILED = gettext_noop("This could not be worked out; ask again.")


class AskedTooMuch(DesignWrong):
    """Other questions of the site are still being answered."""


@transaction.atomic
def question_ask(*, site: int, kind: str, given: dict[str, Any], by: Any, at: datetime) -> TrialQuestion:
    """Ask, unless the same was asked a moment ago. Raises AskedTooMuch."""
    from zoco.trials.tasks import trial_answer

    Site.objects.select_for_update().get(pk=site)
    rows = TrialQuestion.objects.filter(site=site, kind=kind)
    rows.filter(state__in=[State.WAITING, State.RUNNING], told_at__lt=at - QUIET).update(
        state=State.FAILED, said=[FAILED, {}], told_at=at
    )
    for each in rows.filter(created_at__gt=at - FRESH).order_by("-id"):
        if each.given == given and (each.is_open or each.state == State.DONE):
            return each
    if rows.filter(state__in=[State.WAITING, State.RUNNING]).count() >= OPEN_MOST:
        raise AskedTooMuch(gettext_noop("Other questions are still being answered; ask again in a moment."))
    made: TrialQuestion = TrialQuestion.objects.create(
        site_id=site, kind=kind, given=given, by=by, created_at=at, told_at=at
    )
    old = rows.order_by("-id").values_list("pk", flat=True)[KEPT:]
    TrialQuestion.objects.filter(pk__in=list(old)).delete()
    trial_answer.enqueue(question=made.pk)
    return made


def question_stop(*, question: TrialQuestion) -> None:
    """Let nobody wait for an answer any more; one that is being worked out is thrown away."""
    found = TrialQuestion.objects.filter(pk=question.pk, state__in=[State.WAITING, State.RUNNING])
    found.update(state=State.STOPPED, is_to_stop=True)


def answer_through(*, key: int, store: Store | None = None) -> TrialQuestion | None:
    """Answer a question that waits, or was cut off; None for one that is gone."""
    with sitebook.everything():
        mine = TrialQuestion.objects.filter(pk=key, state__in=[State.WAITING, State.RUNNING])
        if not mine.update(state=State.RUNNING, told_at=timezone.now()):
            return None
        question: TrialQuestion = TrialQuestion.objects.get(pk=key)
        with beating(TrialQuestion.objects.filter(pk=key, state=State.RUNNING)):
            made = _answer(question, store)
        TrialQuestion.objects.filter(pk=key, state=State.RUNNING).update(**made, told_at=timezone.now())
        return TrialQuestion.objects.filter(pk=key).first()


def _answer(question: TrialQuestion, store: Store | None) -> dict[str, Any]:
    """Return what is kept of the answer."""
    from zoco.ledger.store import opening

    try:
        site = next(each for each in sitebook.sites() if each.id == question.site_id)
        opened = store or opening.store()
        answer = ANSWERS[question.kind](site, question.given, opened, now=question.created_at)
        return {"state": State.DONE, "answer": answer, "done": 1}
    except DesignWrong as wrong:
        return {"state": State.DONE, "said": [wrong.words, wrong.places], "done": 1}
    except (QueryFailed, StoreBusy) as error:
        log.warning("A question about trials was not answered. question=%s error=%s", question.pk, error)
        return {"state": State.FAILED, "said": [NO_ANSWER, {}]}
    except Exception:
        failed = {"state": State.FAILED, "said": [FAILED, {}], "told_at": timezone.now()}
        TrialQuestion.objects.filter(pk=question.pk).update(**failed)
        raise
