"""The list of choices goes on from a place: each stands once, none is counted, also among equal moments."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from zoco.consent.models import Choice
from zoco.people.models import Person
from zoco.project.tests.readers import client_of

NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def made(count: int) -> None:
    """Make choices of two people, seven at each moment, each known by its topic."""
    people = [Person.objects.create(name=name, created_at=NOON, changed_at=NOON) for name in ("Ana", "Ben")]
    Choice.objects.bulk_create(
        Choice(
            person=people[number % 2], purpose="marketing", topic=f"t{number:03}", proof={},
            state="given" if number % 3 else "withdrawn", at=NOON + timedelta(microseconds=number // 7),
        )
        for number in range(count)
    )  # fmt: skip


def test_a_choice_names_its_way_as_people_call_it() -> None:
    ana = Person.objects.create(name="Ana", created_at=NOON, changed_at=NOON)
    for adapter in ("email", "hook", ""):
        Choice.objects.create(
            person=ana, purpose="marketing", topic="news", adapter=adapter, state="given", at=NOON, proof={}
        )
    client = client_of("marketer")

    for where in (reverse("zoco_consent_choices"), reverse("zoco_person", args=[ana.pk])):
        said = client.get(where).content.decode()
        for way in (" · E-mail", " · Web hook"):
            assert f" · news{way}" in said, where
        assert " · email" not in said
        assert " · hook" not in said


def test_each_choice_stands_once_back_and_forth() -> None:
    made(120)
    client, where = client_of("marketer"), reverse("zoco_consent_choices")

    def page(query: str) -> tuple[list[str], str, str]:
        with CaptureQueriesContext(connection) as asked:
            text = client.get(where + query).content.decode()
        assert not [
            each["sql"] for each in asked if "COUNT(" in each["sql"] and "consent_choice" in each["sql"]
        ]
        ways = dict(re.findall(r'rel="(prev|next)" href="([^"]*)"', text))
        shown = list(dict.fromkeys(re.findall(r"t\d{3}\b", text)))
        return shown, unescape(ways.get("prev", "")), unescape(ways.get("next", ""))

    topics = list(Choice.objects.values_list("topic", flat=True))
    first, newer, older = page("")
    second, _newer, onward = page(older)
    last, back, end = page(onward)
    assert ([*first, *second, *last], newer, end) == (topics, "", "")
    assert [len(first), len(second), len(last)] == [50, 50, 20]
    assert page(back)[0] == second
    assert page(page(back)[1])[::2] == (first, older)
    for odd in ("?before=1-1", "?after=9999999999999999-1", "?before=x", "?before=" + "9" * 40):
        assert page(odd)[0] == first
    narrowed, _newer, more = page("?state=given")
    assert "state=given" in more
    assert not set(narrowed) & set(page(more)[0])
    Person.objects.filter(name="Ben").delete()
    assert page(older)[0] == [each for each in topics[50:] if int(each[1:]) % 2 == 0][:50]


def test_the_newest_are_read_by_their_index() -> None:
    told = Choice.objects.order_by("-at", "-pk")[:51].explain()

    assert connection.vendor != "sqlite" or "zoco_consent_newest" in told
