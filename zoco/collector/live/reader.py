"""From a request to lines of the spool: the limits, then the named steps. Whatever is refused says why.

What a step says is remembered as a piece of a line (`pieces`), by what it is made of: a fact costs a
few look-ups. Sent through `steps.through` one by one it gives the same line; a test holds both together.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from zoco.collector.live import page, wire
from zoco.collector.live.here import Here
from zoco.collector.live.pieces import (
    Browser,
    Caller,
    Host,
    Page,
    Whence,
    browser_of,
    caller_of,
    known_host,
    page_of,
    particulars_of,
    piece,
    screen_of,
    title_of,
    verified,
    whence_of,
)
from zoco.collector.live.wire import Sent
from zoco.collector.memo import Memo
from zoco.collector.reasons import Reason, Refused
from zoco.collector.steps.blocking import check_caller, staff_of
from zoco.collector.steps.known import clicked, known_visitor, person_key, person_of, private, visitor_key
from zoco.collector.steps.visitor import MINUTE, day_before, local_day
from zoco.kit.hosts import plain_host
from zoco.kit.ids import hash63_framed, uuid7
from zoco.sites.published import PublishedSite

HINTS = (
    "sec-ch-ua", "sec-ch-ua-full-version-list", "sec-ch-ua-mobile", "sec-ch-ua-platform",
    "sec-ch-ua-platform-version", "sec-ch-ua-model",
)  # fmt: skip
LANGUAGE_LONGEST = 3
SCHEMES = frozenset(("http", "https"))
Hints = tuple[tuple[str, str], ...]
# What is longer is worked out each time: whoever sends chooses the length, and the memory is ours.
REMEMBERED_LONGEST = 512


class Sender(NamedTuple):
    """Who sent a request: what the facts of it have in common. `hints` are client hints by name."""

    address: str
    user_agent: str
    language: str = ""
    hints: Mapping[str, str] = {}
    host: str = ""
    """The host that was asked; tells whose refusals these are when no fact does."""
    asks_privacy: bool = False
    """Whether the browser says Global Privacy Control or Do Not Track: no id, no evidence, no person."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One fact of a request that was not taken, counted from 0. `host` is one that no site has."""

    index: int
    reason: Reason
    site: int
    host: str = ""
    detail: str = ""


@dataclass(slots=True)
class Read:
    """What became of a request's facts: a line of the spool each, and whose they are."""

    lines: list[str] = field(default_factory=list)
    sites: list[int] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    noted: list[Refusal] = field(default_factory=list)
    """What of facts that were taken was left out, such as a token that does not hold."""


class Salts(NamedTuple):
    """The salt of a local day, and of the day before while the day is young, else b""."""

    today: bytes
    before: bytes


