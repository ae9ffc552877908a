"""The rule of audiences in plain Python, slow and short: one person after the other, fact after fact.

Nothing in here knows how audiences are counted. Joins and merges are given as what is true of them.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from zoco.kit.ids import uuid8
from zoco.kit.periods import micros
from zoco.ledger.schema import Fact
from zoco.ledger.store.joins import JOINED, MERGED, UNJOINED
from zoco.people.models import NUMBER_BASE, Person, Tag, Tagged

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ORDER, VIEW = "shop.order.placed", "web.page.viewed"
DAY = 86_400_000_000
FACTS = 4_000


@dataclass
class World:
    """People of the database, their facts, and whose each fact is, by the key of the person."""

    facts: list[Fact] = field(default_factory=list)
    owned: dict[int, list[Fact]] = field(default_factory=dict)
    tags: dict[int, set[str]] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)


def world_make(many: int, seed: int = 1) -> World:
    """Make people with tags and countries, and their facts: by number, by browser, by number of a site."""
    rng = random.Random(seed)
    made = World()
    rows = Person.objects.bulk_create(
        Person(
            name=f"P{n}", country=rng.choice(["ES", "MX", "US", ""]),
            language=rng.choice(["es", "es-MX", "en"]),
            created_at=NOW - timedelta(days=rng.randrange(400)), changed_at=NOW,
        )
        for n in range(many)
    )  # fmt: skip
    vip = Tag.objects.create(name="vip")
    for person in rows:
        made.people[person.pk] = person
        made.owned[person.pk] = []
        made.tags[person.pk] = {"vip"} if rng.random() < 0.3 else set()
    Tagged.objects.bulk_create(Tagged(tag=vip, person_id=k, since=NOW) for k, v in made.tags.items() if v)
    _facts(made, rng)
    _merge(made, rows[-2], rows[1])
    return made


def _merge(made: World, gone: Person, kept: Person) -> None:
    """Let one stand for another, who is known to a site by a number, too."""
    Person.objects.filter(pk=gone.pk).update(merged_into=kept.pk)
    made.facts.append(_fact(MERGED, 0, micros(NOW) - DAY, person=gone.number, subject=str(kept.number)))
    made.owned[kept.pk] += made.owned.pop(gone.pk)
    del made.people[gone.pk]


def _facts(made: World, rng: random.Random) -> None:
    """Of each fourth person a browser is joined, another is known to a site by a number, one by both."""
    keys = list(made.people)
    numbers = {key: 1_000 + n for n, key in enumerate(keys) if n % 4 in {1, 2}}
    browsers = {key: (1 + n % 2, 77_000 + n) for n, key in enumerate(keys) if n % 4 in {0, 2}}
    long_ago = micros(NOW) - 500 * DAY
    for key, number in numbers.items():
        made.facts.append(_fact(MERGED, 0, long_ago, person=number, subject=str(NUMBER_BASE | key)))
    for key, (site, known) in browsers.items():
        said = _fact(JOINED, site, micros(NOW) - 200 * DAY, known=known, person=NUMBER_BASE | key)
        made.facts.append(said)
        made.owned[key].append(said)
    stray = 88_000  # a browser whose join was taken back is nobody's
    made.facts.append(_fact(JOINED, 1, long_ago, known=stray, person=NUMBER_BASE | keys[0]))
    made.facts.append(_fact(UNJOINED, 1, long_ago + DAY, known=stray, person=NUMBER_BASE | keys[0]))
    for _number in range(FACTS):
        key = rng.choice(keys)
        site, who = rng.choice((1, 2)), {"person": NUMBER_BASE | key}
        if key in browsers and rng.random() < 0.5:
            site, known = browsers[key]
            who = {"known": known}
        elif key in numbers and rng.random() < 0.7:
            who = {"person": numbers[key]}
        fact = _done(rng, site, who)
        made.facts.append(fact)
        if fact.verdict in {"human", "server"}:
            made.owned[key].append(fact)
    made.facts += [_done(rng, 1, {"known": stray}) for _number in range(50)]
    made.facts += [_done(rng, 1, {}) for _number in range(50)]
    made.facts += [_done(rng, 1, {"person": NUMBER_BASE | 9_999_999}) for _number in range(5)]


def _done(rng: random.Random, site: int, who: dict[str, int]) -> Fact:
    name = rng.choice((ORDER, VIEW, VIEW))
    more: dict[str, Any] = {"path": rng.choice(("/", "/shop/a", "/shop/b", "/it's"))}
    if name == ORDER:
        more = {"amount": Decimal(20), "amount_site": Decimal(rng.randrange(1, 60)), "currency": "EUR"}
        more["props"] = {"plan": rng.choice(("gold", "silver", "it's")), "items": rng.randrange(1, 9)}
    verdict = rng.choice(("human", "server", "human", "bot", "staff"))
    at = micros(NOW) - rng.randrange(400) * DAY - rng.choice((0, 1, DAY // 2))
    return _fact(name, site, at, verdict=verdict, **who, **more)


def _fact(name: str, site: int, at: int, **more: Any) -> Fact:
    number = len(_made)
    _made.append(number)
    columns = {"verdict": "server"} | more
    return Fact(
        id=uuid8(b"brute", number), name=name, site=site, origin="import", occurred_at=at, received_at=at,
        **columns,
    )  # fmt: skip


_made: list[int] = []


def fits(raw: Any, key: int, world: World) -> bool:
    """Return whether a tree, as JSON, holds for one person."""
    if "all" in raw:
        return all(fits(each, key, world) for each in raw["all"])
    if "any" in raw:
        return any(fits(each, key, world) for each in raw["any"])
    if "not" in raw:
        return not fits(raw["not"], key, world)
    match raw["leaf"]:
        case "tag":
            return raw["tag"] in world.tags[key]
        case "attribute":
            has = getattr(world.people[key], raw["field"].removeprefix("own."))
            wanted = raw["value"].split("|")
            is_one = any(has == each or (raw["field"] == "own.language" and has.startswith(f"{each}-"))
                         for each in wanted)  # fmt: skip
            return is_one if raw["how"] == "is" else not is_one
    return _behaves(raw, [each for each in world.owned[key] if _is_meant(raw, each)])


def _is_meant(raw: Any, fact: Fact) -> bool:
    if fact.name != raw["fact"] or raw.get("site", fact.site) != fact.site:
        return False
    for each in raw.get("where", ()):
        value: Any = getattr(fact, each["field"], None)
        if each["field"].startswith("props."):
            value = fact.props.get(each["field"].removeprefix("props."), "")
        held = {
            "is": str(value) == each["value"],
            "is_not": str(value) != each["value"],
            "starts": str(value).startswith(each["value"]),
            "contains": each["value"] in str(value),
            "above": each["is"] == "above" and float(value or 0) > float(each["value"]),
        }
        if not held[each["is"]]:
            return False
    return raw["how"] in {"first", "last"} or _is_within(raw, fact)


def _is_within(raw: Any, fact: Fact) -> bool:
    age = micros(NOW) - fact.occurred_at
    match raw["when"]:
        case "last":
            return bool(0 < age <= raw["days"] * DAY)
        case "before":
            return bool(age > raw["days"] * DAY)
    return age > 0


def _behaves(raw: Any, facts: list[Fact]) -> bool:
    number, many = Decimal(raw.get("number", 0)), len(facts)
    money = sum((each.amount_site for each in facts), Decimal(0))
    ordered = sorted((each for each in facts if each.occurred_at < micros(NOW)), key=lambda e: e.occurred_at)
    match raw["how"]:
        case "did":
            return many > 0
        case "never":
            return many == 0
        case "least":
            return many >= number
        case "most":
            return many <= number
        case "exactly":
            return many == number
        case "money_least":
            return money >= number
        case "money_most":
            return money <= number
        case "first":
            return bool(ordered) and _is_within(raw, ordered[0])
    return bool(ordered) and _is_within(raw, ordered[-1])
