"""What was found of spending and demand, in words and pictures, beside what channels brought and advice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.curves import Curve, curve
from zoco.mix.controls.series import UNPAID
from zoco.mix.demand.again import sibling
from zoco.mix.demand.judging import UNTOLD, demand_of
from zoco.mix.forms import CONTROLS_MOST
from zoco.mix.models import MediaMix
from zoco.mix.naming import channel_name
from zoco.mix.weeks import Weeks
from zoco.stats.mix import BY_CLICKS, Following

if TYPE_CHECKING:
    from zoco.mix.shown.showing import Spelled

FOLLOWS, AGAINST, TOGETHER, APART = (each.value for each in Following)
SHORT = {
    FOLLOWS: gettext_lazy("its spending follows demand"),
    AGAINST: gettext_lazy("its spending moves against demand"),
    TOGETHER: gettext_lazy("its spending moves with demand"),
    APART: gettext_lazy("nothing is seen"),
}
OPPOSITE = gettext_lazy("its spending is high where demand is low")
"""Of what moves together, where one falls as the other rises."""
MIXED = gettext_lazy("demand moves its spending")
"""Of what moves one way with demand, and the other way after it."""
WIDTH, HEIGHT = 480, 200


def demand_add(found: dict[str, Any], mix: MediaMix, weeks: Weeks, spelled: Spelled) -> dict[str, Any]:
    """Return what the page of a fit shows with what is known of demand: rows, notes, pictures, comparison."""
    result = mix.result
    judged, held = demand_of(result), result.get("held", [])
    if "demand" in result and not judged:
        found["notes"].append(_("Whether spending follows demand cannot be told: too few visits are known."))
    by_channel = {each["channel"]: each for each in judged}
    for name, key in (("channels", "channel"), ("waterfall", "name"), ("curves", "channel")):
        for row, each in zip(found[name], result[name], strict=True):
            row["demand"] = _short(by_channel.get(each[key]))
    for advice, each in zip(found["advice"], result["advice"], strict=True):
        for row, share in zip(advice["shares"], each["shares"], strict=True):
            row["demand"] = _short(by_channel.get(share["channel"]))
            row["is_held"] = share["channel"] in held
    known = UNPAID in weeks.controls
    other = sibling(mix) if judged else None
    return found | {
        "demand": [_row(each, weeks) for each in judged],
        "any_warned": any(each["following"] != APART for each in judged),
        "held": ", ".join(map(channel_name, held)),
        "knows_demand": known,
        "offers_visits": bool(judged) and not known and other is None and len(mix.controls) < CONTROLS_MOST,
        "other": other,
        "compared": _compared(mix, other, known, spelled) if other else [],
    }


def _short(each: dict[str, Any] | None) -> str:
    return "" if each is None or each["following"] == APART else str(_following(each))


def lacking(result: dict[str, Any], channel: str) -> str:
    """Return why a channel has no figure that another report may show; nothing where it has one."""
    if channel not in result.get("held", ()):
        return ""
    judged = {each["channel"]: each for each in demand_of(result)}
    return _short(judged.get(channel)) or str(SHORT[FOLLOWS])


def _following(each: dict[str, Any]) -> Any:
    if each["is_mixed"]:
        return MIXED
    return OPPOSITE if _is_opposite(each) else SHORT[each["following"]]


def _is_opposite(each: dict[str, Any]) -> bool:
    return bool(each["following"] == TOGETHER and each["together"]["t"] < 0)


def _row(each: dict[str, Any], weeks: Weeks) -> dict[str, Any]:
    is_warned, name = each["following"] != APART, channel_name(each["channel"])
    short, words = saying(each, name) if is_warned else (str(SHORT[APART]), "")
    share = each["by_clicks"]
    return {
        "name": name,
        "following": short,
        "is_warned": is_warned,
        "together": _tested(each["together"]),
        "ahead": _tested(each["ahead"]),
        "by_clicks": "–" if share is None else formats.percent(max(share, 0.0), 0),
        "words": words,
        "picture": _picture(each["channel"], name, weeks) if is_warned else "",
    }


def _tested(found: dict[str, Any] | None, form: str = "%s (p %s)") -> str:
    if found is None:
        return "–"
    return form % (formats.decimal(found["partial"], 2), _chance(found["p"]))


def _chance(p: float) -> str:
    return f"< {formats.decimal(0.001, 3)}" if p < 0.001 else formats.decimal(p, 3)


def saying(each: dict[str, Any], name: str) -> tuple[str, str]:
    """Return what is said of a channel that is warned of, in short and at length."""
    return str(_following(each)), _words(each, name)


def _words(each: dict[str, Any], name: str) -> str:
    """Say what was found and what it makes of the figure: no more than both tests found, by their signs."""
    if each["is_mixed"]:
        words = _(
            "%(channel)s: in the same period spending moves one way with visits that nobody paid for "
            "(partial correlation %(together)s), and the other way with those of the week before "
            "(%(ahead)s). Demand moves this money, but whether the figure is too high or too low nobody can "
            "tell."
        )
    elif each["following"] == AGAINST:
        words = _(
            "%(channel)s: visits of the week before that nobody paid for tell what is spent next (partial "
            "correlation %(ahead)s). More is spent when fewer people come anyway, and that hides a part of "
            "what the money does: what stands under “brought” is rather too low."
        )
    else:
        words = _opposite() if _is_opposite(each) else _with(each)
    return words % {
        "channel": name,
        "together": _tested(each["together"], "%s, p %s"),
        "ahead": _tested(each["ahead"], "%s, p %s"),
        "share": formats.percent(max(each["by_clicks"] or 0.0, 0.0), 0),
    }


def _opposite() -> str:
    return _(
        "%(channel)s: more is spent where fewer visits come that nobody paid for (partial correlation "
        "%(together)s), and nothing says which of both moves the other. If people click on an ad instead of "
        "coming by themselves, the figure may hold; if weak demand moves the money, it is rather too low."
    )


def _with(each: dict[str, Any]) -> str:
    if each["following"] == TOGETHER:
        return _(
            "%(channel)s: spending moves with visits that nobody paid for (partial correlation "
            "%(together)s), and nothing says which of both moves the other. If the money brings these "
            "visits, the figure may hold; if demand moves the money, it is wrong."
        )
    if each["is_together"] and (each["by_clicks"] or 0.0) >= BY_CLICKS:
        return _(
            "%(channel)s: spending moves with visits that nobody paid for (partial correlation in the same "
            "period %(together)s), and %(share)s of its changes are clicks at constant prices. When more "
            "people come anyway, more of them click, and that costs more: a part of what stands under "
            "“brought” would have come without this money."
        )
    return _(
        "%(channel)s: visits of the week before that nobody paid for tell what is spent next (partial "
        "correlation %(ahead)s). More is spent when more people come anyway: a part of what stands under "
        "“brought” would have come without this money."
    )


def _picture(channel: str, name: str, weeks: Weeks) -> SafeString:
    """Draw which share of weeks had less spending, and fewer visits, than each."""
    step = 7 // weeks.days
    spend, visits = weeks.spend[channel][weeks.run_in :], weeks.unpaid
    starts = weeks.starts[weeks.run_in :: step]
    drawn = Curve(
        _below(spend, step),
        [formats.day(each, year=False) for each in starts],
        _("Spending on %(channel)s, and visits that nobody paid for, by week") % {"channel": name},
        _("Where the line is high, less was spent in most weeks; the dashed line is the same of visits."),
        _below(visits, step),
    )
    return curve(drawn, partial(formats.percent, places=0), width=WIDTH, height=HEIGHT)


def _below(values: Sequence[float], step: int) -> list[float]:
    """Return of each sum of `step` values which share of all is lower: the ranks that are tested."""
    sums = [sum(values[at : at + step]) for at in range(0, len(values), step)]
    return [sum(other < each for other in sums) / len(sums) for each in sums]


def _compared(mix: MediaMix, other: MediaMix, known: bool, spelled: Spelled) -> list[dict[str, str]]:
    """Return what channels brought in the model without these visits and in the one with them."""
    without, with_ = (other, mix) if known else (mix, other)
    after = {each["channel"]: each for each in with_.result["channels"]}
    found = []
    for each in without.result["channels"]:
        if each["channel"] in after:
            told = [_brought(one, spelled) for one in (each, after[each["channel"]])]
            found.append({"name": channel_name(each["channel"]), "without": told[0], "with": told[1]})
    return found


def _brought(each: dict[str, Any], spelled: Spelled) -> str:
    """Write what a channel brought with its bounds; also where the data say no more than was believed."""
    figure = each["contribution"]
    words = f"{spelled.outcome(figure['mean'])} ({spelled.between(figure, spelled.outcome)})"
    return words if each["knowledge"] != UNTOLD else _("%(figure)s, not identifiable") % {"figure": words}
