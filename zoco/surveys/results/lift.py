"""Brand lift: which share of the units of a trial's arm gave an answer, against the control.

Units are those that the trial's own analysis counts; each must have answered after it was exposed. What is
compared is whoever answered: where an arm makes people answer more or less often, the answer is of other
people, so that this is checked too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from zoco.kit.periods import micros
from zoco.people.models import NUMBER_BASE
from zoco.stats.proportions import difference, wilson
from zoco.stats.scores import PROMOTER
from zoco.stats.trials import guards
from zoco.stats.trials.guards import Check
from zoco.surveys.designs import CHOSEN, CSAT, NPS, UNAIDED, Question
from zoco.surveys.models import Response, Survey
from zoco.surveys.results.brands import recalled
from zoco.surveys.results.figures import PROMOTERS, SATISFIED, TOP
from zoco.trials.analysis.figures import Sampled, scope_of
from zoco.trials.choices import Unit
from zoco.trials.models import Trial

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

ANSWERS_LEAST = 30
"""With fewer answers in an arm nothing is said of it."""
Gave = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class ArmAnswers:
    """Of one arm: units exposed, those that answered the question since, and those that gave the answer."""

    key: str
    exposed: int
    answered: int
    gave: int

    @property
    def is_enough(self) -> bool:
        """Whether anything may be said."""
        return self.answered >= ANSWERS_LEAST

    @property
    def share(self) -> float:
        """The share of those who answered."""
        return self.gave / self.answered

    @property
    def bounds(self) -> tuple[float, float]:
        """The bounds of its interval."""
        return wilson(float(self.gave), float(self.answered))


@dataclass(frozen=True, slots=True)
class Lift:
    """Arms, the control first; `checks` are guards; `before` are answers that came before any exposure."""

    arms: tuple[ArmAnswers, ...]
    checks: tuple[Check, ...]
    before: int
    crossed: int

    def against(self, arm: ArmAnswers) -> tuple[float, float, float] | None:
        """Return the difference to the control with its bounds; None with too few answers.

        Bounds are Newcombe's, see `zoco.stats.proportions.difference`. They are of one look.
        """
        control = self.arms[0]
        if not (control.is_enough and arm.is_enough):
            return None
        low, high = difference(arm.gave, arm.answered, control.gave, control.answered)
        return arm.share - control.share, low, high


def given_of(question: Question) -> list[str]:
    """Return the answers by which a question can be compared."""
    if question.kind == NPS:
        return [PROMOTERS]
    if question.kind == CSAT:
        return [TOP]
    if question.kind == UNAIDED:
        return [str(number) for number in range(len(question.brands))]
    return question.keys if question.kind in CHOSEN else []


def gave_of(question: Question, given: str) -> Gave:
    """Return what says whether an answer is the one that is looked for."""
    if question.kind == NPS:
        return lambda answer: bool(answer >= PROMOTER)
    if question.kind == CSAT:
        return lambda answer: bool(answer >= SATISFIED)
    if question.kind == UNAIDED:
        brand = question.brands[int(given)]
        return lambda answer: bool(recalled([answer], [brand]).named[0])
    return lambda answer: given in answer


def lift_read(
    *,
    survey: Survey,
    question: Question,
    given: str,
    trial: Trial,
    site: SiteInfo,
    store: Store,
    now: datetime,
) -> Lift:
    """Ask the ledger who was exposed, and compare what they answered. Raises QueryFailed, StoreBusy."""
    sampled = Sampled(trial, scope_of(trial, site, now), store)
    sample = sampled.sample
    places = {unit: number for number, unit in enumerate(sample.unit.tolist())}
    gave, exposed = gave_of(question, given), Counter(sample.arm.tolist())
    answered: Counter[int] = Counter()
    hits: Counter[int] = Counter()
    before, seen = 0, set[int]()
    for unit, at, answer in _answers(survey, question.key, Unit(trial.unit)):
        place = places.get(unit)
        if place is None or place in seen:
            continue
        if micros(at) < int(sample.at[place]):
            before += 1
            continue
        seen.add(place)
        arm = int(sample.arm[place])
        answered[arm] += 1
        hits[arm] += gave(answer)
    arms = tuple(
        ArmAnswers(key, exposed[number], answered[number], hits[number])
        for number, key in enumerate(sample.arms)
    )
    weights = {each.key: each.weight for each in trial.arms_planned}
    shown = {each.key: each.exposed for each in arms}
    told = {each.key: each.answered for each in arms}
    checks = (guards.sample_ratio_live(shown, weights), guards.exposure(shown, told))
    return Lift(arms, checks, before, int(sampled.wrong.sum()))


def _answers(survey: Survey, key: str, unit: Unit) -> Iterator[tuple[int, datetime, Any]]:
    """Yield the units that answered a question, the earliest first."""
    column = {Unit.VISITOR: "visitor", Unit.BROWSER: "known", Unit.PERSON: "person"}[unit]
    found = Response.objects.filter(survey=survey, answers__has_key=key).order_by("at", "id")
    base = NUMBER_BASE if unit == Unit.PERSON else 0
    found = found.exclude(person=None) if unit == Unit.PERSON else found.exclude(**{column: 0})
    for number, at, answers in found.values_list(column, "at", "answers").iterator():
        yield base | number, at, answers[key]
