"""Retention: of those who came for the first time in a step of time, how many came back in later ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from functools import cache
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from zoco.ledger import expr
from zoco.ledger.asking.goals import goals_of, goals_of_facts
from zoco.ledger.expr import Table
from zoco.ledger.report import (
    GRAIN,
    REPORTS,
    Choices,
    Dimension,
    Measure,
    Parameter,
    ParameterWrong,
    Params,
    Report,
)
from zoco.monitor.reports import words
from zoco.monitor.reports.cohorts.returns import Deed, everybody, now
from zoco.monitor.reports.cohorts.spans import (
    BRACKETS_PARAMETER,
    KINDS,
    LENGTHS,
    Span,
    is_within,
    room_days,
    spans_of,
    unfolded,
)
from zoco.stats.proportions import wilson

if TYPE_CHECKING:
    from zoco.kit.periods import Grain
    from zoco.ledger.scope import Facts
    from zoco.ledger.sitebook import SiteInfo

VISIT = ("", pgettext_lazy("cohort", "any page view"))
UNTIL = Measure("until", pgettext_lazy("cohort", "To step"), formula=_("last step of the bracket"))


@REPORTS.plug
class Retention(Report):
    """One row for each cohort and each step of time that has begun since, twelve at most."""

    key = "retention"
    label = pgettext_lazy("cohort", "Retention")
    question = _("Of those who come for the first time, how many come back, and when?")
    definition = _(
        "A cohort is everybody who did what is chosen as first, for the first time ever, in one day, week or "
        "month of the period, and fits the filters there; facts before the period count for who is no longer "
        "new. A known person counts once whatever the browser, else a browser. Whoever did not consent is "
        "another browser each day, and is never seen coming back on another. Step 0 is the day, week or "
        "month of the first time itself, from that moment on, the first fact included; steps are those of "
        "the site's calendar, and those after the period count as well. Counted is who came back in just "
        "that step, or in that step or any later one, or in any step of a bracket such as 4 to 7. The "
        "share is of the whole cohort, with the bounds within which the true share lies with 95% "
        "confidence, if people decide independently of each other; in step 0 it needs none where coming back "
        "is what made the cohort. A step that is not over by the newest fact of the site has no figures yet."
    )
    method = words.WILSON
    uncertainty = words.SCORE
    picture = "grid"
    dimensions = (
        Dimension("cohort", pgettext_lazy("cohort", "Cohort"), "bucket"),
        Dimension("step", pgettext_lazy("cohort", "Steps since"), "number"),
    )
    measures = (
        Measure(
            "people",
            pgettext_lazy("cohort", "People"),
            formula=_("number of people, or browsers, of the cohort"),
        ),
        Measure(
            "came",
            pgettext_lazy("cohort", "Came back"),
            may_lack=True,
            formula=_("number of those of the cohort who came back"),
        ),
        Measure("share", _("Share"), "percent", may_lack=True, formula=_("came back ÷ people of the cohort")),
        words.RATE_LOW,
        words.RATE_HIGH,
    )
    parameters = (
        Parameter("grain", GRAIN.label, "week", GRAIN.choices[1:]),
        Parameter("kind", pgettext_lazy("cohort", "Counted"), "classic", KINDS),
        BRACKETS_PARAMETER,
        Parameter("first", pgettext_lazy("cohort", "First time"), ""),
        Parameter("back", pgettext_lazy("cohort", "Came back by"), ""),
    )
    order = "cohort"
    counts = "rows"
    compares = False
    position = 18

    def turned(self, params: Params) -> Report:
        """Return the report with the ends of brackets, where they are counted. Raises ParameterWrong."""
        spans_of(params)
        return _bracketed() if params["kind"] == "bracket" else self

    def given(self, site: SiteInfo, params: Params) -> tuple[Deed, Deed]:
        """Return what makes a cohort and what is coming back. Raises ParameterWrong for an unknown goal."""
        return deed_of(site, str(params["first"])), deed_of(site, str(params["back"]))

    def offered(self, site: SiteInfo) -> Mapping[str, Choices]:
        """Return the goals of the site that are facts."""
        return dict.fromkeys(("first", "back"), deeds_offered(site))

    def query(self, facts: Facts, params: Params) -> Table:
        first, back = facts.given
        grain, spans = cast("Grain", params["grain"]), spans_of(params)
        room, long = room_days(grain, spans), LENGTHS[grain]
        each = everybody(facts, first, back, grain, room)
        came = _counted(each, spans, long, is_rolling=params["kind"] == "rolling")
        begun = unfolded(came.cross_join(now(facts, grain, room)), spans, long, "came")
        return _told(begun, is_same=first == back).select(*self.columns)


@cache
def _bracketed() -> Report:
    made = copy(REPORTS.get(Retention.key))
    made.measures = (made.measures[0], UNTIL, *made.measures[1:])
    return made


def deeds_offered(site: SiteInfo) -> Choices:
    """Return what may be done for the first time, or again: a view of any page, or goals that are facts."""
    return (VISIT, *((each.name, each.name) for each in goals_of_facts(site.id)))


def deed_of(site: SiteInfo, name: str) -> Deed:
    """Return the goal of a name, None for any page view. Raises ParameterWrong."""
    if not name:
        return None
    found = next((each for each in goals_of(site.id) if each.name == name), None)
    if found is None:
        raise ParameterWrong(gettext_noop("This site has no goal “%(name)s”; choose another."), name=name)
    if found.kind == "engagement":
        raise ParameterWrong(gettext_noop("“%(name)s” is about whole visits; choose another."), name=name)
    return found


def _counted(each: Table, spans: Sequence[Span], long: int, *, is_rolling: bool) -> Table:
    """Return one row a cohort: cohort, people, and came_0, came_1 … for each span."""
    if is_rolling:
        each = each.group_by("who", "cohort").aggregate(is_new=each.is_new.max(), gap=each.gap.max())
    elif any(span.first < span.last for span in spans):
        return _of_people(each, spans, long)
    return each.group_by("cohort").aggregate(
        people=each.is_new.sum(),
        **{f"came_{n}": expr.ones(is_within(each.gap, span, long)).sum() for n, span in enumerate(spans)},
    )


def _of_people(each: Table, spans: Sequence[Span], long: int) -> Table:
    """Count each once in a span, in however many of its steps he came."""
    names = [f"came_{n}" for n in range(len(spans))]
    inside = [expr.ones(is_within(each.gap, span, long)).max() for span in spans]
    by_person = each.group_by("who", "cohort").aggregate(
        is_new=each.is_new.max(), **dict(zip(names, inside, strict=True))
    )
    sums = {name: by_person[name].sum() for name in names}
    return by_person.group_by("cohort").aggregate(people=by_person.is_new.sum(), **sums)


def _told(begun: Table, *, is_same: bool) -> Table:
    """Return figures of those spans that are over."""
    low, high = wilson(begun.came.cast("float64"), begun.people.cast("float64"))
    is_unsure = begun.is_over & (begun.step > 0) if is_same else begun.is_over
    return begun.mutate(
        # Sums of ones are unsigned on one engine, which has no type for them beside a null that is signed.
        came=expr.only_if(begun.is_over, begun.came.cast("float64")).cast("int64"),
        share=expr.only_if(begun.is_over, expr.share(begun.came, begun.people)),
        rate_low=expr.only_if(is_unsure, low),
        rate_high=expr.only_if(is_unsure, high),
    )
