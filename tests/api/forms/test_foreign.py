"""People, permission, letters and all that goes to them are of all sites: who sees some only gets to none."""

from typing import Any

import pytest
from django.utils import timezone

from tests.api.doors import Door, doors, is_in
from tests.api.everybody import EVERYBODY
from tests.api.forms.kept import one_of_each
from tests.api.test_own_sites import limited
from zoco.consent.models import Topic
from zoco.consent.signup.models import Form
from zoco.mail.editing.models import Letter
from zoco.mail.inbox.models import Mailbox
from zoco.mail.journeys.models import Journey
from zoco.mail.sending.models import Sending
from zoco.people.models import Attribute, Audience, PeopleImport, Person

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
OF_PEOPLE = (
    "zoco_people", "zoco_person", "zoco_audience", "zoco_consent_", "zoco_letter", "zoco_journey",
    "zoco_sending", "zoco_mailbox", "zoco_replies", "zoco_list_growth", "zoco_messages",
    "zoco_api:audience", "zoco_api:person", "zoco_api:letter", "zoco_api:journey",
)  # fmt: skip
HELD: dict[str, Any] = {
    "zoco_audience": Audience, "zoco_person": Person, "zoco_people_import": PeopleImport,
    "zoco_people_attributes": Attribute, "zoco_journey": Journey, "zoco_letter": Letter,
    "zoco_sending": Sending, "zoco_mailbox": Mailbox, "zoco_consent_topic": Topic, "zoco_consent_form": Form,
}  # fmt: skip


def address(door: Door) -> str:
    """Return the address of something that is there: what is not is told to everybody as such."""
    held: dict[str, Any] = {"language": "en", "name": "s0"}
    if "pk" in door.parts:
        kind = max((kind for kind in HELD if door.name.startswith(kind)), key=len)
        held["pk"] = HELD[kind].objects.order_by("pk").values_list("pk", flat=True)[0]
    return door.address(held)


def test_who_sees_some_sites_gets_to_nothing_of_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    # On PostgreSQL numbers that tests before have used are not given again.
    Attribute.objects.create(key="gone", label="Gone", kind="text").delete()
    one_of_each(at=timezone.now())
    browsers, _own = limited()
    found = [each for each in doors() if each.name.startswith(OF_PEOPLE) and each.name not in EVERYBODY]
    addresses = [address(each) for each in found]

    let_in = [
        (role, method, where)
        for where in addresses
        for role, browser in browsers.items()
        if role in ("analyst", "marketer")
        for method in ("get", "post")
        if is_in(browser, where, method)
    ]

    assert len(found) > 80
    assert let_in == []
