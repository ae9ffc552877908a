"""What is said of a trial's figures, in whole sentences: the verdict, the guards, why there is no figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.intervals import signed
from zoco.stats.trials.live import EVENTS_LEAST, UNITS_LEAST
from zoco.trials.designs import SHARES
from zoco.trials.models import Trial

Kept = dict[str, Any]
GUARDS = {
    "sample_ratio": gettext_lazy("Ratio of the arms"),
    "exposure": gettext_lazy("Exposure"),
    "crossover": gettext_lazy("Seen more than one arm"),
}
KINDS = {
    "proportion": gettext_lazy("share of units that reach a goal"),
    "mean": gettext_lazy("how often a unit reaches a goal"),
    "ratio": gettext_lazy("ratio of two goals"),
    "revenue": gettext_lazy("revenue of a unit before refunds, drawn in from above"),
    "quantile": gettext_lazy("quantile of the amounts of a goal, refunds left out"),
    "retention": gettext_lazy("share of units that come back"),
}
ROLES = {
    "primary": gettext_lazy("decides"),
    "secondary": gettext_lazy("looked at"),
    "guard": gettext_lazy("must not get worse"),
}


def p_value(p: float) -> str:
    """Write a p-value with the digits that it bears."""
    return f"< {formats.decimal(0.001, 3)}" if p < 0.001 else formats.decimal(p, 3)


def verdict(trial: Trial, result: Kept) -> tuple[str, str]:
    """Return the sentence, and how it is meant: good, info, warn or bad."""
    kept = result["verdict"]
    word, arms = kept["word"], {each.key: each.said for each in trial.arms_planned}
    primary = next(each.name for each in trial.metrics_planned if each.role == "primary")
    if word == "blocked":
        names = ", ".join(str(GUARDS[each]) for each in kept["blocked_by"])
        return _(
            "Something is broken: %(guards)s. Find out what, then begin anew; nothing is said about who wins."
        ) % {"guards": names}, "bad"
    if word == "winner":
        words = _("“%(arm)s” wins: by “%(metric)s” it is surely better than each other arm.") % {
            "arm": arms.get(kept["winner"], kept["winner"]), "metric": primary,
        }  # fmt: skip
        if not (unknown := kept.get("unknown", [])):
            return words, "good"
        lacking = _("What must not get worse has no figure yet for: %(metrics)s.")
        return f"{words} {lacking % {'metrics': ', '.join(unknown)}}", "warn"
    if word == "guarded":
        return _(
            "One arm is better by “%(metric)s”, but surely worse by: %(worse)s. No winner is named; weigh up "
            "yourself what counts more."
        ) % {"metric": primary, "worse": ", ".join(kept["worse"])}, "warn"
    return _undecided(trial, word, primary), "info"


def _undecided(trial: Trial, word: str, primary: str) -> str:
    if word == "early":
        return ngettext(
            "No winner is named before the trial has run for %(count)s day: weekdays differ.",
            "No winner is named before the trial has run for %(count)s days: weekdays differ.",
            trial.days_least,
        ) % {"count": formats.count(trial.days_least)}
    if word == "running" and trial.is_bandit and trial.state != Trial.State.STOPPED:
        return _("A bandit is decided once, at its set end; until then it earns.")
    if word == "running" and trial.state == Trial.State.STOPPED:
        return _(
            "The trial was to be decided on its last day and was stopped before, so that nothing is decided. "
            "The live figures stay."
        )
    if word == "running":
        return _("The trial is decided once, at its set end; until then live figures only show the way.")
    if word == "too_few":
        return _(
            "Too little data for “%(metric)s”: a figure needs %(units)s units in each arm whose days are "
            "over, and %(events)s of them to whom it happened."
        ) % {"metric": primary, "units": UNITS_LEAST, "events": EVENTS_LEAST}
    if trial.is_over:
        return _("No arm is surely better than all others by “%(metric)s”.") % {"metric": primary}
    return _("No arm is surely better than all others by “%(metric)s” yet.") % {"metric": primary}


def why(key: str) -> str:
    """Say why there is no figure."""
    return {
        "at_end": _("A quantile has a figure at the set end only."),
        "no_spread": _("All units are alike; there is nothing to compare."),
        "no_goal": _("Its goal is gone from the site."),
        "bandit": _("A bandit has no figures of ratios and quantiles."),
        "bandit_open": _("A bandit has its figures at the set end only."),
        "no_belief": _("A quantile has no Bayesian view."),
    }.get(key, _("Too little data for a figure."))


def guard(check: Kept) -> Kept:
    """Return what the table of guards shows of one."""
    value = check["value"]
    if check["guard"] == "crossover":
        shown = _("%(share)s of the exposed units saw more than one arm, or another than they were dealt") % {
            "share": formats.percent(value, 2)
        }
    elif check["guard"] == "exposure":
        shown = _("whoever is dealt an arm gets to see it equally often in each: p %(p)s") % {
            "p": p_value(value)
        }
    else:
        shown = _("the arms have as many units as they were dealt: p %(p)s") % {"p": p_value(value)}
    return {
        "name": GUARDS[check["guard"]],
        "shown": shown,
        "is_kept": check["is_kept"],
        "state": _("holds") if check["is_kept"] else _("broken"),
        "icon": "check" if check["is_kept"] else "warning",
    }


def notes(both: Sequence[tuple[Any, Kept]], currency: str) -> list[str]:
    """Say what was done to the figures: noise taken away, revenue drawn in."""
    found = []
    for metric, kept in both:
        if kept["kept_share"] < 1:
            words = _("“%(metric)s”: %(share)s of the noise is left after what was known before.")
            found.append(words % {"metric": metric.name, "share": formats.percent(kept["kept_share"], 0)})
        if kept.get("strata"):
            words = _("“%(metric)s”: arms are weighed by strata: %(count)s.")
            found.append(words % {"metric": metric.name, "count": formats.count(kept["strata"])})
        if kept["cap"] is not None and kept["capped"]:
            places = {
                "metric": metric.name,
                "cap": formats.money(kept["cap"], currency, cents=True),
                "count": formats.count(kept["capped"]),
            }
            words = _("“%(metric)s”: what exceeds %(cap)s counts as that much; units above it: %(count)s.")
            found.append(words % places)
    return found


def value(metric: Any, number: float, currency: str) -> str:
    """Write the value of a metric."""
    if metric.kind in SHARES:
        return formats.percent(number, 2)
    if metric.of_amount or metric.kind in ("revenue", "quantile"):
        return formats.money(number, currency, cents=True)
    return formats.decimal(number, 3)


def difference(metric: Any, number: float, currency: str) -> str:
    """Write a difference with its sign; of shares in points."""
    sign = "+" if number > 0 else ""
    if metric.kind in SHARES:
        points = f"{sign}{formats.decimal(number * 100, 2)}"
        return _("%(points)s points") % {"points": points}
    return sign + value(metric, number, currency)


def lift(figure: Kept) -> str:
    """Write the relative lift with its interval."""
    if figure["lift"] is None or figure["lift_interval"] is None:
        return _("not bounded: the control may be 0")
    low, high = (signed(each) for each in figure["lift_interval"])
    return _("%(lift)s (%(low)s to %(high)s)") % {"lift": signed(figure["lift"]), "low": low, "high": high}


def loss(metric: Any, number: float, currency: str) -> str:
    """Write what choosing an arm may cost; of shares in points."""
    if metric.kind in SHARES:
        return _("%(points)s points") % {"points": formats.decimal(number * 100, 3)}
    return value(metric, number, currency)
