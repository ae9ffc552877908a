"""Core Web Vitals: how fast pages are for the people who look at them, over time and by kind of page."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, cast

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr, metrics
from zoco.ledger.expr import Table, Value
from zoco.ledger.report import GRAIN, REPORTS, Dimension, Measure, Parameter, Params, Report, Unit
from zoco.monitor import facts as names
from zoco.monitor.reports import words
from zoco.stats.quantiles import ranks

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from zoco.kit.periods import Grain
    from zoco.ledger.scope import Facts

SHARE = 0.75
LEAST = 50
"""With fewer page loads a 75th percentile says more about who came than about the page."""


@dataclass(frozen=True, slots=True)
class Vital:
    """One of Google's measures of speed, with its published bounds of good and poor."""

    label: StrOrPromise
    short: str
    unit: Unit
    grades: tuple[float, float]


# Bounds: web.dev/articles/lcp, inp, cls, ttfb; the percentile:
# web.dev/articles/defining-core-web-vitals-thresholds
VITALS = {
    "lcp": Vital(_("LCP: largest content"), "LCP", "milliseconds", (2500, 4000)),
    "inp": Vital(_("INP: reaction"), "INP", "milliseconds", (200, 500)),
    "cls": Vital(_("CLS: jumps"), "CLS", "index", (0.1, 0.25)),
    "ttfb": Vital(_("TTFB: first byte"), "TTFB", "milliseconds", (800, 1800)),
}
VITAL = Parameter("vital", _("Measure"), "lcp", tuple((key, each.label) for key, each in VITALS.items()))
LACK = _("too little data: fewer than 50 page loads")
DEFINITION = _(
    "What the tracker measured in people's browsers, by Google's definitions (web.dev/articles/vitals). "
    "Three of four page loads were at least as good as the 75th percentile (linear interpolation, Hyndman "
    "and Fan 1996, definition 7); with 95% confidence the true one lies between the two bounds, if page "
    "loads are independent of each other. Good and poor by web.dev: LCP up to 2,500 ms, above 4,000 ms; INP "
    "up to 200 ms, above 500 ms; CLS up to 0.1, above 0.25; TTFB up to 800 ms, above 1,800 ms; between them "
    "it needs improvement. Under 50 page loads there is no figure. Page loads are those with the chosen "
    "measure: not every browser takes each of them, and there is no INP where nobody pressed anything."
)
MASKED = _(
    "Pages of one kind count together: in the path, a part that is a number or has four digits or more is "
    "(number), and a part of three words or more joined by hyphens or underscores, or of more than 30 "
    "characters, is (name). So /blog/how-we-work/ is /blog/(name)/ and /item/42 is /item/(number)."
)
METHOD = (
    "W. J. Conover, Practical Nonparametric Statistics, 3rd ed. (1999), section 3.2: interval of a quantile "
    "by order statistics; thresholds: https://web.dev/articles/vitals, https://web.dev/articles/ttfb"
)
PERCENTILE = _("the value at place 1 + 0.75 (n − 1) of n values in order, between two values by share")
LOWER = _("the value at place 0.75 n − z √(n × 0.75 × 0.25) of n values in order, rounded up, z = 1.96")
UPPER = _("the value at place 0.75 n + z √(n × 0.75 × 0.25) of n values in order, rounded up, z = 1.96")
BOUNDS = _(
    "The bounds are order statistics and assume no distribution: were the same to come again and again, such "
    "intervals would hold the true percentile about 95 times of 100, if page loads are independent of each "
    "other. Shares and numbers of page loads are full counts."
)
# Parts of a path, in the words of RE2, which both engines use.
KINDS = (
    (r"[0-9]+|(?:[^/0-9]*[0-9]){4}[^/]*", "(number)"),
    (r"(?:[^/_-]+[_-]){2,}[^/]*|[^/]{31,}", "(name)"),
)


def template(path: Value) -> Value:
    """Return a page's path with numbers and names masked, so that pages of one kind have one."""
    found = path.replace("/", "//")
    for pattern, mask in KINDS:
        found = found.re_replace(f"/(?:{pattern})(/|$)", rf"/{mask}\1")
    return found.replace("//", "/")


