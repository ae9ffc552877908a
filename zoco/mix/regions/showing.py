"""Plans and measurements as their pages show them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from zoco.ledger.pictures import formats, intervals
from zoco.ledger.pictures.curves import Curve, Fitting, fitting
from zoco.mix.models import RegionalTest
from zoco.mix.regions.panels import Regions
from zoco.mix.shown.showing import Spelled
from zoco.stats.incrementality import EFFECTS

SHOWN_EFFECTS = (0.05, 0.1, 0.2)
WEIGHT_LEAST = 0.01


def shown(test: RegionalTest) -> dict[str, Any]:
    """Return what the page of a plan or measurement shows; nothing of a result where there is none."""
    found: dict[str, Any] = {"notes": []}
    if test.weeks:
        regions = Regions.from_json(test.weeks)
        if regions.left_out:
            names = {"names": ", ".join(regions.left_out)}
            found["notes"] = [_("Left out, as too few weeks had anything: %(names)s.") % names]
        if test.kind == RegionalTest.Kind.PLAN and regions.first_on > test.first_on:
            words = _("Before %(day)s nothing came from any region; the weeks since then were looked at.")
            found["notes"] = [*found["notes"], words % {"day": formats.day(regions.first_on)}]
    if not test.result:
        return found
    spelled = Spelled(test.result["currency"], test.is_revenue)
    if test.kind == RegionalTest.Kind.PLAN:
        return found | _plan(test, spelled)
    return found | _measured(test, regions, spelled)


def _plan(test: RegionalTest, spelled: Spelled) -> dict[str, Any]:
    rows = []
    for each in test.result["candidates"]:
        money, seen = each["money"], each["seen"]
        rows.append(
            {
                "regions": ", ".join(each["units"]),
                "asked": "&".join(f"regions={test.country}-{unit}" for unit in each["units"]),
                "share": formats.percent(each["share"]),
                "detectable": ""
                if each["detectable"] is None
                else f"{formats.percent(each['detectable'])} ({spelled.outcome(seen)})",
                "power": [
                    (formats.percent(effect, 0), formats.percent(each["power"][EFFECTS.index(effect)], 0))
                    for effect in SHOWN_EFFECTS
                ],
                "false": formats.percent(each["false"], 0),
                "money": spelled.money(money) if money else "",
                "returned": spelled.returned(seen / money) if money and seen else "",
            }
        )
    return {
        "plan": rows,
        "groups": formats.count(test.result["groups"]),
        "effects": [formats.percent(each, 0) for each in SHOWN_EFFECTS],
        "has_money": bool(test.result["weekly"]),
        "is_unspent": bool(test.channel) and not test.result["weekly"],
        "finds_nothing": all(each["detectable"] is None for each in test.result["candidates"]),
    }


def _measured(test: RegionalTest, regions: Regions, spelled: Spelled) -> dict[str, Any]:
    lift, placebos = test.result["lift"], test.result["placebos"]
    has_bounds = lift["low"] is not None and lift["high"] is not None
    differences = test.result["differences"]
    weights = sorted(lift["weights"].items(), key=lambda pair: -pair[1])
    return {
        "lift": {
            "relative": intervals.signed(lift["relative"]),
            "between": intervals.between(lift["low"], lift["high"], intervals.signed) if has_bounds else "",
            "added": spelled.outcome(lift["added"]),
            "added_between": intervals.between(lift["added_low"], lift["added_high"], spelled.outcome)
            if has_bounds
            else "",
            "is_found": has_bounds and (lift["low"] > 0 or lift["high"] < 0),
            "is_more": lift["added"] >= 0,
            "p": formats.decimal(lift["p"], 3),
            "misfit": formats.percent(lift["misfit"]),
            "share": formats.percent(test.result["share"]),
        },
        "placebos_p": formats.decimal(placebos["p"], 3) if placebos else "",
        "placebos_groups": formats.count(placebos["groups"]) if placebos else "",
        "differences": intervals.signed(differences["estimate"]),
        "differences_between": intervals.between(differences["low"], differences["high"], intervals.signed)
        if differences["low"] is not None
        else "",
        "weights": [(name, formats.percent(weight)) for name, weight in weights if weight >= WEIGHT_LEAST],
        "picture": _picture(test, regions),
        "can_write": bool(test.channel and test.change and lift["error"]),
    }


def _picture(test: RegionalTest, regions: Regions) -> Fitting:
    lift = test.result["lift"]
    starts = [regions.first_on + number * timedelta(days=7) for number in range(len(lift["actual"]))]
    drawn = Curve(
        lift["actual"],
        [formats.day(each) for each in starts],
        _("What the treated regions did, and what the others let expect"),
        _("The line is what the treated regions did; the dashed line what the others let expect."),
        lift["path"],
        marks=[test.before_count],
    )
    return fitting(drawn, formats.short)
