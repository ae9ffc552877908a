"""Tests of letters: drawn by chance, decided once at the time that was set, and a tie is a tie."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tests.contracts.many_facts import write_spool
from zoco.channels.models import Account, Message
from zoco.channels.tests.conftest import agreed
from zoco.channels.tests.mailbox import Mailbox
from zoco.kit.ids import uuid8
from zoco.kit.periods import micros
from zoco.ledger.models import OutboxRow
from zoco.ledger.schema import Fact
from zoco.ledger.store import opening
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.mail.counting.models import Look
from zoco.mail.editing.models import Letter
from zoco.mail.sending import services
from zoco.mail.sending.following import sendings_follow
from zoco.mail.sending.models import Leg, Sending
from zoco.mail.sending.services import SendingHeld, trial_write
from zoco.mail.sending.tests.conftest import audience_of, go, letter_made, start
from zoco.mail.sending.trying import arm_figures, hour_again, trial_decide
from zoco.people.audiences.bitmaps import unpacked
from zoco.people.models import NUMBER_BASE

pytestmark = pytest.mark.django_db
PEOPLE = 24


@pytest.fixture
def tried(letter: Letter, account: Account) -> Sending:
    """Return a sending that tries another subject on half of its people."""
    everybody = audience_of([agreed(f"p{n}") for n in range(PEOPLE)])
    made = Sending(name="May", letter=letter, audience=everybody, account=account, test_share=50)
    services.sending_write(sending=made, at=timezone.now())
    trial_write(sending=made, legs=arms(letter))
    return made


def arms(letter: Letter, later: int = 0) -> list[Leg]:
    other = Leg(arm="b", letter=letter, subjects={"en": "Sweet {{ person.name }}"}, after_minutes=later)
    return [Leg(arm="a", letter=letter), other]


def click(sending: Sending, **by: int) -> None:
    """Let so many people of each arm follow a link."""
    for arm, count in by.items():
        batch = sending.legs.get(arm=arm).batch_id or 0
        for uid in Message.objects.filter(batch=batch).values_list("uid", flat=True)[:count]:
            Look.objects.create(
                message_id=uid, batch=batch, kind="click", language="en", number=1, at=timezone.now(),
                verdict=Look.Verdict.PERSON,
            )  # fmt: skip


def decided(sending: Sending) -> Sending:
    """Let the time of the decision come."""
    now = timezone.now()
    left = now - timedelta(hours=sending.test_hours)
    sending.legs.exclude(begins_at=None).update(begins_at=left)
    Message.objects.update(done_at=left)
    Sending.objects.filter(pk=sending.pk).update(decides_at=now)
    return go(sending)


def test_the_better_arm_goes_to_everybody_else(tried: Sending, server: Mailbox) -> None:
    go(start(tried))
    subjects = [str(mail["Subject"]) for mail in server.letters]
    assert (tried.state, len(subjects), subjects.count("Honey")) == ("testing", 12, 6)
    drawn = {arm: set(unpacked(kept)) for arm, kept in tried.legs.values_list("arm", "people")}
    assert sum(map(len, drawn.values())) == len(set.union(*drawn.values())) == PEOPLE

    click(tried, b=6)
    decided(tried)
    decided(tried)

    assert (tried.verdict, tried.winner, tried.state) == ("won", "b", "ended")
    assert tried.decision["arms"] == [["a", 0, 6], ["b", 6, 6]]
    assert tried.decision["p"] == pytest.approx(2 / 924)  # all six of twelve in one arm, or in the other
    sweet = [mail for mail in server.letters if str(mail["Subject"]).startswith("Sweet")]
    assert (len(server.letters), len(sweet)) == (PEOPLE, 18)
    assert OutboxRow.objects.filter(name="trials.arm.shown").count() == 12


def test_a_tie_is_said_to_be_one_and_the_rest_gets_the_first_arm(
    tried: Sending, server: Mailbox, client: Client
) -> None:
    go(start(tried))
    click(tried, a=2, b=4)

    decided(tried)

    assert (tried.verdict, tried.winner, len(server.letters)) == ("tie", "a", PEOPLE)
    assert [str(mail["Subject"]) for mail in server.letters].count("Honey") == 18
    client.force_login(User.objects.create_superuser("owner", "o@shop.example", "x"))
    page = client.get(f"/admin/sendings/{tried.pk}/").content.decode()
    assert "A tie: the difference is not sure. Everybody else gets A, which has not won." in page
    assert "33.3%" in page


def test_machines_decide_nothing_and_a_decision_is_made_once(tried: Sending, server: Mailbox) -> None:
    go(start(tried))
    click(tried, b=6)
    Look.objects.update(verdict=Look.Verdict.SCANNER)
    assert [each.successes for each in arm_figures(tried, now=timezone.now())] == [0, 0]

    trial_decide(sending=tried, now=timezone.now())  # and killed before anything of the rest had begun
    Look.objects.update(verdict=Look.Verdict.PERSON)
    trial_decide(sending=tried, now=timezone.now())
    go(tried)

    assert (tried.verdict, tried.state, len(server.letters)) == ("tie", "ended", PEOPLE)


def test_an_hour_that_won_is_the_same_hour_for_the_rest(
    tried: Sending, letter: Letter, server: Mailbox
) -> None:
    trial_write(sending=tried, legs=arms(letter, later=180))
    begun = timezone.now()
    services.sending_start(sending=tried, expected=PEOPLE, at=begun)
    go(tried)
    assert (len(server.letters), tried.decides_at) == (6, begun + timedelta(hours=7))
    sendings_follow(now=begun + timedelta(hours=3))
    Message.objects.update(state=Message.State.SENT)
    click(tried, b=6)

    sendings_follow(now=begun + timedelta(hours=7))

    tried.refresh_from_db()
    assert (tried.winner, tried.state) == ("b", "going")
    assert tried.legs.get(arm="rest").begins_at == begun + timedelta(hours=27)


def test_the_hour_that_was_tried_is_that_of_the_wall_clock_after_clocks_change() -> None:
    madrid = ZoneInfo("Europe/Madrid")  # on 25 October 2026 clocks go back, on 28 March 2027 forward
    nine = datetime(2026, 10, 24, 7, tzinfo=UTC)
    spring = datetime(2027, 3, 27, 8, tzinfo=UTC)

    assert hour_again(nine, datetime(2026, 10, 24, 20, tzinfo=UTC), madrid) == datetime(
        2026, 10, 25, 8, tzinfo=UTC
    )
    assert hour_again(nine, datetime(2026, 10, 25, 7, 30, tzinfo=UTC), madrid) == datetime(
        2026, 10, 25, 8, tzinfo=UTC
    )
    assert hour_again(nine, datetime(2026, 10, 25, 8, 30, tzinfo=UTC), madrid) == datetime(
        2026, 10, 26, 8, tzinfo=UTC
    )
    assert hour_again(spring, datetime(2027, 3, 27, 20, tzinfo=UTC), madrid) == datetime(
        2027, 3, 28, 7, tzinfo=UTC
    )
    assert hour_again(nine, nine, madrid) == nine


def test_an_arm_that_begins_later_is_looked_at_for_as_long(
    tried: Sending, letter: Letter, server: Mailbox
) -> None:
    trial_write(sending=tried, legs=arms(letter, later=180))
    begun = timezone.now()
    services.sending_start(sending=tried, expected=PEOPLE, at=begun)
    go(tried)
    sendings_follow(now=begun + timedelta(hours=3))
    Message.objects.update(state=Message.State.SENT)
    click(tried, a=6, b=6)
    for arm, hours in (("a", 5), ("b", 6)):
        batch = tried.legs.get(arm=arm).batch_id or 0
        Look.objects.filter(batch=batch).update(at=begun + timedelta(hours=hours))

    figures = arm_figures(tried, now=begun + timedelta(hours=7))

    assert [(each.arm, each.successes, each.trials) for each in figures] == [("a", 0, 6), ("b", 6, 6)]


def test_arms_of_the_letter_go_along_when_another_one_is_chosen(tried: Sending, letter: Letter) -> None:
    third, other = letter_made("Third"), letter_made("June")
    trial_write(sending=tried, legs=[*arms(letter), Leg(arm="c", letter=third)])

    tried.letter = other
    services.sending_write(sending=tried, at=timezone.now())

    legs = list(tried.legs.values_list("arm", "letter", "subjects"))
    assert legs == [("a", other.pk, {}), ("b", other.pk, arms(letter)[1].subjects), ("c", third.pk, {})]


def test_a_subject_that_won_before_stands_above_no_other_letter(tried: Sending, letter: Letter) -> None:
    tried.subjects = {"en": "Sweet"}
    tried.save()

    trial_write(sending=tried, legs=[Leg(arm="a", letter=letter), Leg(arm="b", letter=letter_made("June"))])

    assert dict(tried.legs.values_list("arm", "subjects")) == {"a": {"en": "Sweet"}, "b": {}}


def test_a_pause_is_no_time_of_the_test(tried: Sending, server: Mailbox) -> None:
    start(tried)
    before, now = tried.decides_at, timezone.now()
    assert before is not None
    services.sending_pause(sending=tried, at=now)
    services.sending_resume(sending=tried, at=now + timedelta(hours=5))

    assert tried.decides_at == before + timedelta(hours=5)


def test_a_test_that_tests_nothing_does_not_start(tried: Sending, letter: Letter) -> None:
    trial_write(sending=tried, legs=[Leg(arm="a", letter=letter), Leg(arm="b", letter=letter)])
    with pytest.raises(SendingHeld, match="Two arms of the test are alike"):
        start(tried)
    other = Letter.objects.create(
        name="Other", topic="else", created_at=timezone.now(), changed_at=timezone.now()
    )
    trial_write(sending=tried, legs=[*arms(letter), Leg(arm="c", letter=other)])
    with pytest.raises(SendingHeld, match="Other has another purpose or topic; others would get it"):
        start(tried)


@pytest.fixture
def bought(tried: Sending, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return what lets people buy: a function of their keys and a moment."""
    made: list[DuckStore] = []

    def buy(people: list[int], at: Any) -> None:
        facts = [
            Fact(
                id=uuid8(b"bought", key), name="shop.order.placed", site=1, origin="server",
                occurred_at=micros(at), received_at=micros(at), person=NUMBER_BASE | key, verdict="server",
            )
            for key in people
        ]  # fmt: skip
        write_spool(tmp_path / "spool", facts)
        made.append(DuckStore(tmp_path, lead=True))
        made[-1].drain()
        monkeypatch.setattr(opening, "store", lambda: made[-1])

    yield buy
    for each in made:
        each.close()


