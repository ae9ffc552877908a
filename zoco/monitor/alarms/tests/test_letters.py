"""Alarms about letters: found against the letters before, named by topic, silent where all is as before."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import Group, User

from zoco.kit.periods import micros
from zoco.ledger.schema import Fact
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports import engines
from zoco.ledger.tests.reports.made import SITE
from zoco.monitor.alarms.detecting import DAYS_MOST, Finding, Unknown
from zoco.monitor.alarms.models import Alarm, Incident, Telling
from zoco.monitor.alarms.others.kinds import hidden_from
from zoco.monitor.alarms.others.letters import (
    Heaps,
    dispersion_of,
    heaps_read,
    letters_judged,
    letters_look,
    rule_for,
)
from zoco.monitor.alarms.said import incident_said, incident_title
from zoco.project.roles import roles_ensure
from zoco.sites import reads
from zoco.sites.access.models import SiteLimit
from zoco.sites.models import Site

HOUR = datetime(2026, 5, 30, 10, tzinfo=UTC)


def told(number: int, name: str, at: datetime, verdict: str, **props: str) -> Fact:
    moment = micros(at)
    return Fact(
        id=f"00000000-0000-7000-8000-{number:012x}", name=name, site=0, origin="server", occurred_at=moment,
        received_at=moment, verdict=verdict, campaign="spring", props=props,
    )  # fmt: skip


def made() -> list[Fact]:
    """Return 40 letters of news and 40 of offers every other day; half are opened, of late no offer."""
    found: list[Fact] = []
    for age in range(1, 56, 2):
        for n in range(80):
            topic, message = ("news", "offers")[n % 2], f"m{age}.{n}"
            left = HOUR - timedelta(days=age, hours=3)
            about: dict[str, Any] = {"message": message, "topic": topic}
            found.append(
                told(len(found) + 1, "channels.message.sent", left, "server", adapter="email", **about)
            )
            is_lost = age <= 3 and topic == "offers"
            if n % 4 < 2 and not is_lost:
                opened = left + timedelta(hours=1 + n % 20)
                found.append(told(len(found) + 1, "mail.letter.opened", opened, "human", **about))
                # A second look changes nothing, a robot's nor one that comes days later does either.
                found.append(told(len(found) + 1, "mail.letter.opened", opened, "human", **about))
            if n % 4 == 2:
                scanned = left + timedelta(minutes=1)
                found.append(told(len(found) + 1, "mail.letter.opened", scanned, "bot", **about))
                late = left + timedelta(hours=25)
                found.append(told(len(found) + 1, "mail.letter.opened", late, "human", **about))
    # What has no topic is no letter of ours to many.
    found.append(
        told(9_999, "channels.message.sent", HOUR - timedelta(days=2), "server", adapter="email", message="x")
    )
    return found


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    with engines.both(tmp_path_factory.mktemp("letters"), made(), [SITE]) as opened:
        yield opened


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_letters_and_who_opened_them_within_a_day_are_counted_by_age(
    stores: dict[str, Store], engine: str
) -> None:
    heaps = heaps_read("opens", SITE, HOUR, stores[engine])

    assert heaps.sent[:6].tolist() == [80, 0, 80, 0, 80, 0]
    assert heaps.done[:6].tolist() == [20, 0, 20, 0, 40, 0]
    values, sent, done = heaps.cuts["topic"]
    assert values == ("news", "offers")
    assert (sent[1, 0], done[1, 0], done[0, 0]) == (40, 0, 20)

    found = letters_judged("opens", heaps, rule_for("opens", "usual"))

    assert isinstance(found, Finding)
    assert found.seen == 40
    assert found.expected == pytest.approx(80, rel=0.02)
    assert found.cause is not None
    assert (found.cause.dimension, found.cause.values) == ("topic", ("offers",))


def heaps_of(sent: np.ndarray[Any, Any], done: np.ndarray[Any, Any]) -> Heaps:
    return Heaps(sent.astype(float), done.astype(float), {})


def test_dispersion_is_pearsons_by_hand() -> None:
    # Of 10 each, 2, 5 and 8: share .5, X² = (9 + 0 + 9) / 2.5 = 7.2 over two degrees of freedom.
    assert dispersion_of(np.array([10.0, 0, 10, 10]), np.array([2.0, 0, 5, 8]), 0.5) == pytest.approx(3.6)


@pytest.mark.parametrize(("kind", "share"), [("opens", 0.3), ("clicks", 0.04), ("unsubs", 0.004)])
def test_letters_as_before_raise_nothing_and_broken_ones_do(kind: str, share: float) -> None:
    rng, rule, false, missed = np.random.default_rng(11), rule_for(kind, "usual"), 0, 0
    for _ in range(300):
        # A heap of 1,500 twice a week; shares differ from heap to heap by a sixth.
        sent = np.where(np.arange(DAYS_MOST) % 7 % 3 == 0, rng.poisson(1_500, DAYS_MOST), 0)
        done = rng.binomial(sent, np.clip(share * rng.gamma(36, 1 / 36, DAYS_MOST), 0, 1))
        false += isinstance(letters_judged(kind, heaps_of(sent, done), rule), Finding)
        done[0] = rng.binomial(sent[0], share / 4 if rule.is_fall else share * 5)
        missed += not isinstance(letters_judged(kind, heaps_of(sent, done), rule), Finding)

    # Each heap is looked at anew: two and more a week.
    assert false / 300 * 3 < 0.1
    assert missed / 300 < 0.15


def test_few_letters_and_a_short_past_are_said_to_be_so() -> None:
    rule = rule_for("opens", "usual")
    short = heaps_of(np.r_[np.full(6, 100), np.zeros(DAYS_MOST - 6)], np.zeros(DAYS_MOST))
    few = heaps_of(np.full(DAYS_MOST, 2), np.ones(DAYS_MOST))

    assert letters_judged("opens", short, rule) == Unknown(6)
    assert letters_judged("opens", few, rule) == Unknown(DAYS_MOST, expected=14.0)


@pytest.mark.django_db
def test_an_incident_of_letters_is_told_to_who_sees_all_sites(stores: dict[str, Store]) -> None:
    roles_ensure()
    site = Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid")
    reads.forget()
    alarm = Alarm(site=site, kind="opens")
    alarm.full_clean()
    alarm.save()
    owners = Group.objects.get(name="analyst")
    alarm.roles.add(owners)
    for name in ("bea", "tom"):
        User.objects.create_user(name, f"{name}@honey.example").groups.add(owners)
    tom = User.objects.get(username="tom")
    SiteLimit.objects.create(user=tom).sites.add(site)

    for minutes in (0, 30):
        letters_look(now=HOUR + timedelta(minutes=minutes), store=stores["duckdb"])

    [incident] = Incident.objects.all()
    assert incident_title(incident) == "Letters opened by people within a day fell on Shop: Topic offers"
    assert "40 were seen; 80 were expected" in incident_said(incident)
    assert [each.user.username for each in Telling.objects.all() if each.user] == ["bea"]
    assert "opens" in hidden_from(tom)
    reads.forget()
