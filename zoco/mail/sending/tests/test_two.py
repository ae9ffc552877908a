"""Two workers follow the same sendings at once: nobody is written to twice, and none is left out."""

import threading

import pytest
from django.db import connections
from django.utils import timezone

from zoco.channels.bulk.models import Batch
from zoco.channels.models import Message
from zoco.channels.tests.mailbox import Mailbox
from zoco.kit.periodic import PERIODIC, STEADY
from zoco.mail import periodic
from zoco.mail.sending.following import sendings_follow
from zoco.mail.sending.models import Sending
from zoco.mail.sending.tests.conftest import audience_of, go, start
from zoco.people.models import Person

PEOPLE = 2_500
"""More than two chunks of rows."""


def many() -> list[Person]:
    """Return people who never agreed to anything: a letter for them is prepared all the same."""
    at = timezone.now()
    rows = [Person(name=f"p{n}", created_at=at, changed_at=at) for n in range(PEOPLE)]
    return Person.objects.bulk_create(rows)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_write_to_each_once(sending: Sending) -> None:
    people = many()
    sending.audience = audience_of(people, "many")
    sending.save()
    start(sending)
    together, wrong = threading.Barrier(2), []

    def work() -> None:
        try:
            together.wait(20)
            sendings_follow(now=timezone.now())
        except Exception as error:
            wrong.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(60)

    assert wrong == []
    batch = Batch.objects.get()
    assert (batch.state, batch.total, sending.legs.get().batch) == ("running", PEOPLE, batch)
    written = list(Message.objects.filter(batch=batch).values_list("person", flat=True))
    assert sorted(written) == sorted(each.pk for each in people)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_sendings_hold_no_other_work_up(sending: Sending, server: Mailbox) -> None:
    start(sending)
    stop = threading.Event()
    ending = threading.Timer(0.5, stop.set)

    ending.start()
    periodic.send(stop)

    assert ("mail.sendings" in STEADY, "mail.sendings" in PERIODIC) == (True, False)
    assert Batch.objects.get().state == "running"
    go(sending)
    assert (len(server.letters), sending.state) == (3, "ended")
