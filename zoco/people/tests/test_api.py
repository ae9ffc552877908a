"""Programs read people by number and identity, and write them however often."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from zoco.people import editing
from zoco.people.editing import Hand, IdentityTaken
from zoco.people.identities import identity_read
from zoco.people.models import Attribute, Edit, Person
from zoco.people.screens import api
from zoco.people.writing import Incoming, people_write
from zoco.project.entry.keys.services import key_make
from zoco.project.tests.readers import client_of

URL = "/api/v1/people"
pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Client:
    return keyed("people:write")


def keyed(*scopes: str) -> Client:
    if not User.objects.filter(username="marketer").exists():
        client_of("marketer")
    now = timezone.now()
    _key, token = key_make(
        name="shop", scopes=scopes, sites=None, expires_at=now + timedelta(days=9), at=now,
        by=User.objects.get(username="marketer"),
    )  # fmt: skip
    return Client(headers={"authorization": f"Bearer {token}"})


def write(client: Client, *values: str, **more: Any) -> Any:
    own = {"kind": "external", "space": "shop"}
    identities = [{"value": each} | ({"kind": "email"} if "@" in each else own) for each in values]
    return client.post(URL, {"identities": identities, **more}, content_type="application/json")


def test_whoever_is_written_twice_is_there_once(shop: Client) -> None:
    Attribute.objects.create(key="size", label="Size", kind="number")
    fields = {"given_name": "Ana", "country": "Spain"}
    said: dict[str, Any] = {"fields": fields, "attributes": {"size": "38,5"}}

    first = write(shop, "17", "Ana@shop.example", tags=["vip"], **said).json()
    same = write(shop, "17", "ana@shop.example", tags=["vip"], **said).json()
    moved = write(shop, "17", fields={"city": "Cádiz"}, attributes={"size": None}).json()

    assert [each["state"] for each in (first, same, moved)] == ["added", "same", "changed"]
    assert (first["fields"]["country"], first["attributes"], first["tags"]) == ("ES", {"size": 38.5}, ["vip"])
    assert moved["fields"] == first["fields"] | {"city": "Cádiz"}
    assert moved["attributes"] == {}
    assert Person.objects.count() == 1
    assert set(Edit.objects.values_list("what", "by_name")) == {("made", "shop"), ("changed", "shop")}
    one = shop.get(f"{URL}/named?kind=external&space=shop&value=17").json()
    assert shop.get(f"{URL}/{first['id']}").json() == one
    assert (one["id"], len(one["identities"])) == (first["id"], 2)


def test_of_two_who_write_somebody_at_once_neither_is_refused(
    shop: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write(shop, "17", "ana@shop.example").json()
    answers = iter([False, False])  # as it was before the other one wrote
    monkeypatch.setattr(api, "_is_known", lambda named: next(answers, True))

    second = write(shop, "17", "ana@shop.example", fields={"city": "Lugo"})

    assert second.status_code == 200
    assert (second.json()["id"], second.json()["state"]) == (first["id"], "changed")
    assert Person.objects.get().city == "Lugo"


def test_whoever_is_made_by_two_at_once_is_the_quicker_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    ana = Incoming((identity_read("email", "ana@shop.example"),))

    def quicker(rows: list[Incoming], *, at: datetime) -> None:
        people_write(rows, at=at)
        raise IntegrityError

    monkeypatch.setattr(editing, "people_write", quicker)
    with pytest.raises(IdentityTaken, match="belongs to Person"):
        editing.person_make(incoming=ana, hand=Hand(timezone.now()))


def test_what_is_true_of_nobody_or_two_changes_nothing(shop: Client) -> None:
    write(shop, "17", "ana@shop.example")
    write(shop, "18", "bea@shop.example")

    answers = [
        write(shop, "17", "bea@shop.example"),
        write(shop, "19", "ana@shop.example"),
        write(shop),
        write(shop, "nobody@"),
        write(shop, "17", fields={"country": "Nowhere"}),
        write(shop, "17", fields={"nickname": "A"}),
        write(shop, "17", attributes={"size": 1}),
        shop.post(URL, b"{", content_type="application/json"),
        shop.get(f"{URL}/77"),
        shop.get(f"{URL}/named?kind=email&value=nobody@shop.example"),
        shop.get(f"{URL}/named?kind=shoe&value=1"),
        keyed("people:read").post(URL, {}, content_type="application/json"),
        keyed("audiences:read").get(f"{URL}/1"),
        Client().get(f"{URL}/1"),
    ]

    assert [each.status_code for each in answers] == [
        409, 409, 422, 422, 422, 422, 422, 422, 404, 404, 422, 403, 403, 401,
    ]  # fmt: skip
    assert Person.objects.count() == 2
    assert Edit.objects.count() == 2
