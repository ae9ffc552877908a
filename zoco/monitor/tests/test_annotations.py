"""What curves show of days: annotations, releases, and campaigns that begin and end."""

from argparse import ArgumentParser
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from zoco.campaigns.models import Campaign
from zoco.kit.commands import CommandFailed, Exit
from zoco.kit.periods import Period
from zoco.ledger.asking.answer import Row
from zoco.ledger.pictures.charts import _last_day, _merged
from zoco.ledger.pictures.marks import Mark, marks_in
from zoco.ledger.sitebook import SiteInfo
from zoco.monitor.annotations import Annotation, annotate
from zoco.monitor.commands import Annotate
from zoco.sites import reads
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30), "Europe/Madrid")


@pytest.fixture
def site() -> Site:
    made = Site.objects.create(slug="shop", name="Shop", zone="Europe/Madrid")
    reads.forget()
    return made


def info(site: Site) -> SiteInfo:
    return SiteInfo(site.pk, site.slug, site.name, site.zone, "EUR", 0, "tracker", is_demo=False)


def ran(*words: str) -> Exit:
    parser, command = ArgumentParser(), Annotate()
    command.arguments(parser)
    return command.run(parser.parse_args(words))


def test_marks_of_a_period_come_by_day_from_all_who_know_some(site: Site) -> None:
    other = Site.objects.create(slug="blog", name="Blog")
    annotate(site=site.pk, on=date(2026, 11, 9), text="  Down until\nnoon ")
    annotate(site=site.pk, on=date(2026, 11, 2), text="2.4.1", kind="release")
    annotate(site=site.pk, on=date(2026, 10, 31), text="Before")
    annotate(site=other.pk, on=date(2026, 11, 9), text="Of another site")
    Campaign.objects.create(
        site=site, name="Spring", code="spring", starts_on=date(2026, 11, 5), ends_on=date(2026, 12, 5)
    )

    assert marks_in(info(site), NOVEMBER) == [
        Mark(date(2026, 11, 2), "Release: 2.4.1"),
        Mark(date(2026, 11, 5), "Spring begins"),
        Mark(date(2026, 11, 9), "Down until noon"),
    ]


def test_only_the_newest_twenty_are_shown(site: Site) -> None:
    for day in range(1, 25):
        annotate(site=site.pk, on=date(2026, 11, day), text=f"note {day}")

    assert [mark.on.day for mark in marks_in(info(site), NOVEMBER)] == list(range(5, 25))


def test_the_same_text_on_the_same_day_is_written_once(site: Site) -> None:
    assert ran("2.4.1", "--release", "--on", "2026-11-02") is Exit.OK
    assert ran("2.4.1", "--release", "--on", "2026-11-02") is Exit.NOTHING_TO_DO
    assert ran("2.4.1", "--on", "2026-11-02", "--site", "shop") is Exit.OK
    assert Annotation.objects.count() == 2


@pytest.mark.parametrize("text", ["", "  ", "...", "x" * 201])
def test_what_is_no_sentence_is_refused(site: Site, text: str) -> None:
    with pytest.raises(ValidationError):
        annotate(site=site.pk, on=date(2026, 11, 2), text=text)
    with pytest.raises(CommandFailed) as raised:
        ran(text)
    assert raised.value.code is Exit.USAGE


def test_a_site_that_is_not_there_is_told(site: Site) -> None:
    with pytest.raises(CommandFailed, match="there are: shop"):
        ran("New design", "--site", "none")


def test_it_is_written_in_the_admin_with_its_author(site: Site, admin_client: Any, admin_user: Any) -> None:
    answer = admin_client.post(
        "/admin/annotations/new/", {"site": site.pk, "on": "2026-11-02", "kind": "note", "text": "New design"}
    )

    assert answer.status_code == 302
    assert Annotation.objects.get().created_by == admin_user


def test_numbers_that_would_lie_over_each_other_stand_at_one_place() -> None:
    assert _merged([0, 1, 2, 50, 90], 100) == [0, 0, 0, 50, 90]
    assert _merged([0, 1, 2], 7) == [0, 1, 2]


def test_a_month_that_is_drawn_takes_the_marks_of_its_last_day() -> None:
    rows = [Row({"bucket": datetime(2026, 2, 1, tzinfo=UTC)}, {})]

    assert [_last_day(rows, grain) for grain in ("day", "week", "month")] == [
        date(2026, 2, 1),
        date(2026, 2, 7),
        date(2026, 2, 28),
    ]
