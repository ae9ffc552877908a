"""The page of scores: a grid of recency by frequency, the segments by name, and the people of either."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from zoco.kit.periods import micros
from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone import stood
from zoco.ledger.pictures.alone.laying import Body
from zoco.ledger.pictures.alone.pages import Drawing, answered
from zoco.ledger.pictures.bars import bar
from zoco.ledger.store import opening
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.ledger.views.heads import head_of_site, no_site
from zoco.ledger.views.problems import problem_of
from zoco.people.gathering.reads import members
from zoco.people.opening import for_whom
from zoco.research import opened
from zoco.research.opening import PEOPLE, SEE, audience_url, site_asked
from zoco.research.purchases import Bought, Sold, span_of
from zoco.research.scores.leaf import PARTED, ScaleForm, ScoresLeaf, days_of, scale_of
from zoco.research.scores.scoring import FIRST, KINDS, SEGMENTS, Scored, chosen, scored
from zoco.stats.value.rfm import PARTS

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo

SHOWN_MOST = 50
LOOKS = 6
"""How many grounds a cell may have, h1 to h6."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom a click asked for: a segment, or a cell of recency and frequency; 0 and "" for all."""

    segment: str = ""
    recency: int = 0
    frequency: int = 0

    @classmethod
    def of(cls, request: HttpRequest) -> Chosen:
        """Read it from an address; what is none asks for all."""
        segment = request.GET.get("segment", "")
        scores = (request.GET.get(name, "") for name in ("recency", "frequency"))
        numbers = [int(each) if each in {"1", "2", "3", "4", "5"} else 0 for each in scores]
        return cls(segment if segment in SEGMENTS else "", *numbers)

    @property
    def given(self) -> dict[str, Any]:
        """What is asked for, as a rule and an address have it."""
        named = {"segment": self.segment, "recency": self.recency, "frequency": self.frequency}
        return {name: value for name, value in named.items() if value}


@for_whom(SEE)
def scores(request: HttpRequest) -> HttpResponse:
    """Show those who bought on a site by their scores."""
    title, site = _("Recency, frequency, money"), site_asked(request)
    if site is None:
        return no_site(request, title)
    first = {"days": "365", "scale": "quantile"} | {f"{name}_bounds": FIRST[name] for name in PARTED}
    given = {name: request.GET.get(name, value) for name, value in first.items()}
    form = ScaleForm(given)
    for field in form.fields.values():
        field.widget.attrs["class"] = "z-in"
    shown = head_of_site(title, site, sitebook.sites()) | {"form": form, "site": site, "icon_name": "group"}
    if form.is_valid():
        try:
            shown |= _found(request, site, form, timezone.now())
        except (QueryFailed, StoreBusy) as error:
            shown |= {"problem": problem_of(error)}
    pictures = [_drawing(shown)] if "opened" in shown else []
    return answered(
        request, "zoco/research/scores.html", shown, drawings=pictures, site=site, stem="rfm",
        now=timezone.now(),
    )  # fmt: skip


def _drawing(shown: dict[str, Any]) -> Drawing:
    """Return the grid of recency and frequency as a picture."""
    grid = shown["grid"]

    def body() -> Body:
        heads = [
            _("Frequency %(score)s: %(span)s") % {"score": head["name"], "span": head["span"]}
            for head in grid["heads"]
        ]
        rows = [
            (f"{row['name']}: {row['span']}", [(cell["text"], cell["look"]) for cell in row["cells"]])
            for row in grid["rows"]
        ]
        return stood.heat([_("Recency: days since the last purchase"), *heads], rows)

    return Drawing("scores", _("Recency and frequency"), shown["whole"], body, shown["opened"])


def _found(request: HttpRequest, site: SiteInfo, form: ScaleForm, now: datetime) -> dict[str, Any]:
    rule, store = form.rule(), opening.store()
    period = span_of(site, now, days_of(rule))
    found = scored(Bought.of(site=site, period=period, store=store), scale_of(rule), micros(now))
    sold = Sold.of(site=site, period=period, store=store)
    if not len(found.bought):
        return {"is_empty": True, "unknown": _unknown(site, sold)}
    wanted = Chosen.of(request)
    address = urlencode({"site": site.slug, **rule})
    said = {"whole": _whole(found, site), "unknown": _unknown(site, sold)}
    grid = _grid(found, address)
    return said | {
        "grid": grid,
        "opened": opened.scores(said, site, str(KINDS[rule["scale"]])),
        "segments": _segments(found, site, address),
        **(_chosen(request, found, wanted, rule | {"site": site.id}) if wanted.given else {}),
    }


