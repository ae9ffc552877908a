"""What became of everything that was sent to a survey, counted by day: also why it was refused.

Whoever sends it waits a second at most for a database that others write into; what could not be counted
then is held in memory and counted later. What came too often is counted once a minute: to refuse it shall
cost less than to take it. Not guaranteed: that a process that ends has counted what it held.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import OperationalError, router
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from zoco.kit.floods.waiting import impatient
from zoco.ledger import sitebook
from zoco.surveys.models import Survey, SurveyDay

log = logging.getLogger(__name__)
HELD_SECONDS = 60.0
WAIT_SECONDS = 1.0
TAKEN, EXPIRED = "taken", "expired"
TOO_OFTEN = ("pace", "seen_pace")
OUTCOMES = {
    TAKEN: _("answered"),
    "twice": _("answered before; the first answer counts"),
    "fields": _("something missing or wrong in a field"),
    "honeypot": _("a program: it filled the field that people do not see"),
    "no_proof": _("no proof of work, or a forged one"),
    "too_quick": _("quicker than anybody reads"),
    "page": _("from a page of another site"),
    "pace": _("too many from one line"),
    "link": _("with a link that is forged, too old, or of somebody who is gone"),
    "closed": _("after the survey was closed"),
    "seen_forged": _("seen, but with a ticket or link that is forged, too old or of another browser"),
    "seen_page": _("seen, but on a page of another site"),
    "seen_pace": _("seen, but told too often from one line in a minute"),
    "seen_day": _("seen, but by more browsers of one line than are counted in a day"),
    EXPIRED: _("answers erased since: the days are over for which the site keeps facts"),
}


def outcome_count(*, survey: Survey, outcome: str, at: datetime, count: int = 1) -> None:
    """Count one, or several at once."""
    _add(survey, outcome, at.date(), count)


def _add(survey: Survey, outcome: str, on: date, count: int) -> None:
    place: dict[str, Any] = {"survey": survey, "on": on, "outcome": outcome}
    with sitebook.everything():
        SurveyDay.objects.get_or_create(**place)
        SurveyDay.objects.filter(**place).update(count=F("count") + count)


class Held:
    """Counts of each survey that wait to be written. Each process holds its own."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._counts: dict[int, Counter[tuple[str, date]]] = {}
        self._next: dict[int, float] = {}
        self._busy_until = 0.0

    def add(self, survey: int, outcome: str, on: date) -> None:
        """Hold one."""
        with self._lock:
            self._counts.setdefault(survey, Counter())[outcome, on] += 1

    def take(self, survey: int, *, is_now: bool) -> Counter[tuple[str, date]]:
        """Take out what is to be written: once a minute, unless it is to be now.

        While the database is busy it is nothing either.
        """
        now = self.clock()
        with self._lock:
            if now < self._busy_until or (not is_now and now < self._next.get(survey, now)):
                return Counter()
            if not is_now and survey in self._counts:
                self._next[survey] = now + HELD_SECONDS
            return self._counts.pop(survey, Counter())

    def give_back(self, survey: int, counts: Counter[tuple[str, date]]) -> None:
        """Hold again what a busy database did not take; it is left alone for a minute."""
        with self._lock:
            self._counts.setdefault(survey, Counter()).update(counts)
            self._busy_until = self.clock() + HELD_SECONDS

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._counts.clear()
            self._next.clear()
            self._busy_until = 0.0


held = Held()


def outcome_note(*, survey: Survey, outcome: str, at: datetime) -> None:
    """Count one now; what came too often with others like it."""
    held.add(survey.pk, outcome, at.date())
    held_write(survey=survey, is_now=outcome not in TOO_OFTEN)


def held_write(*, survey: Survey, is_now: bool = False) -> None:
    """Write what is held of a survey, if it is time."""
    counts = held.take(survey.pk, is_now=is_now)
    if not counts:
        return
    using = router.db_for_write(SurveyDay)
    try:
        with impatient(using, WAIT_SECONDS):
            for (outcome, on), count in sorted(counts.items()):
                _add(survey, outcome, on, count)
    except OperationalError:
        held.give_back(survey.pk, counts)
        log.warning("What a survey was sent is counted later: the database is busy. survey=%s", survey.pk)


def outcomes_of(survey: Survey) -> dict[str, int]:
    """Return how often a survey came to each end, the most frequent first."""
    rows = SurveyDay.objects.filter(survey=survey).values_list("outcome").annotate(whole=Sum("count"))
    return dict(sorted(rows, key=lambda each: (-each[1], each[0])))
