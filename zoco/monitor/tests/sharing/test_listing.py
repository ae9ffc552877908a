"""The list of links, what ends them besides their time, and the question before one is revoked."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.formats import date_format

from zoco.ledger.tests.reports.made import PERIOD
from zoco.monitor.models import Goal, SharedLink
from zoco.monitor.services import goal_create
from zoco.monitor.tests.sharing.conftest import shared
from zoco.monitor.tests.sharing.test_screens import GIVEN
from zoco.project.tests.readers import body, client_of
from zoco.sites.models import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]
LIST = "/admin/shared-links/"


def test_the_list_says_the_last_day_on_which_a_link_opens(site: Site) -> None:
    marketer, day = client_of("marketer"), datetime.now(UTC).date() + timedelta(days=3)
    marketer.post("/admin/shared-links/new/", GIVEN | {"expires_on": day.isoformat()})

    listed = body(marketer.get(LIST))

    assert f">{date_format(day, 'DATE_FORMAT')}</td>" in listed
    assert date_format(day + timedelta(days=1), "DATE_FORMAT") not in listed


def test_the_list_says_who_counts_and_with_which_period_any_opens(site: Site, ana: User) -> None:
    shared(site, ana, verdicts="all")
    shared(site, ana, verdicts="human,spam", may_change_period=False)

    listed = body(client_of("owner").get(LIST))

    assert "Shop · Overview · who counts: All" in listed
    assert "who counts: People, Spam" in listed
    assert ">any; it opens with: 28\u00a0–\u00a030\u00a0Mar\u00a02026 (fixed)</td>" in listed


def test_a_link_is_revoked_only_after_a_question(site: Site, ana: User, stranger: Client) -> None:
    link, address = shared(site, ana)
    owner = client_of("owner")

    listed = body(owner.get(LIST))
    asked = body(owner.get(f"{LIST}{link.pk}/revoke/"))

    assert '<form method="post"' not in listed
    assert f'href="{LIST}{link.pk}/revoke/">Revoke For Bea…</a>' in listed
    assert "Revoke: the address shows nothing any more" in asked
    assert f'href="{LIST}">Keep the link</a>' in asked
    assert stranger.get(address).status_code == 200

    owner.post(f"{LIST}{link.pk}/revoke/")

    assert stranger.get(address).status_code == 404
    assert owner.get(f"{LIST}{link.pk}/revoke/").headers["location"] == LIST


def test_a_link_without_its_dashboard_says_so_and_shows_nothing(
    site: Site, ana: User, stranger: Client
) -> None:
    _, address = shared(site, ana, board="of-yesteryear")

    assert "shows nothing: its dashboard is gone" in body(client_of("owner").get(LIST))
    assert stranger.get(address).status_code == stranger.get(f"{address}pages/").status_code == 404


@pytest.mark.parametrize("name", ["Signup", "Account made"])
def test_a_goal_that_moves_to_another_site_leaves_links_that_say_so(
    site: Site, ana: User, stranger: Client, name: str
) -> None:
    other = Site.objects.create(pk=2, slug="other", name="Other", zone="UTC")
    goal = goal_create(site=site.pk, name="Signup", kind="page", pattern="/a")
    link, address = shared(site, ana, filters={"f.goal": ["Signup"]})
    given = {"site": other.pk, "name": name, "kind": "page", "pattern": "/a"}

    client_of("marketer").post(f"/admin/goals/edit/{goal.pk}/", given)

    link.refresh_from_db()
    assert (Goal.objects.get().site_id, link.filters) == (other.pk, {"f.goal": ["Signup"]})
    assert "shows nothing: its goal Signup is gone" in body(client_of("owner").get(LIST))
    assert stranger.get(address).status_code == 404


def test_a_goal_is_the_same_whatever_its_capitals(site: Site, ana: User, stranger: Client) -> None:
    goal_create(site=site.pk, name="Signup", kind="page", pattern="/a")
    _, address = shared(site, ana, filters={"f.goal": ["SIGNUP"]})

    assert "is gone" not in body(client_of("owner").get(LIST))
    assert "<b>Signup</b>" in body(stranger.get(address))


def test_the_form_names_a_period_that_it_cannot_read(site: Site) -> None:
    marketer, asked = client_of("marketer"), "site=shop&period=last30&f.country=ES"

    page = body(marketer.get(f"/admin/shared-links/new/?{asked}"))
    posted = body(marketer.post("/admin/shared-links/new/", GIVEN | {"asked": asked, "period": "30d"}))

    assert "The address names the period last30, which cannot be read. Choose one below." in page
    assert '<option value="30d" selected>' in page
    assert "Country is Spain" in page
    assert "The link is made" in posted
    assert SharedLink.objects.get().filters == {"f.country": ["ES"]}


def test_a_fixed_period_fixes_what_it_is_compared_with(site: Site, ana: User, stranger: Client) -> None:
    _, address = shared(site, ana, period=PERIOD, may_change_period=False)

    plain = body(stranger.get(f"{address}pages/"))

    assert 'data-z-group="compare"' not in plain
    for query in ("compare=year", "compare=none", "compare=never"):
        answer = stranger.get(f"{address}pages/?{query}")
        assert (answer.status_code, body(answer)) == (200, plain), query
        assert "compare=" not in body(stranger.get(f"{address}?{query}")), query


def test_a_form_sent_to_a_link_gets_a_page_of_the_house(site: Site, ana: User) -> None:
    _, address = shared(site, ana)

    answer = Client(enforce_csrf_checks=True, headers={"accept-language": "es"}).post(address)

    assert answer.status_code == 403
    assert "No se puede aceptar este formulario" in body(answer)
    assert '<a class="button" href="/">' in body(answer)
