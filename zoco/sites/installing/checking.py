"""The check of an installation: fetch a page, its tracker, the place where facts go; name what is wrong.

Everything goes through `kit.http`: what is inside cannot be reached. Nothing is counted by it: the place for
facts is asked with GET, to which a collector says that it wants POST.
"""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from zoco.kit.hosts import is_own, plain_host
from zoco.kit.http import AddressRefused, FetchFailed, Limits, Response, fetch
from zoco.ledger.sitebook import PLAIN_TRACKER, SiteInfo
from zoco.sites.installing.apart import page_read
from zoco.sites.installing.page import PLAIN_NAME, RUN_TYPES, Page, Tag
from zoco.sites.installing.policy import CONNECT, SCRIPT, blocking, policies_of

PAGE = Limits(seconds=8.0, size=1 << 20)
PART = Limits(seconds=4.0, size=1 << 18)
BROWSER = {
    "Accept": "text/html,*/*;q=0.8",
    "User-Agent": "Mozilla/5.0 (compatible; Zoco; installation check)",
}
# Python knows more, some of which take far longer than the text is long (punycode) or refuse it (idna).
CHARSET = re.compile(
    r"utf-?8|us-ascii|iso-8859-\d{1,2}|windows-\d{3,4}|koi8-[ru]|gb(?:k|2312|18030)|big5|shift_jis|euc-(?:jp|kr)",
    re.IGNORECASE,
)
WANTS_POST = b"Send facts with POST"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found; `said` has its words. "bad" counts nothing, "warn" may count less."""

    key: str
    state: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check. `url` is the page that was looked at in the end."""

    url: str
    findings: tuple[Finding, ...]

    @property
    def state(self) -> str:
        """The worst of all: "good", "warn", "bad"."""
        states = [each.state for each in self.findings]
        return next((state for state in ("bad", "warn") if state in states), "good")


def address_of(site: SiteInfo) -> str:
    """Return the page that is looked at where nobody named one; "" for a site without a host."""
    return f"https://{site.hostnames[0]}/" if site.hostnames else ""


def site_check(site: SiteInfo, others: list[SiteInfo], url: str) -> Checked:
    """Look at a page of a site. Never raises: what cannot be fetched is a finding."""
    url = url.strip()
    url = url if "://" in url or not url else f"https://{url}"
    try:
        answer = fetch(url, headers=BROWSER, limits=PAGE)
    except (AddressRefused, FetchFailed) as error:
        return Checked(url, (_unreachable(error),))
    checking = _Checking(site, others, url, answer)
    try:
        checking.look()
    except ValueError as error:  # an address in the page that is none, or a page that cannot be read
        checking.found("unreachable", "bad", detail=str(error))
    return Checked(answer.url, tuple(checking.findings) or (Finding("good", "good"),))


def _unreachable(error: AddressRefused | FetchFailed) -> Finding:
    told = {"detail": str(error)}
    cause = error.__cause__
    if isinstance(error, AddressRefused):
        return Finding("refused", "bad", told)
    if isinstance(cause, ssl.SSLError):
        return Finding("tls", "bad", told)
    if isinstance(cause, socket.gaierror):
        return Finding("no_name", "bad", told)
    if isinstance(cause, TimeoutError) or "in time" in str(error):
        return Finding("timeout", "bad", told)
    return Finding("unreachable", "bad", told)


