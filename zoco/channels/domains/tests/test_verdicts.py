"""What follows from looks at sending domains: verdicts, history, mail to owners, excuses."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail

from zoco.channels.domains.forms import DomainForm
from zoco.channels.domains.looking import REMEMBERED, domain_look, domains_due, domains_gather
from zoco.channels.domains.models import DomainChange, SendingDomain
from zoco.channels.domains.telling import owners_tell
from zoco.channels.domains.tests.conftest import Serve
from zoco.channels.domains.tests.test_looking import BASE, FROM, but, looked, told
from zoco.channels.domains.tests.test_signing import current
from zoco.channels.domains.verdicts import NoReason, domain_excuse, domain_verdict, feedback_id
from zoco.channels.models import Account
from zoco.channels.services import account_save
from zoco.channels.tests.conftest import NOON
from zoco.channels.tests.mailbox import mailbox
from zoco.channels.tests.nameserver import free_port
from zoco.project.tests.readers import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.dns]


def test_silence_of_name_servers_changes_no_verdict_for_days(
    domain: SendingDomain, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = current(domain, "rsa")
    serve(*BASE, told(key))
    looked(domain)
    monkeypatch.setenv("ZOCO_NAMESERVERS", f"127.0.0.1:{free_port()}")

    later = NOON + timedelta(hours=1)
    looked(domain, at=later, seconds=0.3)
    assert (domain.state, domain_verdict(FROM, now=later).may_start) == ("warning", True)
    late = NOON + REMEMBERED
    looked(domain, at=late, seconds=0.3)
    verdict = domain_verdict(FROM, now=late)
    assert (verdict.may_start, len(verdict.problems)) == (False, 3)
    domain_excuse(domain=domain, reason="No name server is reached from here.", by=None, at=late)
    looked(domain, at=late + timedelta(minutes=30), seconds=0.3)
    assert (domain.state, domain_verdict(FROM, now=late).may_start) == ("warning", True)


def test_bad_turn_is_kept_told_and_can_be_excused(domain: SendingDomain, serve: Serve) -> None:
    client_of("owner")
    User.objects.filter(username="owner").update(email="owner@shop.example")
    key = current(domain, "rsa")
    serve(*BASE, told(key))
    assert not domain_look(domain=domain, at=NOON)
    assert domains_due(NOON + timedelta(hours=5)) == []
    assert domains_due(NOON + timedelta(hours=6)) == [domain.pk]
    serve(*but(without="_dmarc"), told(key))

    assert domain_look(domain=domain, at=NOON)
    assert not domain_look(domain=domain, at=NOON)

    assert owners_tell(domain) == len(mail.outbox) == 1
    assert "There is no DMARC record" in str(mail.outbox[0].body)
    (change,) = DomainChange.objects.exclude(was="")
    assert (change.check_key, change.was, change.now) == ("dmarc", "good", "bad")
    with pytest.raises(NoReason):
        domain_excuse(domain=domain, reason=" ", by=None, at=NOON)
    domain_excuse(domain=domain, reason="It is set tonight.", by=None, at=NOON)
    assert domain_verdict(FROM, now=NOON).may_start
    assert domain_verdict(FROM, now=NOON).problems
    assert not domain_verdict(FROM, now=NOON + timedelta(days=30)).may_start
    serve(*BASE, told(key))
    domain_look(domain=domain, at=NOON)
    assert (domain.state, domain.excuse) == ("good", "")


def test_what_is_found_while_a_domain_is_changed_stays(domain: SendingDomain) -> None:
    given = {"hosts": "mx.shop.example", "selectors": "", "is_signing": "on", "keep_days": "9"}
    form = DomainForm(given, instance=SendingDomain.objects.get(pk=domain.pk))
    SendingDomain.objects.update(state="good", checked_at=NOON, excuse="It is set tonight.")

    form.save()

    domain.refresh_from_db()
    assert (domain.hosts, domain.keep_days, domain.is_signing) == ("mx.shop.example", 9, True)
    assert (domain.state, domain.checked_at, domain.excuse) == ("good", NOON, "It is set tonight.")


def test_servers_of_accounts_encrypt_or_not(
    serve: Serve, domain: SendingDomain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    serve(*BASE)
    given = {"from_address": "news@Shop.Example", "host": "127.0.0.1", "tls": "starttls", "user": ""}
    account = Account(adapter="email", name="mail")

    with mailbox() as post:
        account_save(account=account, settings={**given, "port": post.port}, secrets={})
        plain = looked(domain)["tls"]
        account_save(account=account, settings={**given, "port": post.port, "tls": "plain"}, secrets={})
        beside = looked(domain)["tls"]
    account_save(account=account, settings={**given, "port": post.port}, secrets={})
    away = looked(domain)["tls"]
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "")
    inside = looked(domain)["tls"]

    assert (plain[0], "does not encrypt" in plain[1]) == ("bad", True)
    assert beside[0] == "good"
    assert (away[0], inside[0]) == ("unknown", "unknown")
    assert "public address" in str(domain.findings)
    SendingDomain.objects.all().delete()
    domains_gather()
    assert [each.name for each in SendingDomain.objects.all()] == ["shop.example"]


def test_feedback_id_is_as_google_reads_it() -> None:
    made = feedback_id(campaign="spring:2026", customer="shop", mailtype="news letter", sender="Мой zoco!")

    assert made == "spring-2026:shop:news-letter:zoco0"
