"""What somebody did, from the ledger: own facts, those of whoever was merged, and of joined browsers.

`Facts.known` says whose a fact is; here it is asked only for facts that may be somebody's, so that it is
quick however many facts there are. Ibis is imported on use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from typing import TYPE_CHECKING, Any

from zoco.ledger.asking.people import TABLES, resolved
from zoco.ledger.expr import Table, to_sql
from zoco.ledger.schema import TOUCH

if TYPE_CHECKING:
    from zoco.ledger.store.base import Store

COLUMNS = (
    "id", "site", "occurred_at", "name", "host", "path", "title", "channel", "source", "campaign",
    "subject_kind", "subject", "amount", "currency",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Browser:
    """A known visitor of a site that is joined to a person; `number` is whose it was said to be."""

    site: int
    known: int
    number: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """All numbers of a person, and the browsers that are joined to them."""

    number: int
    numbers: tuple[int, ...]
    browsers: tuple[Browser, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Facts of a page, the newest first; `total` counts all of them."""

    rows: list[dict[str, Any]]
    total: int


def known_of(store: Store, number: int) -> Known:
    """Return how the ledger knows a person."""
    current, joins = _table("person_current"), _table("visitor_person")
    merged = _rows(store, current.filter(current.survivor == number).select("person"))
    numbers = (number, *sorted(row["person"] for row in merged))
    said = joins.filter(joins.person.isin(numbers))
    ranked = said.group_by("site", "known", "person", "is_taken_back").aggregate(
        first=said.said_at.min(), latest=said.said_at.max()
    )
    rows = _rows(store, ranked)
    back = {(row["site"], row["known"], row["person"]): row["latest"] for row in rows if row["is_taken_back"]}
    browsers = []
    for row in rows:
        gone = back.get((row["site"], row["known"], row["person"]))
        if not row["is_taken_back"] and (gone is None or row["latest"] > gone):
            browsers.append(Browser(row["site"], row["known"], row["person"], _aware(row["first"])))
    return Known(number, numbers, tuple(sorted(browsers, key=lambda each: (each.since, each.known))))


def timeline(store: Store, known: Known, *, first: int, size: int) -> Timeline:
    """Return a page of what somebody did, from the `first` on, counted from 0."""
    import ibis

    found = [_of_site(site, known) for site in _sites(store, known)]
    if not found:
        return Timeline([], 0)
    rows = reduce(lambda one, other: one.union(other), found)
    counted = _rows(store, rows.aggregate(total=rows.count()))
    ordered = rows.order_by(ibis.desc("occurred_at"), ibis.desc("id")).limit(size, offset=first)
    shown = [{**row, "occurred_at": _aware(row["occurred_at"])} for row in _rows(store, ordered)]
    return Timeline(shown, int(counted[0]["total"]))


def everything(store: Store, known: Known) -> list[dict[str, Any]]:
    """Return all facts of somebody with all their columns, the oldest first.

    With them what was sent, as long as it is kept, and, as `own_…`, what a fact said itself of where it came
    from.
    """
    found: list[dict[str, Any]] = []
    for site in _sites(store, known):
        beside = _beside(store, site, known)
        facts = _rows(store, _of_site(site, known, columns=()))
        found += [row | beside.get(str(row["id"]), {}) for row in facts]
    return sorted(found, key=lambda row: (row["occurred_at"], str(row["id"])))


def _beside(store: Store, site: int, known: Known) -> dict[str, dict[str, Any]]:
    """Return, by the id of a fact, what stands of it in other tables."""
    import ibis

    from zoco.ledger.asking.statements.engines import table

    keys = {"id": "!uuid", "site": "!int32"}
    touch = ibis.table(ibis.schema(keys | dict.fromkeys(TOUCH, "!string")), name="touch")
    own = touch.select("id", "site", **{f"own_{name}": touch[name] for name in TOUCH})
    found: dict[str, dict[str, Any]] = {}
    for rows in (table("evidence").drop("occurred_at"), own):
        mine = _of_site(site, known, columns=("id", "occurred_at")).select("id")
        for row in _rows(store, rows.filter(rows.site == site).semi_join(mine, "id").drop("site")):
            found.setdefault(str(row.pop("id")), {}).update(row)
    return found


def _maybe(known: Known) -> Table:
    """Return facts that may be somebody's: of these numbers, or of browsers that are joined to them."""
    from zoco.ledger.asking.statements.engines import table

    facts = table("facts")
    fits = facts.person.isin(known.numbers)
    if known.browsers:
        fits |= (facts.person == 0) & facts.known.isin(sorted({each.known for each in known.browsers}))
    return facts.filter(fits)


def _sites(store: Store, known: Known) -> list[int]:
    facts = _maybe(known)
    return sorted(row["site"] for row in _rows(store, facts.select("site").distinct()))


def _of_site(site: int, known: Known, *, columns: Sequence[str] = COLUMNS) -> Table:
    facts = _maybe(known)
    facts = facts.filter(facts.site == site)
    rows = resolved(facts.select(*columns, "known", "person") if columns else facts, site)
    mine = rows.filter(rows.person == known.number)
    return mine.select(*columns) if columns else mine


def _table(name: str) -> Table:
    import ibis

    return ibis.table(ibis.schema(TABLES[name]), name=name)


def _rows(store: Store, table: Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = store.query(to_sql(table, store.dialect)).to_pylist()
    return found


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
