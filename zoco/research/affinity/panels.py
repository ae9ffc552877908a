"""On a person's page: what may be bought next, by what others bought after what this person bought last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from zoco.kit import conf
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
from zoco.stats.kinds.together import Pair, pairs

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

SITES_MOST = 5
"""Each site is a question to the ledger, and the page waits for them."""
SHOWN_MOST = 3
PAIRS_MOST, KEPT_SECONDS = 1_000, 600


@dataclass(frozen=True, slots=True)
class _Known:
    """What follows what on a site, as it was a while ago: products and counts, nobody's name."""

    at: datetime
    sure: tuple[Pair, ...]


_known: dict[tuple[str, str, int], _Known] = {}


def sure_next(site: SiteInfo, store: Store, at: datetime) -> Sequence[Pair]:
    """Return what is surely bought next after what, worked out anew every ten minutes in each process.

    Raises QueryFailed, StoreBusy.
    """
    key = (str(conf.DATA()), conf.EVENTS_URL(), site.id)
    kept = _known.get(key)
    if kept is None or not 0 <= (at - kept.at).total_seconds() < KEPT_SECONDS:
        found, _is_cut = baskets(site=site, period=span_of(site, at, int(DAYS_FIRST)), store=store)
        sure = tuple(
            each for each in pairs(followed(found), is_ordered=True, most=PAIRS_MOST) if each.is_sure
        )
        kept = _known[key] = _Known(at, sure)
    return kept.sure


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
        """Ask the ledger; nothing where this person bought nothing that is named."""
        sites, store, rows = sitebook.sites(), opening.store(), []
        try:
            for site in sites[:SITES_MOST]:
                period = span_of(site, at, int(DAYS_FIRST))
                if products := last_products(person.pk, site=site, period=period, store=store):
                    rows.append(_row(site, products, sure_next(site, store, at)))
        except (QueryFailed, StoreBusy) as error:
            return {"problem": problem_of(error)}
        more = sites[SITES_MOST:]
        return {"rows": rows, "left": ", ".join(each.name for each in more)} if rows else {}


def _row(site: SiteInfo, products: frozenset[str], sure: Sequence[Pair]) -> dict[str, Any]:
    return {
        "site": site.name,
        "bought": ", ".join(sorted(products)),
        "url": affinity_url(site),
        "next": [_said(each) for each in chances(products, sure)],
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
