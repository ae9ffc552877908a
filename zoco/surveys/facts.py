"""Facts of surveys: that somebody saw one or answered, and what to each question.

Words stay in the database alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zoco.kit.ids import uuid8
from zoco.kit.periods import micros
from zoco.ledger.schema import Fact
from zoco.ledger.services import record_many
from zoco.surveys.designs import SCALES, WRITTEN, Question
from zoco.surveys.models import Response, Survey

ANSWERED = "surveys.survey.answered"
SAID = "surveys.question.answered"
SHOWN = "surveys.survey.shown"
QUARTER = 900_000_000
"""A quarter of an hour, in microseconds."""


def answered(*, survey: Survey, response: Response, person: int) -> int:
    """Record what somebody answered; returns how many facts. `person` is a person's number, 0 for none."""
    facts = facts_of(survey, response, person)
    record_many(facts)
    return len(facts)


def facts_of(survey: Survey, response: Response, person: int) -> list[Fact]:
    """Return the facts of an answer.

    A number of a scale stands in `score` and as the quantity, options in `options`; of words only that there
    are some, for facts are shown to more people than what somebody wrote.
    """
    asked = [each for each in survey.asked if each.key in response.answers]
    common = {"way": response.way, "language": response.language}
    facts = [_fact(survey, response, person, ANSWERED, "", common, len(asked))]
    for each in asked:
        props = common | {"question": each.key, "kind": each.kind} | _said(each, response.answers[each.key])
        facts.append(_fact(survey, response, person, SAID, each.key, props, props.get("score", 1)))
    return facts


def fact_shown(survey: Survey, response: Response, person: int) -> Fact:
    """Return the fact that somebody saw a survey; of the response only who, when and how count.

    Who sees it again within the same quarter of an hour adds nothing: only whether he saw it matters, and
    anybody can tell it as often as he likes. No local day begins within one.
    """
    props = {"way": response.way, "language": response.language}
    fact = _fact(survey, response, person, SHOWN, "", props, 1)
    who = (person, response.known, response.visitor)
    how = (response.way.encode(), response.language.encode())
    fact.id = uuid8(b"survey shown", survey.pk, *who, *how, fact.occurred_at // QUARTER)
    return fact


def shown(
    *, survey: Survey, person: int, visitor: int, known: int, way: str, language: str, at: datetime
) -> None:
    """Record that somebody saw a survey; `person` is the number of a person, 0 for none."""
    seen = Response(survey=survey, at=at, way=way, language=language, visitor=visitor, known=known)
    record_many([fact_shown(survey, seen, person)])


def _said(question: Question, answer: Any) -> dict[str, Any]:
    if question.kind in SCALES:
        return {"score": answer}
    return {} if question.kind in WRITTEN else {"options": answer}


def _fact(
    survey: Survey, response: Response, person: int, name: str, part: str, props: dict[str, Any], count: int
) -> Fact:
    moment = micros(response.at)
    return Fact(
        id=uuid8(b"survey", str(response.pk).encode(), str(moment).encode(), part.encode()),
        name=name,
        site=survey.site_id,
        origin="server",
        occurred_at=moment,
        received_at=moment,
        person=person,
        visitor=response.visitor,
        known=response.known,
        verdict="server" if person else "human",
        language=response.language,
        medium="email" if response.way == "letter" else "",
        channel="email" if response.way == "letter" else "",
        subject_kind="survey",
        subject=survey.key,
        quantity=count,
        props=props,
    )
