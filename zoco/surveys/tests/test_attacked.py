"""Surveys under attack: what is refused is counted with its reason, and what is kept can do no harm."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from zoco.people.models import Person
from zoco.project.tests.readers import body, client_of
from zoco.sites.models import Site
from zoco.surveys.designs import TEXT_LONGEST
from zoco.surveys.models import Response, Survey
from zoco.surveys.services import survey_close, survey_make, survey_start
from zoco.surveys.taking.counting import OUTCOMES
from zoco.surveys.taking.tokens import HOLDS_DAYS, token_make
from zoco.surveys.tests.made import AT, OTHER, QUESTIONS, counted, sent, worked

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>"
FORMULAS = ("=HYPERLINK(1)", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1")  # fmt: skip


def person() -> Person:
    return Person.objects.create(created_at=AT, changed_at=AT)


def state(survey: Survey, given: dict[str, Any], **headers: str) -> int:
    answer: int = sent(survey, given, **headers).status_code
    return answer


def test_every_refusal_is_counted_and_said_on_the_page(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.now().date()
    ana, site = person(), Site.objects.create(pk=2, slug="b", name="B", zone="UTC")
    theirs = survey_make(site=site.pk, key="theirs", name="Theirs", questions=QUESTIONS[:1], texts={})
    survey_start(survey=theirs.pk, at=AT)
    good = token_make(survey=survey.pk, person=ana, on=today)
    old = token_make(survey=survey.pk, person=ana, on=today - timedelta(days=HOLDS_DAYS + 1))
    elsewhere = token_make(survey=theirs.pk, person=ana, on=today)

    assert state(survey, {"q1": "9", "t": good}) == 200
    assert state(survey, {"q1": "0", "t": good}) == 409
    forged = good[:-1] + ("A" if good[-1] != "A" else "B")
    assert [state(survey, {"q1": "0", "t": each}) for each in (forged, old, elsewhere, EVIL)] == [403] * 4
    assert state(survey, {"q1": "0", **worked(survey)}, origin=OTHER) == 403
    assert state(survey, {"q1": "9", "q7": "x" * (TEXT_LONGEST + 1), **worked(survey)}) == 422
    assert [state(survey, {"q1": each, **worked(survey)}) for each in ("11", "-1", "9.5", "９", "")] == [
        422
    ] * 5
    assert state(survey, {"q1": "9", "challenge": "forged", "work": "0"}) == 422
    monkeypatch.setenv("ZOCO_SURVEYS_PER_MINUTE", "1")
    assert state(survey, {"q1": "9", **worked(survey)}) == 429
    monkeypatch.setenv("ZOCO_SURVEYS_PER_MINUTE", "100")
    survey_close(survey=survey.pk, at=timezone.now())
    assert state(survey, {"q1": "9", **worked(survey)}) == 410

    assert counted(survey) == {
        "taken": 1, "twice": 1, "link": 4, "page": 1, "fields": 6, "no_proof": 1, "pace": 1, "closed": 1,
    }  # fmt: skip
    assert [each.answers for each in Response.objects.all()] == [{"q1": 9}]
    page = body(client_of("analyst").get(f"/admin/surveys/{survey.pk}/"))
    for outcome in counted(survey):
        assert str(OUTCOMES[outcome]) in page


def test_what_is_written_runs_nowhere(survey: Survey) -> None:
    Survey.objects.filter(pk=survey.pk).update(name=f"=1+1 {EVIL}")
    for number, words in enumerate((EVIL, *FORMULAS, "x" * TEXT_LONGEST)):
        Response.objects.create(
            survey=survey, at=AT, language="en", way="page", who=f"v{number + 1}",
            answers={"q1": 3, "q3": words[:300], "q7": words},
        )  # fmt: skip
    analyst = client_of("analyst")

    for path in ("", "words/q7/", "words/q3/", "q3.svg", "q1.svg"):
        answer = analyst.get(f"/admin/surveys/{survey.pk}/{path}")
        assert answer.status_code == 200
        assert EVIL.encode() not in answer.content
    file = analyst.get(f"/admin/surveys/{survey.pk}/responses.csv").getvalue().decode()
    rows = list(csv.reader(io.StringIO(file.removeprefix("\ufeff"))))

    assert len(rows) == len(FORMULAS) + 3
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.lstrip()[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20")]


def test_nobody_is_a_reader_of_letters_by_saying_so(survey: Survey) -> None:
    assert state(survey, {"q1": "9", "way": "letter", **worked(survey)}) == 200
    assert (
        state(survey, {"q1": "9", "way": EVIL, "language": EVIL, **worked(survey)}, **{"user-agent": "B"})
        == 200
    )

    found = Response.objects.filter(person=None).values_list("way", "language")
    assert list(found) == [("page", "en"), ("page", "en")]


def test_who_hands_his_link_on_answers_once_with_whoever_follows(survey: Survey) -> None:
    ana, bea = person(), person()
    token = token_make(survey=survey.pk, person=ana, on=timezone.now().date())
    swapped = token.replace(f".{ana.pk}-", f".{bea.pk}-")

    assert swapped != token or str(ana.pk) not in token
    assert state(survey, {"q1": "9", "t": token}, **{"user-agent": "Of Ana"}) == 200
    assert state(survey, {"q1": "1", "t": token}, **{"user-agent": "Of Bea"}) == 409
    assert swapped == token or state(survey, {"q1": "1", "t": swapped}) == 403
    assert [each.person_id for each in Response.objects.all()] == [ana.pk]
    assert Client().get(f"/survey/{survey.key}/by/{token[:-2]}xx").status_code == 404
