"""Figures of a trial at one moment: guards, metrics against the control, the one word that may be said.

A metric has one p-value. Of a trial that its live figure decides it is that one, at every look; of one that
is decided at its end it is the fixed one from then on, and the live one, which decides nothing, before.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoco.kit.periods import micros
from zoco.ledger.asking.goals import goals_of
from zoco.stats.trials import fixed, guards, live
from zoco.stats.trials.comparing import Figure
from zoco.stats.trials.guards import Check, Guard
from zoco.stats.trials.moments import Estimate, NoSpread, TooFew
from zoco.stats.trials.several import benjamini_hochberg, holm
from zoco.stats.trials.verdicts import Compare, Word, judged
from zoco.trials.analysis import beliefs, estimates, units
from zoco.trials.analysis.estimates import Estimated, Sample
from zoco.trials.analysis.strata import strata_read
from zoco.trials.analysis.units import Exposed, Scope
from zoco.trials.deciding import dealt_arm
from zoco.trials.designs import Metric
from zoco.trials.models import Decides, Trial, Unit
from zoco.trials.services import end_of, least_until

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

Kept = dict[str, Any]
EARLY, RUNNING, GUARDED = "early", "running", "guarded"
"""Words beside those of `Word`: before its least days, before its set end, a guard-rail that got worse."""
EXPOSURE_LIMIT_LIVE = guards.LIMIT / 100
"""The exposure guard is made for one look; so much less for each of a hundred."""


def scope_of(trial: Trial, site: SiteInfo, until: datetime) -> Scope:
    """Return what is looked at of a trial that began, with what is known at `until`."""
    assert trial.started_at is not None  # noqa: S101 - callers ask for trials that began
    end = min(trial.ended_at or until, until)
    return Scope(site, trial.key, Unit(trial.unit), trial.started_at, end, until)


def full_at(trial: Trial) -> datetime | None:
    """Return when all of a trial that is over will have been counted; None while it runs."""
    days = max((each.window_days for each in trial.metrics_planned), default=0)
    return trial.ended_at + timedelta(days=days) if trial.ended_at else None


def is_end(trial: Trial, until: datetime) -> bool:
    """Return whether this is the one look at the set end: it came by itself, and everything is in."""
    full = full_at(trial)
    reached = trial.ends_on is not None and trial.ended_at is not None and _ran_out(trial)
    return reached and trial.decides == Decides.FIXED and full is not None and until >= full


def _ran_out(trial: Trial) -> bool:
    """Return whether it ended on its last day, and not before by hand."""
    if trial.state == Trial.State.ARCHIVED:  # of these the state no longer says it
        return trial.ended_at == end_of(trial)
    return trial.state == Trial.State.FINISHED


class Sampled:
    """Units of a trial, read once for all of its metrics."""

    def __init__(self, trial: Trial, scope: Scope, store: Store) -> None:
        self.trial, self.scope, self.store = trial, scope, store
        self.exposed = units.exposed_read(scope, store)
        arms = [each.key for each in trial.arms_planned]
        self.wrong = _not_as_dealt(trial, self.exposed)
        self.sample = Sample.of(self.exposed, arms, ~self.wrong)
        by = trial.strata
        self.strata = strata_read(scope, by, store).of(self.sample.unit) if by else None

    def counts(self) -> Kept:
        """Return how many units there are, and the guards."""
        arms = self.sample.arms
        shown = {key: int((self.sample.arm == number).sum()) for number, key in enumerate(arms)}
        dealt = self._dealt()
        checks = self._checks(shown, dealt)
        return {
            "exposed": shown,
            "dealt": dealt,
            "crossed": int(self.wrong.sum()),
            "checks": [asdict(each) for each in checks],
        }

    def _dealt(self) -> dict[str, int] | None:
        """Return how many of those who were on the site are dealt each arm; None for persons."""
        if self.scope.unit == Unit.PERSON:
            return None
        found = dict.fromkeys(self.sample.arms, 0)
        about = units.about_read(self.scope, self.store)
        for unit in np.union1d(about, self.sample.unit).tolist():
            if arm := dealt_arm(self.trial, unit):
                found[arm] += 1
        return found

    def _checks(self, shown: dict[str, int], dealt: dict[str, int] | None) -> list[Check]:
        weights = {each.key: each.weight for each in self.trial.arms_planned}
        checks = [guards.sample_ratio_live(shown, weights)]
        if dealt is not None:
            limit = guards.LIMIT if self.trial.is_over else EXPOSURE_LIMIT_LIVE
            checks.append(guards.exposure(dealt, shown, limit=limit))
        checks.append(guards.crossover(int(self.wrong.sum()), len(self.exposed.unit)))
        return checks

    def metric(self, metric: Metric) -> Kept:
        """Return a metric's estimates by arm and figures against the control."""
        end = is_end(self.trial, self.scope.until)
        found = self._estimated(metric)
        kept: Kept = {
            "arms": {key: _estimate_kept(each) for key, each in found.arms.items()},
            "lacking": found.lacking, "left_out": found.left_out, "kept_share": found.kept,
            "strata": found.strata, "cap": found.cap, "capped": found.capped, "figures": {}, "why": {},
            "believed": beliefs.view(metric, found.plain, self.sample.arms),
        }  # fmt: skip
        compare, control = compare_of(self.trial, end), self.trial.control
        for key in self.sample.arms[1:]:
            if metric.kind == "quantile" and not end:
                kept["why"][key] = "at_end"
            elif key not in found.arms or control not in found.arms:
                lacking = {found.lacking.get(each) for each in (control, key)}
                kept["why"][key] = "no_spread" if lacking == {None, "no_spread"} else "too_few"
            else:
                _compared(kept, key, compare, found.arms[control], found.arms[key])
        return kept

    def _estimated(self, metric: Metric) -> Estimated:
        site, until = self.scope.site.id, micros(self.scope.until)
        goals = metric.goals(goals_of(site))
        if any(name and name.casefold() not in goals for name in (metric.goal, metric.per)):
            return Estimated({}, lacking=dict.fromkeys(self.sample.arms, "no_goal"))
        if metric.kind == "quantile":
            whose, values = units.values_read(self.scope, metric, goals, self.store)
            return estimates.estimated_quantile(metric, self.sample, whose, values, until)
        deeds = units.deeds_read(self.scope, metric, goals, self.store)
        is_adjusted = self.trial.is_adjusted and self.scope.has_past
        return estimates.estimated(
            metric, self.sample, deeds, until, is_adjusted=is_adjusted, strata=self.strata
        )


