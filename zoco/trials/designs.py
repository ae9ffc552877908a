"""What a trial is made of: arms, and metrics of which one decides. Kept as JSON.

A design is set before the trial begins and does not change while it runs: shares of arms that move, or a
metric that is chosen after the figures were seen, make every figure wrong.
"""

import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from django.utils.translation import gettext_noop

from zoco.kit.said import Said
from zoco.ledger.asking.goals import Goal

KEY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")
ARMS_MOST, METRICS_MOST = 6, 12
WINDOW_MOST = 90
NAME_LONGEST, VALUE_LONGEST = 80, 1_000
WEIGHT_MOST = 1_000.0
KINDS = ("proportion", "mean", "ratio", "revenue", "quantile", "retention")
SHARES = ("proportion", "retention")
"""Kinds of metrics that say of each unit yes or no."""
SUMMED = ("mean", "ratio")
"""Kinds that count how often or, of money, how much."""
HONEST = (*SHARES, "mean", "revenue")
"""The kinds that have honest figures in a bandit."""
ROLES = ("primary", "secondary", "guard")


class DesignWrong(Said, ValueError):
    """A trial cannot be run like this; the message says what to change."""


@dataclass(frozen=True, slots=True)
class ArmPlan:
    """One arm: how often it is given, and the `value` that programs are told, as text."""

    key: str
    name: str = ""
    weight: float = 1.0
    value: str = ""

    @property
    def said(self) -> str:
        """What people call it."""
        return self.name or self.key


@dataclass(frozen=True, slots=True)
class Metric:
    """What is counted of a unit in the days after it was exposed.

    `goal` is the name of a goal; of revenue it may be "", for all money. `per` is the goal below in a ratio.
    `share` is which quantile, or from where on revenue is drawn in. Of retention, a unit comes back from day
    `from_day` to before `window_days`. `of_amount` sums money in place of counting.

    `goal_is` and `per_is` are what these goals were when the trial began: what they are of is frozen too.
    """

    name: str
    kind: str = "proportion"
    role: str = "secondary"
    goal: str = ""
    per: str = ""
    of_amount: bool = False
    share: float = 0.99
    window_days: int = 1
    from_day: int = 1
    is_higher_better: bool = True
    goal_is: Goal | None = None
    per_is: Goal | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """The goals that its kind asks for: what else is kept, from another kind, does not count."""
        asked = (self.kind != "retention" and self.goal, self.kind == "ratio" and self.per)
        return tuple(name for name in asked if name)

    def goals(self, of_site: Iterable[Goal]) -> dict[str, Goal]:
        """Return goals by how they are named here: its own as they were, else those of a site's facts."""
        found = {each.name.casefold(): each for each in of_site}
        own = ((self.goal, self.goal_is), (self.per, self.per_is))
        return found | {name.casefold(): goal for name, goal in own if name and goal is not None}


def arms_read(kept: Any) -> tuple[ArmPlan, ...]:
    """Return arms as they were kept. Raises DesignWrong."""
    found: tuple[ArmPlan, ...] = _read(kept, ArmPlan)
    return found


def metrics_read(kept: Any) -> tuple[Metric, ...]:
    """Return metrics as they were kept. Raises DesignWrong."""
    found: tuple[Metric, ...] = _read(kept, Metric)
    return found


def kept_of(parts: Sequence[ArmPlan] | Sequence[Metric]) -> list[dict[str, Any]]:
    """Return arms or metrics as they are kept."""
    found: list[dict[str, Any]] = msgspec.to_builtins(list(parts))
    return found


def with_goals(metrics: Sequence[Metric], of_site: Iterable[Goal]) -> tuple[Metric, ...]:
    """Return metrics with what their goals are now."""
    now = Metric("").goals(of_site)
    return tuple(
        replace(each, goal_is=now.get(each.goal.casefold()), per_is=now.get(each.per.casefold()))
        for each in metrics
    )


def arms_check(arms: Sequence[ArmPlan]) -> None:
    """Hold arms to what can be dealt. Raises DesignWrong."""
    keys = [each.key for each in arms]
    if not 2 <= len(arms) <= ARMS_MOST:
        raise DesignWrong(gettext_noop("A trial has 2 to %(most)s arms."), most=ARMS_MOST)
    if len(set(keys)) < len(keys):
        raise DesignWrong(gettext_noop("Two arms have the same key; give each its own."))
    for each in arms:
        if not KEY.fullmatch(each.key):
            words = gettext_noop(
                "%(key)s is no key: small letters without accents, digits, hyphens, underscores and points."
            )
            raise DesignWrong(words, key=each.key or "“”")
        if not (math.isfinite(each.weight) and 0 < each.weight <= WEIGHT_MOST):
            raise DesignWrong(
                gettext_noop("The weight of an arm is a number above 0, up to %(most)s."), most=1_000
            )
        if len(each.name) > NAME_LONGEST or len(each.value) > VALUE_LONGEST:
            raise DesignWrong(gettext_noop("The name or the value of an arm is too long."))


