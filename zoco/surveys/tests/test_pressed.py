"""Surveys that are sent far too much, or while others write: to refuse is cheap, and ends in no error."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zoco.kit.floods import counting as flooded
from zoco.surveys.facts import SHOWN
from zoco.surveys.models import Response, Survey
from zoco.surveys.taking import counting, views
from zoco.surveys.tests.made import OTHER, SHOP, counted, sent, worked
from zoco.surveys.tests.test_seen import posted, seen, ticket
from zoco.surveys.tests.test_taking import told
from zoco.trials.tests.test_busy import hurried, locked, waits


def writes(survey: Survey, path: str, origin: str, count: int, **given: str) -> int:
    """Send something often; return how many statements wrote into the database."""
    client = Client(headers={"origin": origin, "user-agent": "Firefox/1", "accept": "application/json"})
    with CaptureQueriesContext(connection) as asked:
        for _again in range(count):
            assert client.post(f"/survey/{survey.key}{path}", given).status_code < 500
    return sum(each["sql"].startswith(("INSERT", "UPDATE")) for each in asked)


@pytest.mark.django_db
@pytest.mark.parametrize("origin", [SHOP, OTHER])
@pytest.mark.parametrize("path", ["", "/shown"])
def test_to_refuse_what_comes_too_often_writes_less_than_to_take_it(
    survey: Survey, path: str, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(counting.held, "clock", lambda: now)
    monkeypatch.setenv("ZOCO_SURVEYS_PER_MINUTE", "2")
    pace = "seen_pace" if path else "pace"
    writes(survey, path, origin, 2, ticket="forged")

    assert writes(survey, path, origin, 1, ticket="forged") > 0
    assert writes(survey, path, origin, 50, ticket="forged") == 0
    assert counted(survey)[pace] == 1
    now = flooded.HELD_SECONDS
    assert writes(survey, path, origin, 1, ticket="forged") == 1
    assert counted(survey)[pace] == 52


@pytest.mark.django_db
def test_what_was_held_is_counted_with_whoever_comes_next_from_another_line(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(counting.held, "clock", lambda: now)
    monkeypatch.setenv("ZOCO_SURVEYS_PER_MINUTE", "1")
    for _again in range(5):
        posted(survey, {})
    now = flooded.HELD_SECONDS

    answer = Client(REMOTE_ADDR="192.0.2.9").post(f"/survey/{survey.key}/shown", headers={"origin": SHOP})

    assert answer.status_code == 200
    assert counted(survey) == {"seen_pace": 4}


@pytest.mark.django_db
def test_a_foreign_page_uses_up_no_answers_of_the_line(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_SURVEYS_PER_MINUTE", "1")
    for path in ("", "/shown"):
        writes(survey, path, OTHER, 3)

    assert ticket(survey)
    assert sent(survey, {"q1": "9", **worked(survey)}).json()["state"] == "taken"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_busy_database_is_no_error_and_what_was_refused_is_counted_later(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(counting.held, "clock", lambda: now)
    for each in (flooded, views):
        monkeypatch.setattr(each, "WAIT_SECONDS", 0.05)
    mine, usual = ticket(survey), waits()

    with locked("zoco_surveys_surveyday", "zoco_ledger_outboxrow"):
        assert seen(survey, ticket=mine) == 503
        assert seen(survey, ticket="forged") == 204
        assert posted(survey, {}, origin=OTHER).status_code == 204
        assert sent(survey, {"q1": "99"}).status_code == 422

    assert waits() == usual
    assert counted(survey) == {}
    assert seen(survey, ticket="forged") == 204
    assert counted(survey) == {}, "it is left alone for a minute"
    now = flooded.HELD_SECONDS
    assert seen(survey, ticket=mine) == 204
    assert len(told(SHOWN)) == 1
    assert counted(survey) == {"seen_forged": 2, "seen_page": 1, "fields": 1}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_answer_that_a_busy_database_does_not_take_may_be_sent_again(survey: Survey) -> None:
    given = {"q1": "9", **worked(survey)}

    with locked("zoco_surveys_response", "zoco_ledger_outboxrow"), hurried():
        answer = sent(survey, given)

    assert (answer.status_code, answer.json()["state"]) == (503, "later")
    assert answer.json()["words"] == "Your answer could not be kept just now; send it again in a minute."
    assert sent(survey, given).json()["state"] == "taken"
    assert Response.objects.count() == 1
