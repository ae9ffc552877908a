"""Flags: what they tell whom and why, that nobody is dealt anew, their pages, and what is kept of changes."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zoco.people.audiences.models import Audience
from zoco.people.audiences.services import members_add, members_remove
from zoco.people.models import Person
from zoco.project.serving import own
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.sites.services import sites_publish
from zoco.trials.designs import DesignWrong
from zoco.trials.flags.evaluating import evaluated
from zoco.trials.flags.models import Flag, FlagChange
from zoco.trials.flags.rules import Rule, Variant
from zoco.trials.flags.services import flag_change, flag_delete, flag_make, flag_switch
from zoco.trials.remote import views
from zoco.trials.tests.simulated import draft, site_made

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
ON_OFF = (Variant("on", "true"), Variant("off", "false"))
LIST, NEW = "/admin/flags/", "/admin/flags/new/"
FORM = {
    "site": "1", "name": "New basket", "key": "basket", "note": "", "unit": "visitor", "kind": "boolean",
    "is_public": "on", "off_variant": "off", "default_variant": "off",
    "variants-TOTAL_FORMS": "3", "variants-INITIAL_FORMS": "0", "variants-0-key": "on",
    "variants-0-value": "true", "variants-1-key": "off", "variants-1-value": "false", "variants-2-key": "",
    "rules-TOTAL_FORMS": "2", "rules-INITIAL_FORMS": "0", "rules-0-variant": "on", "rules-0-percent": "20",
    "rules-0-prop": "plan", "rules-0-values": "pro, team", "rules-1-variant": "", "rules-1-percent": "100",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    site_made()
    reads.forget()
    own._here.cache_clear()
    views.pace.clear()
    sites_publish()
    yield
    reads.forget()
    own._here.cache_clear()


def made(*rules: Rule, **more: Any) -> Flag:
    given: dict[str, Any] = {
        "key": "basket", "name": "New basket", "variants": ON_OFF, "off_variant": "off",
        "default_variant": "off", "is_on": True,
    }  # fmt: skip
    return flag_make(site=1, rules=rules, at=AT, **(given | more))


def nobody(_audience: int, _person: int) -> bool:
    return False


def told(flag: Flag, unit: int = 7, **props: str) -> tuple[Any, str]:
    found = evaluated(flag, unit, props, nobody)
    assert not found.counts
    return found.value, found.reason.value


def test_off_tells_everybody_the_same_and_on_what_the_first_rule_says() -> None:
    flag = made(Rule("on", prop="plan", values=("pro", "team")), is_on=False)

    assert told(flag, plan="pro") == (False, "DISABLED")
    flag = flag_switch(flag=flag.pk, is_on=True, at=AT)
    assert told(flag, plan="pro") == (True, "TARGETING_MATCH")
    assert told(flag, plan="free") == (False, "DEFAULT")
    assert told(flag) == (False, "DEFAULT")
    assert told(made(key="all", default_variant="on")) == (True, "STATIC")


def test_a_percentage_holds_its_share_and_whoever_is_in_stays_as_it_grows() -> None:
    small, large = made(Rule("on", 20.0)), made(Rule("on", 50.0), key="other")
    large.key = small.key
    reordered = made(Rule("off", prop="plan", values=("x",)), Rule("on", 20.0), key="third")
    reordered.key = small.key

    units = range(1, 5_001)
    first = {each for each in units if told(small, each)[0]}
    second = {each for each in units if told(large, each)[0]}

    assert pytest.approx(len(first), abs=4 * 28.3) == 0.2 * 5_000
    assert first < second
    assert {each for each in units if told(reordered, each)[0]} == first
    assert told(small, min(first)) == (True, "SPLIT")
    assert told(small, 0) == (False, "DEFAULT")


def test_an_audience_is_of_known_persons() -> None:
    person = Person.objects.create(name="Ana", created_at=AT, changed_at=AT)
    other = Person.objects.create(name="Ben", created_at=AT, changed_at=AT)
    audience = Audience.objects.create(name="Testers", kind="static", created_at=AT)
    members_add(audience=audience, people=[person.pk], at=AT)
    made(Rule("on", audience=audience.pk), unit="person")
    client = client_of("marketer")

    def ask(key: int) -> Any:
        asked = {"context": {"targetingKey": str(key)}}
        where = "/api/ofrep/v1/evaluate/flags/basket"
        return client.post(where, json.dumps(asked), content_type="application/json").json()

    assert (ask(person.pk)["value"], ask(person.pk)["reason"]) == (True, "TARGETING_MATCH")
    assert ask(other.pk)["value"] is False
    with pytest.raises(DesignWrong, match="Only known persons"):
        made(Rule("on", audience=audience.pk), key="b")


def test_an_audience_is_read_once_for_all_flags_of_a_request() -> None:
    person = Person.objects.create(name="Ana", created_at=AT, changed_at=AT)
    audience = Audience.objects.create(name="Testers", kind="static", created_at=AT)
    members_add(audience=audience, people=[person.pk], at=AT)
    for n in range(3):
        made(Rule("on", audience=audience.pk), unit="person", key=f"basket-{n}")
    client, asked = client_of("marketer"), {"context": {"targetingKey": str(person.pk)}}

    def ask() -> Any:
        where = "/api/ofrep/v1/evaluate/flags"
        return client.post(where, json.dumps(asked), content_type="application/json").json()["flags"]

    with CaptureQueriesContext(connection) as queries:
        told = ask()
    members_remove(audience=audience, people=[person.pk], at=AT)

    assert [each["value"] for each in told] == [True] * 3
    assert sum("zoco_people_audience" in each["sql"] for each in queries) == 1
    # The next request reads it anew.
    assert [each["value"] for each in ask()] == [False] * 3


def test_pages_are_told_flags_beside_trials_with_values_of_their_kind() -> None:
    made(Rule("on", prop="language", values=("es",)))
    made(key="hidden", is_public=False)
    numbers = (Variant("low", "2.5"), Variant("high", "10"))
    made(key="limit", kind="number", variants=numbers, off_variant="low", default_variant="high")
    page = {"origin": "https://www.shop.example", "accept-language": "es-ES,es;q=0.9"}

    def ask(path: str, context: Any = None) -> Any:
        return Client().post(
            f"/ofrep/v1/evaluate/flags{path}", json.dumps({"context": context or {}}),
            content_type="application/json", headers=page,
        )  # fmt: skip

    assert ask("/basket").json() == {
        "key": "basket", "value": True, "variant": "on", "reason": "TARGETING_MATCH",
        "metadata": {"counts": False, "control": False},
    }  # fmt: skip
    assert ask("/basket", {"language": "de"}).json()["value"] is False
    assert ask("/limit").json()["value"] == 10
    assert ask("/hidden").status_code == 404
    assert [each["key"] for each in ask("").json()["flags"]] == ["basket", "limit"]
    assert ask("/basket", {"plan": {"deep": [1]}, "n": 1.5, "b": True, "x": None}).status_code == 200


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"variants": ()}, "1 to 10 variants"),
        ({"variants": (*ON_OFF, Variant("on", "true"))}, "same key"),
        ({"variants": (Variant("a b", "true"),)}, "is no key"),
        ({"variants": (Variant("on", "yes"), ON_OFF[1])}, "true and false"),
        ({"kind": "number", "variants": (Variant("off", "nan"),)}, "is no number"),
        ({"off_variant": "other"}, "no variant other"),
        ({"rules": (Rule("on", 0.0),)}, "above 0"),
        ({"rules": (Rule("on", float("nan")),)}, "above 0"),
        ({"rules": (Rule("on", prop="plan"),)}, "at least one value"),
        ({"rules": (Rule("x"),)}, "no variant x"),
        ({"rules": (Rule("on"),) * 21}, "at most 20 rules"),
    ],
)
def test_what_cannot_be_told_is_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(DesignWrong, match=words):
        made(*given.pop("rules", ()), **given)
    assert not Flag.objects.exists()


def test_a_key_is_of_one_flag_or_trial() -> None:
    made()
    draft(key="headline")

    for key in ("basket", "headline"):
        with pytest.raises(DesignWrong, match="choose another"):
            made(key=key)
    with pytest.raises(DesignWrong, match="choose another"):
        draft(key="basket")


def test_each_change_is_written_down_and_nothing_else() -> None:
    flag = made()
    fields = {"off_variant": "off", "default_variant": "off", "name": "Basket"}

    flag_change(flag=flag.pk, variants=ON_OFF, rules=(), at=AT, **fields)
    flag_change(flag=flag.pk, variants=ON_OFF, rules=(), at=AT, **fields)
    flag_change(flag=flag.pk, variants=ON_OFF, rules=(Rule("on", 5.0),), at=AT, **fields)
    with pytest.raises(DesignWrong, match="switch it off"):
        flag_delete(flag=flag.pk)
    flag_switch(flag=flag.pk, is_on=False, at=AT)

    found = [(each.what, each.fields) for each in FlagChange.objects.order_by("id")]
    assert found == [("made", []), ("changed", ["name"]), ("changed", ["rules"]), ("changed", ["is_on"])]
    flag_delete(flag=flag.pk)
    assert not Flag.objects.exists()


def test_a_flag_is_made_switched_and_changed_on_its_pages() -> None:
    client = client_of("marketer")
    assert "No flags yet" in body(client.get(LIST))
    assert "true and false" in body(client.get(NEW))

    flagged, *lines = body(client.get(NEW)).split("<fieldset")
    assert "w-required-mark" in flagged
    assert len(lines) > 4
    assert not any("w-required-mark" in each for each in lines)
    lacking = body(client.post(NEW, FORM | {"rules-0-percent": ""}))
    assert "This field is required" in lacking
    assert not Flag.objects.exists()

    client.post(NEW, FORM, follow=True)
    flag = Flag.objects.get()

    assert flag.rules_read == (Rule("on", 20.0, "plan", ("pro", "team")),)
    assert "New basket" in body(client.post(f"{LIST}{flag.pk}/act/", {"do": "on"}, follow=True))
    changed = FORM | {"is_on": "on", "rules-0-percent": "40"}
    shown = body(client.post(f"{LIST}{flag.pk}/", changed, follow=True))
    assert "Switched on" in shown
    assert "What was changed" in shown
    assert FlagChange.objects.order_by("-id")[0].fields == ["rules"]
    assert "switch it off before" in body(client.post(f"{LIST}{flag.pk}/act/", {"do": "delete"}, follow=True))
    wrong = client.post(f"{LIST}{flag.pk}/", FORM | {"variants-0-value": "yes"})
    assert "true and false" in body(wrong)
    assert client.post(f"{LIST}{flag.pk}/", FORM | {"rules-TOTAL_FORMS": "x"}).status_code == 200
    assert client.post(NEW, FORM | {"key": "a\0b"}).status_code == 200


def test_pages_say_when_by_the_clock_of_the_site() -> None:
    Site.objects.update(zone="Asia/Tokyo")
    reads.forget()
    flag = made()
    moved = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
    flag_switch(flag=flag.pk, is_on=False, by=None, at=moved)
    client = client_of("marketer")

    assert "3\N{NO-BREAK SPACE}Mar\N{NO-BREAK SPACE}2026, 05:30" in body(client.get(LIST))
    assert "3\N{NO-BREAK SPACE}Mar\N{NO-BREAK SPACE}2026, 05:30" in body(client.get(f"{LIST}{flag.pk}/"))


def test_who_may_only_see_flags_cannot_change_them() -> None:
    flag, analyst = made(), client_of("analyst")

    assert "Switch off" not in body(analyst.get(LIST))
    assert "Save the flag" not in body(analyst.get(f"{LIST}{flag.pk}/"))
    assert analyst.post(f"{LIST}{flag.pk}/", FORM).status_code in (302, 403)
    assert analyst.post(f"{LIST}{flag.pk}/act/", {"do": "off"}).status_code in (302, 403)
    flag.refresh_from_db()
    assert flag.is_on
