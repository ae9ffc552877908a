"""Hours are those of the person's wall clock, also on the days on which clocks change."""

from datetime import UTC, datetime, time

import pytest

from zoco.consent.hours import Hours

DAY = Hours(time(8), time(21))


@pytest.mark.parametrize(
    ("hours", "zone", "at", "opens"),
    [
        # An ordinary day in Madrid, summer time: 08:00 is 06:00 UTC, 21:00 is 19:00.
        (DAY, "Europe/Madrid", "2026-05-17T05:59", "2026-05-17T06:00"),
        (DAY, "Europe/Madrid", "2026-05-17T06:00", "2026-05-17T06:00"),
        (DAY, "Europe/Madrid", "2026-05-17T18:59", "2026-05-17T18:59"),
        (DAY, "Europe/Madrid", "2026-05-17T19:00", "2026-05-18T06:00"),
        # The night of 24 to 25 October 2026 is an hour longer, 28 to 29 March 2026 an hour shorter.
        (DAY, "Europe/Madrid", "2026-10-24T19:00", "2026-10-25T07:00"),
        (DAY, "Europe/Madrid", "2026-03-28T20:00", "2026-03-29T06:00"),
        # 02:30 does not exist on 29 March: the hours begin when the clock jumps to 03:00.
        (Hours(time(2, 30), time(5)), "Europe/Madrid", "2026-03-28T23:00", "2026-03-29T01:00"),
        # 02:30 is there twice on 25 October: they begin with the first, and end with the first 02:45.
        (Hours(time(2, 30), time(2, 45)), "Europe/Madrid", "2026-10-24T23:00", "2026-10-25T00:30"),
        (Hours(time(2, 30), time(2, 45)), "Europe/Madrid", "2026-10-25T01:30", "2026-10-26T01:30"),
        # Over midnight: the hours of Sunday last into Monday.
        (Hours(time(20), time(2), [6]), "UTC", "2026-05-18T01:59", "2026-05-18T01:59"),
        (Hours(time(20), time(2), [6]), "UTC", "2026-05-18T02:00", "2026-05-24T20:00"),
        # Only on Tuesdays, and all day.
        (Hours(time(8), time(8), [1]), "Asia/Kathmandu", "2026-05-18T18:14", "2026-05-18T18:15"),
        (Hours(time(8), time(8), [1]), "Asia/Kathmandu", "2026-05-19T18:14", "2026-05-19T18:14"),
        # A zone that is none is UTC.
        (DAY, "Mars/Olympus", "2026-05-17T07:00", "2026-05-17T08:00"),
    ],
)
def test_next_opening(hours: Hours, zone: str, at: str, opens: str) -> None:
    found = hours.next_open(datetime.fromisoformat(at).replace(tzinfo=UTC), zone)

    assert found == datetime.fromisoformat(opens).replace(tzinfo=UTC)


def test_without_weekdays_it_never_opens() -> None:
    assert Hours(time(8), time(21), []).next_open(datetime(2026, 5, 17, tzinfo=UTC), "UTC") is None
