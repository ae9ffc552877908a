"""How many facts of each verdict a question is about, and when the newest of them happened."""

from __future__ import annotations

from functools import lru_cache

from zoco.kit.periods import Period
from zoco.ledger import expr
from zoco.ledger.asking.filters import Filter
from zoco.ledger.asking.statements import templates
from zoco.ledger.asking.statements.lasting import lasting_of
from zoco.ledger.asking.statements.outlines import Given, counting_of
from zoco.ledger.asking.statements.statement import KEPT_STATEMENTS
from zoco.ledger.asking.statements.words import numbered, worded, words_of
from zoco.ledger.expr import Table
from zoco.ledger.schema import VERDICTS
from zoco.ledger.scope import Facts
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store.base import Dialect

NEWEST, COUNT = "__newest", "__count"


@lru_cache(maxsize=KEPT_STATEMENTS)
def census_sql(
    site: SiteInfo, period: Period, filters: tuple[Filter, ...], counts: str, dialect: Dialect
) -> str:
    """Write the SELECT that counts the facts of each verdict and finds the newest."""

    def write(given: Given) -> Table:
        facts = Facts(given.site, given.periods[0], worded(filters, given.words), VERDICTS)
        table = facts.all_verdicts
        if counts == "page_views":
            table = table.filter(facts.is_view(table))
        return table.group_by("verdict").aggregate(
            **{COUNT: table.count(), NEWEST: expr.micros(table.occurred_at.max())}
        )

    shape = ("census", counting_of(site, period), numbered(filters), counts, dialect)
    given = Given(site, (period,), words_of(filters))
    return templates.filled(shape, given, dialect, write, lasting=lasting_of(filters))
