"""Before and after: the steps that people take before or after any fact, as a Sankey and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from zoco.ledger import expr
from zoco.ledger.asking import along
from zoco.ledger.asking.goals import Goal, goals_of, goals_of_facts
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Choices, Dimension, Measure, Parameter, ParameterWrong, Params, Report
from zoco.monitor.conditions import ConditionUnreadable, conditions_read
from zoco.monitor.reports.flows.walks import (
    CODE_OF,
    EVERY_PAGE,
    OTHERS,
    Anchor,
    Walk,
    labelled,
    labels,
    walked,
)

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts
    from zoco.ledger.sitebook import SiteInfo

NODES_MOST = 8
"""So many labels of a step, the most frequent, stand for themselves."""
LENGTH_MOST = 200
WHATS = (
    ("page", _("Page")),
    ("fact", pgettext_lazy("flow", "Fact")),
    ("source", _("Source")),
)
SIDES = (("after", pgettext_lazy("flow", "After it")), ("before", pgettext_lazy("flow", "Before it")))
DAYS = (
    ("1", pgettext_lazy("flow", "1 day")),
    ("7", pgettext_lazy("flow", "7 days")),
    ("30", pgettext_lazy("flow", "30 days")),
)
STEPS = (
    ("1", pgettext_lazy("flow", "1 step")),
    ("2", pgettext_lazy("flow", "2 steps")),
    ("3", pgettext_lazy("flow", "3 steps")),
    ("4", pgettext_lazy("flow", "4 steps")),
    ("5", pgettext_lazy("flow", "5 steps")),
)


@REPORTS.plug
class Flows(Report):
    """One row for each step and pair of labels: the ribbons of a Sankey."""

    key = "flows"
    label = pgettext_lazy("flow", "Before and after")
    question = _("What do people do before a fact, and what after it?")
    definition = _(
        "Each visit, or each visitor, counts once: from the first time the chosen fact happened in the "
        "period and fits the filters. From there the steps after it are followed in order of time, or those "
        "before it backwards; the same step several times in a row is one. Of visitors those steps count "
        "that lie within the chosen days from that fact, also outside the period; a known person is one "
        "whatever the browser, and whoever did not consent is another visitor each day. Steps are pages "
        "viewed, facts (not those that come with a page by themselves: how long it was looked at, its "
        "files, its speed), or what visits began with. Of each step the 8 most frequent values stand for "
        "themselves, the others are together. “Ended here” is who took no further step; “may still go on” "
        "is who still can: the newest fact of the site is less than 30 minutes after the last step of a "
        "visit, or the days of a visitor are not over by then. The first share is of everybody who did the "
        "fact, the second of those who stood at the step nearer to it."
    )
    picture = "flow"
    dimensions = (
        Dimension("step", pgettext_lazy("flow", "Step"), "number"),
        Dimension("one", pgettext_lazy("flow", "From"), "node"),
        Dimension("other", pgettext_lazy("flow", "To"), "node"),
    )
    measures = (
        Measure(
            "times",
            pgettext_lazy("flow", "Visits or visitors"),
            formula=_("number of visits, or visitors, that took the step"),
        ),
        Measure(
            "part",
            pgettext_lazy("flow", "Of all"),
            "percent",
            formula=_("times ÷ everybody who did the chosen fact"),
        ),
        Measure(
            "of_near",
            pgettext_lazy("flow", "Of the step nearer to the fact"),
            "percent",
            formula=_("times ÷ those who stood at the step nearer to the fact"),
        ),
    )
    parameters = (
        Parameter("side", pgettext_lazy("flow", "Steps"), "after", SIDES),
        Parameter("what", pgettext_lazy("flow", "A step is"), "page", WHATS),
        Parameter(
            "whose",
            pgettext_lazy("flow", "Counted by"),
            "visit",
            (("visit", pgettext_lazy("flow", "By visit")), ("visitor", pgettext_lazy("flow", "By visitor"))),
        ),
        Parameter("days", pgettext_lazy("flow", "Days of a visitor"), "7", DAYS),
        Parameter("steps", pgettext_lazy("flow", "How many steps"), "3", STEPS),
        Parameter("goal", pgettext_lazy("flow", "From this goal"), ""),
        Parameter("fact", pgettext_lazy("flow", "or from this page, event or fact"), EVERY_PAGE),
        Parameter("where", pgettext_lazy("flow", "with properties, such as plan = gold; n > 3"), ""),
    )  # fmt: skip
    order = "-times"
    counts = "rows"
    compares = False
    position = 53

    def offered(self, site: SiteInfo) -> Mapping[str, Choices]:
        """Return the goals of the site that are facts."""
        none = ("", pgettext_lazy("flow", "none, but what is written beside"))
        return {"goal": (none, *((each.name, each.name) for each in goals_of_facts(site.id)))}

    def given(self, site: SiteInfo, params: Params) -> Walk:
        """Return which walks are asked for. Raises ParameterWrong."""
        if params["what"] == "source" and params["whose"] == "visit":
            said = gettext_noop("A visit has one source; count by visitor to see which visits follow on it.")
            raise ParameterWrong(said)
        return Walk(
            _anchor(site, params),
            str(params["what"]),
            params["side"] == "before",
            params["whose"] == "visit",
            int(params["days"]),
            int(params["steps"]),
        )

    def query(self, facts: Facts, params: Params) -> Table:
        walk: Walk = facts.given or Walk(Anchor(Goal(EVERY_PAGE, "page", EVERY_PAGE)))
        each = _folded(walked(facts, walk))
        counted = each.group_by(step="number", near="near", far="far").aggregate(times=each.count())
        everybody = along.of_group((counted.step == 1).ifelse(counted.times, 0).sum(), counted)
        here = along.of_group(counted.times.sum(), counted, "step", "near")
        ends = ("far", "near") if walk.is_back else ("near", "far")
        told = counted.mutate(
            part=expr.share(counted.times, everybody), of_near=expr.share(counted.times, here)
        )
        for end in ("near", "far"):
            told = labelled(told, end, labels(facts, walk))
        told = told.mutate(near=(told.step == 1).ifelse(expr.text(walk.anchor.goal.name), told.near))
        return told.select("step", "times", "part", "of_near", one=told[ends[0]], other=told[ends[1]])


def _folded(rows: Table) -> Table:
    """Return steps and ends by their codes, rare labels of each step as one: number, near, far."""
    steps = rows.filter(rows.is_end == 0)
    each = steps.group_by("number", "code").aggregate(times=steps.count())
    place = along.place_in(each, ["number"], each.times.desc(), each.code.asc())
    often = each.mutate(place=place).filter(lambda ranked: ranked["place"] <= NODES_MOST)
    others = expr.whole(CODE_OF[OTHERS])
    own = often.select(__number="number", __code="code")
    both = rows.left_join(own, [rows.number == own["__number"], rows.code == own["__code"]])
    is_own = (both.is_end == 1) | both["__code"].notnull()
    far = both.select("number", "before", far=is_own.ifelse(both.code, others))
    theirs = often.select(__step=often.number + 1, __near="code")
    both = far.left_join(theirs, [far.number == theirs["__step"], far.before == theirs["__near"]])
    is_own = (both.number == 1) | both["__near"].notnull()
    return both.select("number", "far", near=is_own.ifelse(both.before, others))


def _anchor(site: SiteInfo, params: Params) -> Anchor:
    """Read the fact that walks go from: a goal, or a page, event or fact with conditions."""
    chosen, written = str(params["goal"]), str(params["fact"]).strip()
    if chosen:
        goal = next((each for each in goals_of(site.id) if each.name == chosen), None)
        if goal is None:
            said = gettext_noop("This site has no goal “%(name)s”; choose another.")
            raise ParameterWrong(said, name=chosen)
        if goal.kind == "engagement":
            raise ParameterWrong(
                gettext_noop("“%(name)s” is about whole visits; choose another."), name=chosen
            )
    elif not written or len(written) > LENGTH_MOST:
        said = gettext_noop("Write the path of a page, such as /prices, or the name of an event or a fact.")
        raise ParameterWrong(said)
    else:
        kind = "page" if written.startswith("/") else "event"
        goal = Goal(written, "page", written) if kind == "page" else Goal(written, "event", event=written)
    try:
        conditions = conditions_read(str(params["where"]).replace(";", "\n"))
    except ConditionUnreadable as error:
        raise ParameterWrong("%(said)s", said=str(error)) from None
    return Anchor(goal, tuple(conditions))
