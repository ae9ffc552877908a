"""Whoever leaves gets no later letter: not of a sending that is under way, and not as somebody new."""

import asyncio
import re
import threading
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone

from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.reads import batch_because
from zoco.channels.bulk.sending import batch_send
from zoco.channels.models import Account
from zoco.channels.tests.conftest import agreed
from zoco.channels.tests.mailbox import Mailbox
from zoco.consent.models import Suppression
from zoco.consent.public.tokens import Links
from zoco.consent.suppressing import suppress
from zoco.kit.periods import micros
from zoco.ledger.erasing import ERASERS
from zoco.ledger.store.base import Erasure
from zoco.mail.editing.models import Letter
from zoco.mail.sending.following import sendings_follow
from zoco.mail.sending.models import Sending
from zoco.mail.sending.services import sending_write
from zoco.mail.sending.tests.conftest import audience_of, go, start
from zoco.people.identities import identity_read
from zoco.people.importing.permission import KEEPERS, Told
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
SLOW_SECONDS = 0.05
NAMES = [f"p{n:02}" for n in range(16)]


def sending_to(names: list[str], account: Account, letter: Letter) -> Sending:
    audience = audience_of([agreed(name) for name in names])
    made = Sending(name="May", letter=letter, audience=audience, account=account)
    return start(sending_write(sending=made, at=timezone.now()))


def leave(person: Person, message: str = "") -> None:
    """Press the button of a mailbox."""
    links = Links(on=timezone.now().date(), base="https://z.example")
    address = urlsplit(links.unsubscribe(person=person, topic="news", message=message))
    answer = Client().post(address.path, "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded")
    assert answer.status_code == 200


def test_who_leaves_while_a_slow_sending_is_under_way_gets_no_later_letter(
    account: Account, letter: Letter, server: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = Mailbox.handle_DATA

    async def slowly(box: Mailbox, *given: Any) -> str:
        await asyncio.sleep(SLOW_SECONDS)
        return await take(box, *given)

    monkeypatch.setattr(Mailbox, "handle_DATA", slowly)
    sending_to(NAMES, account, letter)
    sendings_follow(now=timezone.now())
    batch = Batch.objects.get()
    thread = threading.Thread(target=_sent, args=(batch,))
    thread.start()
    for name, after in (("p05", 2), ("p08", 4), ("p14", 6), ("p15", 8)):  # each long before his turn
        while len(server.letters) < after:
            time.sleep(0.005)
        if name == "p14":
            named = identity_read("email", f"{name}@shop.example")
            suppress(identity=named, why=Suppression.Why.BY_HAND, at=timezone.now())
        else:
            leave(Person.objects.get(identities__key=f"{name}@shop.example"))
    thread.join(30)

    got = sorted(to for _by, to in server.envelopes)
    stay = [name for name in NAMES if name not in {"p05", "p08", "p14", "p15"}]
    assert got == [f"{name}@shop.example" for name in stay]
    assert batch_because(batch) == {("refused", "withdrawn"): 3, ("refused", "suppressed"): 1}


def test_whoever_was_erased_and_is_imported_again_gets_nothing(
    account: Account, letter: Letter, server: Mailbox
) -> None:
    ana, bea = agreed("ana"), agreed("bea")
    leave(ana)
    at = timezone.now() + timedelta(seconds=1)
    erasure = Erasure(at=micros(at), site=0, visitors=(), persons=(ana.number, bea.number))
    for eraser in ERASERS:
        if keep := getattr(eraser, "keep", None):
            keep(erasure)
    for eraser in ERASERS:
        eraser.erase(erasure)
    assert not Person.objects.exists()

    found = [imported_again(name, at) for name in ("ana", "bea")]
    sending = Sending(name="May", letter=letter, audience=audience_of(found), account=account)
    go(start(sending_write(sending=sending, at=timezone.now())))

    assert server.envelopes == []
    assert batch_because(Batch.objects.get()) == {("refused", "suppressed"): 2}
    assert list(Suppression.objects.values_list("why", flat=True).distinct()) == ["unsubscribed"]
    assert not {"ana", "bea"} & set(re.findall(r"\w+", str(list(Suppression.objects.values()))))


def imported_again(name: str, at: Any) -> Person:
    """Write somebody as a file does that says that he agreed."""
    named = identity_read("email", f"{name}@shop.example")
    (written,) = people_write([Incoming((named,))], at=at)
    assert written.person is not None
    told = Told(written.person.pk, "given", at, (named,), proof={"form": "an old file"})
    with transaction.atomic():
        for keeper in KEEPERS:
            keeper.take([told])
    return written.person


def _sent(batch: Batch) -> None:
    try:
        batch_send(batch=batch, lines=1)
    finally:
        connections.close_all()
