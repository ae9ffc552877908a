"""The page of switching a channel off and on: a plan, its calendar, and what came of it when it is over."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zoco.kit.periods import Period
from zoco.kit.said import Said
from zoco.ledger.asking.filters import FilterWrong
from zoco.ledger.pictures import formats, intervals
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.ledger.views.heads import no_site
from zoco.ledger.views.problems import problem_of
from zoco.mix.forms import REVENUE
from zoco.mix.regions.screens import COSTS, SEE, YEAR, channels_of
from zoco.mix.screens import page_of, site_of
from zoco.mix.switching import opened
from zoco.mix.switching.forms import SwitchForm, first_given
from zoco.mix.switching.working import Money, Planned, Seen, calendar, planned_of, seen_of
from zoco.mix.weeks import WeeksWrong
from zoco.stats.incrementality import EFFECTS, Blocks

Shown = dict[str, Any]
SHOWN = (0.02, 0.05, 0.1, 0.2, 0.3)


@never_cache
@permission_required((SEE, COSTS), raise_exception=True)
@require_safe
def switching(request: HttpRequest) -> HttpResponse:
    """Show the form; with what it asks the plan and its calendar, and the result when the test is over."""
    title, site = _("Off and on"), site_of(request)
    if site is None:
        return no_site(request, title)
    now = timezone.now()
    today = now.astimezone(ZoneInfo(site.zone)).date()
    given = request.GET if "pairs" in request.GET else None
    since = min(today - YEAR, first_given(given) or today)
    channels = channels_of(site, Period(since, today, site.zone))
    form = SwitchForm(given, site=site.id, channels=channels, today=today)
    shown: Shown = {}
    if given is not None and form.is_valid():
        try:
            shown = _shown(site, form, now, today)
        except WeeksWrong as error:
            shown = {"said": _said(error)}
        except (FilterWrong, QueryFailed, StoreBusy) as error:
            shown = {"problem": problem_of(error)}
    answer = page_of(request, "switching", title, site, form=form, **shown)
    answer.status_code = 422 if form.errors else 200
    return answer


def _said(error: Said) -> str:
    return _(error.words) % error.places


def _shown(site: SiteInfo, form: SwitchForm, now: datetime, today: date) -> Shown:
    given, blocks = form.cleaned_data, form.blocks()
    halves = calendar(given["first_on"], blocks, given["draw"])
    last = halves[-1].last
    data = opened.data(site, formats.span(halves[0].first, last), form.outcome_said(), given)
    shown: Shown = {
        "halves": [
            {
                "span": formats.span(each.first, each.last),
                "is_off": each.is_off,
                "is_now": each.first <= today <= each.last,
            }
            for each in halves
        ],
        "is_over": last < today,
    }
    amount = partial(formats.money, currency=site.currency) if given["outcome"] == REVENUE else _count
    if last < today:
        seen = seen_of(site, given, blocks, now)
        noted = _noted(given["channel"], seen.money)
        result = _result(seen, blocks, site, amount) | {"noted": noted}
        return shown | {"result": result, "opens": opened.result(data)}
    planned = planned_of(site, given, blocks, now, today)
    until = last + timedelta(days=1)
    plan = _plan(planned, site, amount) | {"noted": _noted(given["channel"], planned.money)}
    return shown | {
        "plan": plan, "opens": opened.plan(data), "until": formats.day(until),
    }  # fmt: skip


def _noted(channel: str, money: Money | None) -> list[str]:
    """Say where money is none, or less than it was: a channel may be typed into an address, and wrong."""
    if money is None:
        return []
    found = []
    if not money.days.any():
        words = _(
            "No cost of the channel %(channel)s is known on these days: %(days)s. See whether its name is "
            "one of the list, or import its costs."
        )
        days = formats.span(money.period.first, money.period.last)
        found.append(words % {"channel": channel, "days": days})
    if money.others:
        sums = ", ".join(formats.money(total, code) for code, total in sorted(money.others.items()))
        found.append(_("No rate was in force for costs that are in no channel: %(sums)s.") % {"sums": sums})
    return found


def _count(value: float) -> str:
    return formats.decimal(value, 1)


def _plan(planned: Planned, site: SiteInfo, amount: Any) -> Shown:
    plan, least = planned.plan, planned.plan.detectable
    power = dict(zip(EFFECTS, plan.power, strict=True))
    lines = [
        (_("Least effect found 4 times of 5"), formats.percent(least, 1) if least else _("none up to 50%")),
        *(
            (_("Power at %(effect)s") % {"effect": formats.percent(each, 0)}, formats.percent(power[each], 0))
            for each in SHOWN
        ),
        (_("False alarms"), formats.percent(plan.false, 0)),
        (_("What usually comes in as many weeks as are off"), amount(planned.came)),
    ]
    if planned.spent is not None:
        lines.append(
            (_("Money, if the channel is switched off"), formats.money(planned.spent, site.currency))
        )
        if least and planned.spent:
            returned = formats.decimal(least * planned.came / planned.spent, 2)
            lines.append((_("Least return found"), returned))
    words = ngettext(
        "Tried in %(windows)s window of the past.", "Tried in %(windows)s windows of the past.", plan.windows
    )
    lines.append((_("Weeks of the past that were looked at"), formats.count(planned.weeks)))
    return {
        "is_unspent": planned.spent == 0,
        "lines": lines,
        "windows": words % {"windows": formats.count(plan.windows)},
    }


def _result(seen: Seen, blocks: Blocks, site: SiteInfo, amount: Any) -> Shown:
    found = seen.found
    lines = [
        (_("Added while it was on"), amount(found.added)),
        (_("Between, in 90 of 100 cases"), intervals.between(found.low, found.high, amount)),
        (_("Share of what came while it was on"), formats.percent(found.share, 1)),
        ("p", formats.decimal(found.p, 3)),
    ]
    if seen.spent_on is not None and seen.spent_off is not None:
        money = partial(formats.money, currency=site.currency)
        lines += [
            (_("Spent while it was on"), money(seen.spent_on)),
            (_("Spent while it was off"), money(seen.spent_off)),
        ]
    clear = found.low > 0 or found.high < 0
    return {
        "lines": lines,
        "said": _("The bounds lie on one side of nothing: switching the channel made a difference.")
        if clear
        else _("Nothing is sure: what came while it was on and off differs no more than chance makes it."),
        "is_broken": bool(seen.spent_off and seen.spent_off > (seen.spent_on or 0) / 2),
    }
