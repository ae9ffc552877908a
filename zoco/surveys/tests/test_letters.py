"""Surveys in letters: numbers as links of their reader alone, and what a letter keeps of a survey."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from zoco.mail.letters.compiling import compiled
from zoco.mail.letters.drafts import Draft, LetterWrong
from zoco.mail.letters.message import seen
from zoco.mail.letters.still import stilled, thawed
from zoco.mail.letters.values import values_of
from zoco.people.models import Person
from zoco.surveys.models import Response, Survey
from zoco.surveys.reads import links_open
from zoco.surveys.services import survey_close, survey_delete
from zoco.surveys.tests.made import QUESTIONS, sent, survey_drafted, survey_running

pytestmark = pytest.mark.django_db


def person_made() -> Person:
    return Person.objects.create(created_at=timezone.now(), changed_at=timezone.now(), language="es")


def letter(survey: str, language: str = "es", **value: str) -> Draft:
    block = {"type": "survey", "value": {"survey": survey, **value}}
    return Draft(subject="News", blocks=[block], base="https://shop.example", language=language)


def test_a_number_in_a_letter_opens_the_survey_with_it_chosen_for_its_reader(survey: Survey) -> None:
    person = person_made()

    look = seen(compiled(letter("shop-2026")), values_of([person])[person.pk])

    pairs = re.findall(r'href="([^"]+\?q1=\d+)"[^>]*>(\d+)<', look.html)
    links = {number: leads for leads, number in pairs}
    assert list(links) == [str(number) for number in range(11)]
    assert "¿Nos recomendaría?" in look.html
    path = links["9"].partition("/survey/")[2].replace("&#x3D;", "=")
    page = Client().get(f"/survey/{path}")
    assert re.findall(r'value="(\d+)"[^>]*\bchecked\b', page.text) == ["9"]
    assert not Response.objects.exists()
    token = path.partition("/by/")[2].partition("?")[0]
    assert sent(survey, {"q1": "9", "t": token}).json()["state"] == "taken"
    assert Response.objects.get().person_id == person.pk


def test_a_survey_without_a_scale_is_a_button(survey: Survey) -> None:
    other = survey_running(QUESTIONS[4:], "where")
    person = person_made()

    look = seen(compiled(letter("where", "en", text="Two minutes?")), values_of([person])[person.pk])

    assert look.html.count("/survey/where/by/") == 1
    assert "Answer a few questions" in look.html
    assert "Two minutes?" in look.html
    assert "/survey/where/by/" in look.text
    assert other.named == "where"


def test_a_letter_that_is_being_sent_asks_nobody_what_its_survey_says(
    survey: Survey, django_assert_num_queries: Any
) -> None:
    kept = stilled(letter("shop-2026"))
    survey_close(survey=survey.pk, at=timezone.now())
    survey_delete(survey=survey.pk)

    with django_assert_num_queries(0):
        made = compiled(thawed([kept])[0])

    person = person_made()
    assert "¿Nos recomendaría?" in seen(made, values_of([person])[person.pk]).html
    with pytest.raises(LetterWrong, match="not there any more"):
        compiled(letter("shop-2026"))


def test_links_are_made_by_no_query_before_one_is_asked_for(
    survey: Survey, django_assert_num_queries: Any
) -> None:
    survey_drafted(key="later")
    people = [person_made() for _number in range(3)]

    with django_assert_num_queries(1):
        found = values_of(people)
    values = [found[each.pk]["survey"] for each in people]
    with django_assert_num_queries(1):
        links = [each.get("shop_2026") for each in values]

    assert len(set(links)) == 3
    assert [each.get("later") for each in values] == [None, None, None]
    open_link = links_open(timezone.now().date())["shop_2026"]
    assert open_link.endswith("/survey/shop-2026")
    assert compiled(letter("")).asked.names == set()