def test_conversions_are_counted_since_the_test_began(tried: Sending, server: Mailbox, bought: Any) -> None:
    tried.test_metric = Sending.Metric.CONVERSIONS
    tried.save()
    go(start(tried))
    drawn = {arm: list(unpacked(kept)) for arm, kept in tried.legs.values_list("arm", "people")}
    bought([*drawn["a"][:1], *drawn["b"][:4], *drawn["rest"]], timezone.now())

    now = timezone.now() + timedelta(seconds=1)
    assert [(each.successes, each.trials) for each in arm_figures(tried, now=now)] == [(1, 6), (4, 6)]
    Leg.objects.update(begins_at=now)
    assert [each.successes for each in arm_figures(tried, now=now + timedelta(hours=1))] == [0, 0]


def test_test_by_clicks_that_nobody_counts_is_not_begun(
    tried: Sending, letter: Letter, server: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    Letter.objects.filter(pk=letter.pk).update(is_counted=False)
    with pytest.raises(SendingHeld, match="Clicks in News are not counted"):
        start(Sending.objects.get(pk=tried.pk))
    Letter.objects.filter(pk=letter.pk).update(is_counted=True)
    monkeypatch.setenv("ZOCO_MAIL_COUNT_CLICKS", "0")
    with pytest.raises(SendingHeld, match="Clicks in News are not counted"):
        start(Sending.objects.get(pk=tried.pk))

    Sending.objects.update(test_metric=Sending.Metric.CONVERSIONS)

    assert start(Sending.objects.get(pk=tried.pk)).state == "planned"
