"""Whatever is sent to the API, and to the addresses that take posts of strangers: a refusal, and soon.

A body that is right is spoilt at each of its leaves, and sent as what it is not.
"""

import json
import time
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from tests.api.doors import Door, doors
from tests.api.people import clients
from zoco.channels.models import Account
from zoco.consent.models import Topic
from zoco.consent.signup.models import Form
from zoco.mail.editing.models import Letter
from zoco.mail.editing.services import Words, edition_write
from zoco.mail.journeys.models import Journey
from zoco.mail.journeys.services import journey_draw, journey_let, journey_publish
from zoco.people.audiences.services import audience_write
from zoco.people.models import Attribute, Audience, Person
from zoco.sites.models import Site
from zoco.surveys.models import Survey
from zoco.trials.models import Trial

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
SOON_SECONDS = 5.0
WHO = {"kind": "email", "value": "ana@honey.example", "space": ""}
FIRST = 1_000_001
BODIES: dict[str, Any] = {
    "zoco_api:person_write": {
        "identities": [WHO, {"kind": "external", "value": "7", "space": "shop"}],
        "fields": {"name": "Ana", "country": "ES", "zone": "Europe/Madrid", "language": "es"},
        "attributes": {"size": 38, "born": "1990-02-01", "fan": True, "kind": "gold"},
        "tags": ["vip"],
    },
    "zoco_api:letter_post": {
        "person": WHO, "idempotency_key": "k", "language": "en", "data": {"number": 7, "rows": [{"a": 1}]},
    },
    "zoco_api:journey_enter": {"person": WHO, "data": {"left": 3}},
    "zoco_api:audience_put": {"people": [FIRST, FIRST + 1]},
    "zoco_api:audience_take": {"people": [FIRST, FIRST + 1]},
    "zoco_api:trial_shown": {"persons": [FIRST, FIRST + 1]},
}  # fmt: skip
LEAVES: list[Any] = [
    None, True, -1, 0, 10**18, 2**63, 2**64, 10**400, -(10**400), 1.5, 1e308, "", " ", "\0", "\ud800",
    "\u202e", "a\r\nBcc: eve@honey.example", "<script>alert(1)</script>", "{{ 7*7 }}", "x" * 20_000, "٣",
    "\ufeff", [], {},
    [[]], [None], {"": None}, {"__class__": 1}, {"a" * 5_000: 1}, "9999-99-99", "0000-00-00", "-1",
    "1e999", "NaN", "Infinity", "%00", "../../etc/passwd", "' OR 1=1 --",
]  # fmt: skip
DEEP = 10_000
RAW = [
    b"", b" ", b"\0", b"\xff\xfe", b"{", b"}", b"[", b"nul", b"null", b"true", b"1", b'"x"', b"[]", b"{}",
    b"NaN", b"-Infinity", b"1e999999", b"9" * 5_000, b'{"a":' * DEEP, b"[" * DEEP + b"]" * DEEP,
    b'{"person":' * DEEP + b"1" + b"}" * DEEP, b'{"person": 1, "person": 2, "person": {}}',
    b'{"people": NaN}', b'{"people": [1e400]}',
    b'{"\\ud800": 1}', b'{"data": {"\\u0000": "\\u0000"}}', b"a=1&b=2",
    b"\xef\xbb\xbf{}", b'{"people": [' + b"1," * 20_000 + b"1]}", b"x" * 300_000,
]  # fmt: skip
KINDS = [
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "",
    "a\tb",
]
WORDS = [
    "%00",
    "%ff",
    "%ud800",
    "x" * 3_000,
    "-1",
    "9" * 30,
    "9" * 5_000,
    "1e9",
    "٣",
    "..%2f..",
    "a%0d%0ab",
    "'",
]
OPEN = (
    "zoco_channels_heard", "zoco_unsubscribe", "zoco_preferences", "zoco_confirm", "zoco_form",
    "zoco_form_fields", "zoco_form_challenge", "zoco_mail_image", "zoco_mail_link", "zoco_mail_archive",
    "zoco_mail_feed", "zoco_mail_archived", "zoco_mail_online", "zoco_trials_script", "zoco_ofrep",
    "zoco_ofrep_one", "zoco_survey", "zoco_survey_challenge", "zoco_survey_letter", "zoco_survey_shown",
)  # fmt: skip


PACES = (
    "API_PER_MINUTE", "API_STRANGERS_PER_MINUTE", "SHARED_PER_MINUTE", "TRIALS_PER_MINUTE",
    "SURVEYS_PER_MINUTE",
)  # fmt: skip


