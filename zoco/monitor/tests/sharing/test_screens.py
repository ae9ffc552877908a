"""The pages of those who share: who may, what the form takes along, what is written down."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from wagtail.users.models import UserProfile

from zoco.ledger.tests.reports.made import PERIOD
from zoco.monitor.models import SharedLink
from zoco.monitor.services import goal_create
from zoco.monitor.sharing.services import link_revoke
from zoco.monitor.tests.sharing.conftest import NOW, shared
from zoco.project.models import Change
from zoco.project.tests.readers import body, client_of
from zoco.sites.models import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]
ASKED = f"site=shop&period={PERIOD}&verdicts=people&f.country=ES&f.path!^=/x"
GIVEN = {
    "name": "For Bea",
    "site": "shop",
    "board": "traffic",
    "period": PERIOD,
    "may_change_period": "on",
    "least": "4",
    "expires_on": "",
    "asked": ASKED,
}


def test_overview_offers_to_share_what_it_is_about(site: Site) -> None:
    marketer, analyst = client_of("marketer"), client_of("analyst")
    overview = f"/admin/ledger/reports/overview/traffic/?period={PERIOD}&f.country=ES&compare=none"

    link = re.search(r'href="([^"]+)">Share…', body(marketer.get(overview)))
    assert link is not None
    form = body(marketer.get(link[1]))

    assert "Country is Spain" in form
    assert f'<option value="{PERIOD}" selected>' in form
    assert "Share…" not in body(analyst.get(overview))


def test_link_is_made_as_the_form_says_and_opens(site: Site, stranger: Client) -> None:
    marketer = client_of("marketer")

    page = body(marketer.post("/admin/shared-links/new/", GIVEN))

    address = re.search(r'value="http://testserver(/shared/\w+/)"', page)
    assert address is not None
    link = SharedLink.objects.get()
    assert (link.filters, link.verdicts, link.period) == (
        {"f.country": ["ES"], "f.path!^": ["/x"]},
        "people",
        PERIOD,
    )
    assert (link.may_change_period, link.may_filter, link.least) == (True, False, 4)
    assert (link.expires_at, link.revoked_at, link.created_by) == (
        None,
        None,
        User.objects.get(username="marketer"),
    )
    assert "Spain" in body(stranger.get(address[1]))
    listed = body(marketer.get("/admin/shared-links/"))
    assert "Shop · Overview · Country is Spain · Page does not begin with /x" in listed
    assert address[1] not in listed


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"least": "1001"}, "less than or equal to 1000"),
        ({"least": "-1"}, "greater than or equal to 0"),
        ({"expires_on": "2020-01-01"}, "Choose today or a later day."),
        ({"asked": "f.nothing=1"}, "The filters cannot be read."),
        ({"period": "yesteryear"}, "Select a valid choice"),
        ({"name": ""}, "This field is required."),
    ],
)
def test_what_makes_no_sense_is_refused(site: Site, change: dict[str, str], complaint: str) -> None:
    page = body(client_of("marketer").post("/admin/shared-links/new/", GIVEN | change))

    assert complaint in page
    assert not SharedLink.objects.exists()


WORDS = {
    "en": ("Last 14 days (moving)", "Today (moving)", "28\u00a0–\u00a030\u00a0Mar\u00a02026 (fixed)"),
    "es": (
        "Últimos 14 días (periodo móvil)",
        "Hoy (periodo móvil)",
        "28–30\u00a0mar\u00a02026 (periodo fijo)",
    ),
    "ru": (
        "Последние 14 дней (скользящий период)",
        "Сегодня (скользящий период)",
        "28–30\u00a0мар.\u00a02026\u00a0г. (неизменный период)",
    ),
    "zh-hans": ("最近 14 天（随日期推移）", "今天（随日期推移）", "2026年3月28日至30日（固定）"),
}


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize(("number", "period"), [(0, "14d"), (1, "today"), (2, PERIOD)])
def test_periods_are_said_as_people_read_them(
    site: Site, ana: User, language: str, number: int, period: str
) -> None:
    shared(site, ana, period=period, may_change_period=False)
    client = client_of("owner")
    UserProfile.objects.create(user=User.objects.get(username="owner"), preferred_language=language)

    form = body(client.get(f"/admin/shared-links/new/?site=shop&period={period}"))
    listed = body(client.get("/admin/shared-links/"))

    assert f'<option value="{period}" selected>{WORDS[language][number]}</option>' in form
    assert f">{WORDS[language][number]}</td>" in listed


def test_a_link_keeps_a_period_that_moves(site: Site) -> None:
    asked = ASKED.replace(PERIOD, "14d")

    client_of("marketer").post("/admin/shared-links/new/", GIVEN | {"period": "14d", "asked": asked})

    assert SharedLink.objects.get().period == "14d"


def test_last_day_is_whole(site: Site) -> None:
    day = datetime.now(UTC).date() + timedelta(days=3)

    client_of("marketer").post("/admin/shared-links/new/", GIVEN | {"expires_on": day.isoformat()})

    expires = SharedLink.objects.get().expires_at
    assert expires == datetime.combine(day, datetime.min.time(), UTC) + timedelta(days=1)


def test_links_are_revoked_and_all_of_it_is_in_the_log_of_changes(site: Site, ana: User) -> None:
    marketer = client_of("marketer")
    marketer.post("/admin/shared-links/new/", GIVEN)
    link = SharedLink.objects.get()

    marketer.post(f"/admin/shared-links/{link.pk}/revoke/")
    marketer.post(f"/admin/shared-links/{link.pk}/revoke/")

    assert "revoked" in body(marketer.get("/admin/shared-links/"))
    made, revoked = Change.objects.filter(kind="zoco_monitor.sharedlink").order_by("id")
    assert (made.action, made.by_name, made.subject_name) == ("created", "marketer", "For Bea")
    assert made.details["digest"] == [None, "•••"]
    assert link.digest not in str(made.details)
    assert (revoked.action, list(revoked.details)) == ("changed", ["revoked_at"])


def test_opening_a_link_is_no_change(site: Site, ana: User, stranger: Client) -> None:
    _, address = shared(site, ana)
    before = Change.objects.count()

    stranger.get(address)

    assert Change.objects.count() == before


def test_analyst_reads_the_list_and_changes_nothing(site: Site, ana: User) -> None:
    link, _ = shared(site, ana)
    analyst = client_of("analyst")

    page = body(analyst.get("/admin/shared-links/"))

    assert "For Bea" in page
    assert "Revoke" not in page
    assert analyst.post("/admin/shared-links/new/", GIVEN).status_code in (302, 403)
    assert analyst.post(f"/admin/shared-links/{link.pk}/revoke/").status_code in (302, 403)
    assert SharedLink.objects.get().revoked_at is None


def test_the_list_says_which_goal_is_gone_and_still_revokes(site: Site, ana: User) -> None:
    goal = goal_create(site=site.pk, name="Signup", kind="page", pattern="/a")
    goal_create(site=site.pk, name="Order", kind="page", pattern="/b")
    link, _ = shared(site, ana, filters={"f.goal": ["Signup", "Order"], "f.country": ["ES"]})
    owner = client_of("owner")
    before = body(owner.get("/admin/shared-links/"))

    goal.delete()
    after = body(owner.get("/admin/shared-links/"))

    shows = "Shop · Overview · Country is Spain · Goal reached is Signup, Order"
    assert shows in before
    assert "is gone" not in before
    assert shows in after
    assert "shows nothing: its goal Signup is gone" in after
    assert f"/admin/shared-links/{link.pk}/revoke/" in after


def test_the_list_says_that_a_column_is_gone(site: Site, ana: User) -> None:
    shared(site, ana, filters={"f.shoe_size": ["44"]})

    page = body(client_of("owner").get("/admin/shared-links/"))

    assert "Shop · Overview · shoe_size=44" in page
    assert "shows nothing: what it filters by is gone" in page


def test_a_revoked_link_without_its_goal_is_revoked(site: Site, ana: User) -> None:
    link, _ = shared(site, ana, filters={"f.goal": ["Signup"]})
    link_revoke(link=link, at=NOW)

    page = body(client_of("owner").get("/admin/shared-links/"))

    assert "revoked" in page
    assert "is gone" not in page


def test_the_list_takes_few_queries_however_long(
    site: Site, ana: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        shared(site, ana, filters={"f.goal": ["Signup"]})
    client = client_of("owner")
    client.get("/admin/shared-links/")

    with django_assert_max_num_queries(15):
        client.get("/admin/shared-links/")


def test_empty_list_says_what_sharing_is(site: Site) -> None:
    assert "Nothing is shared yet" in body(client_of("owner").get("/admin/shared-links/"))


def test_links_follow_a_goal_to_its_new_name(site: Site, ana: User, stranger: Client) -> None:
    goal = goal_create(site=site.pk, name="Signup", kind="page", pattern="/a")
    link, where = shared(site, ana, filters={"f.goal": ["Signup"], "f.path": ["Signup"]})
    given = {"site": site.pk, "name": "Account made", "kind": "page", "pattern": "/a"}

    assert client_of("marketer").post(f"/admin/goals/edit/{goal.pk}/", given).status_code == 302

    link.refresh_from_db()
    assert link.filters == {"f.goal": ["Account made"], "f.path": ["Signup"]}
    assert stranger.get(where).status_code == 200


def test_a_last_day_beyond_all_calendars_is_told(site: Site) -> None:
    answer = client_of("marketer").post("/admin/shared-links/new/", GIVEN | {"expires_on": "9999-12-31"})

    assert answer.status_code == 200
    assert "At most ten years ahead" in body(answer)
    assert not SharedLink.objects.exists()
