"""A table of contracts as its page shows it: figures in the reader's language, and the curve of retention."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from zoco.ledger.pictures import formats, intervals
from zoco.ledger.pictures.curves import Curve, fitting
from zoco.research.models import ContractTable
from zoco.sites.wording import said_again

Period = ContractTable.Period
UNITS = {
    Period.WEEK: pgettext_lazy("contract", "weeks"),
    Period.MONTH: pgettext_lazy("contract", "months"),
    Period.QUARTER: pgettext_lazy("contract", "quarters"),
    Period.YEAR: pgettext_lazy("contract", "years"),
}


def shown(table: ContractTable, currency: str) -> dict[str, Any]:
    """Return what the page of a table shows: the kinds of customers that have been worked out."""
    unit = UNITS[Period(table.period)]
    return {
        "unit": unit,
        "discount": formats.percent(table.discount / 100, 1),
        "is_together": table.is_together,
        "groups": [_group(each, table.money, currency) for each in table.found.get("groups", ())],
    }


def _group(each: dict[str, Any], money: float | None, currency: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": each["name"] or _("All cohorts together"),
        "customers": formats.count(round(each["customers"])),
        "left": formats.count(round(each["left"])),
        "renewals": formats.count(each["renewals"]),
        "why": said_again(*each["why"]) if "why" in each else "",
    }
    if found["why"]:
        return found
    held = each["holdout"]
    return found | {
        "picture": _picture(each, found["name"]),
        "rows": list(_rows(each)),
        "parameters": [_parameter(*row) for row in each["parameters"]],
        "likelihood": formats.decimal(each["likelihood"], 2),
        "lives": [_life(_("A new customer"), each["new"], money, currency), *_left(each, money, currency)],
        "holdout": _holdout(held) if held else None,
        "holdout_why": said_again(*each["holdout_why"]) if not held else "",
    }


def _picture(each: dict[str, Any], name: str) -> Any:
    last = len(each["expected"]) - 1
    words = _("%(share)s are expected to be there after renewal %(last)s.") % {
        "share": formats.percent(each["expected"][-1]),
        "last": last,
    }
    drawn = Curve(
        values=[100 * share for share in each["actual"]],
        before=[100 * share for share in each["expected"]],
        labels=[str(number) for number in range(last + 1)],
        title=_("Share that is still there, %(name)s, by renewal") % {"name": name},
        words=words,
        band=[(100 * low, 100 * high) for low, high in zip(each["low"], each["high"], strict=True)],
    )
    return fitting(drawn, lambda value: formats.percent(value / 100, 0))


def _rows(each: dict[str, Any]) -> Any:
    """Yield a row each renewal: what was there, and what is expected, with its bounds."""
    actual = each["actual"]
    for at in range(1, len(each["expected"])):
        expected = each["expected"]
        yield {
            "renewal": formats.count(at),
            "actual": formats.percent(actual[at]) if at < len(actual) else "–",
            "expected": formats.percent(expected[at]),
            "between": intervals.between(each["low"][at], each["high"][at], formats.percent),
            "renewing": formats.percent(expected[at] / expected[at - 1]) if expected[at - 1] else "–",
        }


def _parameter(name: str, value: float, low: float, high: float) -> dict[str, str]:
    write: Callable[[float], str] = partial(formats.decimal, places=3)
    return {"name": name, "value": write(value), "between": intervals.between(low, high, write)}


def _left(each: dict[str, Any], money: float | None, currency: str) -> list[dict[str, str]]:
    found = []
    for age, count, *numbers in each["remaining"]:
        words = _("Somebody who took renewal %(renewals)s; of these there are %(count)s")
        said = words % {"renewals": formats.count(age), "count": formats.count(round(count))}
        found.append(_life(said, numbers, money, currency))
    return found


def _life(who: str, numbers: list[float], money: float | None, currency: str) -> dict[str, str]:
    value, low, high = numbers
    write: Callable[[float], str] = partial(formats.decimal, places=2)
    found = {"who": who, "periods": write(value), "between": intervals.between(low, high, write)}
    if money is None:
        return found | {"money": "", "money_between": ""}
    worth = partial(formats.money, currency=currency)
    return found | {
        "money": worth(value * money),
        "money_between": intervals.between(low * money, high * money, worth),
    }


def _holdout(held: dict[str, Any]) -> dict[str, Any]:
    known = held["known"]
    rows = [
        {
            "renewal": formats.count(known + at),
            "actual": formats.count(round(actual)),
            "expected": formats.count(round(expected)),
            "between": intervals.between(round(least), round(most), formats.count),
            "is_outside": not least <= actual <= most,
        }
        for at, (actual, expected, least, most) in enumerate(held["rows"], 1)
    ]
    error = "" if held["error"] is None else formats.percent(held["error"])
    outside = sum(not least <= actual <= most for actual, _expected, least, most in held["rows"])
    return {
        "known": formats.count(known),
        "rows": rows,
        "error": error,
        "outside": formats.count(outside) if outside else "",
        "all": formats.count(len(rows)),
    }
