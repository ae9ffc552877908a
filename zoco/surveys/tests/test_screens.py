"""Pages of surveys: set one up, begin it, read its figures and pictures, take the answers along."""

import csv
import io
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from zoco.project.tests.readers import body, client_of
from zoco.surveys.models import Response, Survey
from zoco.surveys.tests.made import ANSWERS, AT, sent, worked

pytestmark = pytest.mark.django_db
LIST, NEW = "/admin/surveys/", "/admin/surveys/new/"
FORM = {
    "site": "1", "name": "After the order", "key": "after-order", "text_es_thanks": "¡Gracias!",
    "questions-TOTAL_FORMS": "4", "questions-INITIAL_FORMS": "0",
    "questions-0-kind": "nps", "questions-0-is_needed": "on", "questions-0-words_en": "Recommend us?",
    "questions-0-words_es": "¿Nos recomienda?",
    "questions-1-kind": "single", "questions-1-words_en": "Where?",
    "questions-1-options_en": "Online\nIn town\n",
    "questions-2-kind": "unaided", "questions-2-words_en": "Which shops?", "questions-2-brands": "Acme: akme",
    "questions-3-kind": "nps", "questions-3-words_en": "",
}  # fmt: skip


def act(client: Client, row: Survey, do: str, **more: str) -> Any:
    return client.post(f"{LIST}{row.pk}/act/", {"do": do, **more}, follow=True)


