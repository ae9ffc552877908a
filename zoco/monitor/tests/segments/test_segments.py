"""Filters kept under a name: who makes and uses them, where they are offered, what is written down."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from zoco.ledger.tests.reports.made import PERIOD
from zoco.monitor.goal_form import GoalForm
from zoco.monitor.models import Goal, Segment
from zoco.monitor.segment_form import SegmentForm
from zoco.monitor.services import goal_create
from zoco.monitor.tests.sharing.conftest import shared
from zoco.project.models import Change
from zoco.project.tests.readers import body, client_of
from zoco.sites.models import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]
ASKED = f"site=shop&period={PERIOD}&verdicts=all&f.country=ES&f.path!^=/x"
FILTERS = {"f.country": ["ES"], "f.path!^": ["/x"]}
REPORT = f"/admin/ledger/reports/pages/?site=shop&period={PERIOD}"


def kept(site: Site, **given: Any) -> Segment:
    return Segment.objects.create(**{"site": site, "name": "Spain", "filters": FILTERS} | given)


def test_a_marketer_keeps_the_filters_of_a_page_and_an_analyst_uses_them(site: Site) -> None:
    marketer, analyst = client_of("marketer"), client_of("analyst")

    page = body(marketer.get(f"{REPORT}&f.country=ES&compare=none"))
    save = re.search(r'href="([^"]+)">Save as segment…', page)
    assert save is not None
    assert "Country is Spain" in body(marketer.get(save[1]))
    made = marketer.post(save[1], {"name": "Spain", "asked": ASKED})

    assert made.status_code == 302
    segment = Segment.objects.get()
    assert (segment.site, segment.filters, segment.verdicts) == (site, FILTERS, "all")
    assert [each.action for each in Change.objects.filter(kind="zoco_monitor.segment")] == ["created"]
    for where in (REPORT, f"/admin/ledger/reports/overview/traffic/?site=shop&period={PERIOD}"):
        text = body(analyst.get(where))
        link = re.search(r'href="(\?[^"]+)">Spain</a>', text)
        assert link is not None
        assert "f.country=ES" in link[1]
        assert "verdicts=all" in link[1]
        assert f"period={PERIOD}" in link[1]
        assert "Save as segment" not in text


def test_what_is_in_force_is_marked_and_not_saved_again(site: Site) -> None:
    kept(site)

    text = body(client_of("marketer").get(f"{REPORT}&f.country=ES&f.path!^=/x"))

    assert re.search(r'aria-current="true">Spain</a>', text)
    assert "Segment <b>Spain</b>" in text
    assert re.search(r'href="\?site=shop&period=[^"&]+" aria-label="Leave the segment Spain"', text)
    assert "Save as segment" not in text


def test_other_sites_and_strangers_see_none(site: Site, ana: User, stranger: Client) -> None:
    kept(Site.objects.create(slug="other", name="Other", zone="UTC"), name="Elsewhere")
    kept(site)

    text = body(client_of("analyst").get(REPORT))

    assert "Elsewhere" not in text
    assert "Spain" not in body(stranger.get(shared(site, ana)[1]))


@pytest.mark.parametrize("asked", ["", "site=shop", "site=shop&f.shoe=44", "site=nowhere&f.country=ES"])
def test_a_page_without_filters_makes_no_segment(site: Site, asked: str) -> None:
    form = SegmentForm({"name": "Spain", "asked": asked})

    assert not form.is_valid()
    assert "Open a report" in str(form.errors)


def test_a_name_is_taken_once_a_site_whatever_its_case(site: Site) -> None:
    kept(site)

    form = SegmentForm({"name": "SPAIN", "asked": ASKED})

    assert set(form.errors) == {"name"}


def test_a_segment_is_renamed_and_keeps_its_filters(site: Site) -> None:
    segment = kept(site)
    marketer = client_of("marketer")

    answer = marketer.post(f"/admin/segments/edit/{segment.pk}/", {"name": "España", "asked": "f.os=iOS"})
    segment.refresh_from_db()

    assert answer.status_code == 302
    assert (segment.name, segment.filters) == ("España", FILTERS)
    assert "Country is Spain" in body(marketer.get("/admin/segments/"))
    assert client_of("analyst").post(f"/admin/segments/delete/{segment.pk}/").status_code in (302, 403)
    assert Segment.objects.count() == 1


def test_segments_follow_a_goal_that_gets_another_name(site: Site) -> None:
    goal_create(site=site.pk, name="Signup", kind="page", pattern="/a")
    segment = kept(site, filters={"f.goal": ["signup"], "f.os": ["Signup"]})
    given = {"site": site.pk, "name": "Join", "kind": "page", "pattern": "/a"}

    form = GoalForm(given, instance=Goal.objects.get())
    assert form.is_valid(), form.errors
    form.save()

    segment.refresh_from_db()
    assert segment.filters == {"f.goal": ["Join"], "f.os": ["Signup"]}
