"""Mails that came long ago go, but for those that prove something and those that could count again."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from zoco.mail.inbox import keeping
from zoco.mail.inbox.keeping import arrivals_forget
from zoco.mail.inbox.models import Arrival, Mailbox, Reply
from zoco.mail.periodic import forget
from zoco.people.models import Person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
OLD = NOW - timedelta(days=730, microseconds=1)
Kind = Arrival.Kind


def mailbox(afterwards: str) -> Mailbox:
    return Mailbox.objects.create(name=afterwards, host="127.0.0.1", port=9, afterwards=afterwards)


def came(box: Mailbox, kind: str, *, at: datetime = OLD, is_put_away: bool = True) -> Arrival:
    number = Arrival.objects.count() + 1
    return Arrival.objects.create(
        mailbox=box, uid_validity=1, uid=number, digest=str(number), kind=kind, at=at, is_put_away=is_put_away
    )


def test_what_proves_something_or_could_count_again_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    seen, moved = mailbox("seen"), mailbox("move")
    stay = [came(seen, Kind.BOUNCE)]
    for box in (seen, moved):
        stay += [came(box, each) for each in (Kind.COMPLAINT, Kind.UNSUBSCRIBE, Kind.REPLY)]
        stay += [came(box, Kind.NOTICE, at=NOW), came(box, Kind.NOTICE, is_put_away=False)]
        for each in (Kind.DELAYED, Kind.AUTO_REPLY, Kind.NOTICE, Kind.UNKNOWN, Kind.CHALLENGE):
            came(box, each)
    came(moved, Kind.BOUNCE)
    answered = came(moved, Kind.UNKNOWN)
    Reply.objects.create(
        arrival=answered, person=Person.objects.create(created_at=NOW, changed_at=NOW), at=NOW
    )

    assert arrivals_forget(now=NOW, days=0) == 0
    assert [arrivals_forget(now=NOW, days=730) for _ in range(2)] == [11, 0]

    assert list(Arrival.objects.order_by("pk")) == [*stay, answered]


def test_days_are_those_of_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    came(mailbox("seen"), Kind.NOTICE, at=timezone.now() - timedelta(days=731))
    for days, left in ((0, 1), (730, 0)):
        monkeypatch.setenv("ZOCO_MAIL_ARRIVALS_DAYS", str(days))
        forget()
        assert Arrival.objects.count() == left
