"""Consent: who chose what, and how many are known again because of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger import expr, metrics
from zoco.ledger.expr import Table, Value
from zoco.ledger.report import GRAIN, REPORTS, Measure, Params, Report
from zoco.monitor import facts as names
from zoco.monitor.reports import words
from zoco.stats.proportions import wilson

if TYPE_CHECKING:
    from zoco.kit.periods import Grain
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Consent(Report):
    """One row a step: choices, the rate with its interval, and both ways of counting side by side."""

    key = "consent"
    label = _("Consent")
    question = _("How many agree to be known again, and what does that change in the figures?")
    definition = _(
        "Given and declined are visitor-days on which somebody chose; whoever changed his mind on a day "
        "counts for both. The consent rate is the share of given among all choices; with 95% confidence "
        "the true rate lies between the two bounds, if visitors decide independently of each other. "
        "Visitor-days are distinct pseudonyms with a page view; a pseudonym lasts one day, with consent "
        "and without. Known visitor-days are those of them with a page view under the id of somebody who "
        "consented. Known visitors are distinct ids, of page views and of choices: a browser that comes on "
        "three days is one known visitor and three visitor-days; whoever agrees on the last page is a known "
        "visitor, but that day is no known visitor-day, as no page was seen under the id. People are "
        "distinct persons to whom known visitors are joined by a log-in, a form or a link of their own: two "
        "browsers of one person are two known visitors and one of the people. "
        "Known visitors and people of several steps do not add up, and none of the figures is part of "
        "another."
    )
    method = words.WILSON
    uncertainty = words.SCORE
    picture = "curve"
    crowd = ("visitor_days",)
    dimensions = (words.BUCKET,)
    measures = (
        Measure(
            "given",
            _("Given"),
            adds_up=True,
            tells_of_few=True,
            formula=_("number of distinct visitors who agreed"),
        ),
        Measure(
            "declined",
            _("Declined"),
            adds_up=True,
            tells_of_few=True,
            formula=_("number of distinct visitors who declined"),
        ),
        Measure(
            "rate",
            _("Consent rate"),
            "percent",
            may_lack=True,
            tells_of_few=True,
            formula=_("given ÷ (given + declined)"),
        ),
        Measure("rate_low", _("95% from"), "percent", may_lack=True, tells_of_few=True, formula=words.LOWER),
        Measure("rate_high", _("95% to"), "percent", may_lack=True, tells_of_few=True, formula=words.UPPER),
        Measure("visitor_days", _("Visitor-days"), formula=_("number of distinct visitors with a page view")),
        Measure(
            "known_days",
            _("Known visitor-days"),
            tells_of_few=True,
            formula=_("number of distinct visitors with a page view who had agreed"),
        ),
        Measure(
            "known_visitors",
            _("Known visitors"),
            tells_of_few=True,
            formula=_("number of distinct browsers that agreed"),
        ),
        Measure(
            "people",
            pgettext_lazy("joined", "People"),
            tells_of_few=True,
            formula=_("number of distinct people joined to a visit"),
        ),
    )
    parameters = (GRAIN,)
    order = "bucket"
    counts = "rows"
    position = 175

    def query(self, facts: Facts, params: Params) -> Table:
        rows = facts.known(self._acts(facts))
        grain = cast("Grain", params["grain"])
        stepped = rows.mutate(bucket=facts.bucket(rows.occurred_at, grain))
        return self._rated(stepped.group_by("bucket").aggregate(**_counted(facts, stepped)))

    def overall(self, facts: Facts, params: Params) -> Table:
        """Return the same over the whole period: known visitors are distinct over all of it."""
        rows = facts.known(self._acts(facts))
        return self._rated(rows.aggregate(**_counted(facts, rows)))

    def behind(self, facts: Facts) -> Table:
        """Return choices and page views."""
        return self._acts(facts)

    def _acts(self, facts: Facts) -> Table:
        choices = (names.CONSENT_GIVEN, names.CONSENT_WITHDRAWN)
        return facts.where(lambda rows: facts.is_view(rows) | expr.among(rows.name, choices))

    def _rated(self, found: Table) -> Table:
        given = found.given.cast("float64")
        chosen = (found.given + found.declined).cast("float64").nullif(0)
        low, high = wilson(given, chosen)
        rated = found.mutate(rate=given / chosen, rate_low=low, rate_high=high)
        return rated.select(*(name for name in self.columns if name in rated.columns))


def _counted(facts: Facts, rows: Table) -> dict[str, Value]:
    is_view = facts.is_view(rows)
    return {
        "given": _distinct(rows.visitor, rows.name == names.CONSENT_GIVEN),
        "declined": _distinct(rows.visitor, rows.name == names.CONSENT_WITHDRAWN),
        "visitor_days": _distinct(rows.visitor, is_view),
        "known_days": _distinct(rows.visitor, is_view & (rows.known != 0)),
        "known_visitors": metrics.known_visitors(rows),
        "people": metrics.people(rows),
    }


def _distinct(number: Value, condition: Value) -> Value:
    """Count the distinct numbers for which a condition holds, none of them 0."""
    return expr.uniques(condition.ifelse(number, 0))
