"""A letter that asks and finds no account waits for one, is counted once, and is told to owners."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from zoco.channels.models import Account
from zoco.channels.services import account_save
from zoco.channels.tests.mailbox import mailbox
from zoco.consent.confirming.models import Confirmation
from zoco.consent.confirming.services import Asked, Asking, confirmation_ask
from zoco.consent.confirming.tasks import confirmation_post
from zoco.consent.confirming.waiting import FIRST, LONGEST
from zoco.consent.models import Topic
from zoco.consent.signup.models import Form, FormDay
from zoco.people.identities import identity_read
from zoco.people.writing import Incoming, people_write
from zoco.project.health.confirmations import confirmations
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db


def waiting() -> list[Any]:
    rows = DBTaskResult.objects.filter(
        task_path__endswith="confirmation_post", args_kwargs__kwargs__tries__gt=0
    )
    return list(rows.order_by("enqueued_at"))


def account_made(port: int) -> None:
    settings = {"from_address": "news@shop.example", "from_name": "", "host": "127.0.0.1", "user": ""}
    account = Account(adapter="email", name="mail")
    account_save(account=account, settings={**settings, "port": port, "tls": "plain"}, secrets={})


def test_a_letter_without_an_account_waits_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    now = timezone.now()
    Topic.objects.create(key="news", label="News")
    Form.objects.create(key="footer", name="Footer", site=Site.objects.create(name="Shop"))
    (written,) = people_write([Incoming((identity_read("email", "ana@shop.example"),))], at=now)
    assert written.person is not None
    asking = Asking(written.person.pk, "ana@shop.example", ("news",), "en", {}, form="footer")
    assert [each.level for each in confirmations()] == ["ok"]
    assert confirmation_ask(asking, at=now) == Asked.SENT
    held = Confirmation.objects.get()

    for tries in (0, 1, 90):
        confirmation_post.call(key=held.pk, number=1, tries=tries)

    assert [each.args_kwargs["kwargs"]["tries"] for each in waiting()] == [1, 2, 91]
    pauses = [each.run_after - now for each in waiting()]
    for pause, wanted in zip(pauses, (FIRST, FIRST * 2, LONGEST), strict=True):
        assert wanted <= pause < wanted + timedelta(seconds=60)
    assert list(FormDay.objects.values_list("outcome", "count")) == [("no_account", 1)]
    (found,) = confirmations()
    words = "No account sends e-mail, and 1 person who signed up is to be asked by it to confirm."
    assert (found.level, found.message) == ("warning", words)

    with mailbox() as kept:
        account_made(kept.port)
        for _twice in range(2):
            confirmation_post.call(key=held.pk, number=1, tries=2)
        assert len(kept.letters) == 1
    assert len(waiting()) == 3
    assert [each.level for each in confirmations()] == ["ok"]

    Account.objects.all().delete()
    Confirmation.objects.update(expires_at=now)
    confirmation_post.call(key=held.pk, number=2)
    assert len(waiting()) == 3