def _whole(found: Scored, site: SiteInfo) -> str:
    people = len(found.bought)
    words = ngettext(
        "%(people)s person bought here, with %(orders)s orders and %(money)s left of them.",
        "%(people)s people bought here, with %(orders)s orders and %(money)s left of them.",
        people,
    )
    return words % {
        "people": formats.count(people),
        "orders": formats.count(int(found.bought.purchases.sum())),
        "money": formats.money(float(found.bought.money.sum()), site.currency),
    }


def _unknown(site: SiteInfo, sold: Sold) -> str:
    """Say what was bought by nobody known, who stands in no cell."""
    if not sold.other_orders:
        return ""
    words = ngettext(
        "%(orders)s more order, of %(money)s, is of nobody known and stands nowhere here.",
        "%(orders)s more orders, of %(money)s, are of nobody known and stand nowhere here.",
        sold.other_orders,
    )
    money = formats.money(sold.other_money, site.currency)
    return words % {"orders": formats.count(sold.other_orders), "money": money}


def _grid(found: Scored, address: str) -> dict[str, Any]:
    """Return a row for each score of recency, the best first, and a column for each of frequency."""
    recency, frequency = found.scores.recency, found.scores.frequency
    counts = np.zeros((PARTS + 1, PARTS + 1), dtype=np.int64)
    np.add.at(counts, (recency, frequency), 1)
    largest = int(counts.max())
    numbers = range(1, PARTS + 1)
    rows = []
    for row in reversed(numbers):
        cells = [_cell(int(counts[row, column]), largest, row, column, address) for column in numbers]
        rows.append({"name": str(row), "span": _span(found.since_days[recency == row]), "cells": cells})
    spans = [_span(found.bought.purchases[frequency == column].astype(float)) for column in numbers]
    heads = [{"name": str(column), "span": span} for column, span in zip(numbers, spans, strict=True)]
    return {"heads": heads, "rows": rows}


def _cell(count: int, largest: int, recency: int, frequency: int, address: str) -> dict[str, Any]:
    look = min(LOOKS, ceil(round(LOOKS * count / largest, 9))) if count else 0
    named = {"recency": recency, "frequency": frequency}
    people = npgettext("scores", "%(count)s person", "%(count)s people", count)
    said = {**named, "people": people % {"count": formats.count(count)}}
    return {
        "text": formats.count(count),
        "look": f"h{look}" if look else "",
        "said": _("recency %(recency)s, frequency %(frequency)s: %(people)s") % said,
        "url": f"?{address}&{urlencode(named)}#z-chosen" if count else "",
    }


def _span(values: Any) -> str:
    """Say from where to where the values of a score lie, in whole numbers."""
    if not len(values):
        return "–"
    low, high = formats.count(int(values.min())), formats.count(int(values.max()))
    return low if low == high else f"{low}–{high}"


def _segments(found: Scored, site: SiteInfo, address: str) -> list[dict[str, Any]]:
    """Return the segments in which somebody is, as people, orders and money."""
    size, money = len(found.bought), found.bought.money
    rows = []
    for place, (key, label) in enumerate(SEGMENTS.items()):
        of = found.segments == place
        count = int(of.sum())
        if not count:
            continue
        rows.append({
            "label": label,
            "url": f"?{address}&{urlencode({'segment': key})}#z-chosen",
            "people": formats.count(count),
            "share": formats.percent(count / size),
            "bar": bar(count / size, 1.0),
            "money": formats.money(float(money[of].sum()), site.currency),
            "part": formats.percent(float(money[of].sum() / money.sum())),
            "orders": formats.decimal(float(found.bought.purchases[of].mean()), 1),
            "since": formats.count(float(np.median(found.since_days[of]))),
        })  # fmt: skip
    return rows


def _chosen(request: HttpRequest, found: Scored, wanted: Chosen, rule: dict[str, Any]) -> dict[str, Any]:
    """Return who was clicked at, those first who bought last."""
    places = chosen(found, **wanted.given)
    order = np.argsort(found.since_days[places], kind="stable")
    keys = found.bought.people[places][order].tolist()
    asked = {"leaf": ScoresLeaf.key, **rule, **wanted.given}
    label = str(SEGMENTS[wanted.segment]) if wanted.segment else ""
    if not label:
        words = _("Recency %(recency)s, frequency %(frequency)s")
        label = words % {"recency": wanted.recency or "1–5", "frequency": wanted.frequency or "1–5"}
    is_shown = request.user.has_perm(PEOPLE)
    return {
        "chosen": label,
        "count": formats.count(len(keys)),
        "members": members(keys[:SHOWN_MOST]) if is_shown else [],
        "more": formats.count(len(keys) - SHOWN_MOST) if is_shown and len(keys) > SHOWN_MOST else "",
        "audience_url": audience_url(request, asked),
    }
