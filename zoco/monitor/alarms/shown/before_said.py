"""How often alarms are to be expected, in words: by the weeks before, looked at again."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.ledger.pictures import formats
from zoco.monitor.alarms.before.working import before_of
from zoco.monitor.alarms.models import Alarm


def before_said(alarm: Alarm) -> str:
    """Say how often a week each care would have raised an alarm; "" where that is not known."""
    found = before_of(alarm)
    if found is None:
        return ""
    words = {care: formats.decimal(rate, 2) for care, rate in found.a_week.items()}
    return ngettext(
        "By the last week, looked at again, it is raised so often a week: calm %(calm)s, usual "
        "%(usual)s, keen %(keen)s.",
        "By the last %(weeks)s weeks, looked at again, it is raised so often a week: calm %(calm)s, usual "
        "%(usual)s, keen %(keen)s.",
        found.weeks,
    ) % {**words, "weeks": found.weeks}


def care_said(alarm: Alarm) -> str:
    """Say what each care of an alarm comes to."""
    return before_said(alarm) or _(
        "Once it is set, this place says how often a week each would have raised it on your own site."
    )


def a_week_said(alarm: Alarm) -> str:
    """Return how often a week an alarm is to be expected as it is set; "–" where that is not known."""
    found = before_of(alarm)
    return "–" if found is None else formats.decimal(found.a_week[alarm.care], 2)


def all_said(alarms: Iterable[Alarm]) -> str:
    """Say how many incidents a week are to be expected of all alarms as they are set; "" where unknown."""
    known = [(each, found) for each in alarms if each.is_on and (found := before_of(each)) is not None]
    if not known:
        return ""
    rate = sum(found.a_week[alarm.care] for alarm, found in known)
    return ngettext(
        "As it is set, %(count)s alarm is to be expected %(rate)s times a week in all, real ones among them.",
        "As they are set, %(count)s alarms are to be expected %(rate)s times a week in all, real ones among "
        "them.",
        len(known),
    ) % {"count": formats.count(len(known)), "rate": formats.decimal(rate, 1)}
