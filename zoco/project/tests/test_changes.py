"""The log of changes: what is written down, by whom, and that no secret is."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.utils import timezone, translation

from zoco.project.changes.note import note
from zoco.project.changes.shown import Reader
from zoco.project.changes.watching import HIDDEN
from zoco.project.models import Change
from zoco.project.periodic import changes_drop
from zoco.project.roles import roles_ensure
from zoco.sites.models import GoneSite, Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return get_user_model().objects.create_superuser("boss", password="hexagon-comb-12")


@pytest.fixture
def browser(boss: User) -> Client:
    client = Client()
    client.force_login(boss)
    Change.objects.all().delete()
    return client


def lines() -> list[tuple[str, str, str, str, dict[str, object]]]:
    return list(
        Change.objects.order_by("id").values_list("by_name", "action", "kind", "subject_name", "details")
    )


def test_change_of_a_site_on_the_screen_is_kept_before_and_after(browser: Client) -> None:
    site = Site.objects.create(slug="shop", name="Shop", zone="Europe/Madrid")
    Change.objects.all().delete()

    given = {"name": "Honey shop", "slug": "shop", "zone": "Europe/Madrid", "currency": site.currency}
    given |= {"week_start": str(site.week_start), "retention_days": str(site.retention_days)}
    answer = browser.post(
        f"/admin/counted-sites/edit/{site.pk}/", given | {"counting": "tracker", "host_names": "shop.example"}
    )

    assert answer.status_code == 302
    assert lines()[0] == (
        "boss",
        "changed",
        "zoco_sites.site",
        "Honey shop",
        {"name": ["Shop", "Honey shop"]},
    )
    host = next(line for line in lines() if line[2] == "zoco_sites.hostname")
    assert host[:2] == ("boss", "created")
    assert host[4]["name"] == [None, "shop.example"]


def test_rules_and_networks_of_source_channels_are_kept(browser: Client) -> None:
    site = Site.objects.create(slug="shop", name="Honey shop")
    Change.objects.all().delete()

    rule = site.source_rules.create(channel="Partners", source="honey*")
    rule.channel = "Friends"
    rule.save()
    site.source_networks.create(host="forum.example", name="forum", category="social").delete()

    assert [line[1:3] for line in lines()] == [
        ("created", "zoco_sites.sourcerule"),
        ("changed", "zoco_sites.sourcerule"),
        ("created", "zoco_sites.sourcenetwork"),
        ("deleted", "zoco_sites.sourcenetwork"),
    ]
    assert lines()[1][4] == {"channel": ["Partners", "Friends"]}


def test_rights_of_groups_and_accounts_are_kept(browser: Client, boss: User) -> None:
    crew = Group.objects.create(name="crew")
    Change.objects.all().delete()
    right = Permission.objects.get(content_type__app_label="zoco_sites", codename="view_site")

    crew.permissions.add(right)
    boss.groups.add(crew)
    boss.groups.clear()
    crew.permissions.remove(right)

    assert [(line[3], line[4]) for line in lines()] == [
        ("crew", {"permissions": [None, [str(right)]]}),
        ("boss", {"groups": [None, ["crew"]]}),
        ("boss", {"groups": [["crew"], None]}),
        ("crew", {"permissions": [[str(right)], None]}),
    ]


def test_no_password_is_kept(boss: User) -> None:
    boss.set_password("another-hexagon-7")
    boss.save()

    assert lines()[-1][4] == {"password": [HIDDEN, HIDDEN]}
    assert "md5" not in str(lines())


def test_what_the_program_sets_up_by_itself_is_nobodys_change() -> None:
    Group.objects.all().delete()
    Change.objects.all().delete()

    roles_ensure()

    assert lines() == []


def test_page_filters_and_turns(browser: Client, boss: User, django_assert_max_num_queries: object) -> None:
    for number in range(60):
        Group.objects.create(name=f"crew {number:02}")
    Group.objects.get(name="crew 07").delete()

    first = browser.get("/admin/changes/").content.decode()
    second = browser.get("/admin/changes/?page=2").content.decode()
    deleted = browser.get("/admin/changes/?what=deleted").content.decode()
    none = browser.get("/admin/changes/?who=nobody-of-this-name").content.decode()
    later = browser.get(
        f"/admin/changes/?since={(timezone.now() + timedelta(days=2)).date()}"
    ).content.decode()

    assert "Page 1 of 2" in first
    assert "crew 59" in first
    assert "crew 59" not in second
    assert "crew 00" in second
    assert "crew 07" in deleted
    assert "crew 08" not in deleted
    assert "Nothing is written down" in none
    assert "Nothing is written down" in later


def test_old_lines_are_dropped_when_their_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    for days in (1, 31):
        Change.objects.create(at=now - timedelta(days=days), by_name="x", action="login", kind="", subject="")

    changes_drop()
    assert Change.objects.count() == 2
    monkeypatch.setenv("ZOCO_CHANGES_DAYS", "30")
    changes_drop()

    assert Change.objects.count() == 1


def test_account_that_goes_leaves_its_name(boss: User) -> None:
    Change.objects.create(at=timezone.now(), by=boss, by_name="boss", action="login", kind="", subject="")

    boss.delete()

    assert Change.objects.filter(action="login", by=None, by_name="boss").count() == 1


def shown(kind: str, details: dict[str, list[object]], language: str = "en") -> dict[str, str]:
    line = Change(kind=kind, details=details)
    with translation.override(language):
        return {
            each.name: f"+{each.added} -{each.removed}" if each.is_list else f"{each.old} → {each.new}"
            for each in Reader([line]).fields(line)
        }


def test_fields_are_shown_as_forms_name_them_and_values_as_people_write_them() -> None:
    site = Site.objects.create(slug="shop", name="Honey shop")

    assert shown(
        "zoco_campaigns.campaign",
        {"site": [None, site.pk], "starts_on": [None, "2026-11-02"], "budget": ["0.00", "1200.50"]},
    ) == {"Site": "– → Honey shop", "First day": "– → 2 Nov. 2026", "Budget": "0.00 → 1200.50"}
    assert shown("zoco_sites.site", {"has_banner": [False, True], "week_start": [0, 6]}, "ru") == {
        "Спрашивать согласие": "нет → да",
        "Первый день недели": "Понедельник → Воскресенье",
    }
    assert shown("gone.model", {"old_thing": ["a", "b"]}) == {"Old thing": "a → b"}


def test_lists_are_told_by_what_joined_and_left() -> None:
    kept: dict[str, list[object]] = {
        "filters": ["['a', 'b']", ["b", "c"]],
        "banner_text": ["one\ntwo", "two\nthree"],
    }

    assert shown("zoco_monitor.schedule", kept) == {"Filters": "+c -a", "Banner text": "+three -one"}


def test_a_secret_is_not_shown_even_where_it_was_kept() -> None:
    assert shown("zoco_sites.invitation", {"seed": [None, "honey"]}) == {"Seed": f"– → {HIDDEN}"}


def test_the_page_reads_the_lines(browser: Client) -> None:
    site = Site.objects.create(slug="shop", name="Honey shop")
    site.has_banner = True
    site.save()

    page = browser.get("/admin/changes/").content.decode()

    assert "has_banner" not in page
    assert ": no → yes" in page


def test_deeds_of_their_own_can_be_asked_for_and_are_said_as_such(browser: Client) -> None:
    note(action="created", kind="zoco_sites.invitation", name="ana@shop.example")
    note(action="created", kind="zoco_moving.sitereset", name="Shop")
    note(action="created", kind="zoco_sites.site", name="Shop")

    invited = browser.get("/admin/changes/?what=invited").content.decode()
    made = browser.get("/admin/changes/?what=created").content.decode()

    assert "invited: Invitation “ana@shop.example”" in invited
    assert "Reset of a site “Shop”" not in invited + made
    assert "made: Site “Shop”" in made


def test_whoever_acts_where_nobody_asks_and_our_own_names_are_said_in_the_readers_language(
    browser: Client,
) -> None:
    note(action="deleted", subject=GoneSite(site=2, name="Honey shop"))
    note(action="created", kind="zoco_monitor.sharedlink", name="Public dashboard")
    note(action="created", kind="zoco_monitor.goal", name="Public dashboard")

    with translation.override("en"):  # what the request turns on ends here
        page = browser.get("/admin/changes/?who=línea", HTTP_ACCEPT_LANGUAGE="es").content.decode()

    assert page.count("línea de comandos</td>") == 3
    assert "«Honey shop»" in page
    assert page.count("«Panel público»") == page.count("«Public dashboard»") == 1