def metrics_check(metrics: Sequence[Metric], goals: Collection[str], *, is_fixed: bool) -> None:
    """Hold metrics to what can be counted, with one that decides. Raises DesignWrong."""
    if not 1 <= len(metrics) <= METRICS_MOST:
        raise DesignWrong(gettext_noop("A trial has 1 to %(most)s metrics."), most=METRICS_MOST)
    if [each.role for each in metrics].count("primary") != 1:
        raise DesignWrong(gettext_noop("Exactly one metric decides; choose which."))
    names = [each.name.casefold() for each in metrics]
    if "" in names or len(set(names)) < len(names):
        raise DesignWrong(gettext_noop("Each metric has a name of its own."))
    for each in metrics:
        _metric_check(each, {name.casefold() for name in goals})
        if each.kind == "quantile" and each.role == "primary" and not is_fixed:
            words = gettext_noop(
                "A quantile has a figure at the end only; choose another metric to decide, or a trial that "
                "is decided at its end."
            )
            raise DesignWrong(words)


def strata_check(unit: str, strata: str) -> None:
    """Hold strata to what is known of a unit before it saw an arm. Raises DesignWrong."""
    if unit == "visitor" and strata == "returning":
        words = gettext_noop(
            "A visitor without consent is known for a day, so that nobody knows who returns; weigh by "
            "something else, or deal browsers that consented."
        )
        raise DesignWrong(words)
    if unit == "person" and strata not in ("", "returning"):
        words = gettext_noop(
            "Your programs tell of persons without country or device; weigh by new or returning, or by "
            "nothing."
        )
        raise DesignWrong(words)


def withheld_check(by: str, name: str, arm: str, arms: Sequence[str], *, is_bandit: bool) -> None:
    """Hold what is withheld to what can be compared: two arms of fixed shares, of which one goes without.

    Raises DesignWrong.
    """
    if not by and not name and not arm:
        return
    if not by or not name:
        words = gettext_noop(
            "Say both what one arm does not get and its name, or leave both empty: nothing is withheld then."
        )
        raise DesignWrong(words)
    if len(arms) != 2 or arm not in arms:
        words = gettext_noop(
            "A trial that withholds something has two arms; give the key of the one that does not get it."
        )
        raise DesignWrong(words)
    if is_bandit:
        words = gettext_noop(
            "A bandit moves its shares, so that what it withholds has no plain comparison; let the shares "
            "stay."
        )
        raise DesignWrong(words)


def _metric_check(metric: Metric, goals: Collection[str]) -> None:
    if metric.kind not in KINDS or metric.role not in ROLES or len(metric.name) > NAME_LONGEST:
        raise DesignWrong(gettext_noop("The metric “%(name)s” is none that is known."), name=metric.name[:80])
    if not 1 <= metric.window_days <= WINDOW_MOST:
        words = gettext_noop("The metric “%(name)s” counts 1 to %(most)s days after exposure.")
        raise DesignWrong(words, name=metric.name, most=WINDOW_MOST)
    if metric.kind == "retention" and not 0 <= metric.from_day < metric.window_days:
        words = gettext_noop("“%(name)s” is of whoever comes back from a day on, before its last day.")
        raise DesignWrong(words, name=metric.name)
    if metric.kind in ("revenue", "quantile") and not 0 < metric.share < 1:
        words = gettext_noop("The share of “%(name)s” lies between 0 and 1, such as 0.99.")
        raise DesignWrong(words, name=metric.name)
    needed = [metric.goal] if metric.kind in ("proportion", "mean", "ratio") else []
    if metric.kind == "ratio" and not metric.per:
        words = gettext_noop(
            "The metric “%(name)s” is a ratio: choose as well for each of what it is, such as money for each "
            "order."
        )
        raise DesignWrong(words, name=metric.name)
    if not all(needed) or any(each.casefold() not in goals for each in metric.named):
        words = gettext_noop(
            "The metric “%(name)s” needs a goal of the site that pages, events or money reach; choose one."
        )
        raise DesignWrong(words, name=metric.name)


def _read(kept: Any, kind: Any) -> Any:
    try:
        return tuple(msgspec.convert(kept, list[kind]))
    except msgspec.ValidationError as error:
        words = gettext_noop("What is kept of a trial cannot be read: %(why)s.")
        raise DesignWrong(words, why=str(error)) from error
