"""What was spent is seen by whom the permission lets: screens, API, files, the menu and letters."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from zoco.campaigns.tests.test_reports import FACTS, TRACKED
from zoco.ledger.tests.reports.made import ledger
from zoco.monitor.schedules.asked import rights_of
from zoco.monitor.schedules.models import Schedule
from zoco.project.roles import roles_ensure
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
COSTS = "zoco_campaigns.view_cost"


@pytest.fixture(autouse=True)
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "keys").mkdir(mode=0o700)
    with ledger(tmp_path, FACTS, [TRACKED]):
        made = Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid", currency="EUR")
        reads.forget()
        yield made
    reads.forget()


def permission(codename: str, label: str) -> Permission:
    return Permission.objects.get(codename=codename, content_type__app_label=label)


def take_away() -> None:
    """Take the permission from analysts, as an owner would."""
    Group.objects.get(name="analyst").permissions.remove(permission("view_cost", "zoco_campaigns"))


def test_an_analyst_sees_costs_until_the_owner_takes_the_permission_away() -> None:
    client = client_of("analyst")
    pages = (
        f"{reverse('zoco_desk:report', args=['productivity'])}?site=shop",
        f"{reverse('zoco_desk:export', args=['productivity', 'csv'])}?site=shop",
        "/api/v1/reports/productivity?site=shop", "/admin/media-mix/", "/admin/media-mix/regions/",
    )  # fmt: skip

    before = [status(client, page) for page in pages]
    take_away()
    after = [status(client, page) for page in pages]

    assert before == [200] * 5
    assert after == [403, 403, 403, 302, 302]  # the admin leads whoever may not see a page home
    refused = client.get(pages[2]).json()["error"]
    assert refused["code"] == "not_allowed"
    assert "productivity" in refused["message"]


def status(client: Client, page: str) -> int:
    return client.get(page).status_code


def test_lists_and_the_menu_name_only_what_is_shown() -> None:
    client = client_of("analyst")
    seen = listed(client)
    take_away()
    hidden = listed(client)

    assert all("productivity" in each for each in seen)
    assert not any("productivity" in each for each in hidden)
    assert status(client, f"{reverse('zoco_desk:report', args=['tags'])}?site=shop") == 200


def listed(client: Client) -> list[str]:
    """Return the list of the API, the list of reports, and the menu."""
    pages = ("/api/v1/reports", reverse("zoco_desk:index"), "/admin/")
    return [body(client.get(page)) for page in pages]


def test_a_letter_about_costs_takes_the_permission_and_one_about_pages_does_not() -> None:
    costs, pages = Schedule(kind="report", key="productivity"), Schedule(kind="report", key="pages")

    assert rights_of(costs) == ("zoco_ledger.view_reports", COSTS)
    assert rights_of(pages) == ("zoco_ledger.view_reports",)


def test_who_saw_reports_before_sees_costs_after_but_a_role_stays_as_it_was_left() -> None:
    roles_ensure()
    view = permission("view_reports", "zoco_ledger")
    costs = permission("view_cost", "zoco_campaigns")
    readers, others = Group.objects.create(name="readers"), Group.objects.create(name="others")
    readers.permissions.add(view)
    one = User.objects.create_user("one")
    one.user_permissions.add(view)
    analyst = Group.objects.get(name="analyst")
    analyst.permissions.remove(costs)

    import_module("zoco.campaigns.migrations.0004_costs_seen").keep(apps, None)

    assert costs in readers.permissions.all()
    assert costs in one.user_permissions.all()
    assert costs not in others.permissions.all()
    assert costs not in analyst.permissions.all()
