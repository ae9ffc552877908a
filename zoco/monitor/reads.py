"""Reads of what monitoring keeps: the goals of a site as reports see them."""

from typing import cast

from zoco.ledger.asking.goals import Goal, GoalKind, PropCondition
from zoco.monitor import models


def goals(site: int) -> tuple[Goal, ...]:
    """Return the goals of a site by its key, in the order in which they were made."""
    return tuple(goal_info(each) for each in models.Goal.objects.filter(site=site).order_by("id"))


def goal_info(goal: models.Goal) -> Goal:
    """Return what the ledger knows of a goal."""
    return Goal(
        name=goal.name,
        kind=cast("GoalKind", goal.kind),
        pattern=goal.pattern,
        event=goal.event,
        conditions=tuple(PropCondition(*each) for each in goal.conditions),
        seconds=goal.seconds,
        views=goal.views,
        amount=goal.amount.normalize() if goal.amount else goal.amount * 0,
    )
