"""Sessions: which facts belong to one visit, and how it began. One definition for every engine.

An expression over the facts of the threads that new facts touched. A store compiles it once to SQL
text (compiling costs about 50 ms), puts its own `affected` in front, and writes what differs.
"""

from functools import cache
from typing import TYPE_CHECKING

from zoco.ledger.schema import ENTRY, TOUCH

if TYPE_CHECKING:
    import ibis

    from zoco.ledger.store.base import Dialect

GAP_MICROS = 30 * 60 * 1_000_000
PAGE_VIEWS = ("web.page.viewed", "web.page.served")
NUMBER_BITS = 63
INPUT = {
    "site": "!int32",
    "thread": "!int64",
    "id": "!uuid",
    "number": "!int64",
    "occurred_at": "!timestamp(6)",
    "micros": "!int64",
    "name": "!string",
    "path": "!string",
    **{f"own_{name}": "!string" for name in TOUCH},
}


def session_number(fact_id: int) -> int:
    """Return the session that a fact with this 128-bit id would begin: its low 63 bits, never 0.

    In every id of ours these bits are random or a hash, so two sessions share one as seldom as two
    hashes collide; and each engine can work them out from the id without a function of its own.
    """
    return (fact_id & ((1 << NUMBER_BITS) - 1)) or 1


@cache
def settled_sql(dialect: "Dialect") -> str:
    """Return `settled` as a SELECT of this engine over a table or CTE named `affected`."""
    import ibis

    return str(ibis.to_sql(settled(ibis.table(INPUT, name="affected")), dialect=dialect))


def settled(rows: "ibis.Table") -> "ibis.Table":
    """Work out the sessions of whole threads, or of parts of them that a gap surrounds.

    `rows` has the columns of INPUT, one row per fact with a visitor: `thread` is the visitor after
    following midnight links, `number` the `session_number` of the fact's id, `micros` occurred_at
    as UTC microseconds. `id` must order as its canonical text does: ClickHouse orders UUIDs by
    their second half, so its store puts text there.

    One row per fact; columns id, occurred_at, site, session and those of ENTRY. More than 30
    minutes part two sessions; a session is the number of its first fact by (occurred_at, id). Its
    entry is its first page view, or its first fact where there is none.
    """
    facts = _numbered(rows)
    entry = _entries(facts, rows)
    return facts.inner_join(entry, ["site", "thread", "first"]).select(
        "id", "occurred_at", "site", "session", *ENTRY
    )


def _numbered(rows: "ibis.Table") -> "ibis.Table":
    """Add `first`, the place in its thread of the fact that begins the session, and what it is itself."""
    import ibis

    along = ibis.window(group_by=[rows.thread, rows.site], order_by=[rows.occurred_at, rows.id])
    gap = rows.micros - rows.micros.lag().over(along)
    placed = rows.select(
        "site",
        "thread",
        "id",
        "number",
        "occurred_at",
        is_page=rows.name.isin(PAGE_VIEWS),
        is_start=(gap > GAP_MICROS).fill_null(True),
        place=ibis.row_number().over(along) + 1,
    )
    same = {"group_by": [placed.thread, placed.site], "order_by": placed.place}
    until = ibis.window(**same, preceding=None, following=0)
    before = ibis.window(**same, preceding=(None, 1))
    page = placed.is_page.ifelse(placed.place, 0)
    first = placed.is_start.ifelse(placed.place, 0).max().over(until)
    return placed.mutate(first=first, page_before=page.max().over(before).fill_null(0))


def _entries(facts: "ibis.Table", rows: "ibis.Table") -> "ibis.Table":
    """One row per session: site, thread, first, session and the entry's own values."""
    first_page = facts.is_page & (facts.page_before < facts.first)
    sessions = facts.aggregate(
        by=["site", "thread", "first"],
        session=facts.is_start.ifelse(facts.number, 0).max(),
        page=first_page.ifelse(facts.number, 0).max(),
    )
    sessions = sessions.mutate(entry=(sessions.page > 0).ifelse(sessions.page, sessions.session))
    own = {name: rows[f"own_{name}"] for name in TOUCH}
    values = rows.select("site", "thread", entry="number", landing="path", **own)
    return sessions.inner_join(values, ["site", "thread", "entry"])
