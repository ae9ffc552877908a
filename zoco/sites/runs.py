"""Runs in the background: begun, stopped, gone on with, buried. What all models of runs share.

A model of runs has state, said and told_at, most have is_to_stop, done, total and said_places; one ends as
`done`, `stopped` or `failed`. Whoever works at a run holds its lock: one process does at a time. One that
dies leaves it as its last transaction was; its task goes on with it, or `look` lets it have failed.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from zoco.kit import holding
from zoco.kit.masks import masked
from zoco.kit.runs import TELL_SECONDS, RunStopped, Tell, beating, dead_fail, teller
from zoco.kit.said import Said
from zoco.ledger import sitebook
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.sites.wording import packed_said

log = logging.getLogger(__name__)

DONE, STOPPED, FAILED = "done", "stopped", "failed"
# `zoco.kit.runs.ENDED`: the kit has no catalogue, and each page of a run, here and above, says it translated.
ENDED = gettext_noop("The process ended.")
UNANSWERED = gettext_noop("The ledger did not answer; try again in a moment.")
Run = TypeVar("Run", bound=Model)
Work = Callable[[Any, Path, Tell], str | None]
"""Works a run out with a folder for scratch and what to tell; returns its state, None for done."""


class BackgroundRun(models.Model):
    """What most models of runs have: that one is to stop, what is said of it, who asked for it.

    A model that says more has a longer `said` of its own.
    """

    is_to_stop = models.BooleanField(default=False)
    said = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        abstract = True


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended, and what is said of it."""

    state: str
    said: str = ""
    places: Mapping[str, Any] = field(default_factory=dict)


def _unforeseen(_error: Exception) -> Ending | None:
    return None


def _pass(_run: Any) -> None:
    pass


