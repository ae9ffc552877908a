"""Requests to facts by the named steps, nothing remembered: what the reader is held against."""

import contextlib

from zoco.collector.event import Event
from zoco.collector.live import page, wire
from zoco.collector.live.here import Here
from zoco.collector.live.reader import Reader, Refusal, Sender
from zoco.collector.live.wire import Sent
from zoco.collector.reasons import Reason, Refused
from zoco.collector.steps import blocking, device, judging, place, search, site, source, through, visitor
from zoco.collector.steps.known import (
    clicked,
    known_visitor,
    person_key,
    person_of,
    private,
    visitor_key,
)
from zoco.collector.steps.verdict import DRIVEN
from zoco.collector.steps.visitor import day_before, local_day
from zoco.kit.ids import uuid7
from zoco.kit.masks import clean_path, masked, plain_text
from zoco.ledger.schema import Fact

STEPS = tuple(module.step for module in (site, judging, device, place, blocking, source, search, visitor))


def plain_read(here: Here, body: bytes, sender: Sender, now: int) -> tuple[list[Fact], list[Refusal]]:
    """Return the facts of a request and what was refused."""
    facts, refused, reader = [], [], Reader(here, lambda: now)
    try:
        sent = wire.read(body)
    except Refused as why:
        return [], [reader.refusal(why, sender, 0)]
    for index, each in enumerate(sent):
        try:
            facts.append(_fact(here, each, sender, now))
        except Refused as why:
            refused.append(reader.refusal(why, sender, index, each.url))
    return facts, refused


def _fact(here: Here, sent: Sent, sender: Sender, now: int) -> Fact:
    wire.check(sent)
    amount = wire.money(sent.amount)
    where = page.address(sent.url)
    found = here.site_of(where.host)
    if found is None:
        raise Refused(Reason.UNKNOWN_HOST)
    at = now - sent.age * 1_000
    fact = Fact(
        id=sent.id or uuid7(now), site=found.id, name="", origin="tracker", occurred_at=at, received_at=now
    )
    fact.language = sender.language
    if amount:
        fact.amount = amount
        fact.amount_site = amount if sent.currency == found.currency else fact.amount_site
    fact.currency = sent.currency
    day = local_day(at, found.zone)
    salt = here.salt_of(found, day.on)
    if not salt:
        raise Refused(Reason.NO_SALT)
    event = Event(
        site=found,
        fact=fact,
        address=sender.address,
        user_agent=sender.user_agent,
        hints=dict(sender.hints),
        salt=salt,
        salt_before=here.salt_of(found, day_before(day.on)) if day.is_early else b"",
    )
    _fill(event, sent, where)
    through(event, STEPS)
    _know(fact, event, sent, sender, now)
    if sent.driven and fact.verdict == "human":
        fact.verdict, fact.reason = "headless", DRIVEN
    return fact


def _know(fact: Fact, event: Event, sent: Sent, sender: Sender, now: int) -> None:
    """Set who it is, where it is known."""
    found = event.site
    if sender.asks_privacy:
        private(found, sent.choice or sent.person)
        fact.user_agent, fact.client_hints, fact.referrer = "", "", ""
        return
    fact.known = known_visitor(visitor_key(found), sent.who)
    if sent.person:
        fact.person = person_of(person_key(found), sent.person, now, "login", "form", "click")
    elif sent.who:
        with contextlib.suppress(Refused):
            fact.person = clicked(person_key(found), event.query, now)


def _fill(event: Event, sent: Sent, where: page.Address) -> None:
    """Set name, path, title, screen, subject, properties; leave host and query for the next steps."""
    fact = event.fact
    event.host, event.query, event.referrer = where.host, where.query, sent.referrer
    event.mark = sent.staff
    fact.path = clean_path(where.path.encode("utf-8", "surrogatepass"))
    fact.title = masked(plain_text(sent.title)) if sent.title else ""
    fact.screen = page.screen_of(sent.screen)
    fact.name = page.name_of(sent)
    fact.status = sent.status
    fact.props = page.choice_of(sent) if sent.type == "consent" else sent.props
    if sent.type == "person":
        fact.props = page.proof_of(sent)
    if sent.type == "event":
        fact.subject_kind, fact.subject = page.EVENT_KIND, sent.event
        if sent.event in wire.SHOP:
            fact.subject_kind, fact.subject = wire.SHOP[sent.event], sent.subject
        fact.quantity = sent.quantity
    elif sent.type == "engagement":
        fact.quantity = sent.ms
        fact.props = sent.props | {"scroll": sent.scroll} if sent.scroll else sent.props
