"""Tests of letters whose letters wait: the hours until a decision count from when they have left."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from zoco.channels.models import Account, Message
from zoco.channels.tests.conftest import agreed
from zoco.channels.tests.mailbox import Mailbox
from zoco.mail.counting.models import Look
from zoco.mail.editing.models import Letter
from zoco.mail.sending import services
from zoco.mail.sending.following import sendings_follow
from zoco.mail.sending.left import leg_left
from zoco.mail.sending.models import Sending
from zoco.mail.sending.screens.frame import moment
from zoco.mail.sending.services import trial_write
from zoco.mail.sending.tests.conftest import audience_of
from zoco.mail.sending.tests.test_trying import PEOPLE, arms, click, tried

pytestmark = pytest.mark.django_db
__all__ = ["tried"]


def night(sending: Sending, until: datetime, **others: Any) -> None:
    """Let what is to leave of a sending wait for the morning, or for something else."""
    sendings_follow(now=timezone.now())
    waiting = {"state": Message.State.WAITS, "because": "hours", "next_at": until, "done_at": None}
    Message.objects.update(**{**waiting, **others})


def test_a_test_that_begins_at_night_is_decided_hours_after_its_letters_left(
    tried: Sending, server: Mailbox, client: Client
) -> None:
    begun = timezone.now()
    services.sending_start(sending=tried, expected=PEOPLE, at=begun)
    morning = begun + timedelta(hours=9)
    night(tried, morning)
    client.force_login(User.objects.create_superuser("owner", "o@shop.example", "x"))
    page = client.get(f"/admin/sendings/{tried.pk}/").content.decode()
    assert f"Decided at {moment(morning + timedelta(hours=4))}" in page

    sendings_follow(now=begun + timedelta(hours=4))
    tried.refresh_from_db()
    assert (tried.state, tried.verdict) == ("testing", "")
    assert tried.decides_at == morning + timedelta(hours=4)

    Message.objects.update(state=Message.State.SENT, because="", next_at=None, done_at=morning)
    click(tried, b=6)
    Look.objects.update(at=morning + timedelta(hours=1))
    sendings_follow(now=morning + timedelta(hours=4))
    tried.refresh_from_db()
    assert (tried.verdict, tried.winner) == ("won", "b")


def test_a_test_does_not_wait_for_whom_a_cap_holds_nor_for_the_last_tenth(
    tried: Sending, server: Mailbox
) -> None:
    begun = timezone.now()
    services.sending_start(sending=tried, expected=PEOPLE, at=begun)
    night(tried, begun + timedelta(days=5), because="cap")
    for arm in ("a", "b"):  # half of each arm is held, the others left
        batch = tried.legs.get(arm=arm).batch
        some = list(Message.objects.filter(batch=batch).values_list("pk", flat=True)[:3])
        Message.objects.filter(pk__in=some).update(state="sent", because="", done_at=begun, next_at=None)

    sendings_follow(now=begun + timedelta(hours=4))

    tried.refresh_from_db()
    assert tried.verdict == "tie"


def test_an_arm_has_left_with_nine_in_ten_of_its_letters(
    letter: Letter, account: Account, server: Mailbox
) -> None:
    many = audience_of([agreed(f"q{n}") for n in range(40)], "many")
    made = Sending(name="June", letter=letter, audience=many, account=account, test_share=50)
    services.sending_write(sending=made, at=timezone.now())
    trial_write(sending=made, legs=arms(letter))
    begun = timezone.now()
    services.sending_start(sending=made, expected=40, at=begun)
    night(made, begun + timedelta(hours=12))
    leg = made.legs.get(arm="a")
    some = list(Message.objects.filter(batch=leg.batch).order_by("pk"))
    for number, each in enumerate(some[:9], 1):
        at = begun + timedelta(minutes=number)
        Message.objects.filter(pk=each.pk).update(state="sent", because="", done_at=at, next_at=None)

    assert leg_left(leg, now=begun + timedelta(hours=1)) == begun + timedelta(minutes=9)
    assert leg_left(made.legs.get(arm="b"), now=begun) == begun + timedelta(hours=12)
