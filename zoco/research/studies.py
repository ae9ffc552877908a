"""Studies: begun by somebody, done in the background, stopped, kept with what they stand on.

One that is killed begins anew: nothing of it is read before it is done. At most one of a kind is under way
for a site.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from zoco.kit.runs import Tell
from zoco.kit.said import Said
from zoco.ledger import sitebook
from zoco.people.models import Person
from zoco.research.models import Outcome, Study
from zoco.sites.runs import ENDED, Runs

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

State = Study.State
KEPT = 10
"""So many studies of a site and kind are kept; what an earlier one found goes with it."""
AT_ONCE = 2_000


class StudyWrong(Said, ValueError):
    """This cannot be studied, or not now; the message says why."""


class TooFewBuyers(StudyWrong):
    """There are too few people to tell anything of."""


Work = Callable[[Study, "SiteInfo", "Store", Tell], Iterable[Outcome]]
"""Works a study out: fills in `found`, tells how far it is, and yields what it finds of each person."""
WORKS: dict[str, Work] = {}


def _enqueue(key: int) -> None:
    from zoco.research.tasks import study_do

    study_do.enqueue(study=key)


def _over(study: Study) -> None:
    """Forget what has no use any more, now that it is written how a study ended."""
    same = Study.objects.filter(site=study.site_id, kind=study.kind)
    if study.state != State.DONE:
        Outcome.objects.filter(study=study).delete()
    elif study.kind == Study.Kind.VALUE:
        Outcome.objects.filter(study__in=same.filter(pk__lt=study.pk)).delete()
    kept = list(same.order_by("-pk").values_list("pk", flat=True)[:KEPT])
    same.exclude(pk__in=kept).exclude(state__in=RUNS.open_states).delete()


RUNS = Runs(
    model=Study,
    held_in="studies",
    enqueue=_enqueue,
    waiting=State.WAITING,
    working=State.RUNNING,
    places="places",
    unforeseen=ENDED,
    over=_over,
)


def study_begin(*, site: int, kind: str, wanted: dict[str, Any], by: int | None, at: datetime) -> Study:
    """Ask for a study. Raises StudyWrong while another of this site and kind is under way."""
    RUNS.look()
    asked = Study(site_id=site, kind=kind, wanted=wanted, until_at=at, told_at=at, created_by_id=by)
    try:
        return RUNS.begin(asked)
    except IntegrityError:
        words = gettext_noop("A study of this kind is under way; stop it or wait until it is done.")
        raise StudyWrong(words) from None


def study_through(*, key: int, store: Store | None = None) -> Study | None:
    """Do a study that was asked for; one that was cut off begins anew. What went wrong stands in it."""
    return RUNS.through(key, partial(_work, store))


def _work(store: Store | None, study: Study, _scratch: Path, tell: Tell) -> None:
    from zoco.ledger.store import opening

    Outcome.objects.filter(study=study).delete()
    study.found = {}
    site = next(each for each in sitebook.sites() if each.id == study.site_id)
    opened = store or opening.store()
    opened.drain()
    outcomes_keep(WORKS[study.kind](study, site, opened, tell), tell)
    study.done = study.total


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
        mine.filter(state__in=RUNS.open_states).update(state=State.STOPPED, is_to_stop=True)
        mine.delete()
