"""Answers used elsewhere: detractors as an audience, reports by page and file, and what alarms watch."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from zoco.kit.periods import Period
from zoco.ledger import sitebook
from zoco.ledger.models import OutboxRow
from zoco.ledger.schema import Fact
from zoco.ledger.store import opening
from zoco.ledger.tests.reports.made import load
from zoco.monitor.alarms.cube import cube_read
from zoco.people.audiences.rules import rules_read
from zoco.people.audiences.services import rules_count
from zoco.people.models import Person
from zoco.project.tests.readers import body, client_of
from zoco.surveys.models import Survey
from zoco.surveys.taking.answering import Answerer, response_take
from zoco.surveys.tests.made import AT

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)


def answered(survey: Survey, person: Person, score: int, at: datetime) -> None:
    response_take(
        survey=survey.pk, answers={"q1": score, "q2": 1}, answerer=Answerer(person=person.pk), language="en",
        way="letter", challenge="", named="", at=at,
    )  # fmt: skip


@pytest.fixture
def people(survey: Survey, tmp_path: Path) -> list[Person]:
    """Four who answered 6, 7, 0 and 3 by their letters; the third long ago."""
    found = [Person.objects.create(created_at=AT, changed_at=AT) for _number in range(4)]
    for each, score, days in zip(found, (6, 7, 0, 3), (5, 5, 100, 80), strict=True):
        answered(survey, each, score, NOW - timedelta(days=days))
    load(tmp_path, [msgspec.json.decode(each.fact, type=Fact) for each in OutboxRow.objects.order_by("pk")])
    opening.store().drain()
    return found


def test_detractors_of_the_last_days_are_an_audience(survey: Survey, people: list[Person]) -> None:
    rule = {
        "leaf": "behaviour", "fact": "surveys.question.answered", "how": "did", "when": "last", "days": 90,
        "site": 1, "where": [
            {"field": "subject", "is": "is", "value": survey.key},
            {"field": "props.kind", "is": "is", "value": "nps"},
            {"field": "props.score", "is": "below", "value": "7"},
        ],
    }  # fmt: skip

    found = rules_count(rules_read({"version": 1, "rules": rule}), at=NOW, store=opening.store())

    assert sorted(found.people) == sorted((people[0].pk, people[3].pk))


def test_alarms_watch_answers_and_detractors(survey: Survey, people: list[Person]) -> None:
    (site,) = sitebook.sites()
    days = Period((NOW - timedelta(days=90)).date(), NOW.date(), site.zone)

    def many(measure: str) -> int:
        return int(np.asarray(cube_read(measure, site, days, opening.store()).total.summed)[0, -1])

    assert {key: many(key) for key in ("answers", "scores", "detractors")} == {
        "answers": 3, "scores": 3, "detractors": 2,
    }  # fmt: skip


def test_reports_stand_on_pages_and_in_files_for_whoever_may_see_reports(
    survey: Survey, people: list[Person]
) -> None:
    of = "?site=shop&period=90d"
    analyst, stranger = client_of("analyst"), Client()
    stranger.force_login(User.objects.create_user("reader"))

    page = body(analyst.get(f"/admin/ledger/reports/surveys/{of}&by=way"))
    overview = body(analyst.get(f"/admin/ledger/reports/overview/surveys/{of}"))
    told = json.loads(body(analyst.get(f"/api/v1/reports/surveys{of}&survey={survey.key}")))

    assert "1. Would you recommend us?" in page
    assert "What people say" in overview
    row = next(each for each in told["rows"] if each["key"]["question"].startswith("1."))
    assert (row["key"]["survey"], row["values"]["answers"], row["values"]["people"]) == ("Spring", 3, 3)
    assert row["values"]["nps"] == pytest.approx(-200 / 3)
    assert analyst.get(f"/api/v1/reports/surveys{of}&survey=gone").status_code == 422
    assert stranger.get(f"/api/v1/reports/surveys{of}").status_code == 403
