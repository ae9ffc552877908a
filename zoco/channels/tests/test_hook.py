"""Web hooks against a real server on loopback: signed, repeated with pauses, each with a log of its own."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from zoco.channels import due
from zoco.channels.contract import Content
from zoco.channels.delivering import deliver
from zoco.channels.drafts import Draft, DraftWrong
from zoco.channels.models import Account, Message
from zoco.channels.services import account_check, account_save
from zoco.channels.tests.conftest import NOON
from zoco.kit.hooks import EVENT_ID, SIGNATURE, signature
from zoco.people.models import Person

pytestmark = pytest.mark.django_db
KEY = "sixteen-honeycombs"
ORDER = Content("shop.order.placed", data={"number": 7, "name": "Ríos"})


class Receiver(ThreadingHTTPServer):
    """A program that answers as it is told, and keeps what it got."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.status, self.more = 200, {}  # type: tuple[int, dict[str, str]]
        self.got: list[tuple[bytes, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class Answering(BaseHTTPRequestHandler):
    """Answers a request."""

    server: Receiver

    def do_POST(self) -> None:
        """Keep it."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((body, dict(self.headers)))
        self.send_response(self.server.status)
        for name, value in self.server.more.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    server = Receiver()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(receiver: Receiver, db: None) -> Account:
    account = Account(adapter="hook", name="hook")
    return account_save(account=account, settings={"url": receiver.url}, secrets={"key": KEY})


def test_event_is_told_once_and_signed(hook: Account, receiver: Receiver) -> None:
    fates = [deliver(Draft("e1", hook.pk, ORDER), now=NOON) for _ in range(2)]

    assert [each.state for each in fates] == [Message.State.SENT] * 2
    ((body, headers),) = receiver.got
    uid = str(Message.objects.get().uid)
    assert json.loads(body) == {"id": uid, "event": "shop.order.placed", "data": ORDER.data}
    assert (headers[SIGNATURE], headers[EVENT_ID]) == (signature(KEY, body), uid)


def test_refused_event_is_told_again_later_in_the_same_words(hook: Account, receiver: Receiver) -> None:
    receiver.status = 500
    deliver(Draft("e1", hook.pk, ORDER), now=NOON)
    message = Message.objects.get()
    waits = (Message.State.WAITS, "The address answered with 500.", "500")
    assert (message.state, message.reason, message.code) == waits
    assert (message.next_at or NOON) - NOON >= timedelta(seconds=60)
    receiver.status, receiver.more = 429, {"Retry-After": "900"}
    due.due_send(now=NOON + timedelta(minutes=2))
    message.refresh_from_db()
    assert (message.next_at or NOON) - NOON >= timedelta(minutes=17)
    receiver.status = 204

    due.due_send(now=NOON + timedelta(hours=1))

    assert Message.objects.get().state == Message.State.SENT
    assert len({body for body, _headers in receiver.got}) == 1
    assert len(receiver.got) == 3


def test_whoever_says_gone_is_told_nothing_more(hook: Account, receiver: Receiver) -> None:
    receiver.status = 410

    fate = deliver(Draft("e1", hook.pk, ORDER), now=NOON)

    assert (fate.state, fate.reason) == (Message.State.FAILED, "The address answered with 410.")


def test_silent_address_is_tried_until_it_is_given_up(hook: Account, receiver: Receiver) -> None:
    account_save(account=hook, settings={"url": "http://127.0.0.1:9/hook"}, secrets={"key": KEY})
    deliver(Draft("e1", hook.pk, ORDER), now=NOON)
    for day in range(10):
        due.due_send(now=NOON + timedelta(days=day + 1))

    message = Message.objects.get()
    assert (message.state, message.tries) == (Message.State.FAILED, 7)
    assert "did not answer" in message.reason


def test_account_is_tested_by_a_ping_that_says_so(hook: Account, receiver: Receiver) -> None:
    assert account_check(account=hook, at=NOON)
    assert json.loads(receiver.got[0][0])["event"] == "zoco.ping"
    receiver.status = 404

    assert not account_check(account=hook, at=NOON)

    assert "answered with 404" in hook.failure


def test_hook_tells_programs_and_no_people_and_leads_nowhere_inside(hook: Account, ana: Person) -> None:
    with pytest.raises(DraftWrong):
        deliver(Draft("e1", hook.pk, ORDER, person=ana.pk, purpose="service"), now=NOON)
    with pytest.raises(ValidationError):
        account_save(account=hook, settings={"url": "http://10.1.2.3/hook"}, secrets={})
    with pytest.raises(ValidationError):
        account_save(
            account=Account(adapter="hook", name="no key"), settings={"url": "https://x.example"}, secrets={}
        )
