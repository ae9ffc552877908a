"""Programs list audiences, read their members page by page, and put people in and take them out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from zoco.people.audiences.models import Audience
from zoco.people.audiences.rules import rules_read
from zoco.people.audiences.services import audience_count, audience_write, members_add
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write
from zoco.project.entry.keys.services import key_make
from zoco.project.models import Change
from zoco.project.tests.readers import client_of
from zoco.sites.models import Site

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
JSON = "application/json"
pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> list[Person]:
    rows = [Incoming((identity_read("email", f"p{n}@shop.example"),), tags=("vip",)) for n in range(7)]
    return [each.person for each in people_write(rows, at=NOW) if each.person is not None]


@pytest.fixture
def board(people: list[Person]) -> Audience:
    return audience_write(name="Board", kind=Audience.Kind.STATIC, at=NOW)


def keyed(role: str, *scopes: str, sites: Any = None) -> Client:
    client_of(role)
    now = timezone.now()
    _key, token = key_make(
        name="crm", scopes=scopes, sites=sites, expires_at=now + timedelta(days=9), at=now,
        by=User.objects.get(username=role),
    )  # fmt: skip
    return Client(headers={"authorization": f"Bearer {token}"})


def test_audiences_are_listed_and_members_read_page_by_page(board: Audience, people: list[Person]) -> None:
    rules = {"version": 1, "rules": {"all": [{"leaf": "tag", "tag": "vip"}]}}
    vips = audience_write(name="VIPs", kind=Audience.Kind.LIVE, rules=rules_read(rules), at=NOW)
    audience_count(key=vips.pk, at=NOW)
    reader = keyed("analyst", "audiences:read")

    listed = reader.get("/api/v1/audiences").json()["audiences"]
    found, after = [], 0
    while after is not None:
        part = reader.get(f"/api/v1/audiences/{vips.pk}/members?size=3&after={after}").json()
        found += part["people"]
        after = part["next"]

    assert [(each["name"], each["kind"], each["size"]) for each in listed] == [
        ("Board", "static", 0), ("VIPs", "live", 7),
    ]  # fmt: skip
    assert reader.get(f"/api/v1/audiences/{vips.pk}").json()["rules"] == rules
    assert found == [each.pk for each in people]


def test_people_are_put_in_and_taken_out_and_it_is_written_down(
    board: Audience, people: list[Person]
) -> None:
    writer, url = keyed("marketer", "audiences:write"), f"/api/v1/audiences/{board.pk}/members"
    keys = [each.pk for each in people]

    first = writer.post(f"{url}/add", {"people": keys[:3]}, content_type=JSON).json()
    again = writer.post(f"{url}/add", {"people": keys[:4]}, content_type=JSON).json()
    out = writer.post(f"{url}/remove", {"people": [keys[0], 10**9]}, content_type=JSON).json()

    assert (first, again, out) == (
        {"changed": 3, "size": 3}, {"changed": 1, "size": 4}, {"changed": 1, "size": 3},
    )  # fmt: skip
    details = [
        each.details
        for each in Change.objects.filter(kind="zoco_people.audience", action="changed").order_by("pk")
    ]
    assert details == [{"members": [None, 3]}, {"members": [None, 1]}, {"members": [1, None]}]


@pytest.mark.parametrize(
    ("path", "sent", "status", "code"),
    [
        ("{board}/members/add", {"people": [10**12]}, 422, "audience_wrong"),
        ("{board}/members/add", {"people": [-1]}, 422, "audience_wrong"),
        ("{board}/members/add", {"people": ["x"]}, 422, "question_wrong"),
        ("{board}/members?after=-1", None, 422, "question_wrong"),
        ("{board}/members?size=0", None, 422, "question_wrong"),
        ("{board}/members/add", {"people": [10**40]}, 422, "audience_wrong"),
        ("pages", None, 404, "unknown"),
        ("999", None, 404, "unknown"),
        ("99999999999999999999999", None, 404, "unknown"),
    ],
)
def test_what_cannot_be_is_refused(board: Audience, path: str, sent: Any, status: int, code: str) -> None:
    writer, url = keyed("marketer", "audiences:write"), f"/api/v1/audiences/{path.format(board=board.pk)}"

    answer = writer.get(url) if sent is None else writer.post(url, sent, content_type=JSON)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_keys_do_what_they_may_and_no_more(board: Audience, people: list[Person]) -> None:
    members_add(audience=board, people=[people[0].pk], at=NOW)
    url = f"/api/v1/audiences/{board.pk}/members"
    site = Site.objects.create(slug="main", name="Honey shop", zone="UTC")

    for role, scopes, sites, reads in (
        ("analyst", ("reports:read",), None, 403),
        ("marketer", ("audiences:read",), None, 200),
        ("owner", ("audiences:write",), [site], 403),
    ):
        client = keyed(role, *scopes, sites=sites)

        assert client.get(url).status_code == reads
        assert client.post(f"{url}/add", {"people": []}, content_type=JSON).status_code == 403
    assert Client().get(url).status_code == 401
