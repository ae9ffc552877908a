"""What providers tell of messages that arrived and were opened."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import RequestFactory

from zoco.channels.contract import CHANNELS
from zoco.channels.hearing import heard_write
from zoco.channels.models import Message, Told
from zoco.channels.services import account_open
from zoco.channels.tests.conftest import NOON
from zoco.channels.tests.test_providers import ANA, KEYS, account, told
from zoco.consent.suppressing import suppressed
from zoco.ledger.models import OutboxRow
from zoco.people.models import Person

pytestmark = pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid")
GOOD: dict[str, dict[str, dict[str, Any]]] = {
    "mailgun": {"delivered": {"event": "delivered"}, "opened": {"event": "opened"}},
    "postmark": {
        "delivered": {"RecordType": "Delivery", "DeliveredAt": "2026-05-17T12:00:00Z"},
        "opened": {"RecordType": "Open", "ReceivedAt": "2026-05-17T12:00:00Z"},
    },
    "brevo": {"delivered": {"event": "delivered"}, "opened": {"event": "opened"}},
    "sendgrid": {
        "delivered": {"event": "delivered", "sg_event_id": "e2"},
        "opened": {"event": "open", "sg_event_id": "e3"},
    },
}


@pytest.mark.parametrize("key", KEYS)
def test_what_arrived_and_was_opened_is_noted_once_and_nothing_follows_for_the_address(
    key: str, ana: Person, db: None
) -> None:
    made = account(key)
    message = Message.objects.create(
        uid=uuid4(), key="m1", account=made, adapter=key, person=ana, to="ana@shop.example", state="sent",
        created_at=NOON, done_at=NOON,
    )  # fmt: skip
    for kind in ("delivered", "opened"):
        raw, proof = told(key, str(message.uid), "bounced", **GOOD[key][kind])
        for _round in range(2):
            request = RequestFactory().post("/", raw, "application/json", **proof)  # type: ignore[arg-type]
            heard_write(account=made, heard=CHANNELS.get(key).listen(account_open(made), request), at=NOON)

    assert list(Told.objects.order_by("pk").values_list("told", flat=True)) == ["delivered", "opened"]
    names = OutboxRow.objects.filter(name__startswith="channels.message.").order_by("pk")
    assert list(names.values_list("name", flat=True)) == [
        "channels.message.delivered",
        "channels.message.opened",
    ]
    message.refresh_from_db()
    assert (message.because, suppressed([ANA])) == ("", {})
