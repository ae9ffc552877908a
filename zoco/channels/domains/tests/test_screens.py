"""Pages of sending domains: what to set stands there, keys are made, owners alone change anything."""

from pathlib import Path

import pytest
from django.urls import reverse

from zoco.channels.domains.models import DkimKey, SendingDomain
from zoco.channels.tests.nameserver import nameserver
from zoco.project.tests.readers import body, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.markup, pytest.mark.dns]


def test_owner_adds_a_domain_makes_a_key_and_sees_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, where = client_of("owner"), reverse("zoco_domains")
    assert "No domain yet" in body(owner.get(where))

    owner.post(where, {"name": "News@Shop.Example"})
    domain = SendingDomain.objects.get()
    page, act = reverse("zoco_domain", args=[domain.pk]), reverse("zoco_domain_act", args=[domain.pk])
    assert domain.name == "shop.example"
    owner.post(page, {"hosts": "mail.shop.example", "selectors": "", "is_signing": "on", "keep_days": "9"})
    owner.post(act, {"act": "key", "kind": "rsa", "pem": "", "selector": ""})
    with nameserver(tmp_path, ["host-record=mail.shop.example,192.0.2.7"]) as at:
        monkeypatch.setenv("ZOCO_NAMESERVERS", at)
        owner.post(act, {"act": "look"})

    key, shown = DkimKey.objects.get(), body(owner.get(page))
    assert f'value="{key.public}"' in shown
    assert key.secret not in shown
    assert 'value="v=spf1 ip4:192.0.2.7 ~all"' in shown
    assert "_dmarc.shop.example" in shown
    assert "No, until this is right" in shown
    assert "may not start" in body(owner.get(where))
    owner.post(act, {"act": "excuse", "reason": "It is set tonight."})
    assert "Campaigns start all the same: It is set tonight." in body(owner.get(page))
    owner.post(act, {"act": "unexcuse"})
    assert SendingDomain.objects.get().excuse == ""
    wrong = owner.post(act, {"act": "key", "kind": "rsa", "pem": "no key"}, follow=True)
    assert "This is no private key" in body(wrong)
    owner.post(act, {"act": "drop", "key": key.pk})
    assert not DkimKey.objects.exists()
    assert "Write a domain such as" in body(owner.post(where, {"name": "no domain"}))


def test_others_see_domains_and_change_nothing() -> None:
    domain = SendingDomain.objects.create(name="shop.example")
    page, act = reverse("zoco_domain", args=[domain.pk]), reverse("zoco_domain_act", args=[domain.pk])
    for role in ("marketer", "analyst"):
        client = client_of(role)

        shown = body(client.get(page))
        client.post(page, {"hosts": "evil.example", "keep_days": "0"})
        client.post(act, {"act": "key", "kind": "rsa"})
        client.post(reverse("zoco_domains"), {"name": "evil.example"})

        assert "Make a key" not in shown
    domain.refresh_from_db()
    assert domain.hosts == ""
    assert (SendingDomain.objects.count(), DkimKey.objects.count()) == (1, 0)
