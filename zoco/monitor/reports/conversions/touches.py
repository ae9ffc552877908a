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
from zoco.monitor.reports.conversions.counted import WHOSE, conversions, whose
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
    visits = whose(_visits(facts, definition, by), facts, definition)
    met = visits if by in COLUMNS else _met(facts, definition, by)
    met = met.filter(met.who != 0)
    numbers = _numbers(met)
    touches = _keyed(met.inner_join(numbers, "label"))
    bought = _placed(conversions(facts, definition), visits)
    coded = {name: "array<!int64>" if name == "path" else kind for name, kind in PATH.items()}
    to_buy = _to_conversions(touches, bought, definition).select(*PATH).cast(coded)
    nowhere = _nowhere(touches, bought, facts, definition).select(*PATH).cast(coded)
    every = to_buy.union(nowhere).cross_join(_labels(numbers))
    return every.mutate(path=along.picked(every.labels, every.path)).select(*PATH)


def _visits(facts: Facts, definition: Definition, by: str) -> Table:
    """Return one row a visit: session, when it began, whose it is, and how it came about."""
    wide = facts.whole_visits.earlier(definition.lookback_seconds)
    rows = wide.where(lambda rows: rows.session != 0)
    label = rows[by].max() if by in COLUMNS else expr.text("")
    each = rows.group_by("session").aggregate(
        occurred_at=rows.occurred_at.min(), label=label, **{name: rows[name].max() for name in WHOSE}
    )
    return each.mutate(at=expr.micros(each.occurred_at))


def _clicks(facts: Facts, definition: Definition) -> Table:
    """Return one row a link that was followed in a letter; letters are of no site."""
    wide = replace(facts.whole_visits, with_nobodys=True).earlier(definition.lookback_seconds)
    rows = wide.named(CLICKED)
    found = whose(rows.select("id", "occurred_at", "session", "subject", *WHOSE), facts, definition)
    return found.mutate(at=expr.micros(found.occurred_at), label=found.subject)


def _met(facts: Facts, definition: Definition, by: str) -> Table:
    """Return one row a time that somebody met a letter, a post, a banner or a coupon."""
    if by == "letter":
        return _clicks(facts, definition)
    wide = facts.whole_visits.earlier(definition.lookback_seconds)
    rows = wide.where(lambda rows: _is_coupon(rows) if by == "coupon" else _is_followed(rows, by))
    named = rows.subject
    if by == "coupon":
        used = expr.prop_text(rows, COUPON)
        named = (used == "").ifelse(rows.subject, used)
    kept = rows.select("id", "occurred_at", "session", *WHOSE, label=named)
    found = whose(kept, facts, definition)
    return found.mutate(at=expr.micros(found.occurred_at))


def _is_followed(rows: Table, kind: str) -> Value:
    return (rows.subject_kind == kind) & (rows.subject != "") & rows.name.endswith(FOLLOWED)


def _is_coupon(rows: Table) -> Value:
    """Return whether facts are about a coupon, or payments with one."""
    is_about = (rows.subject_kind == COUPON) & (rows.subject != "")
    return is_about | ((rows.amount_site > expr.money(0)) & (expr.prop_text(rows, COUPON) != ""))


def _numbers(met: Table) -> Table:
    """Return label and number, the most frequent first; those beyond LABELS_MOST share one."""
    each = met.group_by("label").aggregate(times=met.count())
    place = each.mutate(place=along.place(each, each.times.desc(), each.label.asc()))
    is_own = place["place"] <= LABELS_MOST
    number = is_own.ifelse(place["place"], expr.whole(LABELS_MOST + 1)).cast("!int64")
    return place.select("label", number=number)


def _labels(numbers: Table) -> Table:
    """Return one row, the list of labels by number."""
    is_own = numbers.number <= LABELS_MOST
    named = numbers.mutate(label=is_own.ifelse(numbers.label, expr.text(OTHERS)))
    each = named.group_by("number").aggregate(label=named.label.min())
    return each.aggregate(labels=along.in_order(each.label, each.number))


def _keyed(touches: Table) -> Table:
    """Return touches with moment and label in one number, `key`: a list of those sorts far quicker than one
    of two columns, and holds both.
    """
    return touches.select("who", "at", key=touches["at"] * LABELS_ROOM + touches.number)


def _placed(bought: Table, visits: Table) -> Table:
    """Return conversions with whose visit each is part of: a visit knows more of people than one fact."""
    theirs = visits.semi_join(bought, "session")
    owners = theirs.filter(theirs.who != 0).select(__session="session", __owner="who")
    both = bought.left_join(owners, bought.session == owners["__session"])
    who = both["__owner"].fill_null(both.who)
    placed = both.select("id", "at", "session", "gross", "refunded", who=who)
    # One table for both uses: a join that is used twice is written twice, and would be made twice.
    return placed.mutate(value=placed.gross + placed.refunded)


def _to_conversions(touches: Table, bought: Table, definition: Definition) -> Table:
    """Return one row a conversion with its path."""
    ends = bought.select(__id="id", __who="who", __end="at")
    both = ends.inner_join(touches, ends["__who"] == touches.who)
    since = both["__end"] - definition.lookback_seconds * 1_000_000
    near = both.filter((both["at"] <= both["__end"]) & (both["at"] >= since))
    ways = near.group_by("__id").aggregate(keys=along.in_order(near.key, near.key))
    found = bought.left_join(ways, bought.id == ways["__id"])
    keys = along.list_or_none(found.keys)
    return found.select(
        "who", "value", ended_at=found["at"], is_converted=~expr.never(found), count=expr.whole(1),
        path=along.each_divided(keys, LABELS_ROOM, is_rest=True), at=along.each_divided(keys, LABELS_ROOM),
    )  # fmt: skip


def _nowhere(touches: Table, bought: Table, facts: Facts, definition: Definition) -> Table:
    """Return the paths that did not end in a conversion."""
    known = bought.filter(bought.who != 0)
    latest = known.group_by(__who="who").aggregate(__last=known["at"].max())
    both = touches.left_join(latest, touches.who == latest["__who"])
    open_ = both.mutate(__last=both["__last"].fill_null(0)).filter(lambda each: each["at"] > each["__last"])
    ended = open_.mutate(__end=along.of_group(open_["at"].max(), open_, "who"))
    since = ended["__end"] - definition.lookback_seconds * 1_000_000
    begins = expr.micros(expr.start_of(facts.period))
    near = ended.filter((ended["__end"] >= begins) & (ended["at"] >= since))
    each = near.group_by("who").aggregate(
        keys=along.in_order(near.key, near.key), __last=near["__last"].max()
    )
    apart = each.select(
        who=(each["__last"] > 0).ifelse(each.who, expr.whole(0)),
        path=along.each_divided(each.keys, LABELS_ROOM, is_rest=True),
    )
    counted = apart.group_by("who", "path").aggregate(count=apart.count())
    return counted.mutate(
        at=along.nothing("array<!int64>"), ended_at=expr.whole(0), is_converted=expr.never(counted),
        value=expr.money(0),
    )  # fmt: skip
