"""Alarms about letters: opened or clicked less, unsubscribed by or complained of more than those before.

Letters leave in heaps at odd hours, and are opened for days: counts by hour say little of them. So letters
are held against letters: of those that left a day ago or longer, how many were opened within a day, against
the same share of the letters of 56 days. Their facts belong to no site, and so does what is found.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoco.kit.periods import Period, micros
from zoco.ledger import expr, sitebook
from zoco.ledger.scope import Facts
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.monitor.alarms import services
from zoco.monitor.alarms.causes import Cause
from zoco.monitor.alarms.detecting import DAYS_LEAST, DAYS_MOST, Finding, Rule, Unknown
from zoco.monitor.alarms.models import Alarm
from zoco.monitor.alarms.others.kinds import OF_LETTERS
from zoco.monitor.alarms.usual import CARE
from zoco.moving.arriving import sites_arrived
from zoco.stats.movers import movers
from zoco.stats.tails import bounds, tails

if TYPE_CHECKING:
    from zoco.ledger.expr import Table
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

log = logging.getLogger(__name__)
Floats = NDArray[np.float64]

METHOD = "McCullagh and Nelder 1989, Generalized Linear Models, section 4.5; Kulldorff 1997; Neill 2012"
SENT = "channels.message.sent"
DONE = {
    "opens": "mail.letter.opened",
    "clicks": "mail.link.clicked",
    "unsubs": "channels.message.unsubscribed",
    "complaints": "channels.message.complained",
}
RULES = {
    "opens": Rule(is_fall=True, share=0.35, odds=1e-4),
    "clicks": Rule(is_fall=True, share=0.35, odds=1e-4),
    "unsubs": Rule(is_fall=False, share=1.0, odds=1e-4, least=5),
    "complaints": Rule(is_fall=False, share=1.0, odds=1e-4, least=3),
}
DAY_MICROS = 86_400 * 1_000_000
WINDOWS = (1, 3, 7)
"""Days of letters that are looked at."""
SENT_LEAST, HEAPS_LEAST = 30, 5
"""So few letters say nothing; nor does a past of letters on fewer days."""
FAR = 1 << 62
CUTS = ("topic", "campaign")


@dataclass(frozen=True, slots=True)
class Heaps:
    """Letters and what was done with them by age in days (0: the newest), and by part: (values, ages)."""

    sent: Floats
    done: Floats
    cuts: dict[str, tuple[tuple[str, ...], Floats, Floats]]


def letters_look(*, now: datetime, store: Store | None = None) -> int:
    """Look at letters once an hour for each alarm about them; return how many alarms found something."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    found = 0
    kept: dict[str, Heaps] = {}
    for site in sites_arrived():
        alarms = Alarm.objects.filter(site=site.id, is_on=True, kind__in=OF_LETTERS).select_related("site")
        for alarm in alarms.order_by("id"):
            if alarm.looked_at is not None and alarm.looked_at >= hour:
                continue
            try:
                if alarm.kind not in kept:
                    kept[alarm.kind] = heaps_read(alarm.kind, site, hour, store)
            except (QueryFailed, StoreBusy):
                log.exception("Letters could not be looked at; it is tried again. site=%s", site.slug)
                continue
            seen = letters_judged(alarm.kind, kept[alarm.kind], rule_for(alarm.kind, alarm.care))
            services.seen_apply(alarm, seen, at=hour)
            found += isinstance(seen, Finding)
    return found


def rule_for(kind: str, care: str) -> Rule:
    """Return how sure and large it must be at a setting."""
    rule, (odds, share) = RULES[kind], CARE[care]
    return replace(rule, odds=rule.odds * odds, share=min(rule.share * share, 0.95 if rule.is_fall else 9.0))


def heaps_read(kind: str, site: SiteInfo, hour: datetime, store: Store | None = None) -> Heaps:
    """Count letters that left a day before `hour` or earlier. Raises QueryFailed, StoreBusy."""
    from zoco.ledger.store.opening import store as opened

    asked = store or opened()
    until = hour - timedelta(days=1)
    nobodys = replace(site, id=sitebook.NOBODYS)
    period = Period.last_days(DAYS_MOST + 3, site.zone, now=hour)
    counted = asked.query(expr.to_sql(_counted(Facts(nobodys, period), kind, until), asked.dialect))
    rows = [each for each in counted.to_pylist() if 0 <= each["age"] < DAYS_MOST]
    cuts = {}
    for name in CUTS:
        values = tuple(sorted({str(each[name]) for each in rows}))
        place = {value: number for number, value in enumerate(values)}
        both = np.zeros((2, len(values), DAYS_MOST))
        for each in rows:
            both[:, place[str(each[name])], int(each["age"])] += (int(each["sent"]), int(each["done"]))
        cuts[name] = (values, both[0], both[1])
    whole = np.zeros((2, DAYS_MOST))
    for each in rows:
        whole[:, int(each["age"])] += (int(each["sent"]), int(each["done"]))
    return Heaps(whole[0], whole[1], cuts)


