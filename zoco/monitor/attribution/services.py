"""Runs of attribution: ordered, counted in the background, stopped. What a dead worker left begins anew.

Of a site and question at most one is under way; whoever counts it holds its lock.
"""

from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.kit.periods import Period
from zoco.kit.runs import Tell
from zoco.ledger import sitebook
from zoco.ledger.store.opening import store
from zoco.monitor.attribution import counting
from zoco.monitor.attribution.definition import definition_of
from zoco.monitor.attribution.models import AttributionRun
from zoco.monitor.reports.conversions.touches import BY
from zoco.sites.models import Site
from zoco.sites.runs import ENDED, Runs
from zoco.stats.attribution import Measure

State = AttributionRun.State
DAYS_MOST = 732
KEPT = timedelta(days=400)
STEPS = 1 + len(counting.MODELS) * len(Measure)


class AttributionWrong(ValueError):
    """This cannot be counted; the message says why."""


def _enqueue(key: int) -> None:
    from zoco.monitor.tasks import attribution_count

    attribution_count.enqueue(run=key)


RUNS = Runs(
    model=AttributionRun,
    held_in="attributions",
    enqueue=_enqueue,
    waiting=State.WAITING,
    working=State.COUNTING,
    unforeseen=ENDED,
    tell_seconds=0,
)


def run_begin(*, site: int, by: str, first: date, last: date, user: int | None) -> AttributionRun:
    """Have a period of a site, by its key, counted. Raises AttributionWrong."""
    if by not in BY:
        raise AttributionWrong(_("Touches cannot be told apart by this; choose another."))
    if last < first or (last - first).days >= DAYS_MOST:
        raise AttributionWrong(_("A period has between 1 and %(most)s days.") % {"most": DAYS_MOST})
    if not definition_of(site).goals:
        raise AttributionWrong(_("This site has no goal that could be a conversion; set one first."))
    RUNS.look()
    with transaction.atomic():
        _alone(site=site, by=by, first=first, last=last)
        return RUNS.begin(
            AttributionRun(site_id=site, by=by, first_on=first, last_on=last, created_by_id=user, total=STEPS)
        )


def run_again(*, run: AttributionRun) -> None:
    """Count a run anew that is over, with the facts and the definition of today. Raises AttributionWrong."""
    RUNS.look()
    with transaction.atomic():
        over = AttributionRun.objects.exclude(state__in=RUNS.open_states)
        if over.filter(pk=run.pk).exists():
            _alone(site=run.site_id, by=run.by, first=run.first_on, last=run.last_on)
            RUNS.again_from(over, run, done=0)


def _alone(*, site: int, by: str, first: date, last: date) -> None:
    """Hold the site until the transaction ends. Raises AttributionWrong when the same is under way."""
    Site.objects.select_for_update().get(pk=site)
    same = AttributionRun.objects.filter(site=site, by=by, first_on=first, last_on=last)
    if same.filter(state__in=RUNS.open_states).exists():
        raise AttributionWrong(_("The same is being counted already; wait for it, or stop it."))


def run_through(*, key: int) -> AttributionRun | None:
    """Count a run; what went wrong stands in it. One that a dead worker left begins anew."""
    return RUNS.through(key, _count)


def _count(run: AttributionRun, _scratch: Path, tell: Tell) -> None:
    site = next(each for each in sitebook.sites() if each.id == run.site_id)
    opened = store()
    opened.drain()
    definition = definition_of(site.id)
    began = timezone.now()
    period = Period(run.first_on, run.last_on, site.zone)
    tell(done=0)
    found = counting.paths_of(site, period, definition, run.by, opened)
    rule = {
        "goals": [goal.name for goal in definition.goals],
        "lookback_days": definition.lookback_days,
        "is_by_person": definition.is_by_person,
        "currency": site.currency,
        "zone": site.zone,
    }
    done, shown = 1, {}
    tell(done=done)
    for measure in Measure:
        for key in counting.MODELS:
            shown[f"{measure.value} {key}"] = counting.credits_of(found, key, run.by, measure)
            done += 1
            tell(done=done)
    run.rule, run.result = rule, {"stands": counting.stands_on(found) | _when(began), "credits": shown}


def _when(began: datetime) -> dict[str, object]:
    seconds = (timezone.now() - began).total_seconds()
    return {"counted_at": began.isoformat(), "seconds": round(seconds, 1)}


def tidy() -> None:
    """Let runs that died with their process have failed, and forget those over a year old."""
    RUNS.look()
    AttributionRun.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
