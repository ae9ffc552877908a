"""Nobody in where he does not belong: each address against each role; a refused POST changes nothing."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core import serializers
from django.test import Client
from wagtail.models import Page, Site, Task, Workflow  # type: ignore[attr-defined]

from tests.api.doors import Door, asked_for, doors, is_in
from tests.api.people import clients, values
from tests.api.table import OWNERS, TABLE, WRITERS
from zoco.campaigns.models import Campaign, Cost, CostImport, Link, Plan, Rate, Word
from zoco.mix.models import ChannelTest, Control, MediaMix, RegionalTest
from zoco.monitor.models import (
    Alarm,
    Annotation,
    AttributionRun,
    ExportPlan,
    ExportRun,
    Funnel,
    Goal,
    ImportRun,
    Incident,
    Schedule,
    Segment,
)
from zoco.moving.models import SiteMove
from zoco.people.models import Attribute, PeopleImport, Person
from zoco.research.models import ContractTable, Study
from zoco.sites.models import Exclusion, SourceNetwork, SourceRule
from zoco.surveys.models import Survey
from zoco.trials.flags.models import Flag
from zoco.trials.models import Trial

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
FOUND = {"measure": "bots", "is_fall": False, "hours": 1, "seen": 9, "expected": 1, "low": 0, "high": 3}
FOUND |= {"odds": 1e-6, "dispersion": 1.0, "days": 56, "cause": None, "part": None}
# One of each that belongs to a site, with what it cannot be without.
OF_SITES: dict[str, tuple[Any, dict[str, str]]] = {
    "zoco_goals": (Goal, {"name": "Thanks"}),
    "zoco_funnels": (Funnel, {"name": "Shop"}),
    "zoco_alarms": (Alarm, {"kind": "bots"}),
    "zoco_segments": (Segment, {"name": "Spain"}),
    "zoco_source_rules": (SourceRule, {}),
    "zoco_source_networks": (SourceNetwork, {}),
    "zoco_campaigns": (Campaign, {"code": "spring"}),
    "zoco_short_links": (Link, {"slug": "poster"}),
    "zoco_words": (Word, {"tag": "source", "value": "poster"}),
    "zoco_export_plans": (ExportPlan, {}),
    "zoco_exclusions": (Exclusion, {"kind": "country", "value": "AQ"}),
    "zoco_annotations": (Annotation, {"on": "2026-11-02", "text": "Down until noon"}),
}
# What the page of one's own account asks for besides.
LOOK = {"locale-preferred_language": "en", "locale-current_time_zone": "Europe/Madrid"}
LOOK |= {"theme-theme": "system", "theme-density": "default", "theme-contrast": "system"}
OF_RUNS = ("zoco_exports_one", "zoco_exports_act", "zoco_incident", "zoco_incident_acknowledge")
FITTED = ("zoco_mix", "zoco_regional", "zoco_control_delete")
STUDIED = ("zoco_study_act", "zoco_contract", "zoco_contract_act", "zoco_contract_delete")
KEPT_ONES = (*OF_SITES, "zoco_sites")
# These end the session with which the others are tried.
LAST = ("wagtailadmin_logout",)
# What a browser tells of itself; not what anybody wrote.
PASSING = ("sessions.", "zoco_project.brake", "zoco_project.change", "wagtailadmin.editingsession")


def _of_costs(kind: str, cost: Cost) -> int:
    """Return the key of what a page of costs is about."""
    at, site = datetime(2026, 5, 1, tzinfo=UTC), cost.campaign.site_id
    if kind.startswith("zoco_cost_import"):
        return CostImport.objects.get_or_create(site_id=site, defaults={"created_at": at, "told_at": at})[
            0
        ].pk
    if kind == "zoco_cost_rate_delete":
        return Rate.objects.get_or_create(site_id=site, currency="USD", on=at.date(), defaults={"rate": 1})[
            0
        ].pk
    if kind == "zoco_cost_plan_delete":
        days = {"ends_on": at.date(), "budget": 1}
        return Plan.objects.get_or_create(campaign=cost.campaign, starts_on=at.date(), defaults=days)[0].pk
    return cost.pk if kind == "zoco_cost_delete" else cost.campaign_id


def _cost(site: int) -> Cost:
    campaign = Campaign.objects.get_or_create(site_id=site, code="spring")[0]
    return Cost.objects.get_or_create(campaign=campaign, on="2026-11-02", amount=5, currency="EUR")[0]


def _studied(kind: str, site: int) -> int:
    if kind == "zoco_study_act":
        return Study.objects.get_or_create(site_id=site, kind="value", state="done")[0].pk
    given = {"name": "x", "groups": [{"name": "All", "counts": [100, 60, 50]}]}
    return ContractTable.objects.get_or_create(site_id=site, defaults=given)[0].pk


def _mix_or_test(kind: str, site: int) -> int:
    if kind == "zoco_control_delete":
        return Control.objects.get_or_create(site_id=site, name="Price")[0].pk
    at, day = datetime(2026, 5, 1, tzinfo=UTC), date(2026, 3, 2)
    if kind == "zoco_channel_test_delete":
        days = {"first_on": day, "last_on": day, "change": 1, "effect": 1, "error": 1}
        return ChannelTest.objects.get_or_create(site_id=site, channel="search", defaults=days)[0].pk
    given = {"first_on": day, "weeks_count": 60, "state": "done", "created_at": at, "told_at": at}
    if kind.startswith("zoco_regional"):
        regional = {**given, "kind": "plan", "country": "ES"}
        return RegionalTest.objects.get_or_create(site_id=site, defaults=regional)[0].pk
    return MediaMix.objects.get_or_create(site_id=site, defaults=given)[0].pk


def _trial(site: int) -> Trial:
    made: dict[str, Any] = {"arms": [{"key": "a"}, {"key": "b"}], "state": "stopped"}
    made |= {"metrics": [{"name": "Orders", "role": "primary"}]}
    made |= dict.fromkeys(("started_at", "ended_at"), datetime(2026, 5, 1, tzinfo=UTC))
    return Trial.objects.get_or_create(site_id=site, key="headline", defaults=made)[0]


def _survey(site: int) -> Survey:
    asked = [{"key": "q1", "kind": "text", "words": {"en": "Why?"}}]
    return Survey.objects.get_or_create(site_id=site, key=f"why-{site}", defaults={"questions": asked})[0]


def _flag(site: int) -> Flag:
    made = {"changed_at": datetime(2026, 5, 1, tzinfo=UTC), "variants": [{"key": "off", "value": "false"}]}
    made |= {"off_variant": "off", "default_variant": "off"}
    return Flag.objects.get_or_create(site_id=site, key="sale", defaults=made)[0]


def _schedule(site: int) -> Schedule:
    return Schedule.objects.get_or_create(site_id=site, kind="report", key="pages", name="Pages")[0]


def _attribution(site: int) -> AttributionRun:
    days = dict.fromkeys(("first_on", "last_on"), "2026-11-02")
    return AttributionRun.objects.get_or_create(site_id=site, by="channel", defaults=days)[0]


def _run(kind: str, site: int) -> int:
    if kind.startswith("zoco_exports"):
        days = dict.fromkeys(("first_on", "last_on"), "2026-11-02")
        return ExportRun.objects.get_or_create(site_id=site, state="done", defaults=days)[0].pk
    alarm = Alarm.objects.get_or_create(kind="bots", site_id=site)[0]
    moments = dict.fromkeys(("began_at", "opened_at", "seen_at"), datetime(2026, 5, 1, tzinfo=UTC))
    return Incident.objects.get_or_create(alarm=alarm, defaults={"found": FOUND, **moments})[0].pk


def address(door: Door, parts: dict[str, Any]) -> str:
    special: dict[str, Any] = {"key": "pages", "word": "csv", "action": "delete"}
    special |= {"task": UUID(int=1), "app_label": "wagtailcore", "model_name": "page"}
    kind = door.name.partition(":")[0]
    if kind in OF_SITES:
        made, given = OF_SITES[kind]
        special["pk"] = made.objects.get_or_create(site_id=parts["pk"], **given)[0].pk
    elif kind.startswith("zoco_imports"):
        special["pk"] = ImportRun.objects.get_or_create(kind="plausible", name="x", site_id=parts["pk"])[0].pk
    elif kind.startswith("zoco_moves_"):
        move = SiteMove.objects.get_or_create(site_id=parts["pk"], kind="out", state="done")[0]
        special["pk"] = move.pk
    elif kind.startswith("zoco_attribution") and "pk" in door.parts:
        special["pk"] = _attribution(parts["pk"]).pk
    elif kind in OF_RUNS:
        special["pk"] = _run(kind, parts["pk"])
    elif kind.startswith(("zoco_trial", "zoco_flag")) and kind not in ("zoco_trials", "zoco_flags"):
        special["pk"] = _flag(parts["pk"]).pk if "flag" in kind else _trial(parts["pk"]).pk
    elif kind.startswith("zoco_survey_"):
        special |= {"pk": _survey(parts["pk"]).pk, "key": "q1"}
    elif kind.startswith("zoco_cost"):
        special["pk"] = _of_costs(kind, _cost(parts["pk"]))
    elif kind.startswith(("zoco_mix_", "zoco_channel_test_", "zoco_regional_")) or kind in FITTED:
        special["pk"] = _mix_or_test(kind, parts["pk"])
    elif kind == "zoco_people_attributes":
        special["pk"] = Attribute.objects.get_or_create(key="size", label="Size", kind="number")[0].pk
    elif kind.startswith("zoco_people_import") and kind != "zoco_people_imports":
        at = datetime(2026, 5, 1, tzinfo=UTC)
        taken = PeopleImport.objects.get_or_create(name="x", defaults={"created_at": at, "told_at": at})[0]
        special["pk"] = taken.pk
    elif kind.startswith("zoco_person"):
        moments = dict.fromkeys(("created_at", "changed_at"), datetime(2026, 5, 1, tzinfo=UTC))
        special["pk"] = Person.objects.get_or_create(name="Ana", defaults=moments)[0].pk
    elif kind in STUDIED:
        special["pk"] = _studied(kind, parts["pk"])
    elif kind in {"zoco_schedule", "zoco_schedule_act"}:
        special["pk"] = _schedule(parts["pk"]).pk
    else:
        special |= _of_wagtail(door, kind, parts)
    return door.address(parts | special)


def _of_wagtail(door: Door, kind: str, parts: dict[str, Any]) -> dict[str, Any]:
    if kind == "wagtailusers_users":
        return {"pk": get_user_model().objects.get_or_create(username="zed")[0].pk}
    if kind == "wagtailusers_groups":
        return {"pk": Group.objects.get_or_create(name="crew")[0].pk}
    if kind == "wagtailsites":
        return {"pk": Site.objects.get(is_default_site=True).pk}
    if kind == "wagtailadmin_workflows":
        model = Task if "task" in door.name else Workflow
        return {"pk": model.objects.get_or_create(name="check")[0].pk}
    if kind == "wagtailadmin_pages" and "revisions" in door.name:
        page = Page.objects.get(pk=parts["page_id"]).specific
        first, second = (page.save_revision().pk for _ in range(2))
        return {"pk": page.pk, "revision_id": first, "revision_id_a": first, "revision_id_b": second}
    return {}


def test_each_address_is_in_the_table() -> None:
    assert sorted({door.key for door in doors()} - set(TABLE)) == []
    assert sorted(set(TABLE) - {door.key for door in doors()}) == []


def test_each_role_gets_in_where_the_table_says_and_nowhere_else() -> None:
    browsers, parts, asked = clients(), values(), asked_for()
    found = {}
    for door in doors():
        if door.name not in LAST:
            where = address(door, parts)
            found[door.key] = tuple(role for role in asked if is_in(browsers[role], where))

    assert found == {
        key: tuple(role for role in asked if role in roles) for key, roles in TABLE.items() if key not in LAST
    }


def _written() -> str:
    """Return all that is in the database, but for what only passes."""
    rows = [
        row
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.label_lower.startswith(PASSING) and not model._meta.proxy and model._meta.managed
        for row in model._default_manager.order_by("pk")
    ]
    return str(serializers.serialize("json", rows))


@pytest.mark.once  # refused before the database is asked for anything but who it is
@pytest.mark.parametrize(("role", "closed"), [("analyst", WRITERS + OWNERS), ("marketer", OWNERS)])
def test_a_post_to_a_closed_door_is_refused_and_changes_nothing(role: str, closed: list[str]) -> None:
    browsers, parts = clients(), values()
    addresses = {door.key: address(door, parts) for door in doors() if door.key in closed}
    before = _written()

    let_in = [key for key, where in addresses.items() if is_in(browsers[role], where, "post")]

    assert let_in == []
    assert _written() == before


def test_nobody_raises_his_own_rights() -> None:
    browsers, users = clients(), get_user_model().objects
    for role in ("analyst", "marketer"):
        me = users.get(username=role)
        address = me.email
        mine = {
            "username": role,
            "email": "else@other.example",
            "first_name": "A",
            "last_name": "B",
            "is_active": "on",
        }
        more = mine | {"is_superuser": "on", "groups": str(Group.objects.get(name="owner").pk)}
        browsers[role].post(f"/admin/users/edit/{me.pk}/", more)
        own = {f"name_email-{key}": value for key, value in more.items()} | LOOK
        browsers[role].post("/admin/account/", own)
        browsers[role].post(f"/admin/groups/edit/{me.groups.get().pk}/", {"name": role, "permissions": "1"})

        me.refresh_from_db()
        assert not me.is_superuser
        assert (me.email, me.first_name) == (address, "A")
        assert [group.name for group in me.groups.all()] == [role]
        assert not me.has_perm("auth.change_user")


@pytest.mark.parametrize("role", ["nobody", "anonymous"])
def test_nothing_of_the_admin_is_shown_to_who_has_no_role(role: str) -> None:
    browser: Client = clients()[role]

    answer = browser.get("/admin/")

    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/admin/login/")
