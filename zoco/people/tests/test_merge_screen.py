"""The page that merges: what will be is shown and not kept; done and undone leaves every row as it was."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.serializers import serialize
from django.db import connection

from zoco.consent.models import Choice, Contact, Topic
from zoco.consent.services import choice_record
from zoco.people.identities import identity_read
from zoco.people.models import Edit, Identity, Merge, Note, Person
from zoco.people.writing import Incoming, people_write
from zoco.project.tests.readers import body, client_of

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
HISTORY = {"edit", "merge", "outboxrow", "change", "session", "user", "sequence"}
WORKED_OUT = {"word", "attributevalue"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> tuple[Person, Person]:
    Topic.objects.get_or_create(key="news", defaults={"label": "News"})
    rows = [
        Incoming((identity_read("email", "ana@shop.example"),), {"name": "Ana"}, {"a": 1.0}, ("vip",)),
        Incoming((identity_read("phone", "+34600123456"),), {"city": "Lugo"}, {"b": 3.0}, ("vip", "x")),
    ]
    kept, gone = (each.person for each in people_write(rows, at=NOW))
    assert kept is not None
    assert gone is not None
    Note.objects.create(person=gone, text="Called.", by=None, at=NOW)
    for who, state in ((kept, Choice.State.GIVEN), (gone, Choice.State.WITHDRAWN)):
        choice_record(person=who.pk, topic="news", state=state, proof={"form": "shop"}, at=NOW)
    choice_record(person=gone.pk, state=Choice.State.GIVEN, proof={}, at=NOW)
    Contact.objects.filter(person=kept).delete()
    Contact.objects.update_or_create(person=gone, defaults={"most": 2, "days": 7})
    return kept, gone


def everything() -> dict[str, Any]:
    """Return every row of ours but the history; rows that are worked out anew without their own keys."""
    tables = set(connection.introspection.table_names())
    ours = [each for each in apps.get_models() if each._meta.app_label.startswith("zoco_")]
    found: dict[str, Any] = {}
    for each in ours:
        name, rows = each._meta.model_name, each._base_manager.order_by("pk")
        if each._meta.db_table in tables and name not in HISTORY:
            found[each._meta.label] = serialize("json", rows)
            if name in WORKED_OUT:
                found[each._meta.label] = sorted(str({**row, "id": 0}) for row in rows.values())
    return found


def test_shown_then_done_then_undone_leaves_every_row_as_it_was(two: tuple[Person, Person]) -> None:
    kept, gone = two
    marketer, before = client_of("marketer"), everything()
    page = f"/admin/people/{kept.pk}/merge/"

    assert f"?with={gone.pk}" in body(marketer.get(f"{page}?q=600123"))
    shown = body(marketer.get(f"{page}?with={gone.pk}"))

    assert shown.count("Lugo") == 2
    assert "ana@shop.example" in shown
    assert everything() == before
    assert not Merge.objects.exists()

    assert marketer.post(page, {"with": gone.pk}).status_code == 302

    made = Merge.objects.get()
    assert "Undo the merge" in body(marketer.get(f"/admin/people/{kept.pk}/"))
    assert everything() != before

    marketer.post(f"/admin/people/{kept.pk}/act/", {"do": "part", "value": made.pk})

    assert everything() == before
    for who in two:
        assert [each.what for each in Edit.objects.filter(person=who).order_by("pk")] == ["merged", "parted"]


def test_two_numbers_of_one_system_are_refused_before_anybody_confirms(two: tuple[Person, Person]) -> None:
    for person, number in zip(two, ("7", "8"), strict=True):
        Identity.objects.create(
            person=person, kind="external", space="shop", key=number, value=number, created_at=NOW
        )
    kept, gone = two
    marketer, before = client_of("marketer"), everything()

    shown = body(marketer.get(f"/admin/people/{kept.pk}/merge/?with={gone.pk}"))
    refused = marketer.post(f"/admin/people/{kept.pk}/merge/", {"with": gone.pk})

    assert "In shop they are two: 8 and 7" in shown
    assert "Merge the two" not in shown
    assert refused.status_code == 422
    assert everything() == before
    assert client_of("analyst").get(f"/admin/people/{kept.pk}/merge/")["Location"] == "/admin/"
