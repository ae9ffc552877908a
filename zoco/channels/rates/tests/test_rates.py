"""Rates hold what leaves, over all processes; a warm-up grows by the days on which something left."""

import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from zoco.channels import due, facts
from zoco.channels.bulk.running import batches_due
from zoco.channels.bulk.sending import batch_send
from zoco.channels.bulk.tests.conftest import begun, crowd, mail_account
from zoco.channels.contract import Content
from zoco.channels.delivering import deliver, deliver_many
from zoco.channels.drafts import Draft
from zoco.channels.models import Account, Batch, Bucket, Message, Rate, WarmUp
from zoco.channels.rates.taking import Bounds, bounds_of, capacity, places_take, planned
from zoco.channels.tests.conftest import NOON
from zoco.channels.tests.mailbox import mailbox
from zoco.project.tests.readers import body, client_of

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("maker"),
]
State = Message.State
NEWS = "marketing"


def rate(of: Account | None, most: int, seconds: int, domain: str = "") -> Rate:
    return Rate.objects.create(account=of, most=most, per_seconds=seconds, domain=domain)


def draft(of: Account, person: int, key: str, purpose: str = NEWS) -> Draft:
    return Draft(key, of.pk, Content("Hello", "Hello"), person, purpose)


@pytest.mark.parametrize("most", [1, 60, 1_000])
def test_in_no_span_more_leave_than_the_rate_says(account: Account, most: int) -> None:
    rate(account, most, 60)
    left: list[int] = []

    for step in range(150):  # whoever asks each second takes all that there is
        now = NOON + timedelta(seconds=step)
        holds = places_take(bounds_of(account.pk), [""] * 20, NEWS, now=now)
        left += [step] * holds.count(None)

    fullest = max(sum(since <= each < since + 60 for each in left) for since in set(left))
    assert fullest <= most
    assert len(left) >= most * 2


def test_rate_of_all_accounts_and_of_each_destination_hold_together(account: Account) -> None:
    rate(None, 100, 60)
    rate(account, 20, 60, "*")
    rate(account, 10, 60, "slow.example")
    domains = ["slow.example"] * 3 + ["a.example"] * 3 + ["b.example"] * 3

    holds = places_take(bounds_of(account.pk), domains, NEWS, now=NOON)

    assert [each is None for each in holds] == [True, False, False] + [True, True, False] * 2
    waits = [each.until for each in holds[:3] if each is not None]
    assert waits == [
        NOON + timedelta(seconds=6),
        NOON + timedelta(seconds=12),
    ]  # each has a moment of its own
    assert Bucket.objects.get(rate__account=None).places == 5
    assert places_take(bounds_of(account.pk), ["slow.example"], "transactional", now=NOON) == [None]


def test_single_messages_wait_for_their_rate_and_go_by_themselves(account: Account, file: Path) -> None:
    rate(account, 20, 3_600)
    people = crowd(4)

    fates = deliver_many([draft(account, each, f"m{each}") for each in people], now=NOON)

    assert [(each.state, each.because) for each in fates[2:]] == [(State.WAITS, facts.RATE)] * 2
    assert [each.state for each in fates[:2]] == [State.SENT] * 2
    assert deliver(draft(account, people[3], "needed", "transactional"), now=NOON).state == State.SENT
    due.due_send(now=NOON + timedelta(hours=1))
    assert not Message.objects.exclude(state=State.SENT).exists()


def test_batch_keeps_to_its_rate_and_says_what_holds_it(account: Account) -> None:
    rate(account, 600, 60)  # ten a second, sixty at once
    batch = begun(account, crowd(70))
    began = time.monotonic()

    def clock() -> datetime:
        return NOON + timedelta(seconds=time.monotonic() - began)

    assert batch_send(batch=batch, lines=4, clock=clock) == 70
    assert 0.5 < time.monotonic() - began < 20
    assert Batch.objects.get().state == Batch.State.FINISHED


def test_warm_up_holds_a_batch_until_the_next_day_and_grows(account: Account) -> None:
    plan = WarmUp.objects.create(account=account, first=10, factor=2.0, full=1_000)
    batch = begun(account, crowd(25))

    assert batch_send(batch=batch, lines=4, clock=lambda: NOON) == 10
    held = Batch.objects.get()
    assert (held.held_because, held.held_until) == (facts.WARMING, NOON.replace(hour=0) + timedelta(days=1))
    assert batches_due(now=NOON + timedelta(hours=1), without=[]) == []
    assert batches_due(now=NOON + timedelta(hours=12), without=[]) == [batch]
    assert batch_send(batch=held, lines=4, clock=lambda: NOON + timedelta(days=3)) == 15
    plan.refresh_from_db()
    assert (plan.step, plan.day, plan.left) == (1, date(2026, 5, 20), 15)
    assert [planned(plan, each) for each in (0, 1, 6, 7, 500)] == [10, 20, 640, 1_000, 1_000]


def test_without_rates_two_small_questions_are_all_that_is_asked(
    account: Account,
    django_assert_num_queries: Any,
) -> None:
    with django_assert_num_queries(2):
        bounds = bounds_of(account.pk)
        assert places_take(bounds, ["a.example"] * 50, NEWS, now=NOON) == [None] * 50
    assert not bounds
    assert Bounds() == bounds
    assert capacity(Rate(most=5, per_seconds=60)) == 1


def test_owner_sets_and_deletes_rates_and_what_they_held_goes_on(account: Account) -> None:
    owner, where = client_of("owner"), reverse("zoco_channels_rates", args=[account.pk])
    assert "Nothing bounds how quickly messages leave" in body(owner.get(where))
    wrong = owner.post(where, {"act": "rate", "of": "one", "domain": "", "most": 5, "per_seconds": 3600})
    assert "Enter a domain, such as gmail.com." in body(wrong)

    owner.post(where, {"act": "rate", "of": "account", "most": 10, "per_seconds": 3600})
    owner.post(where, {"act": "warm", "is_on": "on", "first": 50, "factor": 2, "full": 400})

    page = body(owner.get(where))
    assert "this account" in page
    assert page.count("z-fill") == 4
    now = timezone.now()
    first, second = crowd(2)
    deliver(draft(account, first, "a"), now=now)
    assert deliver(draft(account, second, "b"), now=now).because == facts.RATE
    assert client_of("marketer").post(where, {"act": "drop", "rate": Rate.objects.get().pk}).status_code in {
        302,
        403,
    }
    owner.post(where, {"act": "drop", "rate": Rate.objects.get().pk})
    assert not Rate.objects.exists()
    assert due.due_send(now=timezone.now()) == 1


def test_destination_rate_gives_each_letter_of_a_batch_one_moment(db: None) -> None:
    with mailbox() as box:
        mail = mail_account(box.port)
        rate(mail, 60, 60, "*")
        batch = begun(mail, crowd(20))

        assert batch_send(batch=batch, lines=2, clock=lambda: NOON) == 6
        found = Message.objects.filter(state=State.WAITS).values_list("next_at", flat=True)
        waits = sorted(each for each in found if each is not None)
        assert len(set(waits)) == 14
        assert batch_send(batch=batch, lines=2, clock=lambda: waits[4]) == 5
