"""What the steps say of a live fact, as pieces of its line in the spool: worked out once, then remembered.

A piece begins with a comma, or is empty where every column of it has its default. The columns stand in
the order of `ledger.schema`, so that a line is the one that `schema.encoder` writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

import msgspec

from zoco.collector.lists.ranges import is_checked
from zoco.collector.live import page
from zoco.collector.live.wire import SHOP, Sent
from zoco.collector.steps.blocking import check_host, check_page
from zoco.collector.steps.device import device_of, evidence_of, hinted, hints_text
from zoco.collector.steps.hints import judge_browser
from zoco.collector.steps.judging import checked, spam_of
from zoco.collector.steps.place import place_of_plain, plain_address
from zoco.collector.steps.places import NOWHERE
from zoco.collector.steps.search import searched, term_of
from zoco.collector.steps.site import host_of
from zoco.collector.steps.verdict import Judgement
from zoco.collector.steps.visitor import framed_address, framed_host
from zoco.kit.ids import framed
from zoco.kit.masks import masked, path_of, plain_text
from zoco.ledger.schema import Fact, encoder
from zoco.sites.blocking.lists import Guard, guard_of
from zoco.sites.published import PublishedSite
from zoco.sites.sources.origin import origin_of

# Paths that are written as they were sent: nothing in words so short is masked but what _SIGNED begins.
_PLAIN = re.compile(r"(?:/[A-Za-z0-9_.~-]{0,15}){1,40}")
_SIGNED = "eyJ"
_DEFAULTS = {field.name: field.default for field in msgspec.structs.fields(Fact)}


def piece(**columns: object) -> str:
    """Return columns, in the schema's order, as a piece of a line."""
    said = {name: value for name, value in columns.items() if value != _DEFAULTS[name]}
    return f",{encoder.encode(said).decode()[1:-1]}" if said else ""


class Browser(NamedTuple):
    """What a browser's headers say: steps judging and device. `driven` is the verdict of one that a
    program drives, `framed` the user agent as a pseudonym is made of it, `claimed` the verdict on a crawler
    of which it is known where it comes from, None for everybody else.
    """

    framed: bytes
    verdict: str
    driven: str
    device: str
    language: str
    evidence: str
    claimed: Judgement | None


def browser_of(user_agent: str, language: str, hints: Mapping[str, str]) -> Browser:
    """Judge a browser by its headers."""
    judged = judge_browser(user_agent, hints)
    device = device_of(user_agent)
    device = hinted(device, hints) if hints else device
    return Browser(
        framed(user_agent.encode()),
        piece(**judged._asdict()),
        piece(**page.driven(judged)._asdict()),
        piece(**device._asdict()),
        piece(language=language),
        piece(user_agent=evidence_of(user_agent), client_hints=hints_text(hints)),
        judged if is_checked(judged.reason) else None,
    )


def verified(browser: Browser, address: str) -> Browser:
    """Return a crawler's piece with what its address says."""
    found = checked(browser.claimed, address) if browser.claimed else None
    if found is None or found == browser.claimed:
        return browser
    said = piece(**found._asdict())
    return browser._replace(verdict=said, driven=said)


class Caller(NamedTuple):
    """What an address says: the step place. `framed` is b"" for none; the address is never written down."""

    framed: bytes
    place: str
    address: str
    country: str


def caller_of(address: str) -> Caller:
    """Look an address up. It is not remembered: no address stays in memory."""
    plain = plain_address(address)
    country, region, city = place_of_plain(plain) if plain else NOWHERE
    is_plain = country.isalpha() and not region and not city
    place = f',"country":"{country}"' if is_plain else piece(country=country, region=region, city=city)
    return Caller(framed(plain.encode()) if plain else framed_address(address), place, plain, country)


class Host(NamedTuple):
    """What a host says: the step site. `framed_site` and `framed` are site and host as a pseudonym is
    made of them, `guard` the site's block lists.
    """

    site: PublishedSite
    framed_site: bytes
    framed: bytes
    where: str
    guard: Guard | None


def known_host(host: str, site: PublishedSite) -> Host:
    """Work out a host of a site. Raises Refused."""
    plain, guard = host_of(host, site), guard_of(site.left_out)
    check_host(guard, plain)
    return Host(site, framed(site.id), framed_host(plain), piece(host=plain), guard)


class Page(NamedTuple):
    """What a page's address says. `query` is as it was sent, `search` what was looked for on the site."""

    host: Host
    where: str
    query: str
    search: str = ""


def page_of(host: Host, path: str, query: str) -> Page:
    """Work out a page; path and query are as they were sent. Raises Refused."""
    search = term_of(query, host.site.search_parameters) if query else ""
    if _PLAIN.fullmatch(path) and _SIGNED not in path:
        check_page(host.guard, path)
        return Page(host, f'{host.where},"path":"{path}"', query, search)
    clean = path_of(path.encode("utf-8", "surrogatepass"))
    check_page(host.guard, clean)
    return Page(host, host.where + piece(path=clean), query, search)


class Whence(NamedTuple):
    """Where a visit came from: the step source."""

    touch: str
    evidence: str
    spam: str


def whence_of(referrer: str, query: str, site: PublishedSite) -> Whence:
    """Work out the touchpoint."""
    host, touch, evidence = origin_of(referrer, query, site.hostnames, site.sources)
    spam = spam_of(host)
    said = piece(**spam._asdict()) if spam else ""
    return Whence(piece(referrer_host=host, **touch._asdict()), piece(referrer=evidence), said)


def title_of(title: str) -> str:
    """Return a page's title."""
    return piece(title=masked(plain_text(title)))


def screen_of(width: int) -> str:
    """Return the class of a screen's width."""
    return piece(screen=page.screen_of(width))


def particulars_of(sent: Sent, amount: Decimal | None, currency: str, search: str) -> str:
    """Return what only some facts have: status, subject, money, quantity, properties."""
    said: dict[str, object] = {}
    is_seen = sent.type == "view" and not sent.status
    props = searched(search) | sent.props if is_seen else sent.props
    if sent.status:
        said["status"] = sent.status
    if sent.event in SHOP:
        said |= {"subject_kind": SHOP[sent.event], "subject": sent.subject}
    elif sent.type == "event":
        said |= {"subject_kind": page.EVENT_KIND, "subject": sent.event}
    if amount is not None:
        said |= {"amount": amount, "currency": sent.currency}
        said |= {"amount_site": amount} if sent.currency == currency else {}
    if sent.type == "consent":
        props = page.choice_of(sent)
    if sent.type == "person":
        props = page.proof_of(sent)
    if sent.type == "engagement":
        said["quantity"] = sent.ms
        props = props | {"scroll": sent.scroll} if sent.scroll else props
    else:
        said["quantity"] = sent.quantity
    return piece(**said, **({"props": props} if props else {}))
