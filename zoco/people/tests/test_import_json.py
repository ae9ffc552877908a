"""JSON that listmonk and Mailchimp give out: people with their lists, and what they did."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zoco.consent.models import Standing, Topic
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import ledger
from zoco.people.importing.files.packs import parts_of
from zoco.people.importing.files.tables import TableWrong
from zoco.people.models import Attribute, Identity, Person
from zoco.people.tests.test_import_past import CLICKED, OPENED, told
from zoco.people.tests.test_importing import imported, zipped
from zoco.sites import reads

LISTS = [
    {"subscription_status": "confirmed", "id": 1, "name": "News", "created_at": "2020-02-10T23:07:16+01:00"},
    {"subscription_status": "unsubscribed", "id": 2, "name": "Offers"},
]
WHO = {"id": 1, "uuid": "c2cc0b31", "email": "ana@shop.example", "name": "Ana", "attribs": {"size": 38.5}} | {
    "status": "enabled", "created_at": "2024-07-29T11:01:31.478677+05:30", "updated_at": "2024-07-29T11:01Z",
}  # fmt: skip
ACTIVITY: list[dict[str, Any]] = [
    {"action": "open", "timestamp": "2026-05-01T08:00:00+00:00", "ip": "203.0.113.5"},
    {"action": "click", "timestamp": "2026-05-01T08:01:00+00:00", "url": "https://shop.example/tea?e=1"},
]
TOLD = [(CLICKED, "2026-05-01 08:01", "42694e9e57"), (OPENED, "2026-05-01 08:00", "42694e9e57")]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    reads.forget()
    with ledger(tmp_path, []) as opened:
        yield opened
    reads.forget()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "document",
    [
        {"data": {"results": [WHO | {"lists": LISTS}], "total": 1}},
        {"profile": [WHO], "subscriptions": LISTS, "campaign_views": [{"campaign": "Hi", "views": 2}]},
    ],
)
def test_listmonk_gives_lists_in_json_alone(document: dict[str, Any]) -> None:
    for key in ("News", "Offers"):
        Topic.objects.get_or_create(key=key.lower(), defaults={"label": key})
    packed = zipped({"ana/data.json": json.dumps(document)})

    run = imported("people.zip", packed, where="listmonk", agreed_on="2024-07-29")

    assert (run.kind, run.counts["added"]) == ("listmonk", 1)
    ana = Person.objects.get(name="Ana")
    assert ana.attributes == {"size": 38.5, "known_since": "2024-07-29T05:31:31.478677+00:00"}
    assert dict(Standing.objects.values_list("topic", "state")) == {"news": "given", "offers": "withdrawn"}
    assert set(Attribute.objects.values_list("key", flat=True)) == {"size", "known_since"}
    assert ana.identities.get(kind="external").key == "c2cc0b31"


@pytest.mark.django_db
def test_activity_of_mailchimp_comes_as_a_document_or_an_object_on_each_line(store: Store) -> None:
    whose = {"campaign_id": "42694e9e57", "email_address": "ana@shop.example", "_links": []}
    none = whose | {"email_address": "ben@shop.example", "activity": []}
    document = json.dumps({"emails": [whose | {"activity": ACTIVITY}, none], "total_items": 2})
    deeds = [each | {"campaign_id": "42694e9e57"} for each in ACTIVITY]
    lines = "\n".join(json.dumps({email: deeds}) for email in ("ana@shop.example", "cy@shop.example"))

    first = imported("activity.json", document, space="mailchimp")
    again = imported("activity.jsonl", lines, space="mailchimp")

    assert (first.counts["deeds"], again.counts["deeds"]) == (2, 4)
    assert told(store, "ana@shop.example") == TOLD == told(store, "cy@shop.example")
    assert not Identity.objects.filter(key="ben@shop.example").exists()


def test_json_whose_fields_have_names_with_nul_is_refused_and_values_lose_it(tmp_path: Path) -> None:
    path = tmp_path / "nul.json"
    path.write_text(json.dumps([{"email": "a\0@b.example", "list": {"name": "n\0ews"}}]))
    kept = list(parts_of(path, "nul.json", tmp_path, 1 << 40)[0].rows())
    path.write_text(json.dumps([{"em\0ail": "a@b.example"}]))

    assert kept == [(0, ["email", "list"]), (1, ["a@b.example", "news"])]
    with pytest.raises(TableWrong, match="holds the character NUL"):
        list(parts_of(path, "nul.json", tmp_path, 1 << 40)[0].rows())


@pytest.mark.parametrize("text", ['{"a": 1', "[1, 2]", '{"a": 1}\n{"a"\n', "[" * 100_000])
def test_json_that_is_torn_or_no_list_of_objects_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "torn.json"
    path.write_text(text)

    with pytest.raises(TableWrong, match="This JSON cannot be read"):
        list(parts_of(path, "torn.json", tmp_path, 1 << 40)[0].rows())
