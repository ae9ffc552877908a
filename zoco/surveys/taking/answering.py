"""What an answer does: it is kept once, and told to the ledger in the same transaction.

Whoever answered is not asked again: the first answer counts, so that the ledger, which takes nothing back,
and the rows say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from zoco.consent.signup.challenges import challenge_spend
from zoco.ledger import sitebook
from zoco.people.models import NUMBER_BASE
from zoco.surveys.facts import answered
from zoco.surveys.models import Response, Survey


class AnsweredAlready(ValueError):
    """The same person, browser or visitor of the day answered before."""


class SurveyClosed(ValueError):
    """The survey takes no answers now."""


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers: a person by key, or a browser by its numbers; 0 for none."""

    person: int = 0
    visitor: int = 0
    known: int = 0

    @property
    def who(self) -> str:
        """By what a second answer is told."""
        if self.person:
            return f"p{self.person}"
        return f"k{self.known}" if self.known else f"v{self.visitor}" if self.visitor else ""


def response_take(
    *,
    survey: int,
    answers: dict[str, Any],
    answerer: Answerer,
    language: str,
    way: str,
    challenge: str,
    named: str,
    at: datetime,
) -> Response:
    """Keep what somebody answered. Raises AnsweredAlready, SurveyClosed, ChallengeWrong.

    `challenge` is the proof that is used up, made for the form `named`; "" for whoever came by a letter.
    """
    try:
        with sitebook.everything(), transaction.atomic():
            if challenge:
                challenge_spend(challenge, form=named)
            row = Survey.objects.select_for_update().get(pk=survey)
            if row.state != Survey.State.RUNNING:
                raise SurveyClosed
            if _was_here(row, answerer):
                raise AnsweredAlready
            response = Response.objects.create(
                survey=row, at=at, language=language, way=way, person_id=answerer.person or None,
                visitor=answerer.visitor, known=answerer.known, who=answerer.who, answers=answers,
            )  # fmt: skip
            number = NUMBER_BASE | answerer.person if answerer.person else 0
            answered(survey=row, response=response, person=number)
            return response
    except IntegrityError:  # the person was erased meanwhile, or the same answer came twice at once
        raise AnsweredAlready from None


def _was_here(survey: Survey, answerer: Answerer) -> bool:
    """Return whether somebody answered: also a browser that sends its id the second time only."""
    same = Q(who=answerer.who) if answerer.who else Q(pk=None)
    if answerer.visitor:
        same |= Q(visitor=answerer.visitor)
    return bool(answerer.who) and Response.objects.filter(same, survey=survey).exists()
