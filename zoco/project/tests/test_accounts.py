"""First passwords, the brake, roles and headers."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.http import Http404
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone

from zoco.project.entry import accounts, brake
from zoco.project.models import Brake, FirstPassword, RoleGrant
from zoco.project.roles import SOURCES, roles_ensure
from zoco.project.serving.media import media
from zoco.sites.clients import client_address

pytestmark = pytest.mark.django_db


def test_owner_is_made_once() -> None:
    made = accounts.owner_ensure()

    assert made is not None
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", made[1])
    assert accounts.owner_ensure() is None


def test_first_password_leads_to_the_page_where_one_chooses(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    name, password = accounts.owner_ensure() or ("", "")
    kept = accounts.password_keep(password)
    client.login(request=RequestFactory().get("/"), username=name, password=password)

    assert client.get("/admin/").headers["location"] == "/choose-password/"
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == (f"{password}\n", 0o600)
    accounts.password_chosen(user_id=get_user_model().objects.create_user("ann").pk)
    assert kept.exists()

    page = client.get("/choose-password/")
    assert page.status_code == 200
    assert "<form" not in client.get("/admin/sprite/").content.decode()
    chosen = {"new_password1": "tall-ships-on-sunday", "new_password2": "tall-ships-on-sunday"}
    assert client.post("/choose-password/", chosen).headers["location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert not FirstPassword.objects.exists()
    assert not kept.exists()
    assert get_user_model().objects.get(username=name).check_password("tall-ships-on-sunday")


def test_weak_password_is_refused(client: Client) -> None:
    name, password = accounts.owner_ensure() or ("", "")
    client.login(request=RequestFactory().get("/"), username=name, password=password)

    page = client.post("/choose-password/", {"new_password1": "12345678", "new_password2": "12345678"})

    assert page.status_code == 200
    assert FirstPassword.objects.exists()


def test_tenth_failure_brakes_this_address_and_account_only(client: Client) -> None:
    get_user_model().objects.create_superuser("ann", password="right-password")
    wrong = {"username": "ann", "password": "wrong"}

    for _ in range(10):
        client.post("/admin/login/", wrong)
    page = client.post("/admin/login/", {"username": "ann", "password": "right-password"})

    assert "Too many failed attempts." in page.content.decode()
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    answer = elsewhere.post("/admin/login/", {"username": "ann", "password": "right-password"})
    assert answer.status_code == 302


def test_brake_is_released_after_a_quarter_of_an_hour() -> None:
    request = RequestFactory().post("/")
    now = timezone.now()
    for _ in range(10):
        brake.failure_count(request, "ann", at=now)

    assert brake.is_braked(request, "ANN", at=now + timedelta(minutes=14))
    assert not brake.is_braked(request, "ann", at=now + timedelta(minutes=15))


def test_brake_keeps_neither_names_nor_addresses() -> None:
    brake.failure_count(RequestFactory().post("/", REMOTE_ADDR="192.0.2.7"), "ann", at=timezone.now())

    assert Brake.objects.count() == 3
    assert all(re.fullmatch(r"[0-9a-f]{64}", key) for key in Brake.objects.values_list("key", flat=True))


@pytest.mark.parametrize(
    ("trusted", "forwarded", "expected"),
    [
        ("", "198.51.100.1", "10.0.0.1"),
        ("10.0.0.0/8", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.0/8", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.0/8", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.0/8", "", "10.0.0.1"),
    ],
)
def test_address_of_the_client(
    monkeypatch: pytest.MonkeyPatch, trusted: str, forwarded: str, expected: str
) -> None:
    monkeypatch.setenv("ZOCO_TRUSTED_PROXIES", trusted)
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)

    assert client_address(request) == expected


def held_by(role: str) -> set[str]:
    held = Group.objects.get(name=role).permissions.select_related("content_type")
    return {f"{one.content_type.app_label}.{one.codename}" for one in held}


def test_roles_are_there_after_a_migrate_and_asked_for_in_few_queries(
    django_assert_max_num_queries: Any,
) -> None:
    assert RoleGrant.objects.filter(group__name="analyst").exists()

    with django_assert_max_num_queries(15):
        roles_ensure()


def test_what_owners_add_to_a_role_or_take_from_it_stays() -> None:
    roles_ensure()
    analyst = Group.objects.get(name="analyst")
    added, taken = Permission.objects.filter(
        content_type__app_label="zoco_sites", codename__in=["add_site", "view_site"]
    ).order_by("codename")
    analyst.permissions.add(added)
    analyst.permissions.remove(taken)

    roles_ensure()

    assert "zoco_sites.add_site" in held_by("analyst")
    assert "zoco_sites.view_site" not in held_by("analyst")
    assert "wagtailadmin.access_admin" in held_by("analyst")


def test_what_a_role_should_no_longer_have_is_taken_away_from_it_alone() -> None:
    roles_ensure()
    analyst, crew = Group.objects.get(name="analyst"), Group.objects.create(name="crew")
    old = Permission.objects.get(content_type__app_label="zoco_sites", codename="delete_site")
    for group in (analyst, crew):
        group.permissions.add(old)
    RoleGrant.objects.create(group=analyst, permission=old)

    roles_ensure()

    assert "zoco_sites.delete_site" not in held_by("analyst")
    assert held_by("crew") == {"zoco_sites.delete_site"}


def test_rights_of_an_earlier_version_are_known_for_what_they_are() -> None:
    roles_ensure()
    RoleGrant.objects.all().delete()
    log = Permission.objects.get(content_type__app_label="wagtailcore", codename="delete_modellogentry")
    site = Permission.objects.get(content_type__app_label="zoco_sites", codename="change_site")
    Group.objects.get(name="owner").permissions.add(log)
    Group.objects.get(name="marketer").permissions.add(site)

    roles_ensure()

    assert "wagtailcore.delete_modellogentry" not in held_by("owner")
    assert "zoco_sites.change_site" in held_by("marketer")


def test_nobody_but_owners_may_change_sites_or_the_ledgers_own_tables() -> None:
    roles_ensure()

    for role in ("marketer", "analyst"):
        held = Group.objects.get(name=role).permissions.filter(
            content_type__app_label__in=["zoco_sites", "zoco_ledger"]
        )
        others = held.exclude(content_type__model__in=SOURCES) if role == "marketer" else held
        assert {one.codename.split("_")[0] for one in others} == {"view"}


def test_pages_have_the_policies_meant_for_them(client: Client) -> None:
    admin = client.get("/admin/login/").headers
    ours = client.get("/nowhere/").headers

    assert "'unsafe-inline'" in admin["Content-Security-Policy"]
    assert "unsafe-inline" not in ours["Content-Security-Policy"]
    assert re.search(r"script-src 'self' 'nonce-[\w-]{22}'", ours["Content-Security-Policy"])
    assert ours["X-Content-Type-Options"] == "nosniff"
    assert "geolocation=()" in ours["Permissions-Policy"]


def test_first_password_cannot_be_kept(client: Client) -> None:
    name, password = accounts.owner_ensure() or ("", "")
    client.login(request=RequestFactory().get("/"), username=name, password=password)

    page = client.post("/choose-password/", {"new_password1": password, "new_password2": password})

    assert "This is the password that somebody else has seen" in page.content.decode()
    assert FirstPassword.objects.exists()


def test_password_of_ones_own_is_not_changed_without_knowing_it(client: Client) -> None:
    ann = get_user_model().objects.create_superuser("ann", password="right-password")
    client.force_login(ann)

    taken = {"new_password1": "tall-ships-on-sunday", "new_password2": "tall-ships-on-sunday"}
    answers = [client.get("/choose-password/"), client.post("/choose-password/", taken)]

    assert [answer.headers["location"] for answer in answers] == ["/admin/", "/admin/"]
    ann.refresh_from_db()
    assert ann.check_password("right-password")


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("2001:db8:1:2::3", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::3", "2001:db8:1:3::3", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
    ],
)
def test_brake_counts_a_whole_line_of_ipv6(first: str, second: str, is_same: bool) -> None:
    brake.failure_count(RequestFactory().post("/", REMOTE_ADDR=first), "ann", at=timezone.now())
    brake.failure_count(RequestFactory().post("/", REMOTE_ADDR=second), "bob", at=timezone.now())

    assert sorted(Brake.objects.values_list("failures", flat=True)) == (
        [1, 1, 1, 1, 2] if is_same else [1] * 6
    )


def test_documents_are_not_served_past_their_collection(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "plan.pdf").write_bytes(b"secret")
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "bee.png").write_bytes(b"bee")
    request = RequestFactory().get("/")

    with override_settings(MEDIA_ROOT=str(tmp_path)):
        assert media(request, "images/bee.png").status_code == 200
        for path in (
            "documents/plan.pdf",
            "./documents/plan.pdf",
            "images/../documents/plan.pdf",
            "/documents/plan.pdf",
        ):
            with pytest.raises(Http404):
                media(request, path)


def test_brake_of_a_clock_that_was_a_day_ahead_holds_nobody_when_it_is_set_back() -> None:
    request, now = RequestFactory().post("/", REMOTE_ADDR="192.0.2.7"), timezone.now()
    for _ in range(10):
        brake.failure_count(request, "ann", at=now + timedelta(days=1))
    assert brake.is_braked(request, "ann", at=now + timedelta(days=1))

    assert not brake.is_braked(request, "ann", at=now)
    for _ in range(10):
        brake.failure_count(request, "ann", at=now)

    assert brake.is_braked(request, "ann", at=now)
