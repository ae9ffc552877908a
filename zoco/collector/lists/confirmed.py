"""Crawlers confirmed by name: an address is called by a name of its operator, and that name has the address.

Off unless VERIFY_CRAWLERS is set. While facts come in nobody waits: what is not known yet is looked up in
the background, and facts until then are judged by the lists alone. Whoever reads a log waits, as long as his
`Patience` lasts. Addresses are in memory only, for a day at most. A network whose name server is silent is
left alone for a while, and so is everybody once it has cost too much.
"""

import ipaddress
import logging
import queue
import threading
import time
from typing import TypeVar

from zoco.collector.lists import dns
from zoco.kit import conf

log = logging.getLogger(__name__)
Value = TypeVar("Value")

VERIFY_CRAWLERS = conf.declare(
    "VERIFY_CRAWLERS",
    False,
    conf.flag,
    "Look the names of crawlers' addresses up (reverse DNS, confirmed forwards), in the background. The name "
    "server hears the addresses of visitors that call themselves one of these crawlers.",
)
NAME_SERVER = conf.declare(
    "NAME_SERVER",
    "",
    str,
    "Address and port of the name server to ask; else the machine's own (resolv.conf).",
)
# As the operators say: developers.google.com/search/docs/crawling-indexing/verifying-googlebot,
# bing.com/webmasters/help/how-to-verify-bingbot, support.apple.com/119829,
# yandex.com/support/webmaster/robot-workings/check-yandex-robots.html,
# help.baidu.com (Baiduspider), webmaster.petalsearch.com, napoveda.seznam.cz, developer.amazon.com/amazonbot.
# developers.google.com/crawling/docs/crawlers-fetchers/verifying-googlebot: fetchers that act for users
# come from google.com, or from gae.googleusercontent.com, as does what others run on Google's App Engine;
# other names in googleusercontent.com are those of machines that anybody rents.
_GOOGLE = (".googlebot.com", ".google.com")
_GOOGLE_FOR_USERS = (".google.com", ".gae.googleusercontent.com")
NAMES = {
    **dict.fromkeys(
        (
            "Googlebot", "Googlebot-Image", "Googlebot-News", "Googlebot-Video", "Googlebot-Mobile",
            "APIs-Google", "Storebot-Google", "Google-InspectionTool", "GoogleOther", "AdsBot-Google",
            "Mediapartners-Google",
        ),
        _GOOGLE,
    ),
    **dict.fromkeys(
        (
            "Feedfetcher-Google", "Google-Agent", "Google-GeminiNotebook", "Google-NotebookLM",
            "Google-Read-Aloud", "Google-Site-Verification",
        ),
        _GOOGLE_FOR_USERS,
    ),
    "bingbot": (".search.msn.com",),
    "Applebot": (".applebot.apple.com",),
    "YandexBot": (".yandex.com", ".yandex.net", ".yandex.ru"),
    "Baiduspider": (".baidu.com", ".baidu.jp"),
    "PetalBot": (".petalsearch.com",),
    "SeznamBot": (".seznam.cz",),
    "Amazonbot": (".crawl.amazonbot.amazon",),
}  # fmt: skip
KEPT_SECONDS, AGAIN_SECONDS = 86_400.0, 600.0
KEPT_MOST, WAITING_MOST = 10_000, 1_000
WAITED_SECONDS_MOST = 60.0
"""How long, of AGAIN_SECONDS, an import waits in all, and the background for name servers that are silent."""


def is_named(name: str) -> bool:
    """Say whether this crawler is confirmed by name here."""
    return name in NAMES and VERIFY_CRAWLERS()


class Patience:
    """How long somebody who waits has waited for name servers. One for each import."""

    def __init__(self) -> None:
        self._waited, self._since = 0.0, 0.0

    def is_over(self, now: float) -> bool:
        """Say whether it is used up for now."""
        if now > self._since + AGAIN_SECONDS:
            self._waited, self._since = 0.0, now
        return self._waited >= WAITED_SECONDS_MOST

    def waited(self, seconds: float) -> None:
        """Take off what was waited."""
        self._waited += seconds


class Names:
    """What is known of addresses: whether they are the crawler's own. One for each process; any thread."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[float, bool | None]] = {}
        self._waiting: queue.Queue[tuple[str, str]] = queue.Queue(WAITING_MOST)
        self._silent: dict[tuple[str, str], float] = {}
        self._patience = Patience()
        self._gate = threading.Lock()
        self._thread: threading.Thread | None = None

    def is_own(self, name: str, address: str, patience: Patience | None = None) -> bool | None:
        """Say whether an address is this crawler's own; None where that is not known (yet)."""
        key = (name, address)
        until, found = self._known.get(key, (0.0, None))
        if time.monotonic() < until:
            return found
        if patience is not None:
            return self._looked_up(key, patience, is_waited_for=True)
        with self._gate:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="crawlers-names", daemon=True)
                self._thread.start()
        self._keep(key, AGAIN_SECONDS, found)
        try:
            self._waiting.put_nowait(key)
        except queue.Full:
            self._known.pop(key, None)  # another fact asks again
        return found

    def _work(self) -> None:
        while True:
            key = self._waiting.get()
            try:
                self._looked_up(key, self._patience)
            except Exception:
                log.exception("A crawler's name could not be looked up.")

    def _looked_up(
        self, key: tuple[str, str], patience: Patience, *, is_waited_for: bool = False
    ) -> bool | None:
        found: bool | None = None
        began, near = time.monotonic(), (key[0], _network(key[1]))
        is_over = patience.is_over(began)
        if is_over and is_waited_for:
            return None  # and nothing is kept: others have a patience of their own
        if not is_over and self._silent.get(near, 0.0) <= began:
            try:
                found = confirmed(*key)
            except (OSError, ValueError) as error:
                log.warning("A name server does not help with a crawler. crawler=%s error=%s", key[0], error)
                with self._gate:
                    _put(self._silent, near, began + AGAIN_SECONDS)
            if is_waited_for or found is None:
                patience.waited(time.monotonic() - began)
        self._keep(key, AGAIN_SECONDS if found is None else KEPT_SECONDS, found)
        return found

    def _keep(self, key: tuple[str, str], seconds: float, found: bool | None) -> None:
        with self._gate:
            _put(self._known, key, (time.monotonic() + seconds, found))


def _put(kept: dict[tuple[str, str], Value], key: tuple[str, str], value: Value) -> None:
    """Keep a value as the newest; the oldest go."""
    kept.pop(key, None)
    while len(kept) >= KEPT_MOST:
        del kept[next(iter(kept))]
    kept[key] = value


def _network(address: str) -> str:
    """Return the network that one name server answers for: /24, of version 6 /64."""
    size = 64 if ":" in address else 24
    return str(ipaddress.ip_network(f"{address}/{size}", strict=False))


def confirmed(name: str, address: str) -> bool:
    """Ask whether an address has a name of this crawler's operator, and the name the address.

    Raises NoAnswer, ValueError where there is no address or no name server.
    """
    parsed = ipaddress.ip_address(address)
    server = dns.server_of(NAME_SERVER())
    kind = dns.A if parsed.version == 4 else dns.AAAA
    return any(
        str(parsed) in dns.addresses_of(host, kind, server)
        for host in dns.names_of(str(parsed), server)[:5]
        if host.endswith(NAMES[name])
    )


KNOWN = Names()
