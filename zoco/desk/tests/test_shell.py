"""The shell: menus of areas that have something, the path in the header, the home page."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from zoco.desk.areas import AREAS, Area, area_menu
from zoco.ledger.store import opening

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty_site(db: None, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a site whose ledger is empty."""
    from zoco.sites.models import Site

    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    (tmp_path / "spool").mkdir()
    yield Site.objects.create(slug="main", name="Honey shop", zone="Europe/Madrid")
    opening.close()


@pytest.fixture
def owner(admin_client: Any) -> Any:
    admin_client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return admin_client


def test_area_without_anything_has_no_menu() -> None:
    found = [area.key for area in AREAS if area_menu(area) is not None]

    assert found == ["attract", "retain", "research", "monitor"]
    assert area_menu(Area("empty", "Empty", "zoco-empty", 45)) is None


def test_header_shows_the_path_and_not_home(owner: Any, empty_site: Any) -> None:
    answer = owner.get("/admin/ledger/reports/pages/")

    assert [str(each["label"]) for each in answer.context["breadcrumbs_items"]] == ["Monitor", "Pages"]
    assert "<title>\n" not in answer.content.decode()
    assert "Zoco</title>" in " ".join(answer.content.decode().split())


def test_home_of_an_empty_installation_shows_the_first_steps(owner: Any, empty_site: Any) -> None:
    page = owner.get("/admin/").content.decode()

    assert "zoco import log --site main" in page
    assert "zoco demo" in page


@pytest.mark.parametrize("where", ["/admin/", "/admin/first-steps/"])
def test_first_step_without_a_site_is_to_make_one(
    owner: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))

    page = owner.get(where).content.decode()

    assert 'href="/admin/counted-sites/new/"' in page
    assert "&lt;script defer src=&quot;http://testserver/z.js&quot;&gt;" in page
    assert "--counting log" in page
    assert "--site main" not in page


@pytest.mark.parametrize("where", ["/admin/", "/admin/first-steps/"])
def test_who_may_make_no_site_is_told_the_command(
    client: Any, django_user_model: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    user = django_user_model.objects.create_user("leo")
    user.user_permissions.add(*Permission.objects.filter(codename__in=("access_admin", "view_reports")))
    client.force_login(user)

    page = client.get(where, headers={"accept-language": "en"}).content.decode()

    assert "zoco site add &quot;My shop&quot;" in page or 'zoco site add "My shop"' in page
    assert "/admin/counted-sites/new/" not in page


def test_site_that_is_there_needs_no_button_to_make_one(owner: Any, empty_site: Any) -> None:
    assert "Make a counted site" not in owner.get("/admin/").content.decode()


def test_report_without_a_site_says_how_to_make_one(
    owner: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))

    answer = owner.get("/admin/ledger/reports/traffic/")

    assert answer.status_code == 404
    assert "There is no site yet" in answer.content.decode()
    assert reverse("zoco_sites:add") in answer.content.decode()
    assert "zoco site add" in answer.content.decode()
    assert "one of the sites that there are" not in answer.content.decode()


def test_home_says_nothing_of_reports_to_those_who_may_not_see_them(
    client: Any, empty_site: Any, django_user_model: Any
) -> None:
    editor = django_user_model.objects.create_user("eva")
    editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(editor)

    home = client.get("/admin/", headers={"accept-language": "en"}).content.decode()
    report = client.get("/admin/ledger/reports/pages/", headers={"accept-language": "en"})

    assert "zoco import log" not in home
    assert "/admin/ledger/reports/" not in home
    assert report.status_code == 403


def test_help_leads_nowhere_outside(owner: Any, empty_site: Any) -> None:
    page = owner.get("/admin/").content.decode()

    assert "guide.wagtail.org" not in page
    assert "/admin/first-steps/" in page


def test_groups_can_be_given_the_permissions_on_reports(owner: Any, empty_site: Any) -> None:
    page = owner.get("/admin/groups/new/").content.decode()

    assert "May see the facts behind reports" in page


def test_a_language_is_chosen_without_a_name(owner: Any, admin_user: Any) -> None:
    given = {"locale-preferred_language": "es", "locale-current_time_zone": "Europe/Madrid"}
    other = {"theme-theme": "system", "theme-density": "default", "theme-contrast": "system"}

    answer = owner.post("/admin/account/", {**given, **other, "theme-keyboard_shortcuts": "on"})

    assert answer.status_code == 302
    assert admin_user.wagtail_userprofile.preferred_language == "es"
