"""Runs of attribution: ordered, counted in the background, stopped. What a dead worker left begins anew."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.kit.periods import Period
from zoco.kit.runs import RunStopped, beating, dead_fail, teller
from zoco.ledger import sitebook
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.ledger.store.opening import store
from zoco.monitor.attribution import counting
from zoco.monitor.attribution.definition import definition_of
from zoco.monitor.attribution.models import AttributionRun
from zoco.monitor.reports.conversions.touches import BY
from zoco.stats.attribution import Measure

State = AttributionRun.State
DAYS_MOST = 732
KEPT = timedelta(days=400)
STEPS = 1 + len(counting.MODELS) * len(Measure)


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
    with transaction.atomic():
        run = AttributionRun.objects.create(
            site_id=site, by=by, first_on=first, last_on=last, created_by_id=user, total=STEPS
        )
        _enqueue(run.pk)
    return run


def run_again(*, run: AttributionRun) -> None:
    """Count a run anew that is over, with the facts and the definition of today."""
    with transaction.atomic():
        over = AttributionRun.objects.filter(pk=run.pk, state__in=(State.DONE, State.STOPPED, State.FAILED))
        if over.update(state=State.WAITING, is_to_stop=False, said="", done=0):
            _enqueue(run.pk)


def run_stop(*, run: AttributionRun) -> None:
    """Let a run end at its next step."""
    AttributionRun.objects.filter(pk=run.pk, state=State.COUNTING).update(is_to_stop=True)
    AttributionRun.objects.filter(pk=run.pk, state=State.WAITING).update(state=State.STOPPED)


def _enqueue(key: int) -> None:
    from zoco.monitor.tasks import attribution_count

    attribution_count.enqueue(run=key)


def run_through(*, key: int) -> AttributionRun:
    """Count a run; what went wrong stands in it. One that a dead worker left begins anew."""
    run = AttributionRun.objects.get(pk=key)
    if not run.is_open:
        return run
    run.state, run.done = State.COUNTING, 0
    run.save(update_fields=["state", "done", "told_at"])
    try:
        with beating(AttributionRun.objects.filter(pk=key)):
            _count(run)
        run.state = State.DONE
    except RunStopped:
        run.state = State.STOPPED
    except StoreBusy:
        run.state, run.said = State.FAILED, "The ledger was busy; count again later."
    except QueryFailed as error:
        run.state, run.said = State.FAILED, str(error)[:500]
    except Exception as error:
        run.state, run.said = State.FAILED, str(error)[:500]
        raise
    finally:
        # Not `save`: one that was deleted meanwhile stays so.
        kept = {name: getattr(run, name) for name in ("state", "said", "done", "rule", "result")}
        AttributionRun.objects.filter(pk=key).update(**kept, told_at=timezone.now())
    return run


def _count(run: AttributionRun) -> None:
    with sitebook.everything():
        site = next(each for each in sitebook.sites() if each.id == run.site_id)
    definition = definition_of(site.id)
    tell = teller(run, every_seconds=0)
    began = timezone.now()
    period = Period(run.first_on, run.last_on, site.zone)
    tell(done=0)
    found = counting.paths_of(site, period, definition, run.by, store())
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
    dead_fail(AttributionRun.objects.filter(state=State.COUNTING), failed=State.FAILED)
    AttributionRun.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
