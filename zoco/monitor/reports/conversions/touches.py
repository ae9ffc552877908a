"""Touches: with what visits began before a conversion, in order; the ways that led nowhere as well.

One expression. Equal ways of those who never converted are counted before they leave the engine.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger import expr
from zoco.ledger.asking import along
from zoco.ledger.expr import Table, Value
from zoco.monitor.reports.conversions.counted import KEPT, WHOSE, conversions, in_visits, whose
from zoco.monitor.reports.conversions.defined import Definition

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts

CLICKED = "mail.link.clicked"
FOLLOWED = ".clicked"
"""So ends the name of a fact that somebody followed a post or a banner, whatever the area that tells it."""
COUPON = "coupon"
"""What a fact about a coupon is about, and the property of a payment with one."""
BY = {
    "channel": _("Channel"),
    "source": _("Source"),
    "campaign": _("Campaign"),
    "content": _("Creative"),
    "letter": _("Letter"),
    "post": pgettext_lazy("touch", "Post"),
    "banner": pgettext_lazy("touch", "Banner"),
    "coupon": pgettext_lazy("touch", "Coupon"),
}
"""By what touches are told apart: columns of visits, and what facts say that somebody followed or used."""
COLUMNS = ("channel", "source", "campaign", "content")
LABELS_MOST, LABELS_ROOM = 36, 64
"""So many labels, those with most touches, stand for themselves; and room for the number of each in a key."""
MICROS = 1_000_000
OTHERS = "…"
"""Stands for all other labels together."""
PATH = {
    "who": "!int64",
    "path": "array<!string>",
    "at": "array<!int64>",
    "ended_at": "!int64",
    "is_converted": "!boolean",
    "value": "!decimal(18,4)",
    "count": "!int64",
}


def paths(facts: Facts, definition: Definition, by: str) -> Table:
    """Return what people met before each conversion of the period, and since the last one or without one.

    Columns are those of PATH. One row a conversion; `path` and `at` are lists in order of time, and hold the
    touches of the lookback, also those before an earlier conversion. Further, for everybody with touches in
    the period and no conversion after them, those of the lookback before his last touch: by himself if he
    converted earlier in the period, else `count` of equal paths together, `who` 0 and without moments.
    Of touches in one microsecond the more frequent label comes first, then that earlier in the alphabet.
    """
    told = _told(facts, definition, by)
    codes = _codes(told)
    coded = told.inner_join(codes, "label")
    if by in COLUMNS:
        met = visits = _visits(coded, facts, definition)
    else:
        visits = _visits(_in_visits(facts, definition), facts, definition)
        met = _moments(coded, facts, definition)
    met = met.filter(met.who != 0)
    numbers = _numbers(met)
    ways = _ways(met.inner_join(numbers, "code"))
    bought = _placed(conversions(facts, definition), visits)
    coded = {name: "array<!int64>" if name == "path" else kind for name, kind in PATH.items()}
    to_buy = _to_conversions(ways, bought, definition).select(*PATH).cast(coded)
    nowhere = _nowhere(ways, bought, facts, definition).select(*PATH).cast(coded)
    every = to_buy.union(nowhere).cross_join(_labels(numbers, codes))
    return every.mutate(path=along.picked(every.labels, every.path)).select(*PATH)


def _told(facts: Facts, definition: Definition, by: str) -> Table:
    """Return the facts that tell of touches, each with its label: those of visits, or each a touch itself."""
    if by in COLUMNS:
        rows = _in_visits(facts, definition)
        return rows.select(*KEPT, label=rows[by])
    if by == "letter":
        # Letters are of no site.
        wide = replace(facts.whole_visits, with_nobodys=True).earlier(definition.lookback_seconds)
        rows = wide.named(CLICKED)
        return rows.select(*KEPT, label=rows.subject)
    wide = facts.whole_visits.earlier(definition.lookback_seconds)
    rows = wide.where(lambda rows: _is_coupon(rows) if by == "coupon" else _is_followed(rows, by))
    label = rows.subject
    if by == "coupon":
        used = expr.prop_text(rows, COUPON)
        label = (used == "").ifelse(rows.subject, used)
    return rows.select(*KEPT, label=label)


def _in_visits(facts: Facts, definition: Definition) -> Table:
    return facts.whole_visits.earlier(definition.lookback_seconds).where(lambda rows: rows.session != 0)


def _codes(told: Table) -> Table:
    """Return labels with a number each, in the order of the alphabet: label, code.

    Texts are slow to gather and to compare: from here on touches bear numbers, until paths are named.
    """
    each = told.select("label").distinct()
    return each.mutate(code=along.place(each, each.label.asc()).cast("!int64"))


def _visits(rows: Table, facts: Facts, definition: Definition) -> Table:
    """Return one row a visit: session, when it began, whose it is, and the last by the alphabet of the codes
    that its facts have.
    """
    kept = [name for name in ("code", *WHOSE) if name in rows.columns]
    each = rows.group_by("session").aggregate(
        occurred_at=rows.occurred_at.min(), **{name: rows[name].max() for name in kept}
    )
    return _moments(each, facts, definition)


def _moments(rows: Table, facts: Facts, definition: Definition) -> Table:
    """Return rows with whose they are, and when they were in microseconds."""
    found = whose(rows, facts, definition)
    return found.mutate(at=expr.micros(found.occurred_at))


def _is_followed(rows: Table, kind: str) -> Value:
    return (rows.subject_kind == kind) & (rows.subject != "") & rows.name.endswith(FOLLOWED)


def _is_coupon(rows: Table) -> Value:
    """Return whether facts are about a coupon, or payments with one."""
    is_about = (rows.subject_kind == COUPON) & (rows.subject != "")
    return is_about | ((rows.amount_site > expr.money(0)) & (expr.prop_text(rows, COUPON) != ""))


def _numbers(met: Table) -> Table:
    """Return code and number, the most frequent first; those beyond LABELS_MOST share one."""
    each = met.group_by("code").aggregate(times=met.count())
    place = each.mutate(place=along.place(each, each.times.desc(), each.code.asc()))
    is_own = place["place"] <= LABELS_MOST
    number = is_own.ifelse(place["place"], expr.whole(LABELS_MOST + 1)).cast("!int64")
    return place.select("code", number=number)


def _labels(numbers: Table, codes: Table) -> Table:
    """Return one row, the list of labels by number."""
    both = numbers.inner_join(codes, "code")
    named = both.mutate(label=(both.number <= LABELS_MOST).ifelse(both.label, expr.text(OTHERS)))
    each = named.group_by("number").aggregate(label=named.label.min())
    return each.aggregate(labels=along.in_order(each.label, each.number))


def _ways(touches: Table) -> Table:
    """Return one row for everybody: who, and `keys`, all touches in order of time.

    A key is moment and label in one number: a list of those sorts far quicker than one of two columns. Part
    of a list is had for less than a join of touches, or a window over them.
    """
    keyed = touches.select("who", key=touches["at"] * LABELS_ROOM + touches.number)
    # Lists are gathered quicker where what belongs together comes together, by more than this order costs.
    near = keyed.order_by("who", "key")
    return near.group_by("who").aggregate(keys=along.in_order(near.key, near.key))


def _placed(bought: Table, visits: Table) -> Table:
    """Return conversions with whose visit each is part of, and what each brought."""
    both = in_visits(bought, visits.semi_join(bought, "session"))
    placed = both.select("id", "at", "session", "gross", "refunded", "who")
    return placed.mutate(value=placed.gross + placed.refunded)


def _to_conversions(ways: Table, bought: Table, definition: Definition) -> Table:
    """Return one row a conversion with its path."""
    theirs = ways.select(__who="who", keys="keys")
    found = bought.left_join(theirs, bought.who == theirs["__who"])
    since = (found["at"] - definition.lookback_seconds * MICROS) * LABELS_ROOM
    after = (found["at"] + 1) * LABELS_ROOM
    keys = along.list_or_none(found.keys.filter(lambda key: (key >= since) & (key < after)))
    return found.select(
        "who", "value", ended_at=found["at"], is_converted=~expr.never(found), count=expr.whole(1),
        path=along.each_divided(keys, LABELS_ROOM, is_rest=True), at=along.each_divided(keys, LABELS_ROOM),
    )  # fmt: skip


def _nowhere(ways: Table, bought: Table, facts: Facts, definition: Definition) -> Table:
    """Return the paths that did not end in a conversion."""
    # Not of those filtered: a filter would be a table of its own, and whose they are be sought once more.
    latest = bought.group_by(__who="who").aggregate(__last=bought["at"].max())
    both = ways.left_join(latest, ways.who == latest["__who"])
    ended = both.mutate(__last=both["__last"].fill_null(0), __end=both.keys[-1])
    after = (ended["__last"] + 1) * LABELS_ROOM
    begins = expr.micros(expr.start_of(facts.period)) * LABELS_ROOM
    open_ = ended.filter((ended["__end"] >= after) & (ended["__end"] >= begins))
    end, after = open_["__end"] - open_["__end"] % LABELS_ROOM, (open_["__last"] + 1) * LABELS_ROOM
    since = end - definition.lookback_seconds * MICROS * LABELS_ROOM
    least = (since > after).ifelse(since, after)
    near = open_.keys.filter(lambda key: key >= least)
    apart = open_.select(
        who=(open_["__last"] > 0).ifelse(open_.who, expr.whole(0)),
        path=along.each_divided(near, LABELS_ROOM, is_rest=True),
    )
    counted = apart.group_by("who", "path").aggregate(count=apart.count())
    return counted.mutate(
        at=along.nothing("array<!int64>"), ended_at=expr.whole(0), is_converted=expr.never(counted),
        value=expr.money(0),
    )  # fmt: skip
