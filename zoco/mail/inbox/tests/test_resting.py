"""Addresses that did not take letters rest for a while, and come back by themselves."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from zoco.channels import facts
from zoco.channels.contract import Content
from zoco.channels.delivering import deliver
from zoco.channels.drafts import Draft
from zoco.channels.models import Account, Message
from zoco.channels.rates import resting as asked
from zoco.channels.services import account_save
from zoco.consent.models import Choice, Reservation, Suppression
from zoco.consent.services import choice_record
from zoco.mail.inbox.models import SoftCount
from zoco.mail.inbox.resting import addresses_resting, failure_count
from zoco.people.identities import identity_read
from zoco.people.writing import Incoming, people_write

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
ANA = identity_read("email", "ana@shop.example")
BEA = identity_read("email", "bea@shop.example")


@pytest.fixture(autouse=True)
def counter() -> Iterator[None]:
    asked.provide(addresses_resting)
    yield
    asked.provide(addresses_resting)


def weeks_full(count: int) -> datetime:
    for week in range(count):
        failure_count(identity=ANA, weight=1.0, at=NOW + timedelta(weeks=week))
    return NOW + timedelta(weeks=count - 1)


def test_address_rests_after_five_weeks_of_failures_and_not_after_four() -> None:
    fourth = weeks_full(4)
    assert asked.resting([ANA.place, BEA.place], "marketing", now=fourth) == {}

    last = fourth + timedelta(weeks=1)
    failure_count(identity=ANA, weight=1.0, at=last)

    until = last + timedelta(days=90)
    assert asked.resting([ANA.place, BEA.place], "marketing", now=last) == {ANA.place: until}
    assert asked.resting([ANA.place], "marketing", now=until) == {}
    assert not Suppression.objects.exists()


def test_what_a_person_needs_is_tried_although_the_address_rests() -> None:
    last = weeks_full(5)

    assert asked.resting([ANA.place], "transactional", now=last) == {}
    assert asked.resting([ANA.place], "service", now=last) != {}


def test_failures_of_one_day_count_once_and_old_ones_fade() -> None:
    for hour in range(10):
        failure_count(identity=ANA, weight=1.0, at=NOW + timedelta(hours=hour))
    assert SoftCount.objects.get().points == 1.0

    assert failure_count(identity=ANA, weight=1.0, at=NOW + timedelta(days=90)).points == pytest.approx(1.5)


def test_letter_to_an_address_that_rests_is_refused_and_counts_against_no_cap() -> None:
    (known,) = people_write([Incoming((ANA,))], at=NOW)
    assert known.person is not None
    choice_record(person=known.person.pk, state=Choice.State.GIVEN, proof={"form": "test"}, at=NOW)
    settings = {"from_address": "news@shop.example", "host": "127.0.0.1", "port": 9, "tls": "plain"}
    account = account_save(account=Account(adapter="email", name="Shop"), settings=settings, secrets={})
    last = weeks_full(5)

    fate = deliver(Draft("hello", account.pk, Content("Hello"), known.person.pk, "marketing"), now=last)

    assert (fate.state, fate.because) == (Message.State.REFUSED, facts.RESTING)
    assert not Reservation.objects.exists()
