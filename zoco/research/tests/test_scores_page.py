"""The page of scores and its rule of audiences, with what somebody may write into their address."""

import json
from urllib.parse import parse_qs, urlparse

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from zoco.ledger.store.base import Store
from zoco.ledger.tests.pictures import drawn as whole
from zoco.ledger.tests.pictures import said as texts
from zoco.people.audiences.counting import people_of
from zoco.people.audiences.leaves import Asked, LeafWrong
from zoco.people.audiences.rules import RuleWrong, rules_read
from zoco.people.models import Person
from zoco.project.tests.readers import client_of
from zoco.research.tests.bought import ANA, BEA, NOW
from zoco.sites.access.services import sites_seen_set
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
RULE = {"leaf": "scores", "days": "all", "scale": "quantile"}


def found(store: Store, here: Site, **rule: object) -> set[int]:
    node = rules_read({"version": 1, "rules": {"all": [RULE | {"site": here.pk} | rule]}})
    return set(people_of(node, Asked(now=NOW, store=store)))


def page(reader: Client, **query: str) -> str:
    answer = reader.get(reverse("zoco_scores"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_rule_finds_those_of_its_scores(store: Store, site: Site) -> None:
    bounds = {"recency_bounds": "29, 31, 200, 300", "frequency_bounds": "2,3,4,5", "money_bounds": "6,7,8,9"}

    assert found(store, site) == {ANA, BEA}
    assert found(store, site, recency=4) == {ANA}
    assert found(store, site, scale="fixed", **bounds, money=1) == {BEA}
    assert found(store, site, scale="fixed", **bounds, recency=4) == {ANA}
    assert found(store, site, scale="fixed", **bounds, money=5, frequency=2) == {ANA}
    assert found(store, site, days="90", segment="new") == set()


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": "7"}, {"scale": "x"}, {"site": 10**30}, {"site": "x"}, {"recency": 6}, {"segment": "x"},
        {"scale": "fixed"}, {"scale": "fixed", "recency_bounds": "1,2,3,4", "frequency_bounds": "1"},
        {"more": 1},
    ],
)  # fmt: skip
def test_rule_that_cannot_be_is_refused(store: Store, site: Site, wrong: dict[str, object]) -> None:
    with pytest.raises((RuleWrong, LeafWrong)):
        found(store, site, **wrong)


def test_page_shows_cells_and_makes_an_audience_of_one(
    store: Store, site: Site, people: list[Person]
) -> None:
    owner = client_of("owner")

    shown = page(owner, days="all", recency="4", site=site.slug)

    assert "2 people bought here, with 3 orders and €35 left of them." in shown
    assert "1 more order, of €9, is of nobody known and stands nowhere here." in shown
    made = owner.get(reverse("zoco_scores"), {"days": "all", "site": site.slug, "picture": "scores"})
    assert texts(whole(made.content.decode()))[0] == "Recency and frequency"
    assert "at most 5" in shown
    assert "Ana" in shown
    assert "Bea" not in shown
    start = shown.index(reverse("zoco_audience_new"))
    address = shown[start : shown.index('"', start)].replace("&amp;", "&")
    rules = json.loads(parse_qs(urlparse(address).query)["rules"][0])
    assert rules["rules"]["all"] == [RULE | {"site": site.pk, "recency": 4}]
    assert owner.get(address).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {"days": "x"}, {"scale": "fixed", "recency_bounds": "'; drop"}, {"recency": "9" * 5_000},
        {"segment": "<script>"}, {"scale": "fixed", "money_bounds": "1,2,3,1e400"},
        {"recency_bounds": "\x00"},
    ],
)  # fmt: skip
def test_whatever_stands_in_the_address_is_answered(
    store: Store, people: list[Person], query: dict[str, str]
) -> None:
    shown = page(client_of("owner"), **query)

    assert "<script>alert" not in shown


def test_nobody_who_bought_is_said_so(store: Store, people: list[Person]) -> None:
    assert "Nobody known bought here in this time" in page(client_of("owner"), days="90")


def test_without_a_site_the_page_leads_to_one() -> None:
    assert "There is no site yet" in page(client_of("owner"))


def test_who_sees_one_site_only_sees_no_people(store: Store, site: Site, people: list[Person]) -> None:
    analyst, some = client_of("analyst"), client_of("marketer")
    sites_seen_set(user=User.objects.get(pk=some.session["_auth_user_id"]), sites=[site])

    assert analyst.get(reverse("zoco_scores")).status_code == 200
    assert some.get(reverse("zoco_scores")).status_code == 302
    assert Client().get(reverse("zoco_scores")).status_code == 302