def _measures(vital: Vital) -> tuple[Measure, ...]:
    def figure(name: str, label: StrOrPromise, formula: StrOrPromise) -> Measure:
        return Measure(name, label, vital.unit, lack=LACK, formula=formula)

    p75 = figure("p75", format_lazy("{} {}", vital.short, _("75th percentile")), PERCENTILE)
    return (
        replace(p75, grades=vital.grades),
        figure("low", _("95% from"), LOWER),
        figure("high", _("95% to"), UPPER),
        Measure(
            "good",
            _("Good page loads"),
            "percent",
            lack=LACK,
            formula=_("page loads not above the bound of good ÷ page loads"),
        ),
        Measure("loads", _("Page loads"), adds_up=True, formula=_("number of page loads with the measure")),
    )


class Vitals(Report):
    """What both reports share: one vital at a time, as their units differ."""

    method = METHOD
    uncertainty = BOUNDS
    counts = "rows"
    measures = _measures(VITALS["lcp"])
    parameters: tuple[Parameter, ...] = (VITAL,)

    def turned(self, params: Params) -> Report:
        """Return the report of one vital."""
        return _of(self.key, str(params["vital"]))

    def behind(self, facts: Facts) -> Table:
        """Return what was measured."""
        return facts.named(names.VITALS_MEASURED)

    def _judged(self, rows: Table, params: Params, *keys: str) -> Table:
        """Return the measures for each combination of the keys, or over all."""
        chosen = str(params["vital"])
        known = rows.filter(expr.prop_text(rows, chosen) != "").mutate(figure=expr.prop_number(rows, chosen))
        placed = known.mutate(place=expr.rank_among(known.figure, known, *keys))
        placed = placed.mutate(many=expr.many_among(placed, *keys).cast("float64"))
        low, high = ranks(placed.many, SHARE)
        # The largest value up to a rank is the one of that rank; one that is no whole number is rounded up.
        marked = placed.mutate(is_low=placed.place < low + 1, is_high=placed.place < high + 1)
        groups = marked.group_by(*keys) if keys else marked
        found = groups.aggregate(
            p75=expr.quantile(marked.figure, SHARE),
            low=marked.figure.max(where=marked.is_low),
            high=marked.figure.max(where=marked.is_high),
            fine=metrics.counted(marked, marked.figure <= VITALS[chosen].grades[0]),
            loads=metrics.hits(marked),
        )
        figures = {"p75": found.p75, "low": found.low, "high": found.high}
        figures["good"] = expr.share(found.fine, found.loads)
        enough = found.loads >= LEAST
        told = {name: expr.only_if(enough, value) for name, value in figures.items()}
        return found.select(*keys, **told, loads=found.loads)


@REPORTS.plug
class VitalsOverTime(Vitals):
    """One row a step."""

    key = "vitals"
    label = _("Core Web Vitals")
    question = _("How fast are the pages for the people who look at them?")
    definition = DEFINITION
    picture = "curve"
    dimensions = (words.BUCKET,)
    parameters = (GRAIN, VITAL)
    order = "bucket"
    position = 152

    def query(self, facts: Facts, params: Params) -> Table:
        rows = self.behind(facts)
        stepped = rows.mutate(bucket=facts.bucket(rows.occurred_at, cast("Grain", params["grain"])))
        return self._judged(stepped, params, "bucket")

    def overall(self, facts: Facts, params: Params) -> Table:
        """Return the same over the whole period."""
        return self._judged(self.behind(facts), params)


@REPORTS.plug
class VitalsByPage(Vitals):
    """One row for each kind of page and class of device."""

    key = "vitals-by-page"
    label = _("Core Web Vitals by page")
    question = _("Which kinds of pages are slow, and on which devices?")
    definition = format_lazy("{} {}", DEFINITION, MASKED)
    picture = "bars"
    dimensions = (
        Dimension("template", _("Kind of page")),
        Dimension("device", _("Device"), "text", "device"),
    )
    order = "-loads"
    position = 153

    def query(self, facts: Facts, params: Params) -> Table:
        rows = self.behind(facts)
        return self._judged(rows.mutate(template=template(rows.path)), params, "template", "device")


@cache
def _of(key: str, vital: str) -> Report:
    """Return one report for a vital: what is asked is kept by it."""
    made = copy(REPORTS.get(key))
    made.measures = _measures(VITALS[vital])
    return made
