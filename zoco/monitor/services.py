"""Writes of what monitoring keeps."""

from collections.abc import Sequence
from decimal import Decimal

from zoco.ledger.asking.goals import GoalKind, PropCondition
from zoco.monitor.models import Goal


def goal_create(
    *,
    site: int,
    name: str,
    kind: GoalKind,
    pattern: str = "",
    event: str = "",
    conditions: Sequence[PropCondition] = (),
    seconds: int = 0,
    views: int = 0,
    amount: Decimal = Decimal(0),
) -> Goal:
    """Make a goal of a site, by its key. Raises ValidationError, also for a name that is taken."""
    goal = Goal(
        site_id=site,
        name=name,
        kind=kind,
        pattern=pattern,
        event=event,
        conditions=[[each.prop, each.comparison, each.value] for each in conditions],
        seconds=seconds,
        views=views,
        amount=amount,
    )
    goal.full_clean()
    goal.save()
    return goal
