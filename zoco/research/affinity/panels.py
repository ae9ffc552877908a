"""On a person's page: what may be bought next, by what others bought after what this person bought last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy

from zoco.kit import conf
from zoco.kit.periods import micros
from zoco.ledger import sitebook
from zoco.ledger.pictures import formats, intervals
from zoco.ledger.store import opening
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.ledger.views.problems import problem_of
from zoco.people.models import Person
from zoco.people.panels import PANELS
from zoco.research.affinity.baskets import baskets, followed, last_products
from zoco.research.opening import SEE, affinity_url
from zoco.research.purchases import span_of
from zoco.research.scores.scoring import DAYS_FIRST
from zoco.stats.kinds.together import THINGS_MOST, Pair, left_out, pairs

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

SITES_MOST = 5
"""Each site is a question to the ledger, and the page waits for them."""
SHOWN_MOST, ANEW_MOST = 3, 1
"""Of sites that are not known, one is worked out for each look at the page, which looks again by itself."""
KEPT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Known:
    """What follows what on a site, as it was a while ago: products and counts, nobody's name."""

    at: datetime
    since: date | None
    """Older orders are not looked at; None where all are."""
    sure: tuple[Pair, ...]
    """Of each product bought first the likeliest, as many as are shown."""
    unseen: frozenset[str]
    """What is bought often before another product, but not among those that are looked at."""
    has_unseen_next: bool
    """Whether there are such products among what is bought next."""


_known: dict[tuple[str, str, int], Known] = {}


def _key(site: SiteInfo) -> tuple[str, str, int]:
    return str(conf.DATA()), conf.EVENTS_URL(), site.id


def known_next(site: SiteInfo, at: datetime) -> Known | None:
    """Return what was found in the last ten minutes in this process."""
    kept = _known.get(_key(site))
    return kept if kept and 0 <= (at - kept.at).total_seconds() < KEPT_SECONDS else None


def next_find(site: SiteInfo, store: Store, at: datetime) -> Known:
    """Find what is surely bought next after what, and keep it. Raises QueryFailed, StoreBusy."""
    period = span_of(site, at, int(DAYS_FIRST))
    found, is_cut = baskets(site=site, period=period, store=store)
    steps = list(followed(found))
    oldest = min((each.placed for each in found), default=micros(at))
    since = datetime.fromtimestamp(oldest // 1_000_000, ZoneInfo(site.zone)).date() if is_cut else None
    kept = _known[_key(site)] = Known(
        at,
        since,
        tuple(pairs(steps, is_ordered=True, each_most=SHOWN_MOST)),
        left_out(before for before, _after in steps),
        bool(left_out(after for _before, after in steps)),
    )
    return kept


def chances(products: frozenset[str], sure: Sequence[Pair]) -> list[Pair]:
    """Return what most probably comes next after any of these products, each once, the likeliest first."""
    best: dict[str, Pair] = {}
    for each in sorted((each for each in sure if each.one in products), key=lambda each: -each.chance):
        best.setdefault(each.other, each)
    return list(best.values())[:SHOWN_MOST]


@PANELS.plug
class NextPanel:
    """A line for each site where this person bought products that orders name in the last year."""

    key = "next-purchase"
    label = gettext_lazy("What may be bought next")
    permission = SEE
    template = "zoco/research/next.html"

    def values(self, person: Person, *, at: datetime) -> Mapping[str, object]:
        """Ask the ledger; nothing where all sites were asked and this person bought nothing that is named."""
        sites, store, rows, anew = sitebook.sites(), opening.store(), [], ANEW_MOST
        try:
            for site in sites[:SITES_MOST]:
                period = span_of(site, at, int(DAYS_FIRST))
                products = last_products(person.pk, site=site, period=period, store=store)
                known = known_next(site, at) if products else None
                if products and known is None and anew:
                    known, anew = next_find(site, store, at), anew - 1
                if products:
                    rows.append(_row(site, products, known))
        except (QueryFailed, StoreBusy) as error:
            return {"problem": problem_of(error), "person": person.pk}
        left = ", ".join(each.name for each in sites[SITES_MOST:])
        is_waiting = any(row["is_waiting"] for row in rows)
        shown = {"rows": rows, "left": left, "person": person.pk, "is_waiting": is_waiting}
        return shown if rows or left else {}


def _row(site: SiteInfo, products: frozenset[str], known: Known | None) -> dict[str, Any]:
    bought = {"site": site.name, "bought": ", ".join(sorted(products)), "is_waiting": known is None}
    if known is None:
        return bought
    unseen, likely = products & known.unseen, chances(products, known.sure)
    return bought | {
        "url": affinity_url(site),
        "next": [_said(each) for each in likely],
        "is_none": not likely and unseen != products,
        "unseen": ", ".join(sorted(unseen)),
        "has_unseen_next": known.has_unseen_next,
        "most": formats.count(THINGS_MOST),
        "since": formats.day(known.since) if known.since else "",
    }


def _said(pair: Pair) -> dict[str, str]:
    """Say a chance; its bounds are those of the lift, held against how often the product is bought at all."""
    usual = pair.second / pair.whole
    low, high = (min(bound * usual, 1.0) for bound in (pair.low, pair.high))
    return {
        "other": pair.other,
        "one": pair.one,
        "chance": formats.percent(pair.chance),
        "bounds": intervals.between(low, high, formats.percent),
        "both": formats.count(pair.both),
        "first": formats.count(pair.first),
    }
