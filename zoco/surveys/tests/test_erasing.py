"""Whoever asks for it gets all that he answered, and it goes with him; a site takes its answers along."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from zoco.kit.periods import micros
from zoco.ledger.erasing import ERASERS, facts_erase
from zoco.ledger.models import OutboxRow
from zoco.ledger.store import opening
from zoco.ledger.store.base import Erasure
from zoco.people.giving.person import rows_held
from zoco.people.merging import merge_undo, people_merge
from zoco.people.models import Person
from zoco.people.naming import subjects_named
from zoco.sites.models import Site
from zoco.sites.periodic import retain
from zoco.surveys.erasing import SurveysEraser
from zoco.surveys.leaving import site_forget
from zoco.surveys.models import Response, Survey, SurveyDay
from zoco.surveys.services import survey_make
from zoco.surveys.taking.tokens import token_make
from zoco.surveys.tests.made import AT, QUESTIONS, counted, sent, worked

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def response(survey: Survey, number: int, **more: object) -> Response:
    given = {"at": AT, "language": "en", "way": "page", "who": f"x{number}"} | more
    return Response.objects.create(survey=survey, answers={"q7": "Secret"}, **given)


def test_a_person_gets_what_he_answered_and_it_goes_with_him(survey: Survey) -> None:
    ana, bea = (Person.objects.create(created_at=AT, changed_at=AT) for _number in range(2))
    for each in (ana, bea):
        token = token_make(survey=survey.pk, person=each, on=timezone.now().date())
        assert sent(survey, {"q1": "2", "q7": "I am Ana", "t": token}).json()["state"] == "taken"

    held = rows_held([ana.pk])["zoco_surveys.Response"]
    now = timezone.now() + timedelta(seconds=1)
    gone = facts_erase(store=opening.store(), persons=[ana.number], at=now)

    assert [each["answers"] for each in held] == [{"q1": 2, "q7": "I am Ana"}]
    assert gone.rows["answers to surveys"] == 1
    assert [each.person_id for each in Response.objects.all()] == [bea.pk]
    assert {each.person for each in OutboxRow.objects.filter(name__startswith="surveys.")} == {bea.number}


def test_a_browser_that_is_erased_takes_its_words_along(survey: Survey) -> None:
    response(survey, 1, visitor=7)
    response(survey, 2, known=7)
    response(survey, 3, visitor=8)
    response(survey, 4, visitor=7, at=AT + timedelta(days=1))
    eraser = SurveysEraser()
    erasure = Erasure(at=micros(AT), site=1, visitors=(7,))

    assert "surveys" in ERASERS
    assert eraser.known() == ([(1, 7), (1, 8)], [])
    assert len(eraser.held(erasure)) == 2
    assert eraser.erase(Erasure(at=micros(AT), site=2, visitors=(7,))) == 0
    assert eraser.erase(erasure) == 2
    assert sorted(Response.objects.values_list("who", flat=True)) == ["x3", "x4"]
    assert eraser.erase(erasure) == 0


def test_answers_go_with_what_was_counted_of_a_site(survey: Survey) -> None:
    sent(survey, {"q1": "9", **worked(survey)})
    response(survey, 1)

    site_forget(2, timezone.now())
    site_forget(1, AT)
    assert Response.objects.count() == 1
    site_forget(1, datetime(9999, 12, 31, tzinfo=UTC))

    assert not Response.objects.exists()
    assert not SurveyDay.objects.exists()
    assert Survey.objects.count() == 1


def test_surveys_are_called_by_their_names_in_timelines(survey: Survey) -> None:
    assert subjects_named([("survey", "shop-2026"), ("survey", "gone")]) == {
        ("survey", "shop-2026"): "Spring", ("survey", "gone"): "",
    }  # fmt: skip


def test_whoever_is_merged_hands_his_answers_over_and_gets_them_back(survey: Survey) -> None:
    ana, bea = (Person.objects.create(created_at=AT, changed_at=AT) for _number in range(2))
    for each in (ana, bea):
        response(survey, each.pk, person=each, who=f"p{each.pk}")

    merge = people_merge(person=ana, into=bea, why="", at=timezone.now())
    token = token_make(survey=survey.pk, person=ana, on=timezone.now().date())

    assert list(Response.objects.values_list("person", flat=True)) == [bea.pk, bea.pk]
    assert sent(survey, {"q1": "2", "t": token}).status_code == 409
    merge_undo(merge=merge, at=timezone.now())
    assert list(Response.objects.order_by("pk").values_list("person", "who")) == [
        (ana.pk, f"p{ana.pk}"), (bea.pk, f"p{bea.pk}"),
    ]  # fmt: skip


@pytest.mark.parametrize("kept", [True, False])
def test_answers_go_when_the_days_of_their_site_are_over(survey: Survey, kept: bool) -> None:
    now = timezone.now()
    Site.objects.filter(pk=1).update(retention_days=0 if kept else 90)
    old = response(survey, 1, at=now - timedelta(days=92))
    response(survey, 2, at=now - timedelta(days=88))
    other = Site.objects.create(pk=2, slug="other", name="Other", zone="UTC", currency="EUR")
    elsewhere = survey_make(site=other.pk, key="else", name="Else", questions=QUESTIONS[:1], texts={})
    response(elsewhere, 3, at=now - timedelta(days=400))

    retain()
    retain()

    assert Response.objects.count() == (3 if kept else 2)
    assert Response.objects.filter(pk=old.pk).exists() is kept
    assert counted(survey) == ({} if kept else {"expired": 1})
