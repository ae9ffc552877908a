"""Lists of the admin: an empty one says what it is for, a long one asks no more than a short one."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from wagtail.admin.viewsets import viewsets
from wagtail.admin.viewsets.model import ModelViewSet

from tests.api.people import clients
from tests.api.test_doors import FOUND
from zoco.campaigns.models import Campaign, Cost, Link, Word
from zoco.ledger.viewsets import ListViewSet
from zoco.monitor.models import (
    Alarm,
    Annotation,
    ExportPlan,
    ExportRun,
    Goal,
    ImportRun,
    Incident,
    Schedule,
    Segment,
    Sending,
    SharedLink,
)
from zoco.project.models import ApiKey, Change
from zoco.sites import reads
from zoco.sites.access.models import Invitation
from zoco.sites.blocking.models import Exclusion
from zoco.sites.consenting.models import VisitorRequest
from zoco.sites.models import Site
from zoco.sites.sourcing.models import SourceNetwork, SourceRule

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
AT = datetime(2026, 11, 2, tzinfo=UTC)
LATER = datetime(2036, 11, 2, tzinfo=UTC)
# Lists with pages of their own.
LISTS = ("zoco_access", "zoco_schedules", "zoco_keys")


def ours() -> list[ModelViewSet]:
    return [each for each in viewsets.viewsets if type(each).__module__.startswith("zoco.")]


@pytest.fixture
def browsers() -> Any:
    reads.forget()
    yield clients()
    reads.forget()


def test_an_empty_list_says_what_it_is_for(browsers: dict[str, Client]) -> None:
    Site.objects.all().delete()
    reads.forget()
    for viewset in ours():
        assert isinstance(viewset, ListViewSet), type(viewset).__name__
        where = f"/admin/{viewset.url_prefix}/"

        page = browsers["owner"].get(where).content.decode()

        assert str(viewset.purpose) in page
        way = getattr(viewset.index_view_class, "way", None)
        assert f'class="button">{way[0] if way else viewset.new_label}</a>' in page
        assert "There are no" not in page
        seen = browsers["analyst"].get(where)
        assert seen.status_code == 302 or f">{viewset.new_label}</a>" not in seen.content.decode()


def test_buttons_are_of_one_piece_in_languages_that_decline(browsers: dict[str, Client]) -> None:
    Site.objects.create(slug="shop", name="Honey shop")
    reads.forget()

    page = browsers["owner"].get("/admin/campaigns/", headers={"accept-language": "ru"}).content.decode()

    assert "Новая кампания" in page
    assert "Добавить кампания" not in page


def campaigns_more(site: Site, user: User) -> None:
    name = user.username
    campaign = Campaign.objects.create(site=site, name=name, code=name)
    Cost.objects.create(campaign=campaign, on="2026-11-02", amount=5, currency="EUR", created_by=user)
    Link.objects.create(
        site=site, slug=name, target="https://shop.example/", campaign=campaign, created_by=user
    )
    Word.objects.create(site=site, tag="source", value=name)


def access_more(site: Site, user: User) -> None:
    name = user.username
    key = ApiKey.objects.create(
        name=name, prefix=name, digest=name, scopes=[], made_by=user, made_at=AT, expires_at=LATER
    )
    key.sites.add(site)
    invitation = Invitation.objects.create(
        address=f"{name}@else.example", role="analyst", made_by=user, made_at=AT, expires_at=LATER
    )
    invitation.sites.add(site)


def schedules_more(site: Site, user: User) -> None:
    name = user.username
    schedule = Schedule.objects.create(
        site=site, kind="report", key="pages", name=name, created_by=user, hook_by=user
    )
    schedule.receivers.add(user)
    for state in ("sent", "failed"):
        Sending.objects.create(schedule=schedule, user=user, way="mail", due_at=AT, state=state, target=state)
    SharedLink.objects.create(
        site=site, name=name, digest=name, board="traffic", created_by=user, created_at=AT,
        expires_at=LATER,
    )  # fmt: skip


def more(site: Site, first: int, last: int) -> None:
    """Add rows of each kind, each with people of its own."""
    group = Group.objects.get(name="analyst")
    for number in range(first, last):
        name = f"n{number}"
        user = User.objects.create_user(name, f"{name}@honey.example")
        user.groups.add(group)
        Goal.objects.create(site=site, name=name, pattern=f"/{name}")
        Segment.objects.create(site=site, name=name, filters={"country": ["ES"]})
        Annotation.objects.create(site=site, on="2026-11-02", text=name, created_by=user)
        alarm = Alarm.objects.get_or_create(site=site, kind="bots")[0]
        moments = dict.fromkeys(("began_at", "opened_at", "seen_at"), AT)
        Incident.objects.create(alarm=alarm, found=FOUND, acknowledged_by=user, acknowledged_at=AT, **moments)
        campaigns_more(site, user)
        Exclusion.objects.create(site=site, kind="path", value=f"/{name}")
        SourceRule.objects.create(site=site, channel=name, source=name, position=number)
        SourceNetwork.objects.create(site=site, host=f"{name}.example", name=name, category="social")
        plan = ExportPlan.objects.get_or_create(site=site)[0]
        day = date(2026, 1, 1) + timedelta(days=number)
        ExportRun.objects.create(
            site=site, plan=plan, state="done", first_on=day, last_on=day, created_by=user
        )
        ImportRun.objects.create(site=site, kind="plausible", name=name, created_by=user)
        schedules_more(site, user)
        access_more(site, user)
        VisitorRequest.objects.create(site=site, what="looked", by=user, at=AT)
        Change.objects.create(
            at=AT, by=user, by_name=name, action="changed", kind="zoco_monitor.goal", subject=str(number),
            subject_name=name, details={"site": [None, site.pk]},
        )  # fmt: skip


def asked(browser: Client, where: str) -> int:
    """Return how many queries a page asks; now and then one reads the sites anew, so the fewest of three."""
    counts = []
    for _each in range(3):
        with CaptureQueriesContext(connection) as found:
            browser.get(where)
        counts.append(len(found))
    return min(counts)


def test_no_list_asks_the_database_once_a_row(browsers: dict[str, Client]) -> None:
    site = Site.objects.create(slug="shop", name="Honey shop", zone="Europe/Madrid")
    reads.forget()
    own = [f"/admin/{viewset.url_prefix}/" for viewset in ours()]
    wanted = [*own, *(reverse(name) for name in LISTS)]
    more(site, 0, 3)
    few = {where: asked(browsers["owner"], where) for where in wanted}
    more(site, 3, 15)

    grown = {}
    for where in wanted:
        many = asked(browsers["owner"], where)
        if many > few[where]:
            grown[where] = (few[where], many)

    assert not grown, "\n".join(f"{where} {counts}" for where, counts in grown.items())


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 1, "1 campaign"), ("en", 2, "2 campaigns"), ("es", 1, "1 campaña"), ("es", 2, "2 campañas"),
        ("ru", 1, "1 кампания"), ("ru", 2, "2 кампании"), ("ru", 5, "5 кампаний"),
        ("zh-hans", 2, "2 个推广活动"),
    ],
)  # fmt: skip
def test_under_a_list_stands_how_many_there_are_in_the_form_of_the_language(
    browsers: dict[str, Client], language: str, count: int, said: str
) -> None:
    site = Site.objects.create(slug="shop", name="Shop")
    reads.forget()
    for number in range(count):
        Campaign.objects.create(site=site, name=f"Spring {number}", code=f"spring-{number}")

    page = browsers["owner"].get("/admin/campaigns/", headers={"accept-language": language}).content.decode()

    (told,) = re.findall(r'<div class="pagination__end">\s*(.*?)\s*</div>', page)
    assert told == said


def test_every_list_counts_in_all_forms_of_russian() -> None:
    for viewset in ours():
        assert isinstance(viewset, ListViewSet), type(viewset).__name__
        with override("ru"):
            said = {str(viewset.counted % {"number": number, "count": "7"}) for number in (1, 2, 5)}
        with override("en"):
            assert str(viewset.counted % {"number": 2, "count": "7"}) not in said

        assert len(said) == 3, said