class Reader:
    """Turns requests into lines. One for each process; what it remembers hangs on what is published."""

    def __init__(self, here: Here, clock: Callable[[], int]) -> None:
        self._here = here
        self._clock = clock
        self._browsers: Memo[tuple[str, str, Hints], Browser] = Memo(lambda key: _known(*key), 4_096)
        self._titles = Memo(title_of, 4_096)
        self._screens = Memo(screen_of, 2_048)
        self._sites: tuple[PublishedSite, ...] = ()
        self._forget()

    def _forget(self) -> None:
        """Forget what the published sites said before."""
        self._sites = self._here.sites
        self._pages = Memo(self._page, 8_192)
        by_id = {site.id: site for site in self._sites}
        self._origins: Memo[tuple[str, str, int], Whence] = Memo(
            lambda key: whence_of(key[0], key[1], by_id[key[2]]), 8_192
        )
        self._hosts = Memo(self._host, 1_024)
        self._keys = {site.id: (visitor_key(site), person_key(site)) for site in self._sites}
        self._salts: Memo[tuple[int, int], Salts] = Memo(lambda key: self._salts_of(*key), 1_024)

    def read(self, body: bytes, sender: Sender) -> Read:
        """Return the lines of a request and what was refused. `here` must have been looked at."""
        if self._here.sites is not self._sites:
            self._forget()
        found = Read()
        try:
            sent = wire.read(body)
        except Refused as refused:
            found.refused.append(self.refusal(refused, sender, 0))
            return found
        now = self._clock()
        browser, caller = self._browser(sender), caller_of(sender.address)
        browser = verified(browser, sender.address) if browser.claimed else browser
        for index, each in enumerate(sent):
            try:
                site, line, fault = self._line(each, browser, caller, now, sender.asks_privacy)
            except Refused as refused:
                found.refused.append(self.refusal(refused, sender, index, each.url))
            else:
                found.lines.append(line)
                found.sites.append(site)
                if fault:
                    found.noted.append(self.refusal(fault, sender, index, each.url))
        return found

    def refusal(self, refused: Refused, sender: Sender, index: int, url: str = "") -> Refusal:
        """Say whose refusal it is: of the page's site, else of the one that was asked, else of the first.

        That of a host which no site has is nobody's then: who sees the first site need not see the others.
        """
        host = ""
        with contextlib.suppress(Refused):
            host = page.address(url).host if url else ""
        found = self._here.site_of(host) or self._here.site_of(sender.host)
        unknown = plain_host(host) if refused.reason is Reason.UNKNOWN_HOST else ""
        known = found or (None if unknown else next(iter(self._here.sites), None))
        return Refusal(index, refused.reason, known.id if known else 0, unknown, refused.detail)

    def _line(
        self, sent: Sent, browser: Browser, caller: Caller, now: int, asks_privacy: bool
    ) -> tuple[int, str, Refused | None]:
        """Send a fact through the steps; return its site, its line and what was left out. Raises Refused."""
        wire.check(sent)
        amount = wire.money(sent.amount) if sent.amount else None
        url, title, at = sent.url, sent.title, now - sent.age * 1_000
        place = self._pages[url] if len(url) <= REMEMBERED_LONGEST else self._page(url)
        site, query = place.host.site, place.query
        staff = self._staff(sent, place.host, caller) if place.host.guard or sent.staff else ""
        known = person = ""
        fault = None
        if asks_privacy:
            known = private(site, sent.choice or sent.person)
        elif sent.who:
            known = f',"known":{known_visitor(self._keys[site.id][0], sent.who)}'
            person, fault = self._person(sent, query, site, now)
        salts = self._salts[site.id, at // MINUTE]
        whence = self._whence(sent.referrer, query, site)
        who = _visitor(salts, place.host.framed_site, caller.framed, browser.framed + place.host.framed)
        is_plain = sent.type == "view" and not sent.props and not sent.status and not place.search
        name = page.VIEWED if is_plain else page.name_of(sent)
        return (
            site.id,
            (
                f'{{"id":"{sent.id or uuid7(now)}","site":{site.id},"name":"{name}"'
                f',"origin":"tracker","occurred_at":{at},"received_at":{now}{who}{person}'
                f"{browser.verdict or staff or whence.spam or (browser.driven if sent.driven else '')}"
                f"{place.where}{self._titles[title] if title else ''}{whence.touch}{browser.device}"
                f"{caller.place}{browser.language}{self._screens[sent.screen]}"
                f"{'' if is_plain else particulars_of(sent, amount, site.currency, place.search)}"
                f"{'' if asks_privacy else browser.evidence + whence.evidence}{known}}}\n"
            ),
            fault,
        )

    def _person(self, sent: Sent, query: str, site: PublishedSite, now: int) -> tuple[str, Refused | None]:
        """Return who somebody who consented is, where a token says it: the fact's own must hold, one in
        its page's address that does not is left out.
        """
        key, person, fault = self._keys[site.id][1], 0, None
        if sent.person:
            person = person_of(key, sent.person, now, "login", "form", "click")
        elif "zt=" in query:
            try:
                person = clicked(key, query, now)
            except Refused as wrong:
                fault = wrong
        return f',"person":{person}' if person else "", fault

    def _staff(self, sent: Sent, host: Host, caller: Caller) -> str:
        """Return the piece of the site's own people, "" for others. Raises Refused for who is blocked."""
        check_caller(host.guard, caller.address, caller.country)
        judged = staff_of(host.guard, caller.address, sent.staff, host.site.staff_mark)
        return piece(**judged._asdict()) if judged else ""

    def _browser(self, sender: Sender) -> Browser:
        _, user_agent, language, hints, _, _ = sender
        size = len(user_agent) + (sum(map(len, hints.values())) if hints else 0)
        if size > REMEMBERED_LONGEST:
            return browser_of(user_agent, language, hints)
        return self._browsers[user_agent, language, tuple(hints.items()) if hints else ()]

    def _page(self, url: str) -> Page:
        """Find the site of a page. Raises Refused."""
        scheme, _, rest = url.partition("://")
        host, _, path = rest.partition("/")
        is_plain = scheme in SCHEMES and "?" not in path and "#" not in path
        if is_plain and host in self._hosts:  # whole hosts are in there, so this is one
            return page_of(self._hosts[host], f"/{path}", "")
        where = page.address(url)
        host = where.host
        known = self._hosts[host] if len(host) <= REMEMBERED_LONGEST else self._host(host)
        return page_of(known, where.path, where.query)

    def _host(self, host: str) -> Host:
        site = self._here.site_of(host)
        if site is None:
            raise Refused(Reason.UNKNOWN_HOST)
        return known_host(host, site)

    def _whence(self, referrer: str, query: str, site: PublishedSite) -> Whence:
        if len(referrer) + len(query) > REMEMBERED_LONGEST:
            return whence_of(referrer, query, site)
        return self._origins[referrer, query, site.id]

    def _salts_of(self, site_id: int, minute: int) -> Salts:
        """Return the salts of the local day in which this minute lies. Raises Refused."""
        site = next(site for site in self._sites if site.id == site_id)
        day = local_day(minute * MINUTE, site.zone)
        salt = self._here.salt_of(site, day.on)
        if not salt:
            raise Refused(Reason.NO_SALT)
        return Salts(salt, self._here.salt_of(site, day_before(day.on)) if day.is_early else b"")


def _known(user_agent: str, language: str, hints: Hints) -> Browser:
    return browser_of(user_agent, language, dict(hints))


def _visitor(salts: Salts, site: bytes, address: bytes, rest: bytes) -> str:
    """Return the pseudonym, and the one under the salt of the day before where that is known."""
    if not address:
        return ""
    whole = site + address + rest
    now = f',"visitor":{hash63_framed(whole, salts.today)}'
    return f'{now},"visitor_before":{hash63_framed(whole, salts.before)}' if salts.before else now


@lru_cache(maxsize=1024)
def language_of(header: str) -> str:
    """Return the first language of an Accept-Language header as its primary tag: es of "es-MX, en"."""
    tag = header.partition(",")[0].partition(";")[0].strip().lower()
    primary = tag.partition("-")[0]
    return (
        primary if primary.isascii() and primary.isalpha() and 2 <= len(primary) <= LANGUAGE_LONGEST else ""
    )


def hints_of(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the client hints among headers (names in lower case)."""
    return {name: headers[name] for name in HINTS if name in headers}
