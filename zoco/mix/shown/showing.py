"""A fit as its page shows it: every figure written in the reader's language, every picture drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zoco.ledger.pictures import formats, intervals
from zoco.ledger.pictures.curves import Curve, Fitting, fitting
from zoco.mix.controls.series import GOAL, control_called
from zoco.mix.demand.showing import demand_add
from zoco.mix.models import MediaMix
from zoco.mix.naming import channel_name
from zoco.mix.notes import note_of_tests, notes
from zoco.mix.shown import pictures
from zoco.mix.shown.pictures import Mark
from zoco.mix.telling import PRESENT_WEEKS
from zoco.mix.weeks import Weeks

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KNOWLEDGE = {
    "identified": gettext_lazy("told by the data"),
    "weakly identified": gettext_lazy("told by the data in part"),
    "not identifiable": gettext_lazy("not identifiable: the data say no more than was believed before"),
}
UNTOLD = "not identifiable"
PARTS = {
    "baseline": gettext_lazy("Baseline: without any spending"),
    "season": gettext_lazy("Season"),
    "holidays": gettext_lazy("Public holidays"),
    "controls": gettext_lazy("Controls, against their mean"),
    "unexplained": gettext_lazy("Unexplained"),
    "total": pgettext_lazy("waterfall", "All"),
}
PARAMETERS = {
    "retention": gettext_lazy("Carried over from week to week"),
    "half_life": gettext_lazy("Half-life of what money does, in days"),
    "half": gettext_lazy("Half of the largest effect, at times of the mean spending"),
    "slope": gettext_lazy("Slope"),
    "steepness": gettext_lazy("Steepness"),
    "effect": gettext_lazy("Largest effect in a week"),
    "roas": gettext_lazy("Return on spending"),
}


@dataclass(frozen=True, slots=True)
class Spelled:
    """How outcomes and money of one fit are written."""

    currency: str
    is_revenue: bool

    def outcome(self, value: float) -> str:
        """Write an outcome: money, or conversions, of which there may be parts."""
        return self.money(value) if self.is_revenue else formats.decimal(value, 0 if abs(value) >= 100 else 1)

    def money(self, value: float) -> str:
        """Write money."""
        return formats.money(value, self.currency)

    def returned(self, value: float) -> str:
        """Write what a unit of money brought: of conversions for a thousand of it."""
        return formats.decimal(value, 2) if self.is_revenue else formats.decimal(1_000 * value, 1)

    def small(self, value: float) -> str:
        """Write an outcome that may be a small part of one."""
        if self.is_revenue:
            return formats.money(value, self.currency, cents=True)
        return formats.decimal(value, 3)

    def between(self, figure: dict[str, float], write: Callable[[float], str]) -> str:
        """Write the bounds of a figure."""
        return intervals.between(figure["low"], figure["high"], write)


RETENTION_BY_DAY = gettext_lazy("Carried over from day to day")
EFFECT_BY_DAY = gettext_lazy("Largest effect in a day")


def shown(mix: MediaMix) -> dict[str, Any]:
    """Return what the page of a fit shows; nothing of a result where there is none."""
    found: dict[str, Any] = {"notes": []}
    if mix.weeks:
        weeks = Weeks.from_json(mix.weeks)
        found["notes"] = notes(weeks)
    if not mix.result:
        return found
    result = mix.result
    found["notes"] += note_of_tests(result.get("tests_apart", 0))
    spelled = Spelled(result["currency"], mix.is_revenue)
    untold = {each["channel"] for each in result["channels"] if each["knowledge"] == UNTOLD}
    found |= {
        "channels": _channels(result, spelled),
        "comparisons": [_comparison(each, spelled) for each in result["comparisons"]],
        "is_contradicted": result["is_contradicted"],
        "fit_curve": _fit_curve(weeks, result, spelled),
        "waterfall": _waterfall(result, spelled, untold),
        "curves": _curves(result, spelled, untold, weeks),
        "learnt": _learnt(result, weeks),
        "controls": [_control(each, spelled) for each in result.get("controls", [])],
        "is_daily": weeks.is_daily,
        "present": formats.count(PRESENT_WEEKS * 7 // weeks.days),
        "advice": [_advice(each, spelled, untold) for each in result["advice"]],
        "untold": ", ".join(sorted(map(channel_name, untold))),
        "r_squared": formats.percent(result["r_squared"]),
        "r_hat": formats.decimal(result["r_hat"], 3),
        "draws": formats.count(int(result["draws"])),
        "weeks": formats.count(weeks.fitted),
        "tests": result["tests"],
    }
    return demand_add(found, mix, weeks, spelled)


def _channels(result: dict[str, Any], spelled: Spelled) -> list[dict[str, Any]]:
    # What the data do not tell is not drawn, and may reach so far that all others would be dots.
    told = [each["roas"]["high"] for each in result["channels"] if each["knowledge"] != UNTOLD]
    most = max(told, default=1.0)
    return [
        {
            "name": channel_name(each["channel"]),
            "spend": spelled.money(each["spend"]),
            "contribution": spelled.outcome(each["contribution"]["mean"]),
            "contribution_between": spelled.between(each["contribution"], spelled.outcome),
            "roas": spelled.returned(each["roas"]["mean"]),
            "roas_between": spelled.between(each["roas"], spelled.returned),
            "marginal": spelled.returned(each["marginal"]["mean"]),
            "marginal_between": spelled.between(each["marginal"], spelled.returned),
            "picture": pictures.whisker(
                each["roas"]["low"], each["roas"]["mean"], each["roas"]["high"], most
            ),
            "knowledge": KNOWLEDGE[each["knowledge"]],
            "is_told": each["knowledge"] != UNTOLD,
        }
        for each in result["channels"]
    ]


def _comparison(each: dict[str, Any], spelled: Spelled) -> dict[str, Any]:
    return {
        "name": channel_name(each["channel"]),
        "effect": spelled.outcome(each["effect"]),
        "error": spelled.outcome(each["error"]),
        "expected": spelled.outcome(each["expected"]["mean"]),
        "between": spelled.between(each["expected"], spelled.outcome),
        "errors": formats.decimal(abs(each["errors"]), 1),
        "is_contradiction": each["is_contradiction"],
    }


def _fit_curve(weeks: Weeks, result: dict[str, Any], spelled: Spelled) -> Fitting:
    starts = weeks.starts[weeks.run_in :]
    words = _("The line is what came; the dashed line is what the model says would have come.")
    drawn = Curve(
        weeks.outcome[weeks.run_in :],
        [formats.day(each) for each in starts],
        _("What came and what was fitted, by day")
        if weeks.is_daily
        else _("What came and what was fitted, by week"),
        words,
        [max(each, 0.0) for each in result["fitted"]],
    )
    return fitting(drawn, formats.short)


def _waterfall(result: dict[str, Any], spelled: Spelled, untold: set[str]) -> list[dict[str, Any]]:
    steps = result["waterfall"]
    ends = [value for each in steps for value in (each["start"], each["end"])]
    least, most = min(*ends, 0.0), max(ends)
    return [
        {
            "name": PARTS.get(each["name"]) or channel_name(each["name"]),
            "amount": spelled.outcome(each["amount"]["mean"]),
            "between": "" if each["is_total"] else spelled.between(each["amount"], spelled.outcome),
            "picture": pictures.floating(each["start"], each["end"], least, most),
            "is_told": each["name"] not in untold,
        }
        for each in steps
    ]


def _curves(result: dict[str, Any], spelled: Spelled, untold: set[str], weeks: Weeks) -> list[dict[str, Any]]:
    present = next((each for each in result["advice"] if each["share"] == 1.0), None)
    shares = {each["channel"]: each for each in present["shares"]} if present else {}
    found = []
    for each in result["curves"]:
        if each["channel"] in untold:
            found.append({"name": channel_name(each["channel"]), "picture": "", "words": KNOWLEDGE[UNTOLD]})
            continue
        share = shares.get(each["channel"])
        marks = [Mark(share["present"], "prev"), Mark(share["advised"], "l1 dot")] if share else []
        name = channel_name(each["channel"])
        at = (
            _("At %(spend)s a day %(channel)s adds %(effect)s a day.")
            if weeks.is_daily
            else _("At %(spend)s a week %(channel)s adds %(effect)s a week.")
        )
        words = at % {
            "channel": name,
            "spend": spelled.money(each["spend"][-1]),
            "effect": spelled.outcome(each["mean"][-1]),
        }
        title = (
            _("What %(channel)s adds in a day, by what is spent in it")
            if weeks.is_daily
            else _("What %(channel)s adds in a week, by what is spent in it")
        ) % {"channel": name}
        picture = pictures.response(each, marks, formats.short, title=title, words=words)
        found.append({"name": name, "picture": picture, "words": words})
    return found


def _parameter(name: str, weeks: Weeks) -> StrOrPromise:
    by_day = {"retention": RETENTION_BY_DAY, "effect": EFFECT_BY_DAY} if weeks.is_daily else {}
    return by_day.get(name, PARAMETERS[name])


def _in_days(figure: dict[str, float], weeks: Weeks) -> dict[str, float]:
    return {name: value * weeks.days for name, value in figure.items()}


def _control(each: dict[str, Any], spelled: Spelled) -> dict[str, Any]:
    return {
        "name": control_called(each["control"]),
        "is_goal": each["control"].startswith(GOAL),
        "by_unit": spelled.small(each["by_unit"]["mean"]),
        "by_unit_between": spelled.between(each["by_unit"], spelled.small),
        "swing": spelled.outcome(each["swing"]["mean"]),
        "swing_between": spelled.between(each["swing"], spelled.outcome),
        "prior": spelled.between(each["prior"], spelled.outcome),
        "posterior": spelled.between(each["posterior"], spelled.outcome),
        "knowledge": KNOWLEDGE[each["knowledge"]],
    }


def _learnt(result: dict[str, Any], weeks: Weeks) -> list[dict[str, Any]]:
    found = []
    for each in result["learnt"]:
        prior, posterior = each["prior"], each["posterior"]
        if each["parameter"] == "half_life":
            prior, posterior = _in_days(prior, weeks), _in_days(posterior, weeks)
        most = max(prior["high"], posterior["high"])
        found.append(
            {
                "channel": channel_name(each["channel"]),
                "parameter": _parameter(each["parameter"], weeks),
                "picture": pictures.whisker(
                    posterior["low"],
                    posterior["mean"],
                    posterior["high"],
                    most,
                    (prior["low"], prior["high"]),
                ),
                "prior": _bounds(prior),
                "posterior": _bounds(posterior),
                "knowledge": KNOWLEDGE[each["knowledge"]],
            }
        )
    return found


def _bounds(figure: dict[str, float]) -> str:
    places = 0 if figure["high"] >= 100 else 2
    return intervals.between(figure["low"], figure["high"], partial(formats.decimal, places=places))


def _advice(each: dict[str, Any], spelled: Spelled, untold: set[str]) -> dict[str, Any]:
    most = max(max(share["present"], share["advised"]) for share in each["shares"])
    gain = each["gain"]
    return {
        "is_present": each["share"] == 1.0,
        "budget": spelled.money(each["budget"]),
        "share": formats.percent(each["share"], 0),
        "response": spelled.outcome(each["response"]["mean"]),
        "response_between": spelled.between(each["response"], spelled.outcome),
        "gain": spelled.outcome(gain["mean"]) if gain else "",
        "gain_between": spelled.between(gain, spelled.outcome) if gain else "",
        "is_sure": bool(gain and gain["low"] > 0),
        "regret": spelled.outcome(each["regret"]),
        "shares": [
            {
                "name": channel_name(share["channel"]),
                "present": spelled.money(share["present"]),
                "advised": spelled.money(share["advised"]),
                "range": intervals.between(share["least"], share["most"], spelled.money),
                "picture": pictures.pair(share["present"], share["advised"], most),
                "is_told": share["channel"] not in untold,
            }
            for share in each["shares"]
        ],
    }
