"""Audiences by how far people came through a funnel."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from zoco.ledger.sitebook import site as site_named
from zoco.ledger.store import opening
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import fact, ledger
from zoco.monitor.funnels import Funnel
from zoco.monitor.services import goal_create
from zoco.people.audiences.counting import people_of
from zoco.people.audiences.leaves import Asked, LeafWrong
from zoco.people.audiences.rules import RuleWrong, rules_read
from zoco.people.models import NUMBER_BASE, Person
from zoco.project.tests.readers import client_of
from zoco.sites import reads
from zoco.sites.access.services import sites_seen_set
from zoco.sites.models import CountingOrigin, Site

pytestmark = pytest.mark.django_db
ORDER = "shop.order.placed"
RULE = {"leaf": "funnel", "step": 1, "how": "stopped", "days": 30}
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.fixture
def people() -> list[Person]:
    return [Person.objects.create(created_at=NOW, changed_at=NOW) for _ in range(4)]


@pytest.fixture
def funnel() -> Funnel:
    site = Site.objects.create(slug="shop", name="Shop", zone="UTC", currency="EUR")
    goal_create(site=site.pk, name="Seen", kind="page", pattern="/p")
    goal_create(site=site.pk, name="Order", kind="event", event=ORDER)
    return Funnel.objects.create(site=site, name="Shop", steps=["Seen", "Order"], within_seconds=3_600)


@pytest.fixture
def store(
    people: list[Person], funnel: Funnel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    ana, bea, carl, dora = (NUMBER_BASE + each.pk for each in people)
    at: dict[str, Any] = {
        "zone": "UTC", "site": funnel.site_id, "name": "web.page.viewed", "origin": "tracker"
    }  # fmt: skip
    order = at | {"name": ORDER}
    facts = [
        # Ana orders in time; Bea too late; Carl still may; Dora came long ago; somebody unknown stops
        fact("2026-03-30 10:00:00", 1, "/p", person=ana, **at),
        fact("2026-03-30 10:30:00", 11, "", person=ana, **order),
        fact("2026-03-30 10:00:00", 2, "/p", person=bea, **at),
        fact("2026-03-30 11:00:01", 2, "", person=bea, **order),
        fact("2026-03-31 11:50:00", 3, "/p", person=carl, **at),
        fact("2026-02-01 10:00:00", 4, "/p", person=dora, **at),
        fact("2026-03-30 10:00:00", 5, "/p", **at),
    ]
    with ledger(tmp_path, facts, reads.site_infos()) as opened:
        yield opened


def found(store: Store, funnel: Funnel, **rule: object) -> set[int]:
    node = rules_read({"version": 1, "rules": {"all": [RULE | {"funnel": funnel.pk} | rule]}})
    return set(people_of(node, Asked(now=NOW, store=store)))


def test_who_stopped_though_there_was_time(store: Store, people: list[Person], funnel: Funnel) -> None:
    _ana, bea, _carl, dora = (each.pk for each in people)

    assert found(store, funnel) == {bea}
    assert found(store, funnel, days=90) == {bea, dora}
    assert found(store, funnel, step=1, days=1) == set()


def test_who_came_to_a_step(store: Store, people: list[Person], funnel: Funnel) -> None:
    ana, bea, carl, _dora = (each.pk for each in people)

    assert found(store, funnel, step=2, how="reached") == {ana}
    assert found(store, funnel, how="reached") == {ana, bea, carl}


def test_what_is_wrong_is_said(store: Store, funnel: Funnel) -> None:
    with pytest.raises(LeafWrong, match="only 2 steps"):
        found(store, funnel, step=3)
    with pytest.raises(LeafWrong, match="last step"):
        found(store, funnel, step=2)
    with pytest.raises(RuleWrong):
        found(store, funnel, how="dreamt")
    Funnel.objects.update(steps=["Seen", "Gone"])
    with pytest.raises(LeafWrong, match="“Gone”"):
        found(store, funnel)
    node = rules_read({"version": 1, "rules": {"all": [RULE | {"funnel": funnel.pk}]}})
    funnel.delete()
    with pytest.raises(LeafWrong, match="no more"):
        people_of(node, Asked(now=NOW, store=store))


def test_the_report_leads_to_the_builder_with_the_rule(
    store: Store, funnel: Funnel, admin_client: Client
) -> None:
    page = admin_client.get(reverse("zoco_ledger:report", args=["funnel"]), {"site": "shop"})
    (offered,) = [each for each in page.context["page_actions"] if "rules=" in each.url]

    builder = admin_client.get(offered.url)
    broken = admin_client.get(urlparse(offered.url).path, {"rules": "{"})

    assert "stopped at this step" in builder.content.decode()
    assert '"stopped"' in parse_qs(urlparse(offered.url).query)["rules"][0]
    assert broken.status_code == 200
    assert "cannot be read" in broken.content.decode()
    assert site_named("shop").id == funnel.site_id


def test_a_site_that_counts_by_its_log_has_an_answer_of_its_own(
    people: list[Person], funnel: Funnel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, bea = (each.pk for each in people[:2])
    other = Site.objects.create(slug="other", name="Other", zone="UTC", currency="EUR")
    CountingOrigin.objects.create(site=other, origin="log", since=date(2020, 1, 1))
    goal_create(site=other.pk, name="Seen", kind="page", pattern="/p")
    goal_create(site=other.pk, name="Order", kind="event", event=ORDER)
    twin = Funnel.objects.create(site=other, name="Shop", steps=["Seen", "Order"], within_seconds=3_600)
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    at: dict[str, Any] = {"zone": "UTC", "name": "web.page.viewed", "origin": "tracker"}
    facts = [
        fact("2026-03-30 10:00:00", 1, "/p", person=NUMBER_BASE + ana, site=funnel.site_id, **at),
        fact("2026-03-30 10:00:00", 2, "/p", person=NUMBER_BASE + bea, site=other.pk, zone="UTC"),
    ]

    with ledger(tmp_path, facts, reads.site_infos()) as opened:
        assert found(opened, funnel, how="reached") == {ana}
        assert found(opened, twin, how="reached") == {bea}


def test_whoever_sees_some_sites_only_is_offered_no_audience(store: Store, funnel: Funnel) -> None:
    client = client_of("marketer")
    where = reverse("zoco_ledger:report", args=["funnel"])
    all_sites = client.get(where, {"site": "shop"}).context["page_actions"]
    sites_seen_set(user=User.objects.get(username="marketer"), sites=[funnel.site])

    one_site = client.get(where, {"site": "shop"}).context["page_actions"]

    assert [each for each in all_sites if "rules=" in each.url]
    assert not [each for each in one_site if "rules=" in each.url]


def test_days_of_the_calendar_and_who_may_still_go_on(
    store: Store, people: list[Person], funnel: Funnel
) -> None:
    ana, bea, carl, dora = (each.pk for each in people)
    march = {"since": "2026-03-01", "until": "2026-03-31", "days": None}

    def of(**rule: object) -> set[int]:
        said = RULE | {"funnel": funnel.pk} | march | rule
        node = rules_read(
            {"version": 1, "rules": {"all": [{k: v for k, v in said.items() if v is not None}]}}
        )
        return set(people_of(node, Asked(now=NOW, store=store)))

    assert of(how="reached") == {ana, bea, carl}
    assert of() == {bea}
    assert of(how="waiting") == {carl}
    assert of(since="2026-02-01", until="2026-02-28") == {dora}
    with pytest.raises(LeafWrong, match="last step"):
        of(step=2, how="waiting")
    for wrong in (
        {"until": None},
        {"since": "2026-04-01"},
        {"since": "1066-10-14"},
        {"since": "1990-01-01"},
        {"since": "soon"},
    ):
        with pytest.raises(RuleWrong):
            of(**wrong)
    with pytest.raises(RuleWrong, match="how many days"):
        of(since=None, until=None)


def test_figures_of_the_report_lead_to_the_people_behind_them(
    store: Store, people: list[Person], funnel: Funnel, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "store", lambda: store)
    bea, carl = (f"/admin/people/{people[n].pk}/" for n in (1, 2))
    asked = {"site": "shop", "period": "2026-03-01..2026-03-31"}
    page = admin_client.get(reverse("zoco_ledger:report", args=["funnel"]), asked)
    seen, order = page.context["stages"]

    came, stopped, waits = (
        admin_client.get(url) for url in (seen.url, *(way.url for way in order.between if way.url))
    )

    assert [way.text for way in order.between] == [
        "25.0% went on",
        "2 stopped here",
        "1 more may still come: their time is not up",
    ]
    assert came.context["total"] == "1–3 of 3"
    assert stopped.context["total"] == "1–1 of 1"
    assert bea in stopped.content.decode()
    assert carl not in stopped.content.decode()
    assert carl in waits.content.decode()
    assert "1\xa0–\xa031\xa0Mar\xa02026" in stopped.context["words"]
    keep = admin_client.get(f"{reverse('zoco_audience_new')}?{stopped.context['query']}")
    assert "stopped at this step" in keep.content.decode()


@pytest.mark.parametrize("more", [{"f.device": "phone"}, {"verdicts": "all"}, {"by": "device"}])
def test_what_rules_cannot_say_leads_to_nobody(
    store: Store, funnel: Funnel, admin_client: Client, monkeypatch: pytest.MonkeyPatch, more: dict[str, str]
) -> None:
    monkeypatch.setattr(opening, "store", lambda: store)
    asked = {"site": "shop", "period": "2026-03-01..2026-03-31"} | more

    page = admin_client.get(reverse("zoco_ledger:report", args=["funnel"]), asked)

    assert page.status_code == 200
    assert "audiences/who" not in page.content.decode()


def test_who_may_not_see_audiences_is_led_to_nobody(
    store: Store, funnel: Funnel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "store", lambda: store)
    client = client_of("marketer")
    where, asked = (
        reverse("zoco_ledger:report", args=["funnel"]), {"site": "shop", "period": "2026-03-01..2026-03-31"}
    )  # fmt: skip
    all_sites = client.get(where, asked)
    url = all_sites.context["stages"][0].url
    sites_seen_set(user=User.objects.get(username="marketer"), sites=[funnel.site])

    assert "audiences/who" in url
    assert [each.url for each in client.get(where, asked).context["stages"]] == ["", ""]
    assert client.get(url).status_code in (302, 403)


@pytest.mark.parametrize("rules", ["", "{", "[]", '{"version": 1, "rules": {"all": []}}', "x" * 300_000])
def test_an_address_without_rules_is_answered_in_words(admin_client: Client, rules: str) -> None:
    answer = admin_client.get(reverse("zoco_audience_who"), {"rules": rules})

    assert answer.status_code == 422
    assert answer.context["problem"]


def test_a_rule_that_holds_no_more_says_why(store: Store, funnel: Funnel, admin_client: Client) -> None:
    rules = json.dumps({"version": 1, "rules": {"all": [RULE | {"funnel": funnel.pk, "step": 7}]}})

    answer = admin_client.get(reverse("zoco_audience_who"), {"rules": rules})

    assert answer.status_code == 422
    assert "only 2 steps" in answer.context["problem"]
