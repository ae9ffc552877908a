"""A letter in two languages, people who want it, a mail server that keeps what arrives."""

from collections.abc import Iterator
from datetime import time
from typing import Any

import pytest
from django.utils import timezone

from zoco.channels.models import Account, SendingDomain
from zoco.channels.services import account_save
from zoco.channels.tests.conftest import agreed
from zoco.channels.tests.mailbox import Mailbox, mailbox
from zoco.consent.models import Rule, Topic
from zoco.kit import noting
from zoco.mail.editing import services as editing
from zoco.mail.editing.models import Letter
from zoco.mail.sending.following import sendings_follow
from zoco.mail.sending.models import Sending
from zoco.mail.sending.people import people_of
from zoco.mail.sending.services import sending_start, sending_write
from zoco.mail.tests.test_letters import FOOTER, text
from zoco.people.audiences.models import Audience
from zoco.people.audiences.services import audience_write, members_add
from zoco.people.models import Person
from zoco.testing.channels import batches_sent


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    with mailbox() as kept:
        yield kept


@pytest.fixture
def account(db: None, server: Mailbox) -> Account:
    return account_made(server)


def account_made(server: Mailbox) -> Account:
    """Return an account at that server, of a domain that is right, with hours that never close."""
    Rule.objects.create(purpose="marketing", most=0, opens_at=time(8), closes_at=time(8))
    Topic.objects.create(key="news", label="News")
    SendingDomain.objects.create(name="shop.example", checked_at=timezone.now(), findings=[])
    settings = {
        "from_address": "news@shop.example",
        "from_name": "Miel, Ñandú & co",
        "host": "127.0.0.1",
        "port": server.port,
        "tls": "plain",
    }
    return account_save(account=Account(adapter="email", name="mail"), settings=settings, secrets={})


@pytest.fixture
def letter(db: None) -> Letter:
    return letter_made("News")


def letter_made(name: str, link: str = "https://shop.example/honey") -> Letter:
    """Return a letter in English and Spanish."""
    at = timezone.now()
    made = editing.letter_write(letter=Letter(name=name, topic="news"), at=at)
    for language, subject, hello in (("en", "Honey", "Hello"), ("es", "Miel ñ", "Hola")):
        words = f'<p>{hello} {{{{ person.given_name|default("you") }}}} <a href="{link}">honey</a></p>'
        said = editing.Words(subject=subject, blocks=[text(words), FOOTER])
        editing.edition_write(letter=made, language=language, words=said, at=at)
    return made


@pytest.fixture
def people(db: None) -> list[Person]:
    """Return three people who want news; the second one reads Spanish."""
    found = [agreed(name) for name in ("ana", "bea", "carl")]
    Person.objects.filter(pk=found[1].pk).update(language="es-MX", given_name="Béa", family_name='"B"')
    return found


@pytest.fixture
def audience(people: list[Person]) -> Audience:
    return audience_of(people)


def audience_of(people: list[Person], name: str = "all") -> Audience:
    """Return an audience of these."""
    now = timezone.now()
    made = audience_write(name=name, kind=Audience.Kind.STATIC, at=now)
    members_add(audience=made, people=[each.pk for each in people], at=now)
    made.refresh_from_db()
    return made


@pytest.fixture
def sending(letter: Letter, audience: Audience, account: Account) -> Sending:
    made = Sending(name="May", letter=letter, audience=audience, account=account, campaign="spring")
    return sending_write(sending=made, at=timezone.now())


@pytest.fixture
def noted() -> Iterator[list[dict[str, Any]]]:
    """Return what the log of changes is told meanwhile."""
    told: list[dict[str, Any]] = []

    def noter(**said: Any) -> None:
        told.append(said)

    noting.listen(noter)
    yield told
    noting._noters.remove(noter)


def start(sending: Sending) -> Sending:
    sending_start(sending=sending, expected=len(people_of(sending)), at=timezone.now())
    return sending


def go(sending: Sending) -> Sending:
    """Let everything that is due happen, as the worker and the sender do."""
    sendings_follow(now=timezone.now())
    batches_sent()
    sendings_follow(now=timezone.now())
    sending.refresh_from_db()
    return sending
