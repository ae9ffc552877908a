"""Messages that are over go after a while; those that are counted, and those that may go on, stay."""

from datetime import timedelta

import pytest
from django.db import connection

from zoco.channels.bulk.models import Batch
from zoco.channels.keeping import retaining
from zoco.channels.keeping.retaining import messages_forget
from zoco.channels.models import Account, Message, Told
from zoco.channels.periodic import forget
from zoco.channels.tests.conftest import NOON
from zoco.people.models import Person

pytestmark = pytest.mark.django_db
State = Message.State
LONG_AGO = NOON - timedelta(days=730, microseconds=1)


def message(account: Account, person: Person, key: str, **over: object) -> Message:
    given = {"state": State.SENT, "done_at": LONG_AGO, "created_at": LONG_AGO, "about_kind": "confirmation"}
    number = Message.objects.count()
    return Message.objects.create(
        uid=f"{number:032x}", key=key, account=account, adapter="fake", person=person, **(given | over)
    )


def test_what_is_over_goes_and_what_is_counted_or_may_go_on_stays(
    account: Account, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retaining, "AT_ONCE", 2)
    batch = Batch.objects.create(maker="x", adapter="fake", purpose="marketing", created_at=LONG_AGO)
    for key in ("a", "b", "c"):
        message(account, ana, key)
    told = message(account, ana, "failed", state=State.FAILED)
    Told.objects.create(account=account, event="e", told="bounced", message=told, at=LONG_AGO)
    message(account, ana, "letter", about_kind="letter")
    message(account, ana, "of a sending", about_kind="sending", batch=batch)
    message(account, ana, "young", done_at=LONG_AGO + timedelta(microseconds=1))
    message(account, ana, "waits", state=State.WAITS, done_at=None)

    assert messages_forget(now=NOON, days=0) == 0
    assert [messages_forget(now=NOON, days=730) for _ in range(2)] == [4, 0]

    stay = ["letter", "of a sending", "young", "waits"]
    assert list(Message.objects.order_by("pk").values_list("key", flat=True)) == stay
    assert not Told.objects.exists()


def test_days_are_those_of_the_setting(
    account: Account, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    message(account, ana, "a")
    for days, left in ((0, 1), (730, 0)):
        monkeypatch.setenv("ZOCO_MESSAGES_DAYS", str(days))
        forget()
        assert Message.objects.count() == left


def test_what_is_over_is_read_by_its_index() -> None:
    plan = Message.objects.filter(batch=None, done_at__lt=NOON).order_by("done_at").explain()

    assert connection.vendor != "sqlite" or "zoco_channels_over" in plan
