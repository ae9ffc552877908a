"""A log-in or a form of Django joins whoever consented, where it may; a site's key is its own."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone

from zoco.kit.periods import micros
from zoco.kit.signing import TokenWrong, opened
from zoco.ledger.erasing import OutboxEraser
from zoco.ledger.models import OutboxRow
from zoco.ledger.outbox import joining
from zoco.ledger.services import FactWrong
from zoco.ledger.store.base import Erasure
from zoco.project.cli import run
from zoco.sites import salts, services
from zoco.sites.consenting.persons import person_join, person_of_user
from zoco.sites.consenting.visitors import visitor_known
from zoco.sites.models import Site

WHO = "0b9c6f3e-5a0e-4c6b-9e0a-2f5d1c7b8a90"
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    return services.site_create(name="Shop", hostnames=["shop.example"])


def request(host: str = "shop.example", who: str = WHO, **headers: str) -> HttpRequest:
    made = RequestFactory().get("/account", headers=headers, SERVER_NAME=host)
    if who:
        made.COOKIES["zoco_id"] = who
    return made


def told() -> list[dict[str, Any]]:
    return [json.loads(row.fact) for row in OutboxRow.objects.order_by("id")]


def test_form_joins_whoever_consented(site: Site, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]

    assert person_join(request(), 42)

    [fact] = told()
    assert (fact["name"], fact["person"], fact["props"]) == ("people.visitor.joined", 42, {"by": "form"})
    assert fact["known"] == visitor_known(site=site.pk, who=WHO)
    assert WHO not in json.dumps(fact)


@pytest.mark.parametrize(
    "asked",
    [
        {"who": ""},
        {"who": "short"},
        {"host": "other.example"},
        {"Sec-GPC": "1"},
        {"DNT": "1"},
    ],
)
def test_nobody_is_joined_where_it_may_not_be(site: Site, settings: Any, asked: dict[str, str]) -> None:
    settings.ALLOWED_HOSTS = ["*"]

    assert not person_join(request(**asked), 42)
    assert told() == []


def test_login_joins_only_where_the_installation_says_so_and_never_staff(
    site: Site, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    users = get_user_model().objects
    customer = users.create_user("customer", "customer@shop.example", "honey-and-wax-1")
    staff = users.create_user("staff", "staff@shop.example", "honey-and-wax-1", is_staff=True)

    user_logged_in.send(type(customer), request=request(), user=customer)
    assert told() == []
    monkeypatch.setenv("ZOCO_JOIN_LOGINS", "1")
    user_logged_in.send(type(staff), request=request(), user=staff)
    assert told() == []
    user_logged_in.send(type(customer), request=request(), user=customer)

    [fact] = told()
    assert (fact["person"], fact["props"]) == (person_of_user(customer), {"by": "login"})


@pytest.mark.parametrize("wrong", [0, -1, 1 << 63])
def test_what_is_no_person_is_refused_in_words(site: Site, wrong: int) -> None:
    with pytest.raises(FactWrong, match="no number of a person"):
        joining.join(site=site.pk, known=5, person=wrong)
    with pytest.raises(FactWrong, match="Without consent"):
        joining.join(site=site.pk, known=0, person=1)
    with pytest.raises(FactWrong, match="name two"):
        joining.merge(person=5, into=5)


def test_erasing_a_visitor_or_a_person_reaches_what_waits_in_the_outbox(site: Site) -> None:
    for known, person in ((5, 1), (55, 2), (6, 3)):
        joining.join(site=site.pk, known=known, person=person)

    assert [sorted(pairs) for pairs in OutboxEraser().known()] == [
        [(site.pk, 5), (site.pk, 6), (site.pk, 55)],
        [(site.pk, 1), (site.pk, 2), (site.pk, 3)],
    ]
    gone = OutboxEraser().erase(Erasure(at=micros(timezone.now()), visitors=(5,), persons=(3,)))

    assert gone == 2
    assert [fact["known"] for fact in told()] == [55]


def test_merging_and_parting_are_facts_of_no_site(site: Site) -> None:
    joining.merge(person=5, into=6)
    joining.part(person=5)
    joining.unjoin(site=site.pk, known=9, person=5)

    rows = [(each["name"], each["site"], each["person"], each.get("subject")) for each in told()]
    assert rows == [
        ("people.person.merged", 0, 5, "6"),
        ("people.person.parted", 0, 5, None),
        ("people.visitor.unjoined", site.pk, 5, None),
    ]


def test_token_of_the_command_holds_until_the_key_is_renewed(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["person", "token", "shop", "42", "--days", "30"]) == 0
    token = capsys.readouterr().out.strip()
    key = bytes.fromhex(salts.person_key(site.key_name))
    now = int(token.split(".")[2]) - 60
    assert opened(token, key=key, now=now, uses=("click",)) == ("click", 42)

    assert run(["site", "person-key", "shop", "--renew"]) == 0

    newer = bytes.fromhex(capsys.readouterr().out.strip())
    assert services.sites_publish().sites[0].person_key == newer.hex()
    with pytest.raises(TokenWrong, match="not signed"):
        opened(token, key=newer, now=now, uses=("click",))
    assert run(["person", "token", "shop", "42", "--use", "login", "--days", "30"]) == 2
