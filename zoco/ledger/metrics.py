"""Metrics: one function each, so that a word means one thing everywhere.

The first group is taken over page views (or other facts), the second over visits: one row a
session, as `visits` returns them. Nothing here runs a query.
"""

from __future__ import annotations

from zoco.ledger import expr
from zoco.ledger.expr import Table, Value


def visitors(views: Table) -> Value:
    """Count distinct visitors; facts without one do not count."""
    return expr.uniques(views.visitor)


def known_visitors(facts: Table) -> Value:
    """Count distinct browsers that consented, each once however many days it came."""
    return expr.uniques(facts.known)


def people(facts: Table) -> Value:
    """Count distinct persons, over facts that went through `Facts.known`."""
    return expr.uniques(facts.person)


def sessions(views: Table) -> Value:
    """Count distinct sessions; facts without one do not count."""
    return expr.uniques(views.session)


def page_views(views: Table) -> Value:
    """Count page views."""
    return views.count()


def hits(facts: Table) -> Value:
    """Count requests and whatever else happened, whether a page was seen or not."""
    return facts.count()


def named(facts: Table, *names: str) -> Value:
    """Count facts of these names."""
    return facts.count(where=expr.among(facts.name, names))


def counted(facts: Table, condition: Value) -> Value:
    """Count the facts for which a condition holds."""
    return facts.count(where=condition)


def not_found(facts: Table) -> Value:
    """Count requests answered with 404 or 410."""
    return facts.count(where=facts.status.isin([404, 410]))


def failures(facts: Table) -> Value:
    """Count requests that the server failed to answer: 500 to 599."""
    return facts.count(where=facts.status.between(500, 599))


def errors(facts: Table) -> Value:
    """Count requests answered with 400 or above."""
    return facts.count(where=facts.status >= 400)


def quantity(facts: Table) -> Value:
    """Sum quantities: pieces, times or milliseconds, as the facts' name says."""
    return facts.quantity.sum()


def known(each: Table) -> Value:
    """Count the rows that have a visitor, over one row a visitor."""
    return expr.ones(each.visitor != 0).sum()


def revenue(facts: Table) -> Value:
    """Sum what orders and refunds are worth in the site's currency."""
    return facts.amount_site.sum()


def visits(views: Table, *columns: str) -> Table:
    """Return one row for each session and each value of the columns.

    Beside them: session, page_views, began and ended (moments of the first and last page view
    counted here). Page views without a session are left out.
    """
    known = views.filter(views.session != 0)
    return known.group_by("session", *columns).aggregate(
        page_views=known.count(), began=known.occurred_at.min(), ended=known.occurred_at.max()
    )


def sessions_of(visits: Table) -> Value:
    """Count sessions, over visits; equals `sessions` over their page views."""
    return visits.count()


def bounce(visits: Table) -> Value:
    """Return the share of sessions with exactly one page view."""
    return expr.share(expr.ones(visits.page_views == 1).sum(), visits.count())


def views_per_session(visits: Table) -> Value:
    """Return page views by session."""
    return expr.share(visits.page_views.sum(), visits.count())


def duration(visits: Table) -> Value:
    """Return the mean seconds between a session's first page view and its last; 0 for a bounce."""
    spent = expr.micros(visits.ended) - expr.micros(visits.began)
    return expr.share(spent.sum(), visits.count() * 1_000_000)


def seen(facts: Table, *columns: str, count: str = "page_views") -> Table:
    """Return visitors and the number of facts for each combination of the columns.

    The same as `visitors` and `page_views`; grouping twice is what engines do quickest.
    """
    each = facts.group_by(*columns, "visitor").aggregate(**{count: facts.count()})
    groups = each.group_by(*columns) if columns else each
    return groups.aggregate(visitors=known(each), **{count: each[count].sum()})


def by(views: Table, *columns: str) -> Table:
    """Return visitors, sessions, page_views and bounce for each combination of the columns."""
    counted = seen(views, *columns)
    each = visits(views, *columns)
    went = each.group_by(*columns).aggregate(sessions=sessions_of(each), bounce=bounce(each))
    return joined(counted, went, *columns)


def merged(left: Table, right: Table, *columns: str) -> Table:
    """Put two tables of measures side by side, with every row of either; what is not there is 0."""
    other = right.rename({f"{name}_right": name for name in columns})
    both = left.outer_join(other, [left[name] == other[f"{name}_right"] for name in columns])
    keys = {name: both[name].fill_null(both[f"{name}_right"]) for name in columns}
    names = [name for table in (left, right) for name in table.columns if name not in columns]
    types = {**left.schema(), **right.schema()}
    filled = {name: both[name].fill_null(0) for name in names if not types[name].is_floating()}
    return both.mutate(**keys, **filled).select(*columns, *names)


def joined(left: Table, right: Table, *columns: str) -> Table:
    """Put two tables of measures side by side by their dimensions; counts that are not there are 0.

    Every row of `left` stays; rows that only `right` has are lost.
    """
    measures = [name for name in right.columns if name not in columns]
    other = right.rename({f"{name}_right": name for name in columns})
    both = left.left_join(other, [left[name] == other[f"{name}_right"] for name in columns])
    filled = {name: both[name].fill_null(0) for name in measures if right[name].type().is_integer()}
    return both.mutate(**filled).select(*left.columns, *measures)
