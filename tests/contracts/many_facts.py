"""Facts in any number, disordered and full of edges, and their sessions worked out by hand.

Nothing in here knows how the ledger does it: `sessions_by_hand` is the rule of the design in plain
Python, slow and short.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from zoco.kit.ids import uuid8
from zoco.kit.periods import HOUR, midnight
from zoco.ledger.schema import TOUCH, Fact, encoder
from zoco.ledger.spool import BulkSegment

MINUTE = 60_000_000
DAY = 24 * HOUR
GAP = 30 * MINUTE
FIRST, LAST = date(2026, 2, 25), date(2026, 11, 10)
# The days on which a clock changes: New York, Madrid, Lord Howe; spring and autumn.
CHANGES = {
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Europe/Madrid": (date(2026, 3, 29), date(2026, 10, 25)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "Asia/Kolkata": (date(2026, 3, 29), date(2026, 10, 25)),
    "UTC": (date(2026, 3, 8), date(2026, 11, 1)),
}
CHANNELS = (
    ("", "", ""),
    ("google", "organic", "organic_search"),
    ("google", "cpc", "paid_search"),
    ("newsletter", "email", "email"),
    ("блог.example", "referral", "referral"),
    ("ChatGPT", "referral", "ai_assistant"),
)
NAMES = (
    *(("web.page.viewed",) * 12),
    *(("web.page.served",) * 8),
    *(("web.asset.served", "web.redirect.served", "web.error.served", "shop.order.placed") * 2),
    *("web.page.engaged", "web.event.sent", "web.vitals.measured", "collector.fact.refused"),
)
STATUS = {"web.redirect.served": (301, 302, 308), "web.error.served": (404, 404, 410, 500, 503)}
VERDICTS = ("human",) * 8 + ("bot", "ai", "headless", "spam", "staff", "server")
AGENTS = (
    ("desktop", "Firefox", "140", "Linux", ""),
    ("phone", "Safari", "26", "iOS", "26.1"),
    ("tablet", "Chrome", "141", "Android", "16"),
    ("", "", "", "", ""),
)
PLACES = (
    ("ES", "MD", "Madrid"),
    ("IN", "WB", "Kolkata"),
    ("AU", "NSW", ""),
    ("US", "NY", "New York"),
    ("", "", ""),
)


@dataclass
class Visit:
    """Who comes, when and from where; what all facts of one visit share."""

    site: int
    visitor: int
    verdict: str
    at: int
    agent: tuple[str, ...]
    place: tuple[str, ...]
    language: str


def facts_many(number: int, visitors: int, seed: int = 1) -> Iterator[Fact]:
    """Give `number` facts of about `visitors` visitors over the changes of the clock, in no order.

    Some have no visitor; some share a moment; gaps of exactly 30 minutes and a microsecond more
    are there; one visit in ten is of a pseudonym that a midnight link joins to the day before.
    """
    rng = random.Random(seed)
    left = number
    known = [rng.getrandbits(62) + 1 for _ in range(visitors)]
    while left > 0:
        visit = _visit(rng, known)
        for fact in _facts(rng, visit, min(left, rng.choice((1, 1, 2, 3, 5, 8)))):
            yield fact
            left -= 1


def _visit(rng: random.Random, known: list[int]) -> Visit:
    visitor = rng.choice(known)
    steady = random.Random(visitor)
    return Visit(
        site=1 + visitor % 2,
        visitor=visitor if rng.random() > 0.05 else 0,
        verdict=steady.choice(VERDICTS),
        at=_moment(rng),
        agent=steady.choice(AGENTS),
        place=steady.choice(PLACES),
        language=steady.choice(("es", "en", "zh", "")),
    )


def _moment(rng: random.Random) -> int:
    if rng.random() < 0.5:
        zone = rng.choice(list(CHANGES))
        start = midnight(rng.choice(CHANGES[zone]), zone)
        return start + rng.randrange(-DAY, 2 * DAY)
    start = midnight(FIRST, "UTC")
    return rng.randrange(start, midnight(LAST, "UTC"))


def _facts(rng: random.Random, visit: Visit, number: int) -> Iterator[Fact]:
    at, visitor, before = visit.at, visit.visitor, 0
    if visitor and rng.random() < 0.1:
        at = at - at % DAY - rng.randrange(25 * MINUTE)
    today = at // DAY
    for place in range(number):
        if visitor and at // DAY != today and not before:
            before, visitor = visitor, visitor ^ (at // DAY) << 20
        yield _fact(rng, visit, at, visitor, before if at % DAY < GAP else 0, is_first=place == 0)
        at += rng.choice(
            (0, 1, GAP, GAP + 1, rng.randrange(GAP), rng.randrange(GAP), rng.randrange(3 * HOUR))
        )


def _fact(rng: random.Random, visit: Visit, at: int, visitor: int, before: int, *, is_first: bool) -> Fact:
    """Give one fact of a visit: what all of the visit share, and what happened."""
    name = rng.choice(NAMES)
    device, browser, browser_version, system, system_version = visit.agent
    country, region, city = visit.place
    return Fact(
        id=uuid8(rng.getrandbits(64)),
        site=visit.site,
        name=name,
        origin="tracker",
        occurred_at=at,
        received_at=at + rng.randrange(HOUR),
        visitor=visitor,
        visitor_before=before,
        verdict=visit.verdict,
        device=device,
        browser=browser,
        browser_version=browser_version,
        os=system,
        os_version=system_version,
        country=country,
        region=region,
        city=city,
        language=visit.language,
        **_page(rng, name),
        **_touch(rng, is_first=is_first),
        **_tracked(rng, visit, name),
        **_money(rng, name),
    )


def _page(rng: random.Random, name: str) -> dict[str, Any]:
    return {
        "host": "other.example" if name == "collector.fact.refused" else "shop.example",
        "path": f"/{rng.choice(('', 'a', 'b/c', 'ñandú', 'z' * 40))}{rng.randrange(30)}",
        "title": rng.choice(("", "Home", "日本語")),
        "referrer_host": rng.choice(("", "", "www.google.com", "news.example", "shop.example")),
        "status": rng.choice(STATUS.get(name, (200, 304))) if name.endswith(".served") else 0,
        "props": _vitals(rng) if name == "web.vitals.measured" else _props(rng),
    }


def _vitals(rng: random.Random) -> dict[str, Any]:
    speed = {"lcp": rng.randrange(200, 6_000), "inp": rng.randrange(600), "ttfb": rng.randrange(2_000)}
    return speed | ({"cls": rng.randrange(40) / 100} if rng.random() < 0.8 else {})


def _props(rng: random.Random) -> dict[str, Any]:
    if rng.random() >= 0.2:
        return {}
    props: dict[str, Any] = {"seen": rng.choice(("yes", "no")), "n": rng.randrange(9)}
    props["link"] = ("poster", "письмо")[props["n"] % 2]
    return props | ({"search": "miel ñ"[props["n"] :]} if props["n"] < 6 else {})


def _touch(rng: random.Random, *, is_first: bool) -> dict[str, Any]:
    source, medium, channel = rng.choice(CHANNELS) if is_first or rng.random() < 0.1 else CHANNELS[0]
    return {
        "source": source,
        "medium": medium,
        "campaign": "spring" if medium == "cpc" else "",
        "channel": channel or "direct",
    }


def _tracked(rng: random.Random, visit: Visit, name: str) -> dict[str, Any]:
    told: dict[str, Any] = {"reason": {"bot": "Testbot", "ai": "GPTBot"}.get(visit.verdict, "")}
    if name in {"web.page.viewed", "web.page.served"}:
        told["screen"] = rng.choice(("", "<480", "≥1920"))
    elif name == "web.page.engaged":
        told["quantity"] = rng.randrange(90_000)
    elif name == "web.event.sent":
        subject = rng.choice(("buy", "записаться", "sign up", "link followed"))
        told |= {"subject_kind": "event", "subject": subject}
    elif name == "collector.fact.refused":
        told |= {"reason": rng.choice(("bad_json", "unknown_host")), "quantity": rng.randrange(1, 9)}
    return told


def _money(rng: random.Random, name: str) -> dict[str, Any]:
    if name not in {"shop.order.placed", "web.event.sent"}:
        return {}
    amount = Decimal(rng.randrange(-5000, 100_000)) / 100
    return {"amount": amount, "currency": "EUR", "amount_site": amount, "quantity": 1}


def write_spool(folder: Path, facts: Iterable[Fact], *, a_segment: int = 100_000) -> None:
    """Write facts as closed segments of this many."""
    waiting: list[bytes] = []
    for fact in facts:
        waiting.append(encoder.encode(fact) + b"\n")
        if len(waiting) >= a_segment:
            _write_segment(folder, waiting)
            waiting = []
    _write_segment(folder, waiting)


def _write_segment(folder: Path, lines: list[bytes]) -> None:
    with BulkSegment(folder, "many") as bulk:
        bulk.write(b"".join(lines))


def sessions_by_hand(facts: Iterable[Fact]) -> dict[str, tuple[object, ...]]:
    """Return session and entry columns by id, for facts with a visitor."""
    unique = {fact.id: fact for fact in facts if fact.visitor}
    yesterday = {(f.site, f.visitor): f.visitor_before for f in unique.values() if f.visitor_before}
    threads: dict[tuple[int, int], list[Fact]] = {}
    for fact in unique.values():
        visitor = fact.visitor
        while (fact.site, visitor) in yesterday:
            visitor = yesterday[fact.site, visitor]
        threads.setdefault((fact.site, visitor), []).append(fact)
    found: dict[str, tuple[object, ...]] = {}
    for thread in threads.values():
        thread.sort(key=lambda fact: (fact.occurred_at, fact.id))
        session: list[Fact] = []
        for fact in thread:
            if session and fact.occurred_at - session[-1].occurred_at > GAP:
                found |= _of_session(session)
                session = []
            session.append(fact)
        found |= _of_session(session)
    return found


def _of_session(session: list[Fact]) -> dict[str, tuple[object, ...]]:
    number = int(session[0].id.replace("-", ""), 16) & (2**63 - 1)
    pages = [fact for fact in session if fact.name in ("web.page.viewed", "web.page.served")]
    entry = (pages or session)[0]
    own = [getattr(entry, name) for name in TOUCH]
    if not any(own[:-1]):
        own = ["", "", "", "", "", "", "direct"]
    return {fact.id: (number, *own, entry.path) for fact in session}


def local(at: int, zone: str) -> datetime:
    """Return the wall clock of a moment, for counts by hand."""
    return datetime.fromtimestamp(at // 1_000_000, UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def with_deeds(fact: Fact) -> Fact:
    """Let one of fifty known people have placed an order, and some assets have been surveys; others stay."""
    if fact.name == "shop.order.placed":
        return msgspec.structs.replace(fact, person=2**62 + fact.visitor % 50 + 1)
    if fact.name != "web.asset.served" or not fact.visitor:
        return fact
    props: dict[str, Any] = {"way": ("page", "letter")[fact.visitor % 2]}
    if fact.occurred_at % 3 == 0:
        name = "surveys.survey.shown"
    else:
        kind = ("nps", "csat", "multiple")[fact.occurred_at // 7 % 3]
        score = fact.visitor % 11 if kind == "nps" else 1 + fact.visitor % 5
        name = "surveys.question.answered"
        props |= {"question": kind, "kind": kind}
        props |= {"options": ["1", "12"][score % 2 :]} if kind == "multiple" else {"score": score}
    return msgspec.structs.replace(
        fact, name=name, status=0, subject_kind="survey", subject=f"{1 + fact.visitor % 2}", props=props
    )
