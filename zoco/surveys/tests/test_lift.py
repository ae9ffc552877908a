"""Lift by the arm of a trial, on simulated visitors; and topics on their page."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from zoco.ledger import sitebook
from zoco.ledger.store import opening
from zoco.ledger.tests.reports.made import load
from zoco.monitor.services import goal_create
from zoco.people.models import NUMBER_BASE, Person
from zoco.project.tests.readers import body, client_of
from zoco.stats.proportions import difference
from zoco.surveys.models import Response, Survey
from zoco.surveys.results.lift import lift_read
from zoco.surveys.tests.made import AT
from zoco.trials.deciding import dealt_arm
from zoco.trials.models import Trial
from zoco.trials.services import trial_start
from zoco.trials.tests.simulated import DAY, Visits, crowd, draft

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def trial(survey: Survey) -> Trial:
    goal_create(site=1, name="Sign up", kind="event", event="sign up")
    return trial_start(trial=draft().pk, at=NOW - 8 * DAY)


def answered(
    survey: Survey, trial: Trial, count: int, rates: dict[str, float], tmp_path: Path
) -> Counter[str]:
    """Expose visitors, of whom all answer whether they know Acme; returns how many do, by arm."""
    visits, rows, knew = Visits(trial), [], Counter[str]()
    for visitor, arm, at, does in crowd(trial, count, rates, days=5, since=NOW - 7 * DAY):
        visits.view(at, visitor)
        visits.shown(at + timedelta(seconds=1), visitor, arm)
        rows.append(
            Response(
                survey=survey,
                at=at + timedelta(minutes=5),
                language="en",
                way="page",
                visitor=visitor,
                who=f"v{visitor}",
                answers={"q1": 9, "q4": ["1"] if does else ["3"]},
            )
        )
        knew[arm] += does
    load(tmp_path, visits.facts)
    opening.store().drain()
    Response.objects.bulk_create(rows)
    return knew


def test_the_share_by_arm_is_compared_with_the_control(survey: Survey, trial: Trial, tmp_path: Path) -> None:
    knew = answered(survey, trial, 400, {"a": 0.3, "b": 0.6}, tmp_path)
    early = Response.objects.order_by("pk")[0]
    Response.objects.filter(pk=early.pk).update(at=AT - 100 * DAY)
    Response.objects.create(
        survey=survey, at=NOW, language="en", way="page", visitor=5, who="v5", answers={"q4": ["1"]}
    )

    site = sitebook.sites()[0]
    found = lift_read(
        survey=survey,
        question=survey.asked[3],
        given="1",
        trial=trial,
        site=site,
        store=opening.store(),
        now=NOW,
    )

    control, other = found.arms
    arm = dealt_arm(trial, early.visitor)
    knew[arm or ""] -= early.answers["q4"] == ["1"]
    assert {control.key: control.gave, other.key: other.gave} == dict(knew)
    assert (control.exposed + other.exposed, control.answered + other.answered, found.before) == (400, 399, 1)
    gap, low, high = found.against(other) or (0, 0, 0)
    assert gap == pytest.approx(other.share - control.share)
    assert (low, high) == difference(other.gave, other.answered, control.gave, control.answered)
    assert 0.15 < low < gap < high < 0.45
    assert all(each.is_kept for each in found.checks)
    page = body(client_of("analyst").get(f"/admin/surveys/{survey.pk}/lift/?trial={trial.pk}&answer=q4:1"))
    assert "differs from the control" in page
    assert "1 answer is left out" in page
    assert "only answers of the same day" in page


def test_too_little_data_and_arms_that_answer_unequally_are_said(
    survey: Survey, trial: Trial, tmp_path: Path
) -> None:
    answered(survey, trial, 300, {"a": 0.5, "b": 0.5}, tmp_path)
    of_b = [each.pk for each in Response.objects.all() if dealt_arm(trial, each.visitor) == "b"]
    Response.objects.filter(pk__in=of_b[20:]).delete()

    page = body(
        client_of("analyst").get(f"/admin/surveys/{survey.pk}/lift/?trial={trial.pk}&answer=q1:promoters")
    )

    assert "Too little data for: Shorter. At least 30" in page
    assert "In some arms people answer more often than in others (p 0.000)" in page
    assert "differs from the control" not in page


def test_people_answer_as_who_stands_for_them(survey: Survey, tmp_path: Path) -> None:
    goal_create(site=1, name="Sign up", kind="event", event="sign up")
    trial = trial_start(trial=draft(unit="person").pk, at=NOW - 8 * DAY)
    visits, people = Visits(trial), []
    for number in range(80):
        people.append(Person.objects.create(created_at=AT, changed_at=AT))
        whom = NUMBER_BASE | people[number].pk
        arm = dealt_arm(trial, whom)
        visits.shown(NOW - 2 * DAY, 0, arm or "", person=whom)
        Response.objects.create(
            survey=survey, at=NOW - DAY, language="en", way="letter", person=people[number],
            who=f"p{people[number].pk}", answers={"q1": 10},
        )  # fmt: skip
    load(tmp_path, visits.facts)
    opening.store().drain()

    site = sitebook.sites()[0]
    found = lift_read(
        survey=survey, question=survey.asked[0], given="promoters", trial=trial, site=site,
        store=opening.store(), now=NOW,
    )  # fmt: skip

    assert sum(each.answered for each in found.arms) == 80
    assert [each.share for each in found.arms] == [1, 1]


def test_hostile_questions_about_lift_are_answered(survey: Survey, trial: Trial) -> None:
    client = client_of("analyst")

    for query in (
        "",
        "?trial=x&answer=q4:1",
        "?trial=99&answer=q9:1",
        "?trial=%00&answer=%00",
        "?answer=q7:1",
    ):
        assert client.get(f"/admin/surveys/{survey.pk}/lift/{query}").status_code == 200


def test_answers_are_shown_by_topic_or_said_to_be_too_few(survey: Survey) -> None:
    client = client_of("analyst")
    where = f"/admin/surveys/{survey.pk}/words/q7/"
    few = body(client.get(where))
    texts = ["delivery late again", "price too high", "late delivery <b>", "high price now"] * 8
    for number, text in enumerate(texts):
        Response.objects.create(
            survey=survey, at=AT, language="en", way="page", who=f"v{number + 1}", answers={"q7": text}
        )

    page = body(client.get(f"{where}?topics=2"))

    for number, text in enumerate(["доставка опоздала", "цена высокая"] * 12):
        Response.objects.create(
            survey=survey, at=AT, language="ru", way="page", who=f"r{number}", answers={"q7": text}
        )
    russian, every = body(client.get(f"{where}?language=ru")), body(client.get(f"{where}?language=all"))

    assert "24 answers." in russian
    assert "56 answers." in every
    assert "32 answers." in body(client.get(f"{where}?language=xx"))
    assert "Too few answers for topics: 0 have a word" in few
    assert "32 answers." in page
    assert "late · delivery" in page or "delivery · late" in page
    assert "Answers: 16 (50%)" in page
    assert b"late delivery &lt;b&gt;" in client.get(where).content
    for query in ("?topics=99", "?topics=x", "?topics=1", "?topics=%00"):
        assert client.get(where + query).status_code == 200
    assert client.get(f"/admin/surveys/{survey.pk}/words/q1/").status_code == 404
