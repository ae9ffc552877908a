"""Subscribers: in order, at least once, each at its own pace."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from zoco.ledger.models import SubscriberPosition
from zoco.ledger.outbox import on, sequencer
from zoco.ledger.outbox.subscribers import SubscriberRunning, pump, slowest_position, subscriber_skip
from zoco.ledger.schema import Fact
from zoco.ledger.services import record

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)


def placed(*quantities: int, name: str = "shop.order.placed") -> None:
    for quantity in quantities:
        record(name=name, site=1, quantity=quantity)
    sequencer.place()


def listener(*names: str, key: str) -> list[int]:
    heard: list[int] = []

    @on(*names, key=key)
    def hear(fact: Fact) -> None:
        heard.append(fact.quantity)

    return heard


def failing_at(quantity: int, key: str) -> tuple[list[int], Callable[[], None]]:
    heard: list[int] = []
    heal: list[bool] = []

    @on("shop.order.placed", key=key)
    def hear(fact: Fact) -> None:
        Group.objects.create(name=f"{key} {fact.quantity}")
        if fact.quantity == quantity and not heal:
            raise ValueError(f"no {fact.quantity}")
        heard.append(fact.quantity)

    return heard, lambda: heal.append(True)


def test_facts_are_heard_once_in_order_by_those_who_asked() -> None:
    orders = listener("shop.order.placed", key="orders")
    both = listener("shop.order.placed", "shop.order.paid", key="both")
    placed(1, 2)
    placed(3, name="shop.order.paid")

    assert pump(now=NOW) == 5
    placed(4)
    assert pump(now=NOW) == 2

    assert pump(now=NOW) == 0
    assert (orders, both) == ([1, 2, 4], [1, 2, 3, 4])
    assert slowest_position() == sequencer.head_position()


def test_a_fact_without_a_position_is_not_heard_yet() -> None:
    orders = listener("shop.order.placed", key="orders")

    record(name="shop.order.placed", site=1, quantity=1)

    assert pump(now=NOW) == 0
    assert orders == []


def test_more_facts_than_a_batch_are_heard_at_one_go() -> None:
    orders = listener("shop.order.placed", key="orders")
    placed(*range(450))

    assert pump(now=NOW) == 450

    assert orders == list(range(450))


def test_a_failing_subscriber_waits_with_its_error_and_the_others_go_on() -> None:
    heard, heal = failing_at(2, key="fragile")
    others = listener("shop.order.placed", key="steady")
    placed(1, 2, 3)

    assert pump(now=NOW) == 1 + 3

    stuck = SubscriberPosition.objects.get(key="fragile")
    assert (stuck.state, stuck.failures, stuck.last_error) == ("failing", 1, "ValueError: no 2")
    assert stuck.retry_at == NOW + timedelta(seconds=2)
    assert (heard, others) == ([1], [1, 2, 3])
    assert [group.name for group in Group.objects.filter(name__startswith="fragile")] == ["fragile 1"]
    assert pump(now=NOW + timedelta(seconds=1)) == 0
    assert pump(now=NOW + timedelta(seconds=3)) == 0
    stuck.refresh_from_db()
    assert (stuck.failures, stuck.retry_at) == (2, NOW + timedelta(seconds=7))
    heal()
    assert pump(now=NOW + timedelta(seconds=8)) == 2
    stuck.refresh_from_db()
    assert (stuck.state, stuck.failures, stuck.last_error) == ("running", 0, "")
    assert stuck.retry_at is None
    assert heard == [1, 2, 3]


def test_the_fact_that_fails_can_be_passed_over_by_hand() -> None:
    heard, _ = failing_at(2, key="fragile")
    placed(1, 2, 3)
    pump(now=NOW)

    subscriber_skip(key="fragile")

    assert pump(now=NOW) == 1
    assert heard == [1, 3]
    with pytest.raises(SubscriberRunning):
        subscriber_skip(key="fragile")


def test_position_and_effect_are_undone_together() -> None:
    effects, _ = failing_at(-1, key="effects")
    placed(1)

    with transaction.atomic():
        pump(now=NOW)
        transaction.set_rollback(True)

    assert not Group.objects.filter(name="effects 1").exists()
    assert pump(now=NOW) == 1
    assert effects == [1, 1]
    assert Group.objects.filter(name="effects 1").count() == 1


def test_a_new_subscriber_begins_with_the_oldest_row_still_there() -> None:
    listener("shop.order.placed", key="early")
    placed(1, 2)
    pump(now=NOW)

    late = listener("shop.order.placed", key="late")

    assert slowest_position() == 0
    assert pump(now=NOW) == 2
    assert late == [1, 2]


def test_a_wait_set_by_a_clock_that_was_a_day_ahead_ends_when_it_is_set_back() -> None:
    heard, heal = failing_at(1, "orders")
    placed(1)
    assert pump(now=NOW + timedelta(days=1)) == 0
    heal()

    assert pump(now=NOW + timedelta(days=1)) == 0
    assert pump(now=NOW) == 1

    assert heard == [1]
