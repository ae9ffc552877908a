"""What may be said of a trial when all of its metrics are there: the one word, and corrected p-values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from zoco.stats.trials import fixed, live
from zoco.stats.trials.guards import Check, Guard
from zoco.stats.trials.moments import Estimate
from zoco.stats.trials.several import benjamini_hochberg, holm
from zoco.stats.trials.verdicts import Compare, Word, judged
from zoco.trials.analysis import batches
from zoco.trials.choices import Decides
from zoco.trials.designs import Metric
from zoco.trials.models import Trial
from zoco.trials.services import end_of, least_until

Kept = dict[str, Any]
EARLY, RUNNING, GUARDED = "early", "running", "guarded"
"""Words beside those of `Word`: before its least days, before its set end, a guard-rail that got worse."""


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


def compare_of(trial: Trial, end: bool) -> Compare:
    """Return how two arms are compared: once at the set end, or at every look."""
    if end:
        return lambda control, other: fixed.ended(control, other, planned=control.n + other.n)
    planned = max(round(trial.units_planned * 2 / len(trial.arms)), 2)
    return lambda control, other: live.looked(control, other, planned=planned)


def concluded(trial: Trial, result: Kept, until: datetime) -> Kept:
    """Return what may be said of all metrics together, and p-values corrected for how many there are."""
    metrics = trial.metrics_planned
    result = {**result, "is_end": is_end(trial, until)}
    found = dict(zip(metrics, result["metrics"], strict=True))
    _corrected(found)
    primary = next(each for each in metrics if each.role == "primary")
    arms = {key: Estimate(**each) for key, each in found[primary]["arms"].items()}
    checks = [Check(**{**each, "guard": Guard(each["guard"])}) for each in result["checks"]]
    is_silent = (primary.kind == "quantile" or trial.is_bandit) and not result["is_end"]
    if is_silent or trial.control not in arms or len(arms) < len(trial.arms):
        blocked = [each.guard.value for each in checks if not each.is_kept]
        open_word = RUNNING if trial.is_bandit and is_silent else Word.TOO_FEW.value
        word = Word.BLOCKED.value if blocked else open_word
        return result | {"verdict": {"word": word, "winner": None, "blocked_by": blocked, "worse": []}}
    compare = compare_of(trial, result["is_end"])
    if trial.is_bandit:
        kept = found[primary]
        compare = batches.compare_by(batches.read(kept["batches"])[: kept["over"]], arms)
    verdict = judged(
        arms, trial.control, compare, checks,
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
