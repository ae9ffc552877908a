"""Facts with the person that is known today: joined by proof, resolved through merges.

Nothing here runs a query. A known visitor belongs to the person of the last proof before a fact; what he
did before the first proof is of the first person, for it was the same browser. What a fact itself says of
its person goes before that.
"""

from __future__ import annotations

from zoco.ledger import expr
from zoco.ledger.expr import Table, Value


def resolved(rows: Table, site: Value | None) -> Table:
    """Return rows of facts whose `person` is who it is known to be today, 0 for nobody.

    They need id, occurred_at, known and person, and of all sites (None) `site`. One row each, as before.
    """
    names = {"__known": "known", "__joined": "person", "__since": "since", "__until": "until"}
    spans = spans_of(site).rename({"__site": "site", **names})
    within = [rows.known == spans["__known"]]
    within += [rows.site == spans["__site"]] if site is None else []
    both = rows.left_join(spans, within)
    at = expr.micros(both.occurred_at)
    is_within = (at >= both["__since"]) & (at < both["__until"])
    fitting = both.filter(both["__since"].isnull() | is_within)
    person = (fitting.person != 0).ifelse(fitting.person, fitting["__joined"].fill_null(0))
    return survived(fitting.mutate(person=person).select(*rows.columns))


def told_apart(rows: Table) -> Table:
    """Return resolved rows with `who` in place of person, known and visitor: negative for a known person,
    else the known browser, else the visitor of the day. What nobody did goes.
    """
    browser = (rows.known != 0).ifelse(rows.known, rows.visitor)
    told = rows.mutate(who=(rows.person != 0).ifelse(-rows.person, browser))
    return told.filter(told.who != 0).drop("person", "known", "visitor")


def spans_of(site: Value | None) -> Table:
    """Return whose a known visitor was from when until when: site, known, person, since, until in
    UTC microseconds, without gaps. None stands for all sites.
    """
    import ibis

    proofs = _table("visitor_person")
    proofs = proofs if site is None else proofs.filter(proofs.site == site)
    keys = {"__where": "site", "__whose": "known", "__who": "person"}
    taken = proofs.filter(proofs.is_taken_back).group_by(*keys.values())
    back = taken.aggregate(__back=proofs.said_at.max()).rename(keys)
    given = proofs.filter(~proofs.is_taken_back)
    both = given.left_join(back, [given[name] == back[mark] for mark, name in keys.items()])
    held = both.filter(both["__back"].isnull() | (both.said_at > both["__back"]))
    # Backwards along a window either way, and 0 for no row: engines differ in the rest.
    said = expr.micros(held.said_at)
    order = (said, held.person)
    visitor = [held.site, held.known]
    later = said.lag().over(ibis.window(group_by=visitor, order_by=[each.desc() for each in order]))
    earlier = said.lag().over(ibis.window(group_by=visitor, order_by=[each.asc() for each in order]))
    placed = held.mutate(__said=said, __later=later.fill_null(0), __earlier=earlier.fill_null(0))
    return placed.select(
        "site",
        "known",
        "person",
        since=(placed["__earlier"] == 0).ifelse(FIRST, placed["__said"]),
        until=(placed["__later"] == 0).ifelse(LAST, placed["__later"]),
    )


def survived(rows: Table) -> Table:
    """Return rows with those who were merged as whoever stands for them."""
    current = _table("person_current").rename(__merged="person", __survivor="survivor")
    both = rows.left_join(current, rows.person == current["__merged"])
    return both.mutate(person=both["__survivor"].fill_null(both.person)).select(*rows.columns)


def _table(name: str) -> Table:
    import ibis

    return ibis.table(ibis.schema(TABLES[name]), name=name)


FIRST, LAST = -(1 << 62), 1 << 62
TABLES = {
    "visitor_person": {
        "site": "!int32",
        "known": "!int64",
        "person": "!int64",
        "said_at": "!timestamp(6)",
        "is_taken_back": "!boolean",
    },
    "person_current": {"person": "!int64", "survivor": "!int64"},
}