class _Checking:
    """One check under way: what it knows and what it found so far."""

    def __init__(self, site: SiteInfo, others: list[SiteInfo], asked: str, answer: Response) -> None:
        self.site = site
        self.others = [each for each in others if each.id != site.id]
        self.asked = asked
        self.answer = answer
        self.findings: list[Finding] = []
        self.page = Page()

    def found(self, key: str, state: str, **values: str) -> None:
        self.findings.append(Finding(key, state, values))

    def look(self) -> None:
        """Look at the page, then at its tag, and at what that leads to."""
        self._host()
        if self.answer.status >= 400:
            self.found("status", "bad", status=str(self.answer.status))
            return
        kind = self.answer.headers.get("content-type", "text/html")
        if "html" not in kind.lower():
            self.found("not_html", "bad", type=kind)
            return
        self.page = page_read(_text(self.answer))
        tag = self._tag()
        if tag is not None:
            self._served(tag)

    def _host(self) -> None:
        host = plain_host(urlsplit(self.answer.url).netloc)
        asked = plain_host(urlsplit(self.asked).netloc)
        if host != asked:
            self.found("led_elsewhere", "warn", asked=asked, host=host)
        if not is_own(host, self.site.hostnames):
            owner = next((each.name for each in self.others if is_own(host, each.hostnames)), "")
            self.found("host_of_another" if owner else "host_unknown", "bad", host=host, site=owner)

    def _tag(self) -> Tag | None:
        """Return the tag that runs, if there is one."""
        known = {each.tracker.rpartition("/")[2]: each for each in (*self.others, self.site)}
        tags = [tag for tag in self.page.tags if tag.name == PLAIN_NAME or tag.name in known]
        run = [tag for tag in tags if tag.place == "page" and tag.type in RUN_TYPES]
        if not run:
            self._none_runs(tags)
            return None
        if len(run) > 1:
            self.found("doubled", "bad", count=str(len(run)))
        owner = known.get(run[0].name, self.site)
        if run[0].name != PLAIN_NAME and owner.id != self.site.id and owner.tracker != self.site.tracker:
            self.found("tag_of_another", "warn", site=owner.name, path=self.site.tracker)
        if run[0].name == PLAIN_NAME and self.site.tracker != PLAIN_TRACKER:
            self.found("known_name", "warn", path=self.site.tracker)
        return run[0]

    def _none_runs(self, tags: list[Tag]) -> None:
        places = {tag.place for tag in tags}
        if typed := next((tag for tag in tags if tag.place == "page"), None):
            self.found("not_run", "bad", type=typed.type)
        elif "noscript" in places:
            self.found("in_noscript", "bad")
        elif "template" in places:
            self.found("in_template", "bad")
        elif "comment" in places:
            self.found("in_comment", "bad")
        else:
            self.found("no_tag", "bad", path=self.site.tracker)

    def _served(self, tag: Tag) -> None:
        """Look at what the tag leads to: may it run, is it there, may it send, does somebody take it."""
        base = urljoin(self.answer.url, self.page.base) if self.page.base else self.answer.url
        source = urljoin(base, tag.source)
        # The script resolves data-to as fetch does: by the page.
        to = urljoin(base, tag.to) if tag.to else place_of_facts(source)
        policies = policies_of(self.answer.headers.get("content-security-policy", ""), self.page.policies)
        if rule := blocking(policies, SCRIPT, source, self.answer.url, tag.nonce):
            self.found("script_blocked", "bad", rule=rule, source=_origin(source))
        if rule := blocking(policies, CONNECT, to, self.answer.url):
            self.found("connect_blocked", "bad", rule=rule, source=_origin(to))
        if urlsplit(self.answer.url).scheme == "https" and "http" in (
            urlsplit(source).scheme,
            urlsplit(to).scheme,
        ):
            self.found("mixed", "bad", url=source if urlsplit(source).scheme == "http" else to)
        self._script(source)
        self._facts(to, bool(tag.to))

    def _part(self, url: str) -> Response:
        """Fetch what the page names; from servers inside only where the page came from inside as well."""
        return fetch(url, headers={"Accept": "*/*"}, limits=PART, may_private=self.answer.is_inside)

    def _script(self, url: str) -> None:
        try:
            answer = self._part(url)
        except (AddressRefused, FetchFailed) as error:
            self.found("script_unreachable", "bad", url=url, detail=str(error))
            return
        if answer.status != 200:
            self.found("script_status", "bad", url=url, status=str(answer.status))
        elif "javascript" not in answer.headers.get("content-type", "") or b"zoco" not in answer.body:
            self.found("script_other", "bad", url=url)

    def _facts(self, url: str, is_named: bool) -> None:
        try:
            answer = self._part(url)
        except (AddressRefused, FetchFailed) as error:
            self.found("facts_unreachable", "bad", url=url, detail=str(error))
            return
        if answer.status != 405 or WANTS_POST not in answer.body:
            self.found("to_wrong" if is_named else "facts_other", "bad", url=url, status=str(answer.status))


def place_of_facts(script: str) -> str:
    """Return where the tracker of an address sends facts, as the tracker itself works it out."""
    if script.endswith("/z.js"):
        return urljoin(script, "/e")
    plain = script.partition("?")[0].partition("#")[0]
    return plain.removesuffix(".js") if plain.endswith(".js") else script


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _text(answer: Response) -> str:
    found = re.search(r"charset=[\"']?([\w-]+)", answer.headers.get("content-type", ""))
    known = found is not None and CHARSET.fullmatch(found[1]) is not None
    try:
        return answer.body.decode(found[1] if found and known else "utf-8", "replace")
    except LookupError:
        return answer.body.decode("utf-8", "replace")
