"""Pages of accounts and messages: who may what, that no secret is shown, and what stands where nothing is."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from zoco.channels.delivering import deliver
from zoco.channels.models import Account, Message, SendingDomain
from zoco.channels.rates.pausing import destination_strike
from zoco.channels.services import account_open
from zoco.channels.tests.conftest import NOON, account_of, agreed
from zoco.channels.tests.test_delivering import draft
from zoco.consent.models import Choice, Rule
from zoco.consent.services import choice_record
from zoco.people.models import Person
from zoco.project.health.destinations import destinations
from zoco.project.tests.readers import body, client_of
from zoco.sites.access.models import SiteLimit

pytestmark = [pytest.mark.django_db, pytest.mark.markup]


def test_owner_adds_an_account_that_is_tested_and_never_shows_its_secret(file: Path) -> None:
    owner = client_of("owner")
    assert "Nothing can leave yet" in body(owner.get(reverse("zoco_channels")))
    assert "E-mail by SMTP" in body(owner.get(reverse("zoco_channels_kinds")))
    new = reverse("zoco_channels_new", args=["fake"])

    answer = owner.post(
        new, {"account_name": "news", "file": str(file), "answer": "take", "word": "honeycomb"}
    )

    account = Account.objects.get()
    assert answer.headers["Location"] == reverse("zoco_channels_account", args=[account.pk])
    page = body(owner.get(answer.headers["Location"]))
    assert "It worked at" in page
    assert "honeycomb" not in page
    same = {"account_name": "news", "file": str(file), "answer": "later", "word": ""}
    owner.post(answer.headers["Location"], same)
    account.refresh_from_db()
    assert (account.options["answer"], account_open(account).secrets) == ("later", {"word": "honeycomb"})


def test_what_cannot_be_is_said_at_its_field_and_the_name_is_one(account: Account, file: Path) -> None:
    owner = client_of("owner")
    new = reverse("zoco_channels_new", args=["email"])
    given: dict[str, Any] = {
        "account_name": "mail",
        "from_address": "news@shop.example",
        "host": "smtp.example",
    }

    page = body(
        owner.post(new, {**given, "port": "25", "tls": "plain", "user": "news", "password": "beeswax"})
    )
    twice = {"account_name": "fake", "file": str(file), "answer": "take"}
    taken = body(owner.post(reverse("zoco_channels_new", args=["fake"]), twice))

    assert "Without encryption everybody on the way could read the password" in page
    assert "beeswax" not in page
    assert "already exists" in taken
    assert list(Account.objects.all()) == [account]
    assert owner.get(reverse("zoco_channels_new", args=["nothing"])).status_code == 404


def test_domain_of_an_account_stands_in_the_list_at_once(db: None) -> None:
    owner = client_of("owner")
    given = {"account_name": "mail", "from_address": "news@shop.example", "host": "127.0.0.1", "port": "9"}

    owner.post(reverse("zoco_channels_new", args=["email"]), {**given, "tls": "starttls"})

    assert "shop.example" in body(owner.get(reverse("zoco_domains")))


@pytest.mark.parametrize("number", ["²", "٣", "9" * 30, "-1", ""])
def test_numbers_that_are_none_change_nothing_and_break_nothing(account: Account, number: str) -> None:
    owner = client_of("owner")
    domain = SendingDomain.objects.create(name="shop.example")
    sent = [
        (reverse("zoco_channels_act", args=[account.pk]), {"act": "release", "destination": number}),
        (reverse("zoco_channels_rates", args=[account.pk]), {"act": "drop", "rate": number}),
        (reverse("zoco_domain_act", args=[domain.pk]), {"act": "drop", "key": number}),
    ]

    answers = [owner.post(where, given).status_code for where, given in sent]

    assert max(answers) < 500


def test_account_is_tested_switched_off_and_preferred(account: Account, file: Path, tmp_path: Path) -> None:
    owner = client_of("owner")
    other = account_of("other", tmp_path / "away" / "x")
    act = reverse("zoco_channels_act", args=[other.pk])

    for word in ("test", "off", "usual", "dance"):
        assert owner.post(act, {"act": word}).status_code == 302

    other.refresh_from_db()
    assert (other.is_on, other.is_default, other.failure[:21]) == (False, True, "There is no folder fo")
    Account.objects.filter(pk=other.pk).update(options={**other.options, "from_address": "a@shop.example"})
    page = body(owner.get(reverse("zoco_channels_account", args=[other.pk])))
    assert "nobody could complain" in page
    assert "The account is off: nothing leaves by it" in page
    assert "There is no folder for" in page
    owner.post(act, {"act": "on"})
    assert Account.objects.get(pk=other.pk).is_on
    assert owner.get(act).status_code == 405


def test_destinations_left_alone_stand_on_the_page_and_go_on_by_a_button(account: Account) -> None:
    owner, at = client_of("owner"), timezone.now()
    row = destination_strike(
        account=account.pk, domain="large.example", is_block=True, because="550 blocked", at=at
    )
    where = reverse("zoco_channels_account", args=[account.pk])
    page = body(owner.get(where))
    assert "Let large.example go on" in page
    assert "550 blocked" in page
    assert [each.level for each in destinations()] == ["warning"]

    act = reverse("zoco_channels_act", args=[account.pk])
    client_of("marketer").post(act, {"act": "release", "destination": row.pk})
    assert "Let large.example go on" in body(owner.get(where))
    owner.post(act, {"act": "release", "destination": row.pk})

    assert "large.example" not in body(owner.get(where))
    assert [each.level for each in destinations()] == ["ok"]


def test_others_see_accounts_and_change_nothing(account: Account) -> None:
    for role in ("marketer", "analyst"):
        client = client_of(role)
        page = body(client.get(reverse("zoco_channels")))

        assert ">fake<" in page
        assert reverse("zoco_channels_account", args=[account.pk]) not in page
        assert client.get(reverse("zoco_channels_account", args=[account.pk])).status_code in {302, 403}
        client.post(reverse("zoco_channels_act", args=[account.pk]), {"act": "off"})
    account.refresh_from_db()
    assert account.is_on


def test_messages_stand_with_their_fates_and_reasons(account: Account, ana: Person) -> None:
    reader = client_of("analyst")
    where = reverse("zoco_messages")
    assert "No message has left yet" in body(reader.get(where))
    Rule.objects.create(purpose="marketing", most=1, days=7)
    deliver(draft(account, ana), now=NOON)
    deliver(draft(account, ana, "m2"), now=NOON)
    bea = agreed("bea")
    choice_record(person=bea.pk, state=Choice.State.WITHDRAWN, proof={}, at=NOON)
    deliver(draft(account, bea, "m3"), now=NOON)
    Message.objects.filter(key="m3").update(subject="", about_kind="", about="")

    page = body(reader.get(where))

    assert "until 24\xa0May\xa02026, 12:00" in page
    assert "It would be more often than this person wants" in page
    assert "This person wants it no more." in page
    assert page.count('role="rowheader"') == 3
    assert (page.count('role="rowheader">–</th>'), "m3" in page) == (1, False)
    assert body(reader.get(where, {"state": "refused"})).count('role="rowheader"') == 1
    assert "No message is in this state" in body(reader.get(where, {"state": "failed"}))
    assert reader.get(where, {"state": "dance", "page": "x", "account": "y"}).status_code == 200


def test_accounts_of_some_sites_see_no_messages(account: Account, ana: Person) -> None:
    deliver(draft(account, ana), now=NOON)
    limited: Client = client_of("marketer")
    SiteLimit.objects.create(user=User.objects.get(username="marketer"))

    assert limited.get(reverse("zoco_messages")).status_code in {302, 403}
