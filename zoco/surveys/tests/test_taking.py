"""Answering: what is kept and told, what is refused and counted, and whose answer it is."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from zoco.kit.ids import known_number
from zoco.ledger.models import OutboxRow
from zoco.people.identities import identity_read
from zoco.people.merging import people_merge
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write
from zoco.sites import salts
from zoco.sites.models import Site
from zoco.surveys.facts import ANSWERED, SAID
from zoco.surveys.models import Response, Survey
from zoco.surveys.services import survey_close
from zoco.surveys.taking import views
from zoco.surveys.taking.tokens import HOLDS_DAYS, link_make, token_make
from zoco.surveys.tests.made import ANSWERS, AT, KEPT, OTHER, counted, sent, survey_drafted, worked

pytestmark = pytest.mark.django_db


def person_made(name: str = "ana") -> Person:
    (written,) = people_write([Incoming((identity_read("email", f"{name}@shop.example"),))], at=AT)
    assert written.person is not None
    return written.person


def told(name: str) -> list[dict[str, Any]]:
    return [json.loads(each.fact) for each in OutboxRow.objects.filter(name=name).order_by("pk")]


def test_an_answer_is_kept_once_and_told_without_its_words(survey: Survey) -> None:
    first = sent(survey, {**ANSWERS, **worked(survey)}, **{"user-agent": "Firefox/1"})
    second = sent(survey, {**ANSWERS, **worked(survey), "q1": "0"}, **{"user-agent": "Firefox/1"})
    other = sent(survey, {"q1": "3", **worked(survey)}, **{"user-agent": "Firefox/2"})

    assert first.json() == {"state": "taken", "words": "Thank you for your answers.", "onward": ""}
    assert (second.status_code, second.json()["words"]) == (
        409, "You answered already; your first answer counts.",
    )  # fmt: skip
    assert other.json()["state"] == "taken"
    kept = Response.objects.order_by("pk")
    assert [each.answers for each in kept] == [KEPT, {"q1": 3}]
    assert kept[0].visitor != kept[1].visitor
    assert kept[0].visitor > 0
    assert kept[0].person is None
    assert counted(survey) == {"taken": 2, "twice": 1}
    assert [(each["subject"], each["quantity"]) for each in told(ANSWERED)] == [
        ("shop-2026", 7), ("shop-2026", 1),
    ]  # fmt: skip
    facts = told(SAID)
    assert [each["props"].get("score") for each in facts] == [9, 4, None, None, None, None, None, 3]
    assert [each["props"].get("options") for each in facts][3:6] == [["1", "3"], ["2"], ["2"]]
    assert "Faster" not in json.dumps(facts)
    assert {each["visitor"] for each in facts[:7]} == {kept[0].visitor}


def test_a_browser_that_consented_answers_once_in_all(survey: Survey) -> None:
    who = "a" * 22
    given = {"q1": "9", "visitor": who}

    first = sent(survey, {**given, **worked(survey)}, **{"user-agent": "Firefox/1"})
    later = sent(survey, {**given, **worked(survey)}, **{"user-agent": "Firefox/2"})
    hidden = sent(survey, {**given, **worked(survey)}, **{"user-agent": "Firefox/3", "sec-gpc": "1"})

    assert [each.json()["state"] for each in (first, later, hidden)] == ["taken", "later", "taken"]
    key = bytes.fromhex(salts.visitor_key(Site.objects.get().key_name))
    assert list(Response.objects.order_by("pk").values_list("known", flat=True)) == [
        known_number(who, key),
        0,
    ]


def test_whoever_comes_by_a_letter_answers_as_himself_and_by_sending_alone(survey: Survey) -> None:
    person = person_made()
    token = token_make(survey=survey.pk, person=person, on=timezone.now().date())
    address = link_make(survey=survey, person=person, on=timezone.now().date())

    page = Client().get(f"/survey/{survey.key}/by/{token}?q1=7&q4=2&q2=99")

    assert address.endswith(f"/survey/shop-2026/by/{token}")
    checked = re.findall(r'<input[^>]*name="(q.)"[^>]*value="(.+?)"[^>]*\bchecked\b', page.text)
    assert checked == [("q1", "7"), ("q4", "2")]  # 99 is no number of q2
    assert not Response.objects.exists()
    assert page.headers["X-Robots-Tag"] == "noindex"
    plain = sent(survey, {"q1": "7", "t": token, "way": "letter"}, accept="text/html")
    again = sent(survey, {"q1": "1", "t": token}, accept="text/html")
    assert "Thank you for your answers." in plain.text
    assert again.status_code == 409
    response = Response.objects.get()
    assert (response.person_id, response.way, response.visitor) == (person.pk, "letter", 0)
    assert {each["person"] for each in told(SAID)} == {person.number}


def test_somebody_merged_answers_as_who_stands_for_him(survey: Survey) -> None:
    ana, bea = person_made(), person_made("bea")
    token = token_make(survey=survey.pk, person=ana, on=timezone.now().date())
    people_merge(person=ana, into=bea, why="hand", at=timezone.now())

    assert sent(survey, {"q1": "7", "t": token}).json()["state"] == "taken"

    assert Response.objects.get().person_id == bea.pk


@pytest.mark.parametrize("wrong", ["forged", "old", "other", "gone", "nul"])
def test_a_link_that_does_not_hold_is_refused(survey: Survey, wrong: str) -> None:
    person, today = person_made(), timezone.now().date()
    token = token_make(survey=survey.pk, person=person, on=today)
    if wrong == "forged":
        token = token[:-1] + ("A" if token[-1] != "A" else "B")
    elif wrong == "old":
        token = token_make(survey=survey.pk, person=person, on=today - timedelta(days=HOLDS_DAYS + 1))
    elif wrong == "other":
        token = token_make(survey=survey.pk + 1, person=person, on=today)
    elif wrong == "gone":
        person.delete()
    else:
        token = "\0"

    page = Client().get(f"/survey/{survey.key}/by/{token.replace(chr(0), '%00')}")
    answer = sent(survey, {"q1": "7", "t": token})

    assert page.status_code == 404
    assert "You can answer without it." in page.text or wrong == "nul"
    assert answer.status_code == 403
    assert counted(survey) == {"link": 1}
    assert not Response.objects.exists()


def test_what_is_no_answer_is_said_and_counted(survey: Survey) -> None:
    proof = worked(survey)

    for given in (
        {"q1": "11"}, {"q1": ""}, {"q1": "9", "q5": "3"}, {"q1": "9", "q7": "x" * 2_001},
        {"q1": "9", "q7": "a\0b"}, {"q1": "9", "q4": ["1", "<b>"]},
    ):  # fmt: skip
        answer = sent(survey, {**given, **proof})
        assert (answer.status_code, answer.json()["state"]) == (422, "wrong"), given
    trap = sent(survey, {"q1": "9", "website": "x", **proof})
    foreign = sent(survey, {"q1": "9", **proof}, origin=OTHER)
    bare = sent(survey, {"q1": "9", "challenge": "x", "work": "\0"})

    assert trap.json()["state"] == "taken"
    assert foreign.status_code == 403
    assert bare.json()["is_stale"]
    assert counted(survey) == {"fields": 6, "honeypot": 1, "page": 1, "no_proof": 1}
    assert not Response.objects.exists()
    assert not OutboxRow.objects.exists()


def test_a_proof_holds_once_and_a_line_is_paced(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = worked(survey)
    assert sent(survey, {"q1": "9", **proof}, **{"user-agent": "a"}).json()["state"] == "taken"
    assert sent(survey, {"q1": "9", **proof}, **{"user-agent": "b"}).json()["is_stale"]
    views.pace.clear()
    monkeypatch.setattr(views, "PER_MINUTE", lambda: 1)

    assert sent(survey, {"q1": "99", **proof}).status_code == 422
    assert sent(survey, {"q1": "9", **proof}).status_code == 429


def test_without_a_script_there_is_a_second_step(survey: Survey) -> None:
    first = sent(survey, {**ANSWERS, "language": "es"}, accept="text/html")

    assert "Espere" in first.text or "4" in first.text
    assert first.text.count('name="q4"') == 2
    assert 'name="challenge"' in first.text
    assert not Response.objects.exists()


def test_drafts_are_not_told_of_and_closed_ones_take_nothing(survey: Survey) -> None:
    draft = survey_drafted(key="draft")
    survey_close(survey=survey.pk, at=timezone.now())

    page, answer = Client().get(f"/survey/{survey.key}"), sent(survey, {"q1": "9", **worked(survey)})

    assert "This survey is closed." in page.text
    assert "<form" not in page.text
    assert answer.status_code == 410
    assert counted(survey) == {"closed": 1}
    assert Client().get(f"/survey/{draft.key}").status_code == 404
    assert Client().get("/survey/none/challenge").status_code == 404


def test_the_page_speaks_the_language_of_its_reader(survey: Survey) -> None:
    page = Client().get(f"/survey/{survey.key}", headers={"accept-language": "es"})

    assert "¿Nos recomendaría?" in page.text
    assert "En el centro" in page.text
    assert "How satisfied are you?" in page.text  # what a language lacks is said as it was written first
