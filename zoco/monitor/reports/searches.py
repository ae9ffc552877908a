"""What reports about the site's own search share: one row a search, with where it led."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoco.ledger import expr
from zoco.ledger.asking import along
from zoco.ledger.expr import Table

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts

PROP = "search"


def searches(facts: Facts) -> Table:
    """Return one row a search: term, next_page ("" where the visit ended), visitor, session.

    Page views of one term in a row are one search, so that leafing through results counts once; the row
    is that of the last of them.
    """
    views = facts.whole_visits.page_views
    known = views.filter(views.session != 0).mutate(term=expr.prop_text(views, PROP))
    led = known.mutate(
        term_after=along.after_in_visit(known.term, known), next_page=along.after_in_visit(known.path, known)
    )
    ended = facts.fitting(led.filter(led.term != "", led.term != led.term_after))
    return ended.select("term", "next_page", "visitor", "session")
