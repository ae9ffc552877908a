"""Runs of attribution: ordered, counted in the background, stopped. What a dead worker left begins anew.

Of a site and question at most one is under way; whoever counts it holds its lock.
"""

import logging
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zoco.kit import holding
from zoco.kit.periods import Period
from zoco.kit.runs import ENDED, RunStopped, beating, dead_fail, teller
from zoco.ledger import sitebook
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.ledger.store.opening import store
from zoco.monitor.attribution import counting
from zoco.monitor.attribution.definition import definition_of
from zoco.monitor.attribution.models import AttributionRun
from zoco.monitor.reports.conversions.touches import BY
from zoco.sites.models import Site
from zoco.stats.attribution import Measure

log = logging.getLogger(__name__)
State = AttributionRun.State
DAYS_MOST = 732
KEPT = timedelta(days=400)
STEPS = 1 + len(counting.MODELS) * len(Measure)
OPEN = (State.WAITING, State.COUNTING)
LOCKS = "attributions"
UNANSWERED = gettext_noop("The ledger did not answer; try again in a moment.")


class AttributionWrong(ValueError):
    """This cannot be counted; the message says why."""


def run_begin(*, site: int, by: str, first: date, last: date, user: int | None) -> AttributionRun:
    """Have a period of a site, by its key, counted. Raises AttributionWrong."""
    if by not in BY:
        raise AttributionWrong(_("Touches cannot be told apart by this; choose another."))
    if last < first or (last - first).days >= DAYS_MOST:
        raise AttributionWrong(_("A period has between 1 and %(most)s days.") % {"most": DAYS_MOST})
    if not definition_of(site).goals:
        raise AttributionWrong(_("This site has no goal that could be a conversion; set one first."))
    dead_bury()
    with transaction.atomic():
        _alone(site=site, by=by, first=first, last=last)
        run = AttributionRun.objects.create(
            site_id=site, by=by, first_on=first, last_on=last, created_by_id=user, total=STEPS
        )
        _enqueue(run.pk)
    return run


def run_again(*, run: AttributionRun) -> None:
    """Count a run anew that is over, with the facts and the definition of today. Raises AttributionWrong."""
    dead_bury()
    with transaction.atomic():
        over = AttributionRun.objects.filter(pk=run.pk, state__in=(State.DONE, State.STOPPED, State.FAILED))
        if not over.exists():
            return
        _alone(site=run.site_id, by=run.by, first=run.first_on, last=run.last_on)
        if over.update(state=State.WAITING, is_to_stop=False, said="", done=0, told_at=timezone.now()):
            _enqueue(run.pk)


def _alone(*, site: int, by: str, first: date, last: date) -> None:
    """Hold the site until the transaction ends. Raises AttributionWrong when the same is under way."""
    Site.objects.select_for_update().get(pk=site)
    same = AttributionRun.objects.filter(site=site, by=by, first_on=first, last_on=last, state__in=OPEN)
    if same.exists():
        raise AttributionWrong(_("The same is being counted already; wait for it, or stop it."))


def run_stop(*, run: AttributionRun) -> None:
    """Let a run end at its next step."""
    AttributionRun.objects.filter(pk=run.pk, state=State.WAITING).update(state=State.STOPPED)
    AttributionRun.objects.filter(pk=run.pk, state=State.COUNTING).update(is_to_stop=True)


def _enqueue(key: int) -> None:
    from zoco.monitor.tasks import attribution_count

    attribution_count.enqueue(run=key)


def run_through(*, key: int) -> AttributionRun | None:
    """Count a run; what went wrong stands in it. One that a dead worker left begins anew.

    None for one that is gone; as it is when it is over, or another worker is at it.
    """
    with sitebook.everything(), holding.held(LOCKS, str(key), seconds=holding.MOMENT) as folder:
        mine = AttributionRun.objects.filter(pk=key, state__in=OPEN)
        is_mine = folder is not None and mine.update(state=State.COUNTING, done=0, told_at=timezone.now())
        run = AttributionRun.objects.filter(pk=key).first()
        if run is not None and is_mine:
            _held(run)
        return run


def _held(run: AttributionRun) -> None:
    mine = AttributionRun.objects.filter(pk=run.pk, state=State.COUNTING)
    run.said = ""
    try:
        with beating(mine):
            _count(run)
        run.state = State.DONE
    except RunStopped:
        run.state = State.STOPPED
    except (QueryFailed, StoreBusy) as error:
        run.state, run.said = State.FAILED, UNANSWERED
        log.warning("An attribution got no answer from the ledger. run=%s error=%s", run.pk, error)
    except Exception:
        run.state, run.said = State.FAILED, ENDED
        raise
    finally:
        # Not `save`: one that was deleted meanwhile stays so.
        kept = {name: getattr(run, name) for name in ("state", "said", "done", "rule", "result")}
        mine.update(**kept, told_at=timezone.now())


def _count(run: AttributionRun) -> None:
    site = next(each for each in sitebook.sites() if each.id == run.site_id)
    opened = store()
    opened.drain()
    definition = definition_of(site.id)
    tell = teller(run, every_seconds=0)
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


def is_held(run: AttributionRun) -> bool:
    """Say whether a process of this machine is at a run."""
    return holding.is_held(LOCKS, str(run.pk))


def dead_bury() -> None:
    """Let runs that died with their process have failed."""
    dead_fail(AttributionRun.objects.filter(state=State.COUNTING), failed=State.FAILED, is_held=is_held)


def tidy() -> None:
    """Let runs that died with their process have failed, and forget those over a year old."""
    dead_bury()
    holding.left_clear(LOCKS)
    AttributionRun.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