def _not_as_dealt(trial: Trial, exposed: Exposed) -> NDArray[np.bool_]:
    """Return which units saw several arms, or another than they are dealt: theirs was not told by us.

    Whoever says an arm himself gets into none: which one a unit is dealt, anybody can work out again.
    """
    told = zip(exposed.told_as.tolist(), exposed.arm, strict=True)
    other = [arm != dealt_arm(trial, number) for number, arm in told]
    wrong: NDArray[np.bool_] = exposed.crossed | np.array(other, dtype=bool)
    return wrong


def compare_of(trial: Trial, end: bool) -> Compare:
    """Return how two arms are compared: once at the set end, or at every look."""
    if end:
        return lambda control, other: fixed.ended(control, other, planned=control.n + other.n)
    planned = max(round(trial.units_planned * 2 / len(trial.arms)), 2)
    return lambda control, other: live.looked(control, other, planned=planned)


def _compared(kept: Kept, key: str, compare: Compare, control: Estimate, other: Estimate) -> None:
    try:
        kept["figures"][key] = _figure_kept(compare(control, other))
    except TooFew:
        kept["why"][key] = "too_few"
    except NoSpread:
        kept["why"][key] = "no_spread"


def concluded(trial: Trial, result: Kept, until: datetime) -> Kept:
    """Return what may be said of all metrics together, and p-values corrected for how many there are."""
    metrics = trial.metrics_planned
    result = {**result, "is_end": is_end(trial, until)}
    found = dict(zip(metrics, result["metrics"], strict=True))
    _corrected(found)
    primary = next(each for each in metrics if each.role == "primary")
    arms = {key: Estimate(**each) for key, each in found[primary]["arms"].items()}
    checks = [Check(**{**each, "guard": Guard(each["guard"])}) for each in result["checks"]]
    is_silent = primary.kind == "quantile" and not result["is_end"]
    if is_silent or trial.control not in arms or len(arms) < len(trial.arms):
        blocked = [each.guard.value for each in checks if not each.is_kept]
        word = Word.BLOCKED.value if blocked else Word.TOO_FEW.value
        return result | {"verdict": {"word": word, "winner": None, "blocked_by": blocked, "worse": []}}
    verdict = judged(
        arms, trial.control, compare_of(trial, result["is_end"]), checks,
        is_higher_better=primary.is_higher_better,
    )  # fmt: skip
    said: Kept = {
        "word": verdict.word.value, "winner": verdict.winner,
        "blocked_by": [each.value for each in verdict.blocked_by], "worse": [],
    }  # fmt: skip
    if verdict.word in (Word.WINNER, Word.OPEN):
        said |= _held(trial, verdict.winner, found, until, is_end=result["is_end"])
    return result | {"verdict": said}


