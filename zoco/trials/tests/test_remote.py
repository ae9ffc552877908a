"""Arms over OFREP: pages are told that of the number under which the collector counts them, and no other."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from zoco.collector.live.taking import Request, Taking
from zoco.ledger.models import OutboxRow
from zoco.people.models import NUMBER_BASE, Person
from zoco.project.serving import own
from zoco.project.tests.readers import client_of
from zoco.sites import reads
from zoco.sites.conf import published_path
from zoco.sites.services import sites_publish
from zoco.trials.deciding import Decision, dealt_arm
from zoco.trials.flags.models import Flag
from zoco.trials.models import Trial
from zoco.trials.remote import views
from zoco.trials.remote.answers import AskedWrong
from zoco.trials.services import trial_conclude, trial_stop
from zoco.trials.tests.simulated import DAY, START, draft, running, site_made
from zoco.trials.visiting import Visiting, visiting

pytestmark = pytest.mark.django_db
WHO = "0123456789abcdef0123456789abcdef"
PAGE = {"origin": "https://shop.example"}
FLAG, FLAGS = "/ofrep/v1/evaluate/flags/headline", "/ofrep/v1/evaluate/flags"


@pytest.fixture(autouse=True)
def _site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    site_made()
    reads.forget()
    sites_publish()
    yield
    reads.forget()
    views.pace.clear()


def ask(path: str = FLAG, body: Any = None, **headers: str) -> Any:
    sent = body if isinstance(body, str | bytes) else json.dumps(body or {})
    return Client().post(path, sent, content_type="application/json", headers=PAGE | headers)


def browser_of(agent: str = "", who: str = "", **headers: str) -> Visiting:
    request = RequestFactory().post(FLAG, headers={"user-agent": agent, **headers})
    found = visiting(request, "shop.example", who)
    assert found is not None
    return found


def agents_of(trial: Trial, arm: str, count: int = 1) -> list[str]:
    """Return user agents whose visitors are dealt an arm today."""
    named = (f"Mozilla/5.0 (X11; Linux x86_64) Browser/{number}" for number in range(400))
    return [each for each in named if dealt_arm(trial, browser_of(each).visitor) == arm][:count]


def test_a_page_is_told_the_arm_of_the_number_under_which_it_is_counted() -> None:
    sent = json.dumps({"url": "https://www.shop.example/", "who": WHO}).encode()
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0"
    read = Taking(published_path()).read(sent, "127.0.0.1", {"user-agent": agent})
    assert isinstance(read, Request)
    line = json.loads(read.lines)

    found = browser_of(agent, WHO)

    assert (found.visitor, found.known) == (line["visitor"], line["known"])
    assert browser_of(agent, WHO, **{"sec-gpc": "1"}).known == 0
    assert browser_of(agent, "no id").known == 0


def test_both_arms_are_told_with_variant_and_reason() -> None:
    trial = running()

    for arm in ("a", "b"):
        (agent,) = agents_of(trial, arm)
        told = ask(**{"user-agent": agent})
        assert told.status_code == 200
        assert told.json() == {
            "key": "headline", "value": arm, "variant": arm, "reason": "SPLIT",
            "metadata": {"counts": True, "control": arm == "a"},
        }  # fmt: skip
        assert told.headers["access-control-allow-origin"] == "*"
        assert told.headers["cache-control"] == "no-store"
        assert not told.cookies


def test_nobody_gets_another_arm_by_a_forged_targeting_key() -> None:
    trial = running()
    (agent,) = agents_of(trial, "b")

    told = {
        ask(body={"context": {"targetingKey": key}}, **{"user-agent": agent}).json()["variant"]
        for key in (None, "", "1", "someone-else", WHO, "x" * 1_000, 17, "\x00", "' or 1=1")
    }

    assert told == {"b"}


def test_a_browser_that_consented_is_dealt_by_its_id_and_one_without_gets_the_control() -> None:
    trial = running(unit="browser")
    whos = [f"{number:032x}" for number in range(40)]
    (who,) = [each for each in whos if dealt_arm(trial, browser_of(who=each).known) == "b"][:1]

    given = ask(body={"context": {"targetingKey": who}}).json()
    without, null = ask().json(), ask(body={"context": {"targetingKey": None, "plan": None}}).json()

    assert null == without
    assert (given["variant"], given["metadata"]["counts"]) == ("b", True)
    assert (without["variant"], without["reason"], without["metadata"]["counts"]) == ("a", "DEFAULT", False)


def test_all_flags_come_at_once_and_not_again_while_they_are_the_same() -> None:
    running(key="one")
    running(key="hidden", is_public=False)
    draft(key="later")
    trial = running(key="two")

    first = ask(FLAGS)
    again = ask(FLAGS, **{"if-none-match": first.headers["etag"]})
    trial_stop(trial=trial.pk, at=START + DAY)
    after = ask(FLAGS, **{"if-none-match": first.headers["etag"]})
    trial_conclude(trial=trial.pk, outcome_arm="b", learnt="")

    assert [each["key"] for each in first.json()["flags"]] == ["one", "two"]
    assert (again.status_code, again.content) == (304, b"")
    assert [each["key"] for each in after.json()["flags"]] == ["one"]
    assert ask(FLAGS).json()["flags"][1] | {"value": ""} == {
        "key": "two", "value": "", "variant": "b", "reason": "STATIC",
        "metadata": {"counts": False, "control": False},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (f"{FLAGS}/nothing", {}, 404, "FLAG_NOT_FOUND"),
        (f"{FLAGS}/{'x' * 300}", {}, 404, "FLAG_NOT_FOUND"),
        (FLAG, "{", 400, "PARSE_ERROR"),
        (FLAG, b"\xff\xfe", 400, "PARSE_ERROR"),
        (FLAG, "[" * 9_000, 400, None),
        (FLAG, "[]", 400, "INVALID_CONTEXT"),
        (FLAG, {"context": "x"}, 400, "INVALID_CONTEXT"),
        (FLAG, {"context": {"targetingKey": {}}}, 400, "INVALID_CONTEXT"),
        (FLAG, {"context": {"targetingKey": "x" * 2_000}}, 400, "INVALID_CONTEXT"),
        (FLAG, {"context": {"more": "x" * 40_000}}, 413, "INVALID_CONTEXT"),
    ],
)
def test_what_cannot_be_answered_is_said_in_ofreps_words(
    path: str, body: Any, status: int, code: str | None
) -> None:
    running()

    told = ask(path, body)

    assert told.status_code == status
    assert told.json()["errorCode"] == code or code is None
    assert told.headers["access-control-allow-origin"] == "*"


def test_a_key_that_is_none_is_not_looked_for() -> None:
    running()

    for key in ("head%00line", "Head line", "%F0%9F%8D%AF", "a" * 41):
        assert ask(f"{FLAGS}/{key}").status_code in (400, 404)
    with pytest.raises(AskedWrong):
        views.found_of(
            RequestFactory().get("/"),
            "head\0line",
            Trial.objects.all(),
            Flag.objects.all(),
            decided_never,
            evaluated_never,
        )
    assert views.arm_on_page(RequestFactory().get("/"), "head\0line") == ("", False)


def decided_never(trial: Trial) -> Decision:
    raise AssertionError(trial)


def evaluated_never(flag: Flag) -> Decision:
    raise AssertionError(flag)


def test_a_page_of_another_host_is_told_nothing_and_methods_are_held() -> None:
    running()

    assert ask(origin="https://elsewhere.example").status_code == 404
    assert ask(FLAGS, origin="https://elsewhere.example").status_code == 400
    assert ask(origin="https://[bad").status_code == 404
    assert Client().get(FLAG).status_code == 405
    allowed = Client().options(FLAG, headers=PAGE)
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-headers"] == "content-type, if-none-match"


def test_who_asks_too_often_is_told_when_to_ask_again(monkeypatch: pytest.MonkeyPatch) -> None:
    running()
    monkeypatch.setitem(settings.ZOCO, "TRIALS_PER_MINUTE", 2)

    told = [ask().status_code for _each in range(3)]

    assert told == [200, 200, 429]
    assert int(ask().headers["retry-after"]) > 0


def test_without_published_sites_everybody_gets_nothing(tmp_path: Path) -> None:
    running()
    published_path().unlink()
    own._here.cache_clear()

    assert ask().status_code == 404


API = "/api/ofrep/v1/evaluate/flags"


def posted(client: Client, path: str, body: Any) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json")


def test_programs_ask_for_persons_and_tell_who_saw(tmp_path: Path) -> None:
    trial = running(unit="person", share_percent=50)
    (person,) = [each for each in range(1, 50) if dealt_arm(trial, NUMBER_BASE | each) == "b"][:1]
    (outside,) = [each for each in range(1, 50) if dealt_arm(trial, NUMBER_BASE | each) is None][:1]
    for each in (person, outside):
        Person.objects.create(pk=each, name="Ana", created_at=START, changed_at=START)
    post = partial(posted, client_of("marketer"))

    answer = post(f"{API}/headline", {"context": {"targetingKey": str(person)}})
    assert (answer.json()["variant"], answer.json()["reason"]) == ("b", "SPLIT")
    for context in ({}, {"targetingKey": None}, {"targetingKey": ""}):
        missing = post(f"{API}/headline", {"context": context})
        assert (missing.status_code, missing.json()["errorCode"]) == (400, "TARGETING_KEY_MISSING")
        assert post(API, {"context": context}).json() == post(API, {}).json()
    assert len(post(API, {"context": {"targetingKey": str(person)}}).json()["flags"]) == 1
    said = post("/api/trials/headline/shown", {"persons": [person, outside]})
    assert said.json() == {"recorded": 1, "unknown": 0}
    nobody = post("/api/trials/headline/shown", {"persons": [person, 77_777, 77_778, 77_778]})
    assert nobody.json() == {"recorded": 1, "unknown": 2}
    assert OutboxRow.objects.count() == 1
    told = json.loads(OutboxRow.objects.get().fact)
    assert (told["name"], told["site"], told["person"]) == ("trials.arm.shown", 1, NUMBER_BASE | person)
    assert (told["subject"], told["props"]) == ("headline", {"arm": "b", "of": "program"})
    once = Trial.objects.get()
    Trial.objects.filter(pk=once.pk).delete()
    running(unit="person", share_percent=50, key="headline")
    Trial.objects.update(id=once.pk + 1)
    assert post("/api/trials/headline/shown", {"persons": [person]}).json() == {"recorded": 1, "unknown": 0}
    assert OutboxRow.objects.count() == 2


def test_what_programs_ask_wrongly_is_refused(tmp_path: Path) -> None:
    running(unit="person", share_percent=50)
    post = partial(posted, client_of("marketer"))

    assert post(f"{API}/headline", {"context": {"targetingKey": "ana"}}).status_code == 400
    assert post(f"{API}/headline", {"context": {"targetingKey": "9" * 19}}).status_code == 400
    assert post(f"{API}/nothing", {}).status_code == 404
    assert post(f"{API}?site=nothing", {}).status_code == 404
    assert post("/api/trials/headline/shown", {"persons": ["x"]}).status_code == 422
    assert post("/api/trials/headline/shown", {"persons": [-1]}).status_code == 422
    assert post("/api/trials/headline/shown", {"persons": [1] * 1_001}).status_code == 422
    assert post("/api/trials/headline/shown", "x" * 60_000).status_code == 413
    assert post("/api/trials/nothing/shown", {"persons": [1]}).status_code == 404
    assert post("/api/trials/no%00thing/shown", {"persons": [1]}).status_code == 404
    assert post(f"{API}/no%00thing", {}).status_code == 404


def test_programs_need_the_right(tmp_path: Path) -> None:
    running(unit="person")

    assert Client().post(API).status_code == 401
    analyst = client_of("analyst")
    assert analyst.post(API, "{}", content_type="application/json").status_code == 200
    assert (
        analyst.post("/api/trials/headline/shown", "{}", content_type="application/json").status_code == 403
    )


def test_the_script_is_served_to_any_page() -> None:
    told = Client().get("/trials.js")

    assert told.status_code == 200
    assert told.headers["access-control-allow-origin"] == "*"
    assert b"trials.arm.shown" in told.content