def _asked_and_tried(site: Site) -> None:
    """Make a trial and a survey that run."""
    Trial.objects.create(
        site=site, key="headline", state="running", unit="person", started_at=timezone.now(),
        arms=[{"key": "a"}, {"key": "b"}], metrics=[{"name": "Orders", "role": "primary"}],
    )  # fmt: skip
    asked = [
        {"key": "q1", "kind": "nps", "words": {"en": "?"}},
        {"key": "q2", "kind": "text", "words": {"en": "?"}},
    ]
    Survey.objects.create(site=site, key="why", name="Why", state="running", questions=asked)


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what stands for the parts of addresses, each of something that takes what it is sent."""
    site = Site.objects.create(slug="shop", name="Honey shop", zone="Europe/Madrid")
    for key, kind in (("size", "number"), ("born", "day"), ("fan", "flag"), ("kind", "text")):
        Attribute.objects.create(key=key, label=key, kind=kind)
    for number in (FIRST, FIRST + 1):
        Person.objects.create(pk=number, name="Ben", created_at=timezone.now(), changed_at=timezone.now())
    letter = Letter.objects.create(
        name="Order",
        key="order",
        purpose="transactional",
        created_at=timezone.now(),
        changed_at=timezone.now(),
    )
    said = Words(
        subject="{{ data.number | default('') }}", blocks=[{"type": "text", "value": {"text": "<p>Hi</p>"}}]
    )
    edition_write(letter=letter, language="en", words=said, at=timezone.now())
    journey = Journey.objects.create(name="J", created_at=timezone.now())
    graph = {"start": "a", "steps": {"a": {"kind": "goal"}}}
    journey_draw(journey=journey, graph=graph, entries=[{"kind": "program"}])
    journey_publish(journey=journey, is_moving=False, at=timezone.now())
    journey_let(journey=journey, state=Journey.State.RUNNING, at=timezone.now())
    audience = audience_write(name="By hand", kind=Audience.Kind.STATIC, at=timezone.now())
    form = Form.objects.create(key="join", name="Join", site=site, fields={"name": False})
    form.topics.add(Topic.objects.get_or_create(key="news", defaults={"label": "News"})[0])
    account = Account.objects.create(adapter="hook", name="Hook")
    _asked_and_tried(site)
    for name in PACES:
        monkeypatch.setenv(f"ZOCO_{name}", "1000000")
    return {"of": {
        "zoco_api:letter_post": letter.key, "zoco_api:journey_enter": str(journey.uid),
        "zoco_api:audience_put": audience.pk, "zoco_api:audience_take": audience.pk,
        "zoco_form": form.key, "zoco_form_fields": form.key, "zoco_form_challenge": form.key,
        "zoco_api:trial_shown": "headline", "zoco_api:ofrep_one": "headline", "zoco_ofrep_one": "headline",
        "zoco_survey": "why", "zoco_survey_challenge": "why", "zoco_survey_shown": "why",
        "zoco_channels_heard": account.uid, "zoco_mail_archived": uuid4(),
    }}  # fmt: skip


def spoilt(right: Any) -> Iterator[Any]:
    """Return a body with each of its leaves and branches put wrong, and more in each object."""
    yield from LEAVES
    if isinstance(right, dict):
        yield {**right, "more": 1}
        for key, value in right.items():
            yield {each: some for each, some in right.items() if each != key}
            yield from ({**right, key: wrong} for wrong in spoilt(value))
    if isinstance(right, list):
        yield right * 1_000
        yield from ([*right[:-1], wrong] for value in right[-1:] for wrong in spoilt(value))


def asked(client: Client, method: str, where: str, body: bytes, kind: str) -> int:
    """Send it; returns the status, of which none says that something broke."""
    began = time.monotonic()
    answer = client.generic(method, where, body, content_type=kind)
    took = time.monotonic() - began
    assert answer.status_code < 500, (method, where[:200], body[:300], kind)
    assert took < SOON_SECONDS, (method, where[:200], body[:300], kind)
    return answer.status_code


def addressed(door: Door, parts: dict[str, Any]) -> str:
    held = parts["of"].get(door.name, 1)
    return door.address(dict.fromkeys((each for each in door.parts if each), held))


def api() -> list[Door]:
    return [each for each in doors() if each.name.startswith("zoco_api:")]


@pytest.mark.parametrize("name", BODIES)
def test_a_right_body_is_taken_and_a_spoilt_one_refused(name: str, parts: dict[str, Any]) -> None:
    owner = clients()["owner"]
    where = addressed(next(each for each in api() if each.name == name), parts)
    right = json.dumps(BODIES[name]).encode()
    taken = asked(owner, "POST", where, right, "application/json")

    found = {
        asked(owner, "POST", where, json.dumps(body).encode(), "application/json")
        for body in spoilt(deepcopy(BODIES[name]))
    }

    assert taken in (200, 409)  # 409: there is no account to send by
    assert found <= {200, 404, 409, 422}
    assert 422 in found


@pytest.mark.once  # what cannot be read never comes to the database
def test_what_is_no_json_is_refused_by_each_address_in_each_way(parts: dict[str, Any]) -> None:
    owner = clients()["owner"]

    for door in api():
        where = addressed(door, parts)
        for body in RAW:
            asked(owner, "POST", where, body, "application/json")
        for kind in KINDS:
            asked(owner, "POST", where, b'{"people": [1]}', kind)
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "BREW"):
            asked(owner, method, where, b"{}", "application/json")


def test_strange_words_in_addresses_and_questions_are_refused(parts: dict[str, Any]) -> None:
    owner = clients()["owner"]

    for door in api():
        where = addressed(door, parts)
        for word in WORDS:
            for part in {each for each in door.parts if each}:
                asked(owner, "GET", door.address({part: "WORD"}).replace("WORD", word), b"", "")
            query = "&".join(f"{name}={word}" for name in ("kind", "value", "space", "after", "size", "site"))
            asked(owner, "GET", f"{where}?{query}", b"", "")
            asked(owner, "POST", f"{where}?{query}", b"{}", "application/json")


def test_strangers_break_nothing(parts: dict[str, Any]) -> None:
    stranger = Client(raise_request_exception=False)
    form = "&".join(
        f"{name}=%00%ff%f0%9f" for name in ("email", "name", "topic", "proof", "a", "token", "website")
    )

    for door in (each for each in doors() if each.name in OPEN):
        where = addressed(door, parts)
        for body in RAW:
            asked(stranger, "POST", where, body, "application/json")
            asked(stranger, "POST", where, body, "application/x-www-form-urlencoded")
        for kind in KINDS:
            asked(stranger, "POST", where, form.encode(), kind)
        for word in WORDS:
            asked(stranger, "GET", where.replace("1", word), b"", "")
            asked(stranger, "GET", f"{where}?a={word}&page={word}&language={word}&topic={word}", b"", "")