def _counted(facts: Facts, kind: str, until: datetime) -> Table:
    """Return letters by age in days, topic and campaign: sent, and done within a day of leaving."""
    rows = facts.all_verdicts
    by_whom = "human" if kind in {"opens", "clicks"} else "server"
    is_done = (rows.name == DONE[kind]) & (rows.verdict == by_whom)
    is_sent = (rows.name == SENT) & (expr.prop_text(rows, "adapter") == "email")
    rows = rows.filter(is_done | is_sent)
    at = expr.micros(rows.occurred_at)
    marked = rows.select(
        "campaign",
        message=expr.prop_text(rows, "message"),
        topic=expr.prop_text(rows, "topic"),
        sent_at=(rows.name == SENT).ifelse(at, FAR),
        done_at=(rows.name == SENT).ifelse(FAR, at),
    )
    each = marked.group_by("message").aggregate(
        sent_at=marked.sent_at.min(),
        done_at=marked.done_at.min(),
        topic=marked.topic.max(),
        campaign=marked.campaign.max(),
    )
    # Without a topic it is an answer or an order's confirmation, which is read for other reasons.
    kept = each.filter(each.sent_at <= micros(until), each.topic != "")
    age = ((micros(until) - kept.sent_at) / DAY_MICROS).floor().cast("int64")
    told = kept.mutate(age=age, is_done=expr.ones(kept.done_at - kept.sent_at <= DAY_MICROS))
    by = told.group_by("age", "topic", "campaign")
    return by.aggregate(sent=told.count(), done=told.is_done.sum())


def letters_judged(kind: str, heaps: Heaps, rule: Rule) -> Finding | Unknown | None:
    """Hold the newest letters against those before; None where all is as it should be.

    Shares of days differ more than chance: by how much is Pearson's X² over its degrees of freedom (McCullagh
    and Nelder 1989, section 4.5.2), and the share of the past is known with an error of its own.
    """
    ages = np.flatnonzero(heaps.sent)
    has = int(ages.max()) + 1 if len(ages) else 0
    if has < DAYS_LEAST:
        return Unknown(has)
    best: Finding | None = None
    known = False
    for days in WINDOWS:
        now = float(heaps.sent[:days].sum())
        sent, done = heaps.sent[days:], heaps.done[days:]
        if now < SENT_LEAST or np.count_nonzero(sent) < HEAPS_LEAST or done.sum() == 0:
            continue
        known = True
        found = _judged(kind, heaps, rule, days, float(done.sum() / sent.sum()), has)
        best = found if found and (best is None or found.odds < best.odds) else best
    return best if known else Unknown(has, expected=float(heaps.sent[: WINDOWS[-1]].sum()) or 0.1)


def _judged(kind: str, heaps: Heaps, rule: Rule, days: int, share: float, has: int) -> Finding | None:
    now, seen = float(heaps.sent[:days].sum()), float(heaps.done[:days].sum())
    sent, done = heaps.sent[days:], heaps.done[days:]
    phi = dispersion_of(sent, done, share)
    mean, own = share * now, share * (1 - share)
    variance = max(phi * own * (now + now**2 / float(sent.sum())), mean)
    is_large = seen <= (1 - rule.share) * mean if rule.is_fall else seen >= (1 + rule.share) * mean
    odds = tails(seen, mean, variance)[0 if rule.is_fall else 1]
    if not is_large or odds > rule.odds or seen < rule.least:
        return None
    low, high = bounds(mean, variance, 0.95)
    cause = _cause(heaps, days, share, rule.is_fall, phi)
    return Finding(
        kind, rule.is_fall, days * 24, seen, mean, low, high, odds, phi, min(has, DAYS_MOST), cause
    )


def dispersion_of(sent: Floats, done: Floats, share: float) -> float:
    """Return how many times more shares of days differ than chance would make them, 1 at least."""
    kept = sent > 0
    squares = (done[kept] - share * sent[kept]) ** 2 / (sent[kept] * share * (1 - share))
    return max(1.0, float(squares.sum()) / max(int(kept.sum()) - 1, 1)) if share < 1 else 1.0


def _cause(heaps: Heaps, days: int, share: float, is_fall: bool, phi: float) -> Cause | None:
    """Return the topic or campaign that tells most of the difference; None where all moved alike."""
    best: tuple[float, Cause] | None = None
    for name, (values, sent, done) in heaps.cuts.items():
        kept = np.flatnonzero(sent[:, :days].sum(1))
        if len(kept) < 2:
            continue
        before, count = done[kept, days:].sum(1), sent[kept, days:].sum(1)
        own = np.where(count >= SENT_LEAST, before / np.maximum(count, 1), share)
        seen, expected = done[kept, :days].sum(1), own * sent[kept, :days].sum(1)
        moved = movers(seen, np.maximum(expected, 0.01), is_fall=is_fall, dispersion=phi)
        if moved is None or moved.likelihood < np.log(len(kept)) + 3.0:
            continue
        rows = list(moved.values)
        names = tuple(values[kept[row]] for row in rows)
        sums = (float(seen[rows].sum()), float(expected[rows].sum()))
        cause = Cause(name, names, *sums, moved.explains, moved.surprise)
        if all(names) and (best is None or moved.likelihood > best[0]):
            best = (moved.likelihood, cause)
    return best[1] if best else None
