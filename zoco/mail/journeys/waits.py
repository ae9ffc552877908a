"""Steps that wait: for some time, for an hour of the person's own clock, for a fact."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from zoco.channels.reads import zone_usual
from zoco.consent.hours import Hours
from zoco.ledger.services import NAME
from zoco.mail.journeys.kinds import KINDS, Goes, Kind, Listens, Settings, StepWrong, Visit

if TYPE_CHECKING:
    from zoco.people.models import Person

WAIT_MOST = timedelta(days=400)
YES, NO = "yes", "no"
UNITS = {"minutes": 60, "hours": 3_600, "days": 86_400}


def span_of(settings: Settings) -> timedelta:
    """Return how long a step waits: `count` of a `unit`. Raises StepWrong."""
    count, unit = settings.get("count"), settings.get("unit", "days")
    if not isinstance(count, int) or isinstance(count, bool) or unit not in UNITS or count < 1:
        raise StepWrong(gettext_noop("Say how long: a whole number from 1, and minutes, hours or days."))
    if count * UNITS[unit] > WAIT_MOST.total_seconds():
        raise StepWrong(gettext_noop("Nobody waits longer than %(days)s days."), days=WAIT_MOST.days)
    return timedelta(seconds=count * UNITS[unit])


@KINDS.plug
class Wait(Kind):
    """Waits so long."""

    key = "wait"
    label = _("Wait for some time")
    is_wait = True

    def check(self, settings: Settings) -> None:
        """Refuse what is no time."""
        span_of(settings)

    def arrive(self, settings: Settings, person: "Person", now: datetime) -> datetime:
        """Return when it is over."""
        return now + span_of(settings)


@KINDS.plug
class WaitHour(Kind):
    """Waits until an hour on the person's clock, on some weekdays; whoever comes within the hour passes."""

    key = "hour"
    label = _("Wait until an hour of the day")

    def check(self, settings: Settings) -> None:
        """Refuse an hour that is none."""
        _hours(settings)

    def arrive(self, settings: Settings, person: "Person", now: datetime) -> datetime:
        """Return the next time that it is."""
        found = _hours(settings).next_open(now, person.zone or zone_usual())
        return found or now


def _hours(settings: Settings) -> Hours:
    hour, days = settings.get("hour"), settings.get("weekdays", list(range(7)))
    if not isinstance(hour, int) or isinstance(hour, bool) or not 0 <= hour <= 23:
        raise StepWrong(gettext_noop("An hour is a whole number from 0 to 23."))
    if not isinstance(days, list) or not days or any(day not in range(7) for day in days):
        raise StepWrong(gettext_noop("Choose at least one weekday."))
    return Hours(time(hour), time((hour + 1) % 24), days)


@KINDS.plug
class WaitFact(Kind):
    """Waits for a fact about the person, and so long at most. One from before the step does not count."""

    key = "fact"
    label = _("Wait until something happens")
    is_wait = True

    def check(self, settings: Settings) -> None:
        """Refuse what is no fact, and no time."""
        span_of(settings)
        fact_checked(settings)

    def ways(self, settings: Settings) -> Sequence[str]:
        """Return what may come: it happened, or the time was over."""
        return (YES, NO)

    def facts(self, settings: Settings) -> Sequence[str]:
        """Return the one."""
        return (str(settings.get("fact", "")),)

    def arrive(self, settings: Settings, person: "Person", now: datetime) -> Listens:
        """Listen."""
        return Listens(str(settings["fact"]), now + span_of(settings))

    def work(self, visit: Visit) -> Goes:
        """Go on; whoever heard the fact wrote down the way."""
        return Goes(visit.row.way or NO)


def fact_checked(settings: Settings) -> str:
    """Return the name of a fact. Raises StepWrong."""
    name = settings.get("fact")
    if not isinstance(name, str) or not NAME.fullmatch(name) or len(name) > 120:
        raise StepWrong(gettext_noop("A fact has a name such as shop.order.placed."))
    return name
