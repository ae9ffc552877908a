"""How many facts of each verdict a question is about, and when the newest of them happened."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from zoco.kit.periods import Period
from zoco.ledger import expr
from zoco.ledger.asking.filters import Filter
from zoco.ledger.asking.statements import templates
from zoco.ledger.asking.statements.statement import KEPT_STATEMENTS, counting_of
from zoco.ledger.asking.statements.words import may_last, numbered, worded, words_of
from zoco.ledger.expr import Table
from zoco.ledger.schema import VERDICTS
from zoco.ledger.scope import Facts
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store.base import Dialect

if TYPE_CHECKING:
    from zoco.ledger.asking.statements.blanks import Outline

NEWEST, COUNT = "__newest", "__count"


@lru_cache(maxsize=KEPT_STATEMENTS)
def census_sql(
    site: SiteInfo, period: Period, filters: tuple[Filter, ...], counts: str, dialect: Dialect
) -> str:
    """Write the SELECT that counts the facts of each verdict and finds the newest."""

    def write(outlines: Sequence[Outline], words: Sequence[str]) -> Table:
        facts = Facts(site, cast("Period", outlines[0]), worded(filters, words), VERDICTS)
        table = facts.all_verdicts
        if counts == "page_views":
            table = table.filter(facts.is_view(table))
        return table.group_by("verdict").aggregate(
            **{COUNT: table.count(), NEWEST: expr.micros(table.occurred_at.max())}
        )

    shape = ("census", site, counting_of(site, period), numbered(filters), counts, dialect)
    lasting = may_last(filters)
    return templates.filled(shape, (period,), words_of(filters), dialect, write, is_lasting=lasting)
