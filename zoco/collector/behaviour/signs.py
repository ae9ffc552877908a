"""What each visit did, in numbers: one row a visit, day (UTC) and kind of page view. Ibis; nothing is run.

Looked at are visits of people, and of those that only their behaviour gave away: so that a second pass
comes to the same end. User agents are not looked at.
"""

from zoco.collector.behaviour.reasons import REASONS
from zoco.kit.periods import Period
from zoco.ledger import expr
from zoco.ledger.expr import Table

DAY = 86_400_000_000
MILLI = 1_000
VIEWED, SERVED = "web.page.viewed", "web.page.served"
ENGAGED, ASSET, ERROR = "web.page.engaged", "web.asset.served", "web.error.served"
RUN = 15
"""So many pages in a row are a run."""
NEVER = 10**12
ALIKE = ("country", "screen", "browser", "browser_version")
"""What the visits of a cluster have in common."""
COLUMNS = frozenset(
    {"id", "site", "occurred_at", "name", "verdict", "reason", "visitor", "session", "quantity", "screen"}
    | {"country", "browser", "browser_version", "language", "channel"}
)


def candidates(site: int, period: Period) -> Table:
    """Return the web facts of a site's visits that behaviour may judge, with their `day`."""
    from zoco.ledger.asking.statements.engines import table

    facts = table("facts", COLUMNS)
    facts = facts.filter(
        facts.site == site,
        facts.occurred_at >= expr.start_of(period),
        facts.occurred_at < expr.end_of(period),
        facts.session != 0,
        (facts.verdict == "human") | expr.among(facts.reason, REASONS),
    )
    return facts.mutate(day=expr.micros(facts.occurred_at) // DAY)


def views_of(facts: Table) -> Table:
    """Return one row a visit, day and kind of view: how many pages, how fast, how evenly.

    Times are milliseconds; `gaps` and `squares` are the sums of the times between pages and of their
    squares; `run` is the shortest time that RUN pages in a row took, NEVER where there are fewer.
    """
    import ibis

    views = facts.filter(expr.among(facts.name, (VIEWED, SERVED)))
    views = views.mutate(at=expr.micros(views.occurred_at) // MILLI)
    along = ibis.window(group_by=[views.session, views.day, views.name], order_by=[views.at, views.id])
    views = views.mutate(
        place=ibis.row_number().over(along),
        before=views.at.lag().over(along),
        earlier=views.at.lag(RUN - 1).over(along),
    )
    views = views.mutate(
        gap=(views.place > 0).ifelse(views.at - views.before, 0),
        run=(views.place >= RUN - 1).ifelse(views.at - views.earlier, NEVER),
    )
    gap = views.gap.cast("float64")
    alike = {name: views[name].max() for name in (*ALIKE, "language", "channel")}
    return views.group_by("session", "day", "name").aggregate(
        views=views.id.count(),
        gaps=gap.sum(),
        squares=(gap * gap).sum(),
        run=views.run.min(),
        **alike,
    )


def deeds_of(facts: Table) -> Table:
    """Return one row a visit and day: time looked at, what else it did, files loaded, scripts run."""
    is_other = ~expr.among(facts.name, (VIEWED, SERVED, ENGAGED, ASSET, ERROR))
    return facts.group_by("session", "day").aggregate(
        looked=(facts.name == ENGAGED).ifelse(facts.quantity, 0).sum(),
        deeds=expr.ones(is_other).sum(),
        files=expr.ones(facts.name == ASSET).sum(),
        scripts=expr.ones(facts.name == VIEWED).sum(),
        ended=expr.micros(facts.occurred_at).max(),
    )


def joined(facts: Table) -> Table:
    """Return views and deeds side by side."""
    views, deeds = views_of(facts), deeds_of(facts)
    return views.inner_join(deeds, ["session", "day"])
