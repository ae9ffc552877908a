"""What waits for its hour or turn is held to the rule that is in force then, and notices a change soon."""

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.pool import Pool
from zoco.channels.bulk.reads import batch_counts
from zoco.channels.bulk.sending import batch_send
from zoco.channels.bulk.tests.conftest import begun, crowd
from zoco.channels.contract import Content
from zoco.channels.delivering import deliver
from zoco.channels.drafts import Draft
from zoco.channels.due import due_send
from zoco.channels.models import Account, Message
from zoco.channels.rates.waking import Waker
from zoco.channels.tests.conftest import NOON
from zoco.consent.models import Rule
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write
from zoco.testing.channels import taken

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("maker"),
]
State = Message.State
HOUR = timedelta(hours=1)
SOON = timedelta(seconds=10)


def ruled(**fields: object) -> None:
    """Have marketing follow this rule, as its owner saves it."""
    Rule.objects.filter(purpose="marketing").update(**fields)


def send(batch: Batch, at: datetime) -> int:
    return batch_send(batch=Batch.objects.get(pk=batch.pk), lines=4, clock=lambda: at)


def evening(account: Account, count: int = 3) -> tuple[Batch, Waker]:
    """Return a batch that waits for 18:00 UTC, and who has looked at the rule under which it does."""
    people = crowd(count)
    ruled(opens_at=time(18), closes_at=time(21))
    batch, waker = begun(account, people), Waker()
    assert send(batch, NOON) == 0
    waker.look(now=NOON)
    assert send(batch, NOON) == 0
    assert set(Message.objects.values_list("because", "next_at")) == {("hours", NOON + 6 * HOUR)}
    return batch, waker


def test_at_its_hour_it_is_held_to_the_rule_of_that_moment(account: Account, file: Path) -> None:
    batch, _waker = evening(account)
    ruled(opens_at=time(19))

    assert send(batch, NOON + 6 * HOUR) == 0
    ruled(weekdays=[0])  # the 17th of May is a Sunday
    assert send(batch, NOON + 7 * HOUR) == 0

    assert set(Message.objects.values_list("because", "next_at")) == {("hours", NOON + 31 * HOUR)}
    assert send(batch, NOON + 31 * HOUR) == 3


def test_where_a_rule_is_loosened_it_goes_soon(account: Account, file: Path) -> None:
    batch, waker = evening(account)
    assert waker.look(now=NOON + SOON) == 0
    ruled(opens_at=time(8))

    assert waker.look(now=NOON + 2 * SOON) == 3
    assert send(batch, NOON + 2 * SOON) == len(taken(file)) == 3


def test_what_was_held_by_the_old_rule_meanwhile_is_woken_too(account: Account) -> None:
    _batch, waker = evening(account)
    ruled(opens_at=time(20))
    waker.look(now=NOON)
    Message.objects.update(next_at=NOON + 6 * HOUR)  # as whoever had asked before writes it after

    assert waker.look(now=NOON + SOON) == 3
    assert waker.look(now=NOON + 2 * SOON) == 0


def test_whose_time_zone_becomes_known_is_asked_about_again(account: Account, file: Path) -> None:
    batch, waker = evening(account)
    named = identity_read("email", "p1@shop.example")
    people_write([Incoming((named,), {"zone": "Asia/Tashkent"})], at=NOON + SOON)  # 17:00 there at noon
    assert waker.look(now=NOON + SOON) == 1
    assert send(batch, NOON + SOON) == 0

    assert send(batch, NOON + HOUR) == 1
    assert [each.to for each in taken(file)] == ["p1"]


def test_a_single_message_under_a_wider_cap_goes_soon(account: Account, file: Path) -> None:
    (ana,) = crowd(1)
    ruled(most=1, days=7)
    drafts = [Draft(str(n), account.pk, Content("Hello"), ana, "marketing") for n in range(2)]
    waker = Waker()
    assert [deliver(each, now=NOON).state for each in drafts] == [State.SENT, State.WAITS]
    waker.look(now=NOON)
    due_send(now=NOON)
    assert Message.objects.get(key="1").because == "cap"
    ruled(most=2)

    waker.look(now=NOON + SOON)
    due_send(now=NOON + SOON)

    assert len(taken(file)) == 2
    assert Person.objects.count() == 1


def test_a_rule_that_changes_while_others_are_sent_to_holds_the_rest(
    account: Account, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, given = begun(account, crowd(12)), Pool.give

    def give(pool: Pool, jobs: object) -> None:
        ruled(opens_at=time(18), closes_at=time(21))
        given(pool, jobs)  # type: ignore[arg-type]

    monkeypatch.setattr(Pool, "give", give)

    assert send(batch, NOON) == len(taken(file)) == 4
    assert batch_counts(batch).held == {"hours": 8}
