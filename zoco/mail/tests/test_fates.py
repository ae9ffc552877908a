"""What follows: only the dead are suppressed, blocks pause a domain, soft failures fade."""

from datetime import UTC, datetime, timedelta

import pytest

from zoco.mail.answers.fates import FATES, Count, Effect, Limits, counted, fate_of, limits, points_now
from zoco.mail.answers.kinds import Failure, Reason
from zoco.mail.answers.reading import read
from zoco.mail.tests import samples

AT = datetime(2026, 7, 20, 10, tzinfo=UTC)
LIMITS = Limits(timedelta(days=90), 4.0, timedelta(days=3), timedelta(days=90))


@pytest.mark.parametrize(
    ("name", "effects"),
    [
        ("postfix", [(Effect.SUPPRESS, "ann@example.org")]),
        ("full", [(Effect.COUNT, "ann@example.org")]),
        ("qmail", [(Effect.SUPPRESS, "ann@example.org"), (Effect.PAUSE_DOMAIN, "bob@example.com")]),
    ],
)
def test_what_follows_for_each_who_was_not_reached(name: str, effects: list[tuple[Effect, str]]) -> None:
    failures = read(samples.SAMPLES[name]).failures

    assert [(fate_of(each).effect, each.address) for each in failures] == effects


@pytest.mark.parametrize("reason", Reason)
def test_what_is_not_hard_never_suppresses(reason: Reason) -> None:
    fate = fate_of(Failure(address="ann@example.org", reason=reason))

    assert fate.effect not in {Effect.SUPPRESS, Effect.SUPPRESS_MARKETING}
    assert (fate.weight > 0) == (fate.effect is Effect.COUNT)
    assert (fate.effect is Effect.PAUSE_DOMAIN) == (reason is Reason.REPUTATION)
    assert reason in FATES


def test_a_count_falls_by_half_in_its_half_life() -> None:
    count = counted(Count(), weight=1.0, at=AT, limits=LIMITS)

    assert points_now(count, at=AT + timedelta(days=90), limits=LIMITS) == pytest.approx(0.5)
    assert points_now(count, at=AT + timedelta(days=180), limits=LIMITS) == pytest.approx(0.25)


def failing(every_days: int, times: int, weight: float = 1.0) -> Count:
    count = Count()
    for number in range(times):
        count = counted(count, weight=weight, at=AT + timedelta(days=every_days * number), limits=LIMITS)
    return count


def test_a_weekly_letter_rests_after_five_full_mailboxes() -> None:
    assert failing(7, 4).rests_until is None
    assert failing(7, 5).rests_until == AT + timedelta(days=4 * 7 + 90)


def test_failures_within_the_gap_count_once() -> None:
    assert failing(1, 3).points == 1.0
    assert failing(1, 4).points == pytest.approx(1.0 + 0.5 ** (3 / 90))


def test_rare_failures_never_add_up() -> None:
    assert failing(120, 50).rests_until is None


def test_an_older_failure_that_comes_late_adds_nothing() -> None:
    count = counted(Count(), weight=1.0, at=AT, limits=LIMITS)

    assert counted(count, weight=1.0, at=AT - timedelta(days=30), limits=LIMITS) == count


def test_limits_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits() == LIMITS

    monkeypatch.setenv("ZOCO_BOUNCE_THRESHOLD", "2")

    assert limits().threshold == 2.0
