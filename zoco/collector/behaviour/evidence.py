"""What signs weigh, and the verdict that they add up to.

Weights are decibans, ten times the logarithm to base ten of how much likelier a sign is with a machine
than with a person (I. J. Good, Probability and the Weighing of Evidence, 1950, chapter 6), and add up.
A visit is a machine's from EVIDENCE on: a hundred to one. The guide says where each weight comes from.
"""

from typing import Any

from zoco.collector.behaviour import signs
from zoco.collector.behaviour.reasons import CLUSTER, NO_ASSETS, TOO_FAST, UNATTENDED
from zoco.ledger import expr
from zoco.ledger.expr import Table, Value

EVIDENCE = 20
# A page a second: for whole visits of so many pages; and half a second of looking at each excuses it.
FAST_PAGES = 6
FAST_FILES_PAGES = 12
SECOND = 1_000
LOOKED_EACH = 500
# Time is measured on a site if so many visits of the day, and such a share, have any.
MEASURED_VISITS, MEASURED_SHARE = 5, 0.03
FILES_SHARE = 0.2
# A cluster has so many visits, so many times as many and so many standard deviations more than elsewhere
# on the site; what is usual there is taken from marks of which fewer than such a share are of that kind.
CLUSTER_VISITS, CLUSTER_TIMES, CLUSTER_DEVIATIONS, CLUSTER_SHARE = 10, 3, 4.0, 0.5
USUAL_LEAST = 0.05
QUIET_LEAST = 250
RESTING_MICROS = 30 * 60 * 1_000_000


def judged(rows: Table, until: int) -> Table:
    """Add `found`, the reason that a visit's behaviour gives, "" for none, to what `signs.joined` gives.

    Visits that may still go on at `until` (UTC microseconds) are not judged.
    """
    rows = _with_days(_quiet(rows))
    rows = _with_clusters(rows)
    quiet, bare = rows.quiet & rows.has_time, _bare(rows)
    fast = _fast(rows)
    lonely = _weigh(rows, 10) >= EVIDENCE
    import ibis

    found = ibis.cases(
        (rows.ended > until - RESTING_MICROS, ""),
        (fast, TOO_FAST),
        (rows.in_cluster, CLUSTER),
        (quiet & (rows.name == signs.VIEWED) & (rows.views >= 3) & lonely, UNATTENDED),
        (bare & lonely, NO_ASSETS),
        else_="",
    )
    return rows.mutate(found=found)


def _quiet(rows: Table) -> Table:
    """Add whether nothing happened on the pages but that they were shown."""
    return rows.mutate(quiet=(rows.looked < rows.views * QUIET_LEAST) & (rows.deeds == 0))


def _with_days(rows: Table) -> Table:
    """Add whether the day's visits show that the site measures time, and that its log has files."""
    seen = rows.name == signs.VIEWED
    days = rows.group_by("day").aggregate(
        visits=expr.ones(seen).sum(),
        looking=expr.ones(seen & (rows.looked > 0)).sum(),
        logged=expr.ones(~seen).sum(),
        filed=expr.ones(~seen & (rows.files > 0)).sum(),
    )
    days = days.select(
        "day",
        has_time=(days.looking >= MEASURED_VISITS) & (days.looking >= days.visits * MEASURED_SHARE),
        has_files=(days.filed >= MEASURED_VISITS) & (days.filed >= days.logged * FILES_SHARE),
    )
    return rows.inner_join(days, ["day"])


def _fast(rows: Table) -> Value:
    """Return whether more than a page a second was turned, throughout or for a run, and none looked at.

    Who opens many tabs at once looks at them afterwards; people behind one address do so meanwhile. Where
    time is not measured, files say that a browser was there, and then only a long visit counts.
    """
    steps = rows.views - 1
    throughout = rows.gaps <= steps * SECOND
    run = rows.run <= (signs.RUN - 1) * SECOND
    looked = (rows.looked >= rows.views * LOOKED_EACH) | (rows.deeds > 0)
    by_browser = (rows.name == signs.SERVED) & (rows.files >= rows.views)
    pages = by_browser.ifelse(rows.views >= FAST_FILES_PAGES, rows.views >= FAST_PAGES)
    timed = (rows.name == signs.VIEWED) & rows.has_time
    return pages & (throughout | (run & ~by_browser & (timed | ~by_browser))) & ~looked


def _bare(rows: Table) -> Value:
    """Return whether a log shows pages without the files that belong to them, and no script ran."""
    return (
        (rows.name == signs.SERVED)
        & rows.has_files
        & (rows.files == 0)
        & (rows.scripts == 0)
        & (rows.views >= 3)
    )


def _weigh(rows: Table, first: int) -> Any:
    """Return the evidence in decibans: `first` for what is missing, and what the rest adds."""
    import ibis

    steps = (rows.views - 1).cast("float64")
    # The square of the coefficient of variation of the times between pages, times their sum's square.
    spread, scale = steps * rows.squares - rows.gaps * rows.gaps, rows.gaps * rows.gaps
    even: Any = ibis.cases(
        ((rows.views >= 12) & (spread < scale * 0.25), 18),
        ((rows.views >= 8) & (spread < scale * 0.25), 12),
        ((rows.views >= 6) & (spread < scale * 0.25), 8),
        ((rows.views >= 4) & (spread < scale * 0.09), 8),
        ((rows.views >= 5) & (spread < scale * 0.25), 6),
        else_=0,
    )
    many = ibis.cases((rows.views >= 50, 12), (rows.views >= 20, 7), (rows.views >= 10, 4), else_=0)
    hasty = (rows.gaps < steps * 2 * SECOND).ifelse(5, 0)
    tongueless = (rows.language == "").ifelse(4, 0)
    direct = (rows.channel == "direct").ifelse(2, 0)
    return even + many + hasty + tongueless + direct + first


def _with_clusters(rows: Table) -> Table:
    """Add whether a visit is one of many of one page each that have the same marks.

    A binomial test with the normal approximation: how many visits with these marks saw one page and
    nothing else, against the share of such visits among those with other marks.
    """
    marks = ["day", *signs.ALIKE]
    single = (rows.name == signs.VIEWED) & (rows.views == 1) & rows.quiet & (rows.screen != "")
    seen = rows.name == signs.VIEWED
    groups = rows.group_by(marks).aggregate(ones=expr.ones(single).sum(), all=expr.ones(seen).sum())
    groups = groups.mutate(
        thick=(groups.ones >= CLUSTER_VISITS) & (groups.ones >= groups.all * CLUSTER_SHARE)
    )
    usual = groups.group_by("day").aggregate(
        usual_ones=groups.thick.ifelse(0, groups.ones).sum(),
        usual_all=groups.thick.ifelse(0, groups["all"]).sum(),
    )
    groups = groups.inner_join(usual, ["day"])
    share = (groups.usual_all > 0).ifelse(
        groups.usual_ones.cast("float64") / groups.usual_all.cast("float64").nullif(0), 0.5
    )
    share = (share < USUAL_LEAST).ifelse(USUAL_LEAST, share)
    expected = groups["all"] * share
    bound = expected + CLUSTER_DEVIATIONS * (expected * (1 - share)).sqrt()
    is_many = (groups.ones >= CLUSTER_VISITS) & (groups.ones >= expected * CLUSTER_TIMES)
    thick = groups.select(*marks, clustered=is_many & (groups.ones > bound))
    rows = rows.mutate(single=single).inner_join(thick, marks)
    return rows.mutate(in_cluster=rows.single & rows.clustered & rows.has_time)