def _held(
    trial: Trial, winner: str | None, found: Mapping[Metric, Kept], until: datetime, *, is_end: bool
) -> Kept:
    """Return what keeps the word "winner" back, though the metric that decides would give it."""
    if trial.decides == Decides.FIXED and not is_end:
        return {"word": RUNNING, "winner": None}
    if winner is None:
        return {}
    least = least_until(trial, trial.started_at or until)
    if not _ran_out(trial) and min(until, trial.ended_at or until) < least:
        return {"word": EARLY, "winner": None}
    worse = [metric.name for metric, kept in found.items() if _is_worse(metric, kept, winner)]
    if worse:
        return {"word": GUARDED, "winner": None, "worse": worse}
    return {"unknown": [metric.name for metric, kept in found.items() if _is_unknown(metric, kept, winner)]}


def _is_unknown(metric: Metric, kept: Kept, arm: str) -> bool:
    """Return whether a guard-rail has no figure of an arm, so that it says neither."""
    return metric.role == "guard" and arm not in kept["figures"]


def _is_worse(metric: Metric, kept: Kept, arm: str) -> bool:
    """Return whether a guard-rail of an arm surely got worse."""
    figure = kept["figures"].get(arm)
    if metric.role != "guard" or figure is None:
        return False
    low, high = figure["interval"]
    return bool(high < 0) if metric.is_higher_better else bool(low > 0)


def _corrected(found: Mapping[Metric, Kept]) -> None:
    """Put corrected p-values beside: Holm over arms for what decides, Benjamini–Hochberg over the rest."""
    p_values = {
        (metric, arm): figure["p"]
        for metric, kept in found.items()
        for arm, figure in kept["figures"].items()
        if metric.role != "guard"
    }
    first = {key: p for key, p in p_values.items() if key[0].role == "primary"}
    others = {key: p for key, p in p_values.items() if key[0].role != "primary"}
    for (metric, arm), p in {**holm(first), **benjamini_hochberg(others)}.items():
        found[metric]["figures"][arm]["p_corrected"] = p


def _estimate_kept(each: Estimate) -> Kept:
    return {"n": each.n, "value": each.value, "variance": each.variance, "events": each.events}


def _figure_kept(figure: Figure) -> Kept:
    lift = figure.lift
    return {
        "difference": figure.difference,
        "interval": list(figure.interval),
        "p": figure.p,
        "lift": lift.value if lift and math.isfinite(lift.value) else None,
        "lift_interval": [lift.low, lift.high] if lift and lift.is_bounded else None,
        "is_live": figure.is_live,
        "is_sure": figure.is_sure(),
        "n": figure.n,
    }
