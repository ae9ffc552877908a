"""Answers as facts tell of them, with whose they are, and what both reports count of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger import expr
from zoco.ledger.expr import Table, Value
from zoco.ledger.report import Measure
from zoco.stats.proportions import wilson
from zoco.stats.scores import DETRACTOR, PROMOTER, net_interval
from zoco.surveys.designs import CSAT, NPS
from zoco.surveys.facts import SAID, SHOWN
from zoco.surveys.results.figures import SATISFIED

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts

KEPT = ("id", "occurred_at", "known", "person", "visitor", "subject")
LOW, HIGH = _("95% from"), _("95% to")
BOUND_NET = _("score ± 1.96 standard errors of a difference of two shares of one sample, three answers added")
BOUND_SHARE = _("score interval of a share, by Wilson")
UNCERTAINTY = _("95% intervals: of the net promoter score adjusted Wald (Rocks 2016), of shares Wilson’s")
ANSWERS = Measure("answers", _("Answers"), adds_up=True, formula=_("number of answers"))
PEOPLE = Measure(
    "people",
    pgettext_lazy("survey", "People"),
    formula=_("number of distinct people, browsers or visitors who answered"),
)
NET = (
    Measure(
        "nps",
        _("Net promoter score"),
        "points",
        may_lack=True,
        tells_of_few=True,
        is_score=True,
        formula=_("100 × (promoters − detractors) ÷ answers to questions of recommendation"),
    ),
    Measure("nps_low", LOW, "points", may_lack=True, tells_of_few=True, is_score=True, formula=BOUND_NET),
    Measure("nps_high", HIGH, "points", may_lack=True, tells_of_few=True, is_score=True, formula=BOUND_NET),
)
TOP = (
    Measure(
        "satisfied",
        _("Satisfied (4 and 5)"),
        "percent",
        may_lack=True,
        tells_of_few=True,
        formula=_("number of 4 and 5 ÷ answers to questions of satisfaction"),
    ),
    Measure("satisfied_low", LOW, "percent", may_lack=True, tells_of_few=True, formula=BOUND_SHARE),
    Measure("satisfied_high", HIGH, "percent", may_lack=True, tells_of_few=True, formula=BOUND_SHARE),
)
PARTS = (
    Measure(
        "promoters",
        _("Promoters (9 and 10)"),
        adds_up=True,
        may_lack=True,
        tells_of_few=True,
        formula=_("number of 9 and 10"),
    ),
    Measure(
        "detractors",
        _("Detractors (0 to 6)"),
        adds_up=True,
        may_lack=True,
        tells_of_few=True,
        formula=_("number of 0 to 6"),
    ),
)
SOURCES = (
    "Reichheld (2003), Harvard Business Review 81(12), 46–54; Rocks (2016), The American Statistician 70, "
    "365–372; Wilson (1927), J. Amer. Stat. Assoc. 22, 209–212"
)


def said(facts: Facts, *columns: str, survey: str = "", way: bool = False, options: bool = False) -> Table:
    """Return one row an answer to a question: who (0 for nobody), subject, question, is_nps, is_csat, score,
    `columns`, and `way`, or `kind` and `options` with commas between, if wanted.
    """
    rows = facts.where(lambda rows: (rows.name == SAID) & _of(rows, survey))
    kind = expr.prop_text(rows, "kind")
    kept = rows.select(
        *KEPT,
        *columns,
        **({"way": expr.prop_text(rows, "way")} if way else {}),
        question=expr.prop_text(rows, "question"),
        is_nps=kind == NPS,
        is_csat=kind == CSAT,
        score=expr.prop_number(rows, "score"),
        **({"kind": kind, "options": _options(rows)} if options else {}),
    )
    return _whose(facts, kept)


def _options(rows: Table) -> Value:
    """Return the keys of options that were chosen, such as 1,3: they are whole numbers."""
    found = expr.prop_text(rows, "options")
    for sign in '[]" ':
        found = found.replace(sign, "")
    return found


def shown(facts: Facts, *columns: str, survey: str = "", way: bool = False) -> Table:
    """Return one row each time that a browser told that somebody saw a survey."""
    rows = facts.where(lambda rows: (rows.name == SHOWN) & _of(rows, survey))
    kept = rows.select(*KEPT, *columns, **({"way": expr.prop_text(rows, "way")} if way else {}))
    return _whose(facts, kept)


def _of(rows: Table, survey: str) -> Value:
    return (rows.subject == survey) if survey else (rows.subject_kind == "survey")


def _whose(facts: Facts, rows: Table) -> Table:
    found = facts.known(rows)
    browser = (found.known != 0).ifelse(found.known, found.visitor)
    told = found.mutate(who=(found.person != 0).ifelse(-found.person, browser))
    return told.drop("known", "person", "visitor")


def sums(rows: Table) -> dict[str, Value]:
    """Return the sums of which `scored` makes figures."""
    return {
        "answers": rows.count(),
        "people": expr.uniques(rows.who),
        "asked_nps": _how_many(rows.is_nps),
        "promoters": _how_many(rows.is_nps & (rows.score >= PROMOTER)),
        "detractors": _how_many(rows.is_nps & (rows.score <= DETRACTOR)),
        "asked_csat": _how_many(rows.is_csat),
        "top": _how_many(rows.is_csat & (rows.score >= SATISFIED)),
    }


def _how_many(condition: Value) -> Value:
    """Count rows in signed numbers: ClickHouse has no type for a null beside sums that are never below 0."""
    return -condition.ifelse(-1, 0).sum()


def scored(rows: Table) -> Table:
    """Return rows of sums with scores and their bounds, null where nobody was asked for a score."""
    n = rows.asked_nps.cast("float64").nullif(0)
    more, less = rows.promoters.cast("float64"), rows.detractors.cast("float64")
    low, high = net_interval(more, less, n)
    of = rows.asked_csat.cast("float64").nullif(0)
    bottom, top = wilson(rows.top.cast("float64"), of)
    is_net = rows.asked_nps > 0
    return rows.mutate(
        promoters=expr.only_if(is_net, rows.promoters),
        detractors=expr.only_if(is_net, rows.detractors),
        nps=(more - less) / n * 100,
        nps_low=expr.only_if(is_net, (low * 100).clip(lower=-100.0)),
        nps_high=expr.only_if(is_net, (high * 100).clip(upper=100.0)),
        satisfied=rows.top.cast("float64") / of,
        satisfied_low=bottom,
        satisfied_high=top,
    )
