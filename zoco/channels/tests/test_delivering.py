"""The one door: permission, once under one key, and what became of each message."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from zoco.channels import due
from zoco.channels.claiming import LEASE, claim_many
from zoco.channels.concluding import conclude_many, hand_many, lost_settle
from zoco.channels.contract import Content, Later, Refused, Sent, Unknown
from zoco.channels.delivering import deliver, deliver_many
from zoco.channels.drafts import Draft, DraftWrong, Fate
from zoco.channels.models import Account, Message
from zoco.channels.services import account_turn
from zoco.channels.tests.conftest import NOON, account_of, agreed
from zoco.consent.models import Choice, Reservation, Rule, Suppression
from zoco.consent.services import choice_record
from zoco.consent.suppressing import suppress
from zoco.ledger.models import OutboxRow
from zoco.people.identities import identity_read
from zoco.people.merging import merge_undo, people_merge
from zoco.people.models import Person
from zoco.testing.channels import taken

pytestmark = pytest.mark.django_db
State = Message.State
HELLO = Content("Hello", "Hello, Ana", data={"n": 1})


def draft(account: Account, person: Person | None, key: str = "m1", **over: Any) -> Draft:
    more: dict[str, Any] = {"purpose": "marketing", "topic": "news", "content": HELLO, **over}
    return Draft(key, account.pk, person=person.pk if person else 0, **more)


def told() -> list[str]:
    names = OutboxRow.objects.filter(name__startswith="channels.").order_by("pk")
    return [each.name.rpartition(".")[2] for each in names]


def test_message_leaves_once_however_often_it_is_asked_for(account: Account, ana: Person, file: Path) -> None:
    fates = [deliver(draft(account, ana), now=NOON) for _ in range(3)]

    assert [(each.state, each.is_new) for each in fates] == [
        (State.SENT, True),
        (State.SENT, False),
        (State.SENT, False),
    ]
    message = Message.objects.get()
    assert [(each.id, each.to, each.data) for each in taken(file)] == [(str(message.uid), "ana", {"n": 1})]
    assert (message.known_as, message.body, message.done_at is not None) == (str(message.uid), None, True)
    assert told() == ["sent"]
    fact = OutboxRow.objects.get(name="channels.message.sent")
    assert fact.person == ana.number
    assert "shop.example" not in fact.fact


def test_without_permission_nothing_leaves_and_the_reason_is_kept(
    account: Account, ana: Person, file: Path
) -> None:
    choice_record(person=ana.pk, state=Choice.State.WITHDRAWN, proof={}, at=NOON)

    fate = deliver(draft(account, ana), now=NOON)

    assert (fate.state, fate.because) == (State.REFUSED, "withdrawn")
    assert taken(file) == []
    assert Reservation.objects.count() == 0
    assert told() == ["refused"]
    assert deliver(draft(account, ana, "m2", purpose="transactional"), now=NOON).state == State.SENT


@pytest.mark.parametrize("to", ["bea", "other"])
def test_message_goes_to_no_address_but_the_persons_own(
    account: Account, ana: Person, file: Path, to: str
) -> None:
    agreed("bea")

    fate = deliver(draft(account, ana, to=to, purpose="transactional"), now=NOON)

    assert (fate.state, fate.because) == (State.REFUSED, "not_there")
    assert taken(file) == []


def test_cap_is_one_over_all_accounts_and_what_waits_goes_by_itself(
    account: Account, ana: Person, file: Path
) -> None:
    Rule.objects.create(purpose="marketing", most=2, days=7)
    other = account_of("other", file)

    states = [deliver(draft(each, ana, f"m{n}"), now=NOON).state for n, each in enumerate((account, other))]
    held = deliver(draft(account, ana, "m3"), now=NOON)

    assert states == [State.SENT, State.SENT]
    assert (held.state, held.because, held.until) == (State.WAITS, "cap", NOON + timedelta(days=7))
    assert due.due_send(now=NOON + timedelta(days=6)) == 0
    assert due.due_send(now=NOON + timedelta(days=7)) == 1
    assert due.due_send(now=NOON + timedelta(days=7)) == 0
    assert len(taken(file)) == 3
    assert told() == ["sent", "sent", "held", "sent"]


def test_permission_is_asked_again_when_the_time_has_come(account: Account, ana: Person, file: Path) -> None:
    night = NOON + timedelta(hours=11)
    held = deliver(draft(account, ana), now=night)
    assert (held.state, held.because) == (State.WAITS, "hours")
    suppress(identity=identity_read("social", "ana", space="fake"), why=Suppression.Why.BY_HAND, at=NOON)

    due.due_send(now=held.until or NOON)

    message = Message.objects.get()
    assert (message.state, message.because, message.body) == (State.REFUSED, "suppressed", None)
    assert taken(file) == []


def test_failed_message_gives_its_place_back(account: Account, ana: Person, file: Path) -> None:
    Rule.objects.create(purpose="marketing", most=1, days=7)
    account_of("fake", file, "refuse")

    failed = deliver(draft(account, ana), now=NOON)
    account_of("fake", file)
    sent = deliver(draft(account, ana, "m2"), now=NOON)

    assert (failed.state, failed.reason) == (State.FAILED, "550 5.1.1 no such user")
    assert sent.state == State.SENT
    assert told() == ["failed", "sent"]


def test_what_may_heal_is_tried_again_with_pauses_and_then_given_up(
    account: Account, ana: Person, file: Path
) -> None:
    account_of("fake", file, "later")
    fate = deliver(draft(account, ana, purpose="transactional"), now=NOON)
    waits, now = [], NOON
    while fate.state == State.WAITS and fate.until:
        assert not Reservation.objects.filter(is_released=False).exists()
        waits.append(round((fate.until - now).total_seconds()))
        now = fate.until
        fate = deliver(draft(account, ana, purpose="transactional"), now=now)

    assert waits == [60, 300, 1_800, 7_200, 21_600, 86_400]
    assert (fate.state, fate.reason) == (State.FAILED, "451 4.7.1 try later")
    assert told() == ["failed"]


@pytest.mark.parametrize(
    ("purpose", "times", "end"), [("transactional", 2, State.UNCERTAIN), ("marketing", 1, State.UNCERTAIN)]
)
def test_unknown_fate_is_tried_once_more_only_where_it_is_needed(
    account: Account, ana: Person, file: Path, purpose: str, times: int, end: str
) -> None:
    account_of("fake", file, "silence")

    deliver(draft(account, ana, purpose=purpose), now=NOON)
    for minutes in range(1, 5):
        due.due_send(now=NOON + timedelta(minutes=minutes))

    assert Message.objects.get().state == end
    assert len(taken(file)) == times
    assert len({each.id for each in taken(file)}) == 1
    assert Reservation.objects.filter(is_released=False).count() == 1
    assert told() == ["uncertain"]


def test_crash_before_handing_over_loses_and_doubles_nothing(
    account: Account, ana: Person, file: Path
) -> None:
    _fates, claimed = claim_many([draft(account, ana)], now=NOON)

    assert deliver(draft(account, ana), now=NOON + timedelta(minutes=1)).state == State.CLAIMED
    assert lost_settle(now=NOON + timedelta(minutes=9)) == 0
    due.due_send(now=NOON + LEASE)

    assert Message.objects.get().state == State.SENT
    assert hand_many(claimed, now=NOON + LEASE) == set()
    assert len(taken(file)) == 1


@pytest.mark.parametrize(("purpose", "state"), [("transactional", "sent"), ("marketing", "uncertain")])
def test_crash_while_handing_over_repeats_only_what_is_needed(
    account: Account, ana: Person, file: Path, purpose: str, state: str
) -> None:
    _fates, claimed = claim_many([draft(account, ana, purpose=purpose)], now=NOON)
    hand_many(claimed, now=NOON)

    due.due_send(now=NOON + LEASE)

    assert Message.objects.get().state == state
    assert len(taken(file)) == (1 if purpose == "transactional" else 0)
    # Whoever was thought dead and comes back with good news is believed, with bad news he is not.
    conclude_many([(claimed[0], Refused("no"))], now=NOON + LEASE)
    assert Message.objects.get().state == state
    conclude_many([(claimed[0], Sent("late"))], now=NOON + LEASE)
    assert Message.objects.get().state == State.SENT


def test_whoever_makes_a_message_when_it_is_needed_calls_again(
    account: Account, ana: Person, file: Path
) -> None:
    made = []

    def make(uid: str) -> Content:
        made.append(uid)
        return HELLO

    night = deliver(draft(account, ana, content=make), now=NOON + timedelta(hours=11))
    assert (night.state, made) == (State.WAITS, [])
    assert due.due_send(now=night.until or NOON) == 0
    assert deliver(draft(account, ana, content=make), now=night.until or NOON).state == State.SENT
    assert made == [str(Message.objects.get().uid)]


def test_message_that_cannot_be_made_fails_alone(account: Account, ana: Person, file: Path) -> None:
    def broken(uid: str) -> Content:
        raise KeyError("name")

    fates = deliver_many([draft(account, ana, content=broken), draft(account, agreed("bea"), "m2")], now=NOON)

    assert [each.state for each in fates] == [State.FAILED, State.SENT]


def test_secret_that_the_other_side_repeats_is_not_kept(account: Account, ana: Person) -> None:
    _fates, claimed = claim_many([draft(account, ana)], now=NOON)
    hand_many(claimed, now=NOON)

    (fate,) = conclude_many([(claimed[0], Later("login with\nhoneycomb failed"))], now=NOON)

    assert fate.reason == "login with ••• failed"


def test_account_that_is_off_holds_its_messages(account: Account, ana: Person, file: Path) -> None:
    account_turn(account=account, is_on=False)
    held = deliver(draft(account, ana), now=NOON)
    assert (held.state, held.because, taken(file)) == (State.WAITS, "account_off", [])
    due.due_send(now=NOON + LEASE)
    assert told() == ["held"]

    account_turn(account=account, is_on=True)
    due.due_send(now=NOON + 2 * LEASE)

    assert len(taken(file)) == 1


def test_what_is_for_everybody_needs_nobodys_permission(account: Account, file: Path) -> None:
    fate = deliver(draft(account, None, purpose=""), now=NOON)

    assert (fate.state, [each.to for each in taken(file)]) == (State.SENT, [""])


def test_drafts_that_cannot_be_are_refused_and_nothing_is_kept(account: Account, ana: Person) -> None:
    bea = agreed("bea")
    deliver(draft(account, ana), now=NOON)
    for wrong in (
        [draft(account, bea)],
        [draft(account, bea, "m2"), draft(account, bea, "m2")],
        [draft(account, bea, "m2", purpose="")],
        [draft(account, bea, "")],
        [Draft("m2", 0, HELLO, bea.pk, "marketing")],
        [Draft("m2", account.pk, HELLO, 999_999, "marketing")],
    ):
        with pytest.raises(DraftWrong):
            deliver_many(wrong, now=NOON)

    assert Message.objects.count() == 1


def test_messages_follow_their_person_through_a_merge_and_back(
    account: Account, ana: Person, file: Path
) -> None:
    bea = agreed("bea")
    deliver(draft(account, ana), now=NOON)
    merge = people_merge(person=ana, into=bea, why="the same", at=NOON)

    assert Message.objects.get().person == bea
    # Who names the one that was merged, means the other.
    assert deliver(draft(account, ana, "m2"), now=NOON).state == State.SENT
    merge_undo(merge=merge, at=NOON)

    assert [each.person_id for each in Message.objects.order_by("pk")] == [ana.pk, bea.pk]


def test_a_hundred_messages_are_decided_with_as_many_queries_as_one(
    account: Account, django_assert_max_num_queries: Any
) -> None:
    people = [agreed(f"p{number}") for number in range(40)]

    with django_assert_max_num_queries(30):
        fates, claimed = claim_many([draft(account, each, f"m{each.pk}") for each in people], now=NOON)

    assert (len(fates), len(claimed)) == (40, 40)
    assert isinstance(fates[0], Fate)


def test_unknown_outcome_of_a_message_is_told_with_what_is_known(account: Account, ana: Person) -> None:
    _fates, claimed = claim_many([draft(account, ana)], now=NOON)
    hand_many(claimed, now=NOON)

    (fate,) = conclude_many([(claimed[0], Unknown("no answer after 60 s"))], now=NOON)

    assert (fate.state, fate.reason) == (State.UNCERTAIN, "no answer after 60 s")