def _own(run: Any) -> str:
    return str(run.pk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs(Generic[Run]):
    """Runs of one model. `enqueue` gets the key of a run and has `through` called in the background.

    `held_in` and `lock` name what is held meanwhile: runs with one lock follow each other. A model in which
    none waits has no state `waiting`. `ends` knows what an error means that no other model has; of one that
    nobody foresaw `unforeseen` is said, or else the error. What `heals` is raised and leaves the run under
    way. At its end all that a run holds is written, of keys of other rows the `links`; `over` is called with
    it then, in the same transaction.
    """

    model: type[Run]
    held_in: str
    enqueue: Callable[[int], object]
    lock: Callable[[Any], str] = _own
    waiting: str = ""
    working: str = "working"
    places: str = "said_places"
    ends: Callable[[Exception], Ending | None] = _unforeseen
    unforeseen: str = ""
    heals: tuple[type[Exception], ...] = ()
    links: tuple[str, ...] = ()
    over: Callable[[Any], object] = _pass
    tell_seconds: float = TELL_SECONDS

    @property
    def rows(self) -> Any:
        """All runs that may be seen."""
        return self.model._default_manager.all()

    @property
    def open_states(self) -> tuple[str, ...]:
        """The states of runs that are still to do."""
        return (self.waiting, self.working) if self.waiting else (self.working,)

    def begin(self, run: Run) -> Run:
        """Keep a run that is asked for, and have it done in the background."""
        with transaction.atomic():
            run.save(force_insert=True)
            self.enqueue(run.pk)
        return run

    def again(self, run: Run, **fresh: object) -> bool:
        """Have one done that was stopped or failed; returns whether it begins."""
        return self.again_from(self.rows.filter(state__in=[STOPPED, FAILED]), run, **fresh)

    def again_from(self, ended: QuerySet[Run], run: Run, **fresh: object) -> bool:
        """Have a run done if it is one of these; returns whether it begins."""
        blank = {"is_to_stop": False, "said": "", self.places: {}}
        values = self._kept(blank) | {"state": self.open_states[0], "told_at": timezone.now()} | fresh
        with transaction.atomic():
            begun = ended.filter(pk=run.pk).update(**values)
            if begun:
                self.enqueue(run.pk)
        return bool(begun)

    def stop(self, run: Run) -> None:
        """Let it end at its next step; one that nobody is at ends now."""
        mine = self.rows.filter(pk=run.pk)
        if self.waiting:
            mine.filter(state=self.waiting).update(state=STOPPED, told_at=timezone.now())
        mine.filter(state=self.working).update(is_to_stop=True)

    def discard(self, run: Run) -> bool:
        """Forget a run that is not under way; returns whether it is gone."""
        return bool(self.rows.filter(pk=run.pk).exclude(state__in=self.open_states).delete()[0])

    def through(self, key: int, work: Work) -> Run | None:
        """Do a run that was asked for; one that was cut off is begun again. How it ended stands in it.

        None for one that is gone; as it is when it is over, or when another process is at it.
        """
        with sitebook.everything():
            run: Run | None = self.rows.filter(pk=key).first()
            if run is None:
                return None
            with holding.held(self.held_in, self.lock(run), seconds=holding.MOMENT) as scratch:
                return run if scratch is None else self.through_held(key, scratch, work)

    def through_held(self, key: int, scratch: Path, work: Work) -> Run | None:
        """Do a run whose lock is held."""
        is_mine = self.rows.filter(pk=key, state__in=self.open_states).update(
            state=self.working, told_at=timezone.now()
        )
        run: Run | None = self.rows.filter(pk=key).first()
        if run is None or not is_mine:
            return run
        with beating(self.rows.filter(pk=key, state=self.working)):
            self._worked(run, scratch, work)
        return run

    def _worked(self, run: Any, scratch: Path, work: Work) -> None:
        try:
            _unless_stopped(run)
            state = work(run, scratch, teller(run, every_seconds=self.tell_seconds))
        except RunStopped:
            self._end(run, Ending(STOPPED))
        except self.heals:
            raise
        except Exception as error:
            known = self.ends(error) or _known(error)
            # PostgreSQL names the values that a constraint refused: no address of anybody stays in the run.
            words = self.unforeseen or masked(f"{type(error).__name__}: {error}")
            self._end(run, known or Ending(FAILED, words))
            if known is None:
                raise
            log.warning("A run ended without what was asked for. run=%s error=%s", run, type(error).__name__)
        else:
            self._end(run, Ending(state or DONE))

    def _end(self, run: Any, ending: Ending) -> None:
        """Write how it ended, and what it holds. One that was deleted, or buried, meanwhile stays so."""
        most: int = getattr(self.model._meta.get_field("said"), "max_length", 0)
        run.state, run.said, run.is_to_stop = ending.state, ending.said[:most], False
        setattr(run, self.places, dict(ending.places))
        run.told_at = timezone.now()
        own = [each for each in self.model._meta.concrete_fields if not each.primary_key]
        held = [each.attname for each in own if not each.is_relation or each.attname in self.links]
        values = {name: getattr(run, name) for name in held}
        with transaction.atomic():
            if self.rows.filter(pk=run.pk, state=self.working).update(**values):
                self.over(run)

    def _kept(self, values: Mapping[str, object]) -> dict[str, object]:
        names = {each.attname for each in self.model._meta.concrete_fields}
        return {name: value for name, value in values.items() if name in names}

    def is_held(self, run: Run) -> bool:
        """Say whether a process of this machine is at a run."""
        return holding.is_held(self.held_in, self.lock(run))

    def look(self, **which: object) -> int:
        """Let runs that died with their process have failed, so that somebody can go on with them.

        What they left in folders for scratch goes too, where it is not asked for some runs only.
        """
        if not which:
            holding.left_clear(self.held_in)
        running = self.rows.filter(state=self.working, **which)
        return dead_fail(running, failed=FAILED, is_held=self.is_held)


def _unless_stopped(run: Any) -> None:
    """Raise RunStopped for one that was to stop before it began."""
    if run.is_to_stop:
        raise RunStopped


def _known(error: Exception) -> Ending | None:
    if isinstance(error, Said):
        return Ending(FAILED, *packed_said(error))
    return Ending(FAILED, UNANSWERED) if isinstance(error, QueryFailed | StoreBusy) else None
