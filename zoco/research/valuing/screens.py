"""The page of customer value: begin a study, and what the last one found, with how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats, intervals
from zoco.ledger.pictures.alone import stood
from zoco.ledger.pictures.alone.pages import Drawing, answered
from zoco.ledger.pictures.bars import bar
from zoco.ledger.pictures.curves import Curve, fitting
from zoco.ledger.pictures.explained import Explained
from zoco.ledger.views.heads import head_of_site, no_site
from zoco.people.gathering.reads import person_url
from zoco.people.opening import for_whom
from zoco.research import opened
from zoco.research.models import Outcome, Study
from zoco.research.opening import PEOPLE, SEE, audience_url, site_asked
from zoco.research.screens import begin, of_page, page_url
from zoco.research.valuing.choosing import AUTOMATIC, MODELS
from zoco.research.valuing.leaf import ValueLeaf
from zoco.research.valuing.working import WORTH_SHARE
from zoco.sites.wording import said_again
from zoco.stats.value.holdout import TOGETHER

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo

KIND = Study.Kind.VALUE
CHOICES = {
    AUTOMATIC: pgettext_lazy("model", "The likeliest of all"),
    **{key: kind.name for key, kind in MODELS.items()},
}
BEST_SHOWN = 20
FAR_OFF = 25
"""Per cent of purchases too many or too few where a model had not seen: with more no figure stands alone."""


@for_whom(SEE, "GET", "HEAD", "POST")
def value(request: HttpRequest) -> HttpResponse:
    """Show what people are worth; POST begins a study."""
    title, site = _("Customer value"), site_asked(request)
    if site is None:
        return no_site(request, title)
    problem = ""
    if request.method == "POST":
        model = request.POST.get("model", AUTOMATIC)
        problem = begin(request, site, KIND, {"model": model if model in CHOICES else AUTOMATIC})
        if not problem:
            return redirect(page_url(KIND, site))
    shown = head_of_site(title, site, sitebook.sites()) | {"icon_name": "group", "problem": problem}
    shown |= of_page(request, site, KIND) | {"choices": CHOICES.items(), "wanted": AUTOMATIC}
    study = shown["study"]
    pictures: list[Drawing] = []
    if isinstance(study, Study):
        found = _found(request, site, study)
        opens = opened.value(study.found["model"], found["basis"], site)
        pictures = drawings(found["holdout"], opens) if found["holdout"] else []
        shown |= found | {"opens": opens}
    return answered(
        request, "zoco/research/value.html", shown, drawings=pictures, site=site, stem="value",
        now=timezone.now(),
    )  # fmt: skip


def drawings(holdout: dict[str, Any], opens: dict[str, Explained]) -> list[Drawing]:
    """Return the pictures of a holdout: over time, and by how often people had bought before."""
    pictures = (("holdout", "title", "picture"), ("calibration", "by_title", "by_picture"))
    return [
        Drawing(
            key, holdout[title], holdout["about"], partial(stood.one, holdout[name].wide), opens["holdout"]
        )
        for key, title, name in pictures
    ]


def _found(request: HttpRequest, site: SiteInfo, study: Study) -> dict[str, Any]:
    found, currency = study.found, study.found["basis"]["currency"]
    sums = found["sums"]
    return {
        "basis": _basis(found["basis"]),
        "model": MODELS[found["model"]].name,
        "tried": [_tried(each) for each in found["tried"]],
        "parameters": _parameters(found["parameters"]),
        "spending": _parameters(found.get("spending", [])),
        "dependence": formats.decimal(found["dependence"], 2) if "dependence" in found else "",
        "money_why": said_again(*found["money_why"]) if found.get("money_why") else "",
        "purchases": _sum(sums["purchases"], formats.count),
        "money": _sum(sums["value"], lambda number: formats.money(number, currency))
        if "value" in sums
        else None,
        "holdout": _holdout(found["holdout"], found["model"]) if found["holdout"] else None,
        "holdout_why": said_again(*found["holdout_why"]) if found.get("holdout_why") else "",
        "alive": _alive(found["alive"]),
        "is_sure_of_all": found["model"] == "bg",
        "best": _best(study, currency) if request.user.has_perm(PEOPLE) else [],
        "audiences": _audiences(request, site, _worth_most(study), currency),
    }


def _basis(basis: dict[str, Any]) -> str:
    words = _(
        "From %(since)s to %(until)s: %(orders)s orders of %(people)s known people, %(again)s of whom bought "
        "on two days or more, for %(money)s."
    )
    said = words % {
        "since": formats.day(date.fromisoformat(basis["since"])),
        "until": formats.day(date.fromisoformat(basis["until"])),
        "orders": formats.count(basis["orders"]),
        "people": formats.count(basis["people"]),
        "again": formats.count(basis["again"]),
        "money": formats.money(basis["money"], basis["currency"]),
    }
    if not basis["other_orders"]:
        return said
    other = ngettext(
        "%(orders)s order, of %(money)s, is of nobody known and left out.",
        "%(orders)s orders, of %(money)s, are of nobody known and left out.",
        basis["other_orders"],
    )
    money = formats.money(basis["other_money"], basis["currency"])
    return f"{said} {other % {'orders': formats.count(basis['other_orders']), 'money': money}}"


def _tried(each: dict[str, Any]) -> dict[str, str]:
    likelihood = "" if each["likelihood"] is None else formats.decimal(each["likelihood"], 2)
    why = said_again(*each["why"]) if each["why"] else ""
    return {"name": MODELS[each["key"]].name, "likelihood": likelihood, "why": why}


def _parameters(rows: Sequence[Sequence[Any]]) -> list[dict[str, str]]:
    return [
        {
            "name": name,
            "value": formats.decimal(value, 4),
            "bounds": intervals.between(low, high, partial(formats.decimal, places=4)),
        }
        for name, value, low, high in rows
    ]


def _sum(numbers: Sequence[float], write: Any) -> dict[str, str]:
    names = ("expected", "low", "high", "least", "most")
    return {name: write(number) for name, number in zip(names, numbers, strict=True)}


def _holdout(found: dict[str, Any], chosen: str) -> dict[str, Any]:
    """Return the picture of the holdout, its error in words, and means by what had been bought before."""
    error = found["error"]
    more = _("In the second half the model told %(share)s too many purchases.")
    fewer = _("In the second half the model told %(share)s too few purchases.")
    said = (more if error > 0 else fewer) % {"share": formats.percent(abs(error) / 100)}
    words = _("%(actual)s repeat purchases in %(weeks)s weeks, %(expected)s expected.") % {
        "actual": formats.count(found["actual"][-1]),
        "expected": formats.count(round(found["expected"][-1])),
        "weeks": formats.count(found["weeks"]),
    }
    drawn = Curve(
        values=found["actual"],
        before=found["expected"],
        labels=[str(week) for week in range(1, found["weeks"] + 1)],
        title=_("Repeat purchases, cumulative, by week"),
        words=f"{words} {said}",
        marks=(found["half"] - 1,),
    )
    by, groups = _by_before(found["groups"]), [_group(each) for each in found["groups"]]
    name = MODELS[found.get("model", chosen)].name
    return {
        "picture": fitting(drawn, formats.short),
        "title": drawn.title,
        "by_picture": fitting(by, lambda number: formats.decimal(number, 1)),
        "by_title": by.title,
        "about": f"{name} · {said}",
        "said": said,
        "is_far_off": is_far_off(found),
        "words": words,
        "model": name,
        "half": formats.count(found["half"]),
        "people": formats.count(found["people"]),
        "groups": groups,
    }


def is_far_off(holdout: dict[str, Any]) -> bool:
    """Return whether a model was so far off where it had not seen that no figure of it stands alone."""
    return abs(float(holdout.get("error", 0))) >= FAR_OFF


def _by_before(groups: Sequence[Sequence[float]]) -> Curve:
    """Return what was bought and expected in the second half, by repeat purchases in the first."""
    return Curve(
        values=[actual for _bought, _people, actual, _expected in groups],
        before=[expected for _bought, _people, _actual, expected in groups],
        labels=[_group(each)["name"] for each in groups],
        title=_("Purchases in the second half, each, by repeat purchases in the first"),
        words=_("The line is what they bought, the dashed one what was expected; the table has the same."),
    )


def _group(row: Sequence[float]) -> dict[str, str]:
    purchases, people, actual, expected = row
    name = formats.count(purchases)
    return {
        "name": _("%(count)s or more") % {"count": name} if purchases == TOGETHER else name,
        "people": formats.count(people),
        "actual": formats.decimal(actual, 2),
        "expected": formats.decimal(expected, 2),
    }


def _alive(counts: Sequence[int]) -> list[dict[str, Any]]:
    """Return how many people have a chance to be customers still in each tenth, the surest first."""
    parts, largest = len(counts), max(*counts, 1)
    rows = [
        {
            "name": f"{formats.percent(part / parts, 0)}–{formats.percent((part + 1) / parts, 0)}",
            "people": formats.count(count),
            "bar": bar(count, largest),
        }
        for part, count in enumerate(counts)
    ]
    return rows[::-1]


def _best(study: Study, currency: str) -> list[dict[str, Any]]:
    """Return who is worth most, as expected."""
    rows = Outcome.objects.filter(study=study).select_related("person")
    order = "-value" if "spending" in study.found else "-purchases"
    return [
        {
            "person": each.person,
            "url": person_url(each.person_id),
            "alive": formats.percent(each.alive or 0.0),
            "purchases": formats.decimal(each.purchases or 0.0, 2),
            "value": worth_said(each, currency),
        }
        for each in rows.order_by(order, "person_id")[:BEST_SHOWN]
    ]


def worth_said(each: Outcome, currency: str) -> str:
    """Say what somebody is expected to spend, with its interval as far as it has one."""
    if each.value is None:
        return "–"
    named = {name: formats.money(getattr(each, name) or 0.0, currency) for name in ("value", "low", "high")}
    if each.low is None or each.high is None:
        return named["value"]
    return _("%(value)s (%(low)s to %(high)s)") % named


def _worth_most(study: Study) -> int:
    """Return the money, of two digits that count, above which about a tenth of these people are worth.

    0 where it would be less than 1, and where money is not told.
    """
    if "worth_most" in study.found:
        whole = int(study.found["worth_most"])
    else:
        # A study that was done before it kept this.
        worth = Outcome.objects.filter(study=study, value__isnull=False).order_by("-value", "person_id")
        whole = int(worth.values_list("value", flat=True)[worth.count() // WORTH_SHARE :].first() or 0)
    step = int("1".ljust(len(str(whole)) - 1, "0"))
    return whole // step * step


def _audiences(request: HttpRequest, site: SiteInfo, worth_most: int, currency: str) -> list[tuple[str, str]]:
    """Return audiences that are made with one click, each with its address."""
    rule: dict[str, Any] = {"leaf": ValueLeaf.key, "site": site.id}
    offered = [
        (_("Probably lost: a chance of 20% at most"), {"what": "alive", "how": "most", "number": 20}),
        (_("Still customers: a chance of 80% at least"), {"what": "alive", "how": "least", "number": 80}),
    ]
    if worth_most:
        words = _("Worth %(money)s or more in the next 12 months, about one in ten")
        label = words % {"money": formats.money(worth_most, currency)}
        offered.append((label, {"what": "value", "how": "least", "number": worth_most}))
    return [(label, url) for label, more in offered if (url := audience_url(request, rule | more))]
