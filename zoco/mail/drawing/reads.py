"""What pages of journeys show: how many stand at each step, and what the journey brings about."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q

from zoco.mail.counting.figures import Share, share
from zoco.mail.journeys.models import Journey, StepDue, Traveller
from zoco.stats.proportions import difference

CAUSES_MOST = 3
LEAST = 10
"""So many of each kind there must be before a difference is named."""
Due = StepDue.State


@dataclass(frozen=True, slots=True)
class AtStep:
    """How many people are at a step, have passed it, and cannot go on from it."""

    here: int = 0
    passed: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Cause:
    """Why so many people were passed over at a step, wait for it, or cannot go on."""

    state: str
    reason: str
    people: int


@dataclass(frozen=True, slots=True)
class Parted:
    """What came of a split: of those who went each way, how many reached the goal afterwards.

    `leader` is the way that brings more than each other one, sure at 95 % (Newcombe 1998, method 10).
    """

    step: str
    ways: Sequence[tuple[str, Share]]
    leader: str


@dataclass(frozen=True, slots=True)
class Effect:
    """How many reached the goal within 30 days, of those on the journey and of those held out.

    `lower` and `upper` are the bounds of the difference of shares at 95 % (Newcombe 1998, method 10); None
    where there are too few.
    """

    came: int
    reached: int
    held: int
    held_reached: int
    lower: float | None = None
    upper: float | None = None

    @property
    def points(self) -> float:
        """The difference in points of a hundred."""
        return 100 * (self.reached / self.came - self.held_reached / self.held)

    @property
    def is_clear(self) -> bool:
        """Whether the bounds lie on one side of nothing."""
        return self.lower is not None and self.upper is not None and (self.lower > 0 or self.upper < 0)


def at_steps(journey: Journey) -> dict[str, AtStep]:
    """Return the figures of all steps by name, over all versions."""
    rows = StepDue.objects.filter(traveller__journey=journey).values("step").order_by("step")
    going = Q(traveller__state=Traveller.State.GOING)
    counted = rows.annotate(
        here=Count("pk", filter=going & Q(state__in=(Due.DUE, Due.LISTENS))),
        passed=Count("pk", filter=Q(state=Due.DONE, reason="") | Q(state=Due.DONE, way__gt="")),
        failed=Count("pk", filter=going & Q(state=Due.FAILED)),
    )
    return {each["step"]: AtStep(each["here"], each["passed"], each["failed"]) for each in counted}


def causes(journey: Journey) -> dict[str, list[Cause]]:
    """Return what keeps people from steps, by name, the most frequent first; whoever left is not told of."""
    rows = StepDue.objects.filter(traveller__journey=journey, reason__gt="", way="")
    told = rows.exclude(state=Due.DONE, reason=F("traveller__because")).values_list("step", "state", "reason")
    found: dict[str, list[Cause]] = defaultdict(list)
    for step, state, reason, people in told.annotate(people=Count("pk")).order_by(
        "-people", "state", "reason"
    ):
        if len(found[step]) < CAUSES_MOST:
            found[step].append(Cause(state, reason, people))
    return found


def parted(journey: Journey, steps: Mapping[str, Any]) -> list[Parted]:
    """Return what came of each split that somebody went through."""
    splits = [name for name, step in steps.items() if step.get("kind") == "split"]
    rows = StepDue.objects.filter(traveller__journey=journey, step__in=splits, state=Due.DONE, way__gt="")
    counted = rows.values_list("step", "way").annotate(
        went=Count("traveller", distinct=True),
        reached=Count("traveller", distinct=True, filter=Q(traveller__goal_at__gte=F("done_at"))),
    )
    found: dict[str, list[tuple[str, Share]]] = defaultdict(list)
    for step, way, went, reached in counted.order_by("step", "way"):
        found[step].append((way, share(reached, went)))
    return [Parted(name, found[name], _leader(found[name])) for name in splits if name in found]


def _leader(ways: Sequence[tuple[str, Share]]) -> str:
    if len(ways) < 2 or min(each.of for _way, each in ways) < LEAST:
        return ""
    way, best = max(ways, key=lambda each: each[1].value or 0)
    lows = [difference(best.count, best.of, each.count, each.of)[0] for other, each in ways if other != way]
    return way if min(lows) > 0 else ""


def travellers(journeys: Sequence[Journey]) -> dict[int, dict[str, int]]:
    """Return how many are in each state, by journey. One query."""
    found: dict[int, dict[str, int]] = {each.pk: {} for each in journeys}
    rows = Traveller.objects.filter(journey__in=found).order_by().values_list("journey", "state")
    for journey, state, people in rows.annotate(people=Count("pk")):
        found[journey][state] = people
    return found


def effect(journey: Journey) -> Effect:
    """Return what the journey brings about: whoever was held out tells what comes by itself."""
    held = Q(state=Traveller.State.HELD_OUT)
    found = journey.travellers.aggregate(
        came=Count("pk", filter=~held),
        reached=Count("pk", filter=~held & Q(goal_at__isnull=False)),
        held=Count("pk", filter=held),
        held_reached=Count("pk", filter=held & Q(goal_at__isnull=False)),
    )
    if min(found["came"], found["held"]) < LEAST:
        return Effect(**found)
    lower, upper = difference(found["reached"], found["came"], found["held_reached"], found["held"])
    return Effect(**found, lower=lower, upper=upper)