def test_a_survey_is_set_up_begun_answered_and_closed(survey: Survey) -> None:
    client = client_of("marketer")

    saved = client.post(NEW, FORM, follow=True)
    row = Survey.objects.get(key="after-order")

    assert "A draft: nobody can open it yet" in body(saved)
    assert [(each.key, each.kind) for each in row.asked] == [
        ("q1", "nps"), ("q2", "single"), ("q3", "unaided"),
    ]  # fmt: skip
    assert row.asked[1].options == {"en": ["Online", "In town"]}
    assert row.texts == {"es": {"thanks": "¡Gracias!"}}
    assert "Question 5" in body(client.get(f"{LIST}{row.pk}/edit/"))
    changed = client.post(f"{LIST}{row.pk}/edit/", FORM | {"name": "Later"}, follow=True)
    assert "Later" in body(changed)
    assert "/survey/after-order" in body(act(client, row, "start"))
    assert sent(row, {"q1": "9", "q2": "2", **worked(row)}).json()["state"] == "taken"
    assert "The survey runs; what it asks cannot be changed" in body(act(client, row, "delete"))
    assert "Open the survey again" in body(act(client, row, "close"))
    act(client_of("owner"), row, "delete")
    assert not Survey.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"questions-1-options_en": "Online"}, "Question 2 wants 2 to 20 options, one a line."),
        ({"questions-1-options_es": "Uno"}, "Question 2 wants 2 to 20 options, one a line."),
        ({"questions-1-options_es": "1\n2\n3"}, "more options in one language than in another"),
        ({"questions-1-options_en": "A\na"}, "are different from each other"),
        ({"questions-2-brands": ""}, "Question 3 wants 1 to 50 brands to count"),
        ({"questions-2-brands": "Acme: acme"}, "the same name for a brand twice"),
        ({"questions-0-words_en": "", "questions-0-words_es": "", "questions-1-words_en": "",
          "questions-2-words_en": ""}, "A survey asks 1 to 20 questions."),
        ({"key": "shop-2026"}, "already"),
        ({"key": "No"}, "Write small letters, digits and -."),
        ({"questions-0-words_en": "a\0"}, "Null characters are not allowed."),
        ({"questions-TOTAL_FORMS": "x"}, "ManagementForm data is missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(survey: Survey, change: dict[str, str], words: str) -> None:
    answer = client_of("marketer").post(NEW, FORM | change)

    assert words in body(answer)
    assert Survey.objects.count() == 1


def test_what_a_kind_does_not_ask_for_and_nobody_sees_refuses_nothing(survey: Survey) -> None:
    hidden = {
        "questions-0-options_en": "x" * 9_000,
        "questions-0-brands": "y" * 20_001,
        "questions-1-brands": "B",
    }

    answer = client_of("marketer").post(NEW, FORM | hidden)

    assert answer.status_code == 302
    asked = Survey.objects.get(key="after-order").asked
    assert [(each.options, each.brands) for each in asked[:2]] == [
        ({}, ()),
        ({"en": ["Online", "In town"]}, ()),
    ]


def test_figures_stand_with_their_intervals_and_open_to_how_they_are_counted(survey: Survey) -> None:
    for number, score in enumerate(("10", "9", "9", "8", "7", "6", "0", "10", "9", "10")):
        agent = f"Browser/{number}"
        given = ANSWERS | {"q1": score, "language": "es" if number < 3 else "en"}
        sent(survey, {**given, **worked(survey)}, **{"user-agent": agent})
    client = client_of("analyst")

    page = body(client.get(f"{LIST}{survey.pk}/?by=language"))

    assert "Net promoter score</dt><dd><b>+40</b> (-13 to +74)" in page.replace("−", "-")
    assert "10 answers to this question. Fewer than 30" in page
    assert "Satisfied (4 and 5)</dt><dd><b>100.0%</b> (72.2% to 100.0%)" in page
    assert "Rocks, The American Statistician" in page
    assert "initech</dt><dd>10" in page
    assert 'data-label="Net promoter score">+100 (' in page
    assert "+14 (" in page
    assert "1" in body(client.get(LIST))
    small = [each.split("</svg>")[0] for each in page.split('<div class="z-fit small">')[1:]]
    drawn = [
        ElementTree.fromstring(each.strip() + "</svg>") for each in small if each.strip().startswith("<svg")
    ]
    rows = [row.text for row in drawn[0].iter("text") if row.get("text-anchor") is None]
    assert rows[:3] == ["Promoters (9 and 10)", "Passives (7 and 8)", "Detractors (0 to 6)"]
    dots = [float(each.get("cx", "")) for each in drawn[0].iter("circle")]
    # Of ten answers six promote, two are passive and two detract: the axis of shares is 310 wide from 8.
    assert dots[:3] == pytest.approx([8 + 310 * share for share in (0.6, 0.2, 0.2)], abs=0.1)
    spanish = body(client.get(f"{LIST}{survey.pk}/?language=es&way=page&by=week"))
    assert "3 answers to this question" in spanish
    assert body(client.get(f"{LIST}{survey.pk}/?language=%00&way=x&by=x")).count("+40") >= 1


def test_pictures_are_files_that_say_what_they_are_of(survey: Survey) -> None:
    sent(survey, {**ANSWERS, **worked(survey)})
    client = client_of("analyst")

    for key in ("q1", "q2", "q3", "q4", "q5", "q6", "q7", "q1.svg?over=1&by=way", "q2.svg?way=letter"):
        address = key if "?" in key else f"{key}.svg"
        answer = client.get(f"{LIST}{survey.pk}/{address}")
        assert answer.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
        ElementTree.fromstring(answer.content)
        assert "Source: Zoco, answers to the survey shop-2026." in body(answer)
    assert client.get(f"{LIST}{survey.pk}/q8.svg").status_code == 404


def test_brands_are_counted_anew_by_other_names(survey: Survey) -> None:
    sent(survey, {**ANSWERS, **worked(survey)})
    client = client_of("marketer")

    page = body(act(client, survey, "brands", question="q3", brands="Initech\nAcme: akme\0"))

    assert "Initech" in page
    assert [each.name for each in Survey.objects.get().asked[2].brands] == ["Initech", "Acme"]
    assert "the same name for a brand twice" in body(
        act(client, survey, "brands", question="q3", brands="A\na")
    )
    assert "no such question about brands" in body(act(client, survey, "brands", question="q1", brands="A"))


def test_answers_are_taken_along_as_text_that_no_spreadsheet_runs(survey: Survey) -> None:
    sent(survey, {**ANSWERS, "q7": "=HYPERLINK(1)", **worked(survey)})
    Response.objects.update(at=AT, visitor=7)

    answer = client_of("analyst").get(f"{LIST}{survey.pk}/responses.csv")

    rows = list(csv.reader(io.StringIO(b"".join(answer).decode())))
    assert rows[0][:6] == ["at", "language", "way", "person", "visitor", "Would you recommend us?"]
    assert rows[1] == [
        "2026-05-17T12:00:00+00:00", "en", "page", "", "7", "9", "4", "akme, Initech", "Acme; None",
        "In town", "Papers", "'=HYPERLINK(1)",
    ]  # fmt: skip
