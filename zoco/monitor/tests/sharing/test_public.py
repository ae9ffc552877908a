"""A public dashboard: no secret, the limits of a shared link, robots and frames only where that is on."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from zoco.monitor.models import PublicBoard, SharedLink
from zoco.project.entry.keys import pace as paces
from zoco.project.entry.keys.pace import pace
from zoco.project.models import Change
from zoco.project.tests.readers import body, client_of
from zoco.sites.models import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]
PAGE, ADMIN = "/public/shop/", "/admin/public-dashboards/shop/"
GIVEN = {"board": "traffic", "period": "30d", "least": "3", "may_change_period": "on"}


@pytest.fixture
def boss(site: Site) -> Client:
    return client_of("owner")


def test_nothing_is_public_until_the_owner_says_so(site: Site, boss: Client, stranger: Client) -> None:
    before = stranger.get(PAGE)
    unknown = stranger.get("/public/none/")

    boss.post(ADMIN, GIVEN)
    shown = stranger.get(PAGE)
    boss.post(ADMIN, {"do": "hide"})
    after = stranger.get(PAGE)

    assert [each.status_code for each in (before, unknown, shown, after)] == [404, 404, 200, 404]
    assert before.content == unknown.content
    assert not PublicBoard.objects.exists()
    assert SharedLink.objects.get().revoked_at is not None
    assert "zoco_monitor.publicboard" in set(Change.objects.values_list("kind", flat=True))


def test_it_shows_figures_and_no_small_group_no_fact_no_query(
    site: Site, boss: Client, stranger: Client
) -> None:
    boss.post(ADMIN, GIVEN)
    query = {"period": "2026-03-28..2026-03-30"}

    page = body(stranger.get(PAGE, query))
    pages = body(stranger.get(f"{PAGE}pages/", query))

    assert re.search(r"Visitors</span> <span class=\"z-v\">8<", page)
    assert 'data-z-panel="/public/shop/pages/panel/' in page
    assert re.findall(r">(/[a-d])<", pages) == ["/a", "/b"]
    assert "SELECT" not in page + pages
    assert stranger.get(f"{PAGE}facts/", query).status_code == 404
    export: Any = stranger.get(f"{PAGE}pages/export.csv", query)
    assert b"".join(export.streaming_content).startswith(b"path,visitors")
    assert stranger.get(PAGE, query | {"site": "blog"}).status_code == 200


def test_robots_and_frames_are_let_in_only_where_that_is_on(
    site: Site, boss: Client, stranger: Client
) -> None:
    boss.post(ADMIN, GIVEN)
    closed = stranger.get(PAGE)
    boss.post(ADMIN, GIVEN | {"may_index": "on", "may_embed": "on"})
    opened, report = stranger.get(PAGE), stranger.get(f"{PAGE}pages/")
    queried = stranger.get(PAGE, {"period": "7d"})

    assert closed.headers["x-robots-tag"] == "noindex, nofollow"
    assert closed.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'self'" in closed.headers["content-security-policy"]
    assert 'content="noindex, nofollow"' in body(closed)
    assert "x-robots-tag" not in opened.headers
    assert 'content="noindex, nofollow"' not in body(opened)
    assert "x-frame-options" not in opened.headers
    assert "frame-ancestors *;" in opened.headers["content-security-policy"]
    assert report.headers["x-robots-tag"] == queried.headers["x-robots-tag"] == "noindex, nofollow"
    assert "frame-ancestors *;" in report.headers["content-security-policy"]
    assert "&lt;iframe src=" in boss.get(ADMIN).content.decode()


def test_marketers_do_not_publish_and_forms_say_what_is_wrong(
    site: Site, boss: Client, stranger: Client
) -> None:
    marketer = client_of("marketer")

    refused = marketer.post(ADMIN, GIVEN)
    wrong = boss.post(ADMIN, GIVEN | {"least": "-1", "board": "none"})

    assert refused.headers["location"] == "/admin/"
    assert "greater than or equal to 0" in body(wrong)
    assert not PublicBoard.objects.exists()
    assert "not public" in body(boss.get("/admin/public-dashboards/"))


def test_it_ends_with_the_rights_of_its_maker(site: Site, boss: Client, stranger: Client) -> None:
    boss.post(ADMIN, GIVEN)
    User.objects.get(username="owner").groups.clear()

    assert stranger.get(PAGE).status_code == 404


def test_too_many_pages_in_a_minute_are_refused(
    site: Site, boss: Client, stranger: Client, monkeypatch: Any
) -> None:
    boss.post(ADMIN, GIVEN)
    monkeypatch.setenv("ZOCO_SHARED_PER_MINUTE", "2")
    pace.clear()

    found = [stranger.get(PAGE).status_code for _ in range(3)]

    assert found == [200, 200, 429]
    assert paces.SHARED_PER_MINUTE() == 2
