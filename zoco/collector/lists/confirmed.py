"""Crawlers confirmed by name: an address is called by a name of its operator, and that name has the address.

Off unless VERIFY_CRAWLERS is set. While facts come in nobody waits: what is not known yet is looked up in
the background, and facts until then are judged by the lists alone. Whoever reads a log waits, `patiently`.
Addresses are in memory only, for a day at most.
"""

import ipaddress
import logging
import queue
import threading
import time

from zoco.collector.lists import dns
from zoco.kit import conf

log = logging.getLogger(__name__)

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
_GOOGLE = (".googlebot.com", ".google.com", ".googleusercontent.com")
NAMES = {
    **dict.fromkeys(
        (
            "Googlebot", "Googlebot-Image", "Googlebot-News", "Googlebot-Video", "Googlebot-Mobile",
            "APIs-Google", "Storebot-Google", "Google-InspectionTool", "GoogleOther", "AdsBot-Google",
            "Mediapartners-Google",
        ),
        _GOOGLE,
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


def is_named(name: str) -> bool:
    """Say whether this crawler is confirmed by name here."""
    return name in NAMES and VERIFY_CRAWLERS()


class Names:
    """What is known of addresses: whether they are the crawler's own. One for each process; any thread."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[float, bool | None]] = {}
        self._waiting: queue.Queue[tuple[str, str]] = queue.Queue(WAITING_MOST)
        self._gate = threading.Lock()
        self._thread: threading.Thread | None = None

    def is_own(self, name: str, address: str, *, patiently: bool = False) -> bool | None:
        """Say whether an address is this crawler's own; None where that is not known (yet)."""
        key = (name, address)
        until, found = self._known.get(key, (0.0, None))
        if time.monotonic() < until:
            return found
        if patiently:
            return self._looked_up(key)
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
                self._looked_up(key)
            except Exception:
                log.exception("A crawler's name could not be looked up.")

    def _looked_up(self, key: tuple[str, str]) -> bool | None:
        try:
            found: bool | None = confirmed(*key)
        except (OSError, ValueError) as error:
            log.warning("The name server does not help with a crawler. crawler=%s error=%s", key[0], error)
            found = None
        self._keep(key, AGAIN_SECONDS if found is None else KEPT_SECONDS, found)
        return found

    def _keep(self, key: tuple[str, str], seconds: float, found: bool | None) -> None:
        with self._gate:
            if len(self._known) >= KEPT_MOST:
                self._known.clear()
            self._known[key] = (time.monotonic() + seconds, found)


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
