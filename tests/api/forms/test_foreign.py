"""People, permission, letters and all that goes to them are of all sites: who sees some only gets to none."""

from typing import Any

import pytest
from django.utils import timezone

from tests.api.doors import Door, doors, is_in
from tests.api.forms.kept import one_of_each
from tests.api.table import EVERYBODY
from tests.api.test_own_sites import limited
from zoco.channels.models import Account
from zoco.mail.inbox.models import Mailbox
from zoco.mail.journeys.models import Journey
from zoco.mail.sending.models import Sending
from zoco.people.models import Audience, PeopleImport, Person

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
OF_PEOPLE = (
    "zoco_people", "zoco_person", "zoco_audience", "zoco_consent_", "zoco_letter", "zoco_journey",
    "zoco_sending", "zoco_mailbox", "zoco_replies", "zoco_list_growth", "zoco_messages",
    "zoco_api:audience", "zoco_api:person", "zoco_api:letter", "zoco_api:journey",
)  # fmt: skip
HELD: dict[str, Any] = {
    "zoco_audience": Audience, "zoco_person": Person, "zoco_people_import": PeopleImport,
    "zoco_journey": Journey, "zoco_sending": Sending, "zoco_mailbox": Mailbox, "zoco_channels": Account,
}  # fmt: skip


def address(door: Door) -> str:
    """Return the address of something that is there."""
    kind = next((kind for kind in sorted(HELD, reverse=True) if door.name.startswith(kind)), "")
    held = HELD[kind].objects.order_by("pk").values_list("pk", flat=True).first() if kind else 1
    return door.address({"pk": held, "language": "en", "name": "s0"})


def test_who_sees_some_sites_gets_to_nothing_of_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    one_of_each(at=timezone.now())
    browsers, _own = limited()
    found = [each for each in doors() if each.name.startswith(OF_PEOPLE) and each.name not in EVERYBODY]

    let_in = [
        (role, method, door.name)
        for door in found
        for role, browser in browsers.items()
        if role in ("analyst", "marketer")
        for method in ("get", "post")
        if is_in(browser, address(door), method)
    ]

    assert len(found) > 80
    assert let_in == []
