"""When somebody agreed is said by the row or for all rows; cells of JSON are taken as they can be kept."""

from datetime import UTC, datetime

import pytest

from zoco.consent.models import Choice, Topic
from zoco.people.models import Identity
from zoco.people.tests.test_importing import imported, refused

pytestmark = pytest.mark.django_db


def test_a_row_that_does_not_say_when_somebody_agreed_is_refused_where_no_day_holds_for_all() -> None:
    Topic.objects.create(key="news", label="News")
    table = (
        "email,status,joined,mail\n"
        "ana@shop.example,subscribed,2024-03-01,\nben@shop.example,subscribed,,\n"
        "cy@shop.example,unsubscribed,,\ndi@shop.example,,,yes\neva@shop.example,,,\n"
    )
    mapping = {"joined": "given_at", "mail": "topic.news"}

    run = imported("list.csv", table, mapping, topic="", where="fair")

    assert run.counts == run.plan == {"added": 3, "refused": 2, "given": 1, "withdrawn": 1}
    known = Identity.objects.order_by("key").values_list("key", flat=True)
    assert list(known) == ["ana@shop.example", "cy@shop.example", "eva@shop.example"]
    assert [(line, words[:32]) for _table, line, words, *_rest in refused(run)] == [
        (3, "It says that somebody agreed, an"),
        (5, "It says that somebody agreed, an"),
    ]
    assert [each.at for each in Choice.objects.filter(state="given")] == [datetime(2024, 3, 1, tzinfo=UTC)]
    dated = imported("list.csv", table, mapping, topic="", where="fair", agreed_on="2025-01-01")
    assert dated.counts == {"added": 2, "same": 3, "given": 2}


def test_cells_of_json_that_no_database_keeps_are_taken_as_they_can_be() -> None:
    deep, torn = "[" * 100_000, '{""a"":""x\\ud800y\\u0000"",""b\\ud800"":1}'

    run = imported("a.csv", f'email,attributes\nana@shop.example,{deep}\nben@shop.example,"{torn}"\n')

    assert run.state == "done"
    assert [each["key"] for each in run.columns] == ["email", "attributes", "attributes.a", "attributes.b?"]
