"""Studies: begun by somebody, done in the background, stopped, kept with what they stand on.

One that is killed begins anew: nothing of it is read before it is done. At most one of a kind is under way
for a site.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from zoco.kit import holding
from zoco.kit.runs import QUIET, RunStopped, Tell, beating, teller
from zoco.kit.said import Said
from zoco.ledger import sitebook
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.people.models import Person
from zoco.research.models import Outcome, Study
from zoco.sites.wording import packed_said

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

log = logging.getLogger(__name__)
State = Study.State
LOCKS = "studies"
KEPT = 10
"""So many studies of a site and kind are kept; what an earlier one found goes with it."""
AT_ONCE = 2_000
ENDED = gettext_noop("The process ended.")
UNANSWERED = gettext_noop("The ledger did not answer; try again in a moment.")


class StudyWrong(Said, ValueError):
    """This cannot be studied, or not now; the message says why."""


class TooFewBuyers(StudyWrong):
    """There are too few people to tell anything of."""


Work = Callable[[Study, "SiteInfo", "Store", Tell], Iterable[Outcome]]
"""Works a study out: fills in `found`, tells how far it is, and yields what it finds of each person."""
WORKS: dict[str, Work] = {}


def study_begin(*, site: int, kind: str, wanted: dict[str, Any], by: int | None, at: datetime) -> Study:
    """Ask for a study. Raises StudyWrong while another of this site and kind is under way."""
    from zoco.research.tasks import study_do

    studies_bury(at=at)
    try:
        with transaction.atomic():
            study = Study.objects.create(
                site_id=site, kind=kind, wanted=wanted, until_at=at, told_at=at, created_by_id=by
            )
            study_do.enqueue(study=study.pk)
    except IntegrityError:
        words = gettext_noop("A study of this kind is under way; stop it or wait until it is done.")
        raise StudyWrong(words) from None
    return study


def study_stop(*, study: Study) -> None:
    """Let a study end at its next step; nothing is kept of it."""
    Study.objects.filter(pk=study.pk, state=State.WAITING).update(state=State.STOPPED)
    Study.objects.filter(pk=study.pk, state=State.RUNNING).update(is_to_stop=True)


def study_delete(*, study: Study) -> None:
    """Delete a study that is not under way, with all that it found."""
    open_ones = (State.WAITING, State.RUNNING)
    Study.objects.filter(pk=study.pk).exclude(state__in=open_ones).delete()


def studies_bury(*, at: datetime) -> int:
    """Let studies have failed whose process is gone; returns how many those are.

    One that was put back is begun again by another worker, and the lock of another machine is not seen here:
    it has ten minutes since it said anything.
    """
    quiet = Study.objects.filter(state=State.RUNNING, told_at__lt=at - QUIET)
    dead = [each.pk for each in quiet if not holding.is_held(LOCKS, str(each.pk))]
    found = Study.objects.filter(pk__in=dead, state=State.RUNNING)
    return found.update(state=State.FAILED, said=ENDED, told_at=at)


def study_through(*, key: int, store: Store | None = None) -> Study | None:
    """Do a study that was asked for; one that was cut off begins anew. What went wrong stands in it."""
    with sitebook.everything(), holding.held(LOCKS, str(key), seconds=holding.MOMENT) as folder:
        mine = Study.objects.filter(pk=key, state__in=[State.WAITING, State.RUNNING])
        if folder is None or not mine.update(state=State.RUNNING, told_at=timezone.now()):
            return Study.objects.filter(pk=key).first()
        study = Study.objects.get(pk=key)
        _done(study, store)
        return study


def _done(study: Study, store: Store | None) -> None:
    from zoco.ledger.store import opening

    Outcome.objects.filter(study=study).delete()
    study.said, study.places, study.found = "", {}, {}
    try:
        with beating(Study.objects.filter(pk=study.pk, state=State.RUNNING)):
            site = next(each for each in sitebook.sites() if each.id == study.site_id)
            opened = store or opening.store()
            opened.drain()
            tell = teller(study)
            outcomes_keep(WORKS[study.kind](study, site, opened, tell), tell)
        study.state, study.done = State.DONE, study.total
    except RunStopped:
        study.state = State.STOPPED
    except StudyWrong as wrong:
        study.state = State.FAILED
        study.said, study.places = packed_said(wrong)
    except (QueryFailed, StoreBusy) as error:
        study.state, study.said = State.FAILED, UNANSWERED
        log.warning("A study got no answer from the ledger. study=%s error=%s", study.pk, error)
    except Exception:
        study.state, study.said = State.FAILED, ENDED
        raise
    finally:
        _over(study)


def _over(study: Study) -> None:
    """Write how it ended, unless it was deleted meanwhile; what has no use any more goes."""
    study.told_at = timezone.now()
    with transaction.atomic():
        mine = Study.objects.select_for_update().filter(pk=study.pk)
        fields = ("state", "done", "total", "said", "places", "found", "until_at", "told_at")
        mine.update(**{name: getattr(study, name) for name in fields})
        same = Study.objects.filter(site=study.site_id, kind=study.kind)
        if study.state != State.DONE:
            Outcome.objects.filter(study=study).delete()
        elif study.kind == Study.Kind.VALUE:
            Outcome.objects.filter(study__in=same.filter(pk__lt=study.pk)).delete()
        kept = list(same.order_by("-pk").values_list("pk", flat=True)[:KEPT])
        same.exclude(pk__in=kept).exclude(state__in=[State.WAITING, State.RUNNING]).delete()


def outcomes_keep(found: Iterable[Outcome], tell: Tell) -> None:
    """Write what was found of people; whoever is gone meanwhile has no row."""
    batch: list[Outcome] = []
    for each in found:
        batch.append(each)
        if len(batch) == AT_ONCE:
            _batch_keep(batch)
            tell()
            batch = []
    _batch_keep(batch)


@transaction.atomic
def _batch_keep(batch: list[Outcome]) -> None:
    keys = [each.person_id for each in batch]
    rows = Person.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    there = set(rows.values_list("pk", flat=True))
    Outcome.objects.bulk_create(each for each in batch if each.person_id in there)


def last_done(site: int, kind: str) -> Study | None:
    """Return the last study of a site and kind that is done."""
    return Study.objects.filter(site=site, kind=kind, state=State.DONE).order_by("-pk").first()


def site_forget(site: int, until: datetime) -> None:
    """Forget what was found of a site's facts until then; one under way stops, and keeps nothing."""
    with sitebook.everything():
        mine = Study.objects.filter(site=site, created_at__lte=until + timedelta(seconds=1))
        mine.filter(state__in=[State.WAITING, State.RUNNING]).update(state=State.STOPPED, is_to_stop=True)
        mine.delete()
