"""When a schedule is due, and about which days; the clock changes, and years end."""

from datetime import UTC, datetime

import pytest

from zoco.monitor.schedules.slots import Timing, period_of

MADRID = "Europe/Madrid"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("timing", "now", "newest", "following"),
    [
        # An hour before, at and after 7:00 in Madrid, summer and winter.
        (Timing("day", 0, 1, 7, MADRID), "2026-07-01 04:59", "2026-06-30 05:00", "2026-07-01 05:00"),
        (Timing("day", 0, 1, 7, MADRID), "2026-07-01 05:00", "2026-07-01 05:00", "2026-07-02 05:00"),
        (Timing("day", 0, 1, 7, MADRID), "2026-12-31 23:30", "2026-12-31 06:00", "2027-01-01 06:00"),
        # 2:00 is left out on 29 March and there twice on 25 October.
        (Timing("day", 0, 1, 2, MADRID), "2026-03-29 02:00", "2026-03-29 01:00", "2026-03-30 00:00"),
        (Timing("day", 0, 1, 2, MADRID), "2026-10-25 02:00", "2026-10-25 00:00", "2026-10-26 01:00"),
        (Timing("week", 0, 1, 7, MADRID), "2026-03-30 05:00", "2026-03-30 05:00", "2026-04-06 05:00"),
        (Timing("week", 6, 1, 7, MADRID), "2026-03-30 05:00", "2026-03-29 05:00", "2026-04-05 05:00"),
        (Timing("month", 0, 28, 0, MADRID), "2026-03-01 00:00", "2026-02-27 23:00", "2026-03-27 23:00"),
        (Timing("month", 0, 1, 0, "Pacific/Kiritimati"), "2026-02-28 10:00", "2026-02-28 10:00",
         "2026-03-31 10:00"),
    ],
)  # fmt: skip
def test_slots_around_a_moment(timing: Timing, now: str, newest: str, following: str) -> None:
    assert timing.newest(at(now)) == at(newest)
    assert timing.following(at(now)) == at(following)


@pytest.mark.parametrize(
    ("rule", "week_start", "days"),
    [
        ("yesterday", 0, "2026-03-31..2026-03-31"),
        ("week", 0, "2026-03-23..2026-03-29"),
        ("week", 6, "2026-03-22..2026-03-28"),
        ("month", 0, "2026-03-01..2026-03-31"),
        ("30d", 0, "2026-03-02..2026-03-31"),
    ],
)
def test_a_report_is_about_whole_days_before_its_own(rule: str, week_start: int, days: str) -> None:
    # In Madrid it is already Wednesday, 1 April.
    assert str(period_of(rule, at("2026-03-31 22:30"), MADRID, week_start)) == days
