"""A site that is not his: whoever is limited to some sites finds no other, behind no door and by no POST."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core import serializers
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api.doors import Door, doors
from tests.api.everybody import EVERYBODY
from tests.api.people import clients, values
from tests.api.table import OWNERS
from tests.api.test_doors import KEPT_ONES, LAST, OF_SITES, address
from zoco.campaigns.models import Campaign, Cost
from zoco.ledger import sitebook
from zoco.ledger.asking.within import WithinManager
from zoco.ledger.report import reports_all
from zoco.monitor.models import Incident
from zoco.sites import reads
from zoco.sites.access.services import sites_seen_set
from zoco.sites.models import Site

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
# In each name of what belongs to the other site, and in nothing else.
MARK = "Hexapod"
LIMITED = ("analyst", "marketer")


@pytest.fixture
def parts() -> Any:
    """Return what stands for the parts of addresses: all of it of the site that is not theirs."""
    reads.forget()
    found = values()
    Site.objects.filter(pk=found["pk"]).update(name=f"{MARK} shop")
    for model, needed in OF_SITES.values():
        marked = {name: f"{MARK} {value}" for name, value in needed.items() if name in ("name", "text")}
        model.objects.create(site_id=found["pk"], **needed | marked)
    yield found
    reads.forget()


def limited() -> tuple[dict[str, Client], Site]:
    """Return browsers of those who see one site only, and that site."""
    browsers = clients()
    own = Site.objects.create(slug="own", name="Own", zone="Europe/Madrid")
    reads.forget()
    for role in LIMITED:
        sites_seen_set(user=User.objects.get(username=role), sites=[own])
    return browsers, own


def _rows_of(site: int) -> str:
    """Return all rows of a site, and of what hangs on them."""
    rows = [*Site.objects.filter(pk=site), *Incident.objects.filter(alarm__site=site).order_by("pk")]
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.related_model is Site:
                rows += model._default_manager.filter(**{field.name: site}).order_by("pk")
    return str(serializers.serialize("json", rows))


def _closed(door: Door) -> bool:
    return door.key not in EVERYBODY and door.name not in LAST


def test_no_door_shows_anything_of_another_site(parts: dict[str, Any]) -> None:
    browsers, _own = limited()
    leaks, let_in = [], []
    # Each database says it of whoever gets further; of the other, who is held to the same rows, one.
    roles = LIMITED if connection.vendor == "sqlite" else LIMITED[1:]
    for door in filter(_closed, doors()):
        where = address(door, parts)
        for role in roles:
            for asked in (where, f"{where}?site=shop"):
                answer = browsers[role].get(asked, HTTP_X_REQUESTED_WITH="XMLHttpRequest")
                text = b"" if answer.streaming else answer.content
                if MARK.encode() in text:
                    leaks.append((role, asked))
            kind, _, verb = door.name.partition(":")
            if kind in KEPT_ONES and "pk" in door.parts and answer.status_code not in (302, 403, 404):
                let_in.append((role, verb, where, answer.status_code))

    assert leaks == []
    assert let_in == []


@pytest.mark.once  # forms are sent on both by tests/api/forms, and what is held back is the same on each
def test_no_post_changes_anything_of_another_site(parts: dict[str, Any]) -> None:
    browsers, _own = limited()
    addresses = {
        door.key: address(door, parts)
        for door in doors()
        if _closed(door) and door.key not in OWNERS and not door.name.startswith("wagtail")
    }
    before = _rows_of(parts["pk"])

    for where in addresses.values():
        browsers["marketer"].post(where, {"site": parts["pk"], "do": "undo"})
        browsers["marketer"].post(f"{where}?site=shop", {"site": "shop"})

    assert _rows_of(parts["pk"]) == before


def test_whoever_makes_something_makes_it_for_his_own_site_only(parts: dict[str, Any]) -> None:
    browsers, own = limited()
    given = {"name": "Thanks", "kind": "page", "pattern": "/thanks"}

    refused = browsers["marketer"].post("/admin/goals/new/", given | {"site": parts["pk"]})
    made = browsers["marketer"].post("/admin/goals/new/", given | {"site": own.pk})

    assert refused.status_code == 200
    assert made.status_code == 302
    goals = OF_SITES["zoco_goals"][0].objects
    assert list(goals.filter(name="Thanks").values_list("site", flat=True)) == [own.pk]


@pytest.mark.once  # refused before the ledger is asked for anything
def test_no_report_is_asked_of_another_site(parts: dict[str, Any]) -> None:
    browsers, _own = limited()
    found = {}
    for role in LIMITED:
        for report in reports_all():
            for where in (
                f"/api/v1/reports/{report.key}",
                f"/api/v1/reports/{report.key}?format=csv",
                f"/admin/reports/{report.key}/",
            ):
                sign = "&" if "?" in where else "?"
                found[role, where] = browsers[role].get(f"{where}{sign}site=shop").status_code
        listed = browsers[role].get("/api/v1/sites").json()
        assert [site["slug"] for site in listed["sites"]] == ["own"]

    assert set(found.values()) == {404}


# Models of a site without its manager, each with the reason.
FREE = {
    "Hostname": "a part of the site, unique over all of them; whoever asks says which site",
    "CountingOrigin": "a part of the site; whoever asks says which site",
    "GoneSite": "what is left to do after a site went; only the worker asks",
    "SharedKey": "secrets that machines share; only the program asks",
    "OutboxRow": "facts on their way into the ledger, of all sites in one row; only the worker asks",
    "Letter": "written to people, who are of all sites; its site only completes addresses",
    "Edition": "what a letter says in a language",
    "EditionChange": "what a letter said before",
    "Print": "what a letter said as it left one by one",
    "Copy": "who got a print, on what way",
    "Sending": "a letter to people, who are of all sites",
    "Leg": "a part of a sending",
    "Form": "strangers sign up by it; its pages are for whoever sees all sites",
    "FormDay": "counts of a form",
    "Confirmation": "what somebody is asked to confirm; only its own link shows it",
}


def _has_site(model: Any, above: tuple[Any, ...] = ()) -> bool:
    """Say whether rows belong to a site: by a field of their own, or by a row that they cannot be without."""
    for field in model._meta.concrete_fields:
        if field.related_model is Site or field.name in ("site", "site_key", "site_id"):
            return True
        other = field.related_model
        if other and not field.null and other not in (model, *above) and _has_site(other, (*above, model)):
            return True
    return False


def test_every_model_of_a_site_is_held_to_what_is_seen() -> None:
    free = [
        model.__name__
        for model in apps.get_models()
        if _has_site(model)
        and model.__module__.startswith("zoco.")
        and not isinstance(model._default_manager, WithinManager)
    ]

    assert sorted(free) == sorted(FREE)
    assert sitebook.seen() is None


def test_rows_below_another_are_of_its_site(parts: dict[str, Any]) -> None:
    campaign = Campaign.objects.create(site_id=parts["pk"], name="Spring", code="below")
    own = Site.objects.create(slug="own", name="Own", zone="Europe/Madrid")
    reads.forget()
    ours = Campaign.objects.create(site=own, name="Ours", code="ours")
    for each in (campaign, ours):
        Cost.objects.create(campaign=each, on="2026-11-02", amount=5, currency="EUR")

    sitebook.only(["own"])
    try:
        seen = list(Cost.objects.values_list("campaign__name", flat=True))
        with CaptureQueriesContext(connection) as asked:
            changed = Cost.objects.filter(currency="EUR").update(amount=7)
        below = list(campaign.costs.all())
        sitebook.only([])
        none = Cost.objects.count()
    finally:
        sitebook.only(None)

    assert (seen, changed, below, none) == (["Ours"], 1, [], 0)
    assert "JOIN" not in asked[0]["sql"]
    assert [int(each.amount) for each in Cost.objects.order_by("campaign_id")] == [5, 7]
