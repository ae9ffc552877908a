"""What the media mix and tests of channels say that money brought, as it stands beside attribution's credits.

Both know what a unit of money brought; of another period that is so much for each of its money spent then. A
channel here is a source of costs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zoco.campaigns.costs.daily import Channels, days_of
from zoco.ledger.asking.causal import Bounds, Effect, Wanted
from zoco.ledger.pictures import formats
from zoco.mix.demand.showing import lacking
from zoco.mix.models import ChannelTest, MediaMix
from zoco.mix.shown.showing import UNTOLD

TESTS_MOST = 20
COSTS = "zoco_campaigns.view_cost"
MIX_SEE, TESTS_SEE = ("zoco_mix.view_mediamix", COSTS), ("zoco_mix.view_channeltest", COSTS)
"""What the pages of both ask for."""
NORMAL = 1.6448536269514722
"""How many standard errors an interval of 90% reaches to either side."""


def effects(wanted: Wanted) -> Iterator[Effect]:
    """Yield what is known of sources, and of channels that have all their costs from one source."""
    if wanted.by not in ("source", "channel"):
        return
    spent = _spent(wanted)
    yield from _of_mix(wanted, spent)
    yield from _of_tests(wanted, spent)


def _spent(wanted: Wanted) -> dict[str, dict[str, float | None]]:
    """Return by source of costs the label and what was spent, None where some of it had no rate."""
    site, channels = wanted.site, Channels(wanted.site)
    labels: dict[str, set[str]] = defaultdict(set)
    sums: dict[str, float | None] = {}
    for day in days_of(site, first=wanted.period.first, last=wanted.period.last):
        source = day.source.lower()
        labels[source].add(source if wanted.by == "source" else channels.of(day))
        so_far = sums.get(source, 0.0)
        sums[source] = None if day.amount is None or so_far is None else so_far + float(day.amount)
    times: dict[str, int] = defaultdict(int)
    for found in labels.values():
        for label in found:
            times[label] += 1
    return {
        source: {label: sums[source]}
        for source, found in labels.items()
        if len(found) == 1 and source and times[label := next(iter(found))] == 1
    }


def _of_mix(wanted: Wanted, spent: dict[str, dict[str, float | None]]) -> Iterator[Effect]:
    """Yield what the newest model says, if no test contradicts it."""
    done = MediaMix.objects.filter(site=wanted.site.id, state=MediaMix.State.DONE).order_by("-id")
    mix = next(
        (
            each
            for each in done
            if wanted.is_of(each.goal, is_revenue=each.is_revenue, of=each.result.get("goals"))
        ),
        None,
    )
    if mix is None or mix.result.get("currency") != wanted.site.currency:
        return
    span = formats.span(mix.first_on, mix.last_on)
    source, url = _("Media mix, %(days)s") % {"days": span}, reverse("zoco_mix", args=[mix.pk])
    named = Counter(each["channel"].lower() for each in mix.result["channels"])
    for each in mix.result["channels"]:
        for label, money in spent.get(each["channel"].lower(), {}).items():
            lack = _lack(money)
            if mix.result["is_contradicted"]:
                lack = _("a test contradicts it")
            elif named[each["channel"].lower()] > 1:
                lack = _(
                    "its costs are written with and without capitals, which the model takes for two channels"
                )
            elif each["knowledge"] == UNTOLD:
                lack = _("not identifiable")
            elif why := lacking(mix.result, each["channel"]):
                lack = why
            roas: dict[str, Any] = each["roas"]
            bounds = None if lack or money is None else Bounds(
                *(roas[name] * money for name in ("mean", "low", "high"))
            )  # fmt: skip
            yield Effect(label, source, bounds, MIX_SEE, lack, url)


def _of_tests(wanted: Wanted, spent: dict[str, dict[str, float | None]]) -> Iterator[Effect]:
    """Yield what tests of channels say: those in regions that were written down, and others."""
    tests = ChannelTest.objects.filter(site=wanted.site.id).order_by("-last_on", "-id")
    same = [
        each
        for each in tests
        if each.change and wanted.is_of(each.goal, is_revenue=each.is_revenue, of=each.goals)
    ]
    for test in same[:TESTS_MOST]:
        span = formats.span(test.first_on, test.last_on)
        source, url = _("Test of the channel, %(days)s") % {"days": span}, reverse("zoco_channel_tests")
        for label, money in spent.get(test.channel.lower(), {}).items():
            lack = _lack(money)
            if test.is_of_all_goals and test.goals is None:
                lack = _("by which goals it counted is not known")
            if lack or money is None:
                yield Effect(label, source, None, TESTS_SEE, lack, url)
                continue
            value, half = test.effect / test.change * money, NORMAL * test.error / abs(test.change) * money
            yield Effect(label, source, Bounds(value, value - half, value + half), TESTS_SEE, "", url)


def _lack(money: float | None) -> str:
    if money is None:
        return _("an exchange rate of its costs is missing")
    return "" if money else _("nothing was spent")
