"""Whether links lead somewhere: followed at once, in a bounded time; what was found is kept for an hour."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from hashlib import blake2b
from urllib.parse import urlsplit

from django.core.cache import cache
from django.utils.translation import gettext as _

from zoco.kit.http import AddressRefused, FetchFailed, Limits, fetch
from zoco.mail.editing.checks.found import Check

LINKS_MOST = 60
AT_ONCE = 8
SECONDS = 6.0
SECONDS_ALL = 20.0
KEPT_SECONDS = 3_600
_GONE = {404, 410}
_NOT_SAID = {400, 401, 403, 405, 406, 429, 451, 501, 503, 999}
"""What a server answers to programs that it does not like, or that ask too often: the page may be there."""


def links_follow(addresses: Iterable[str]) -> int:
    """Follow links, each once; returns how many there was no time for."""
    wanted = list(dict.fromkeys(each.partition("#")[0] for each in addresses if _is_plain(each)))
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="links")
    asked = {pool.submit(_wrong, each): each for each in wanted[:LINKS_MOST]}
    done, late = wait(asked, timeout=SECONDS_ALL)
    pool.shutdown(wait=False, cancel_futures=True)
    for each in done:
        cache.set(_key(asked[each]), each.result(), KEPT_SECONDS)
    return len(late) + len(wanted[LINKS_MOST:])


def links_checked(addresses: Iterable[str], language: str) -> Iterator[Check]:
    """Give what is wrong with links, as far as they were followed within the last hour."""
    unknown = 0
    for address in dict.fromkeys(addresses):
        shown = {"address": address[:120]}
        if not address or (not _scheme(address) and not address.startswith(("#", "{{"))):
            yield Check(
                "link-nowhere",
                "bad",
                _("A link to “%(address)s” names no host.") % shown,
                _("Write the whole address, or choose the letter's site in its settings."),
                language,
            )
        elif _is_plain(address):
            found = cache.get(_key(address.partition("#")[0]))
            unknown += found is None
            if found:
                yield Check(
                    "link-dead",
                    "bad",
                    _("%(address)s does not lead to a page: %(why)s") % {**shown, "why": found},
                    _("Mend the address, or take the link out."),
                    language,
                )
    if unknown:
        words = _("Nobody looked within the last hour whether the links lead somewhere.")
        yield Check("link-unknown", "warn", words, _("Press “Follow the links”."), language)


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""


def _is_plain(address: str) -> bool:
    return address.startswith(("http://", "https://")) and "{{" not in address and "{%" not in address


def _wrong(address: str) -> str:
    """Return what is wrong with an address, nothing where a page is there or nobody can say."""
    try:
        status = fetch(address, method="HEAD", limits=Limits(seconds=SECONDS / 2)).status
        if status >= 400:
            headers = {"Range": "bytes=0-1023"}
            status = fetch(address, headers=headers, limits=Limits(seconds=SECONDS / 2)).status
    except AddressRefused as wrong:
        return str(wrong)
    except FetchFailed as wrong:
        return "" if "more than" in str(wrong) and "bytes" in str(wrong) else str(wrong)
    is_wrong = status in _GONE or (status >= 400 and status not in _NOT_SAID)
    return f"HTTP {status}" if is_wrong else ""


def _key(address: str) -> str:
    return f"zoco-link-{blake2b(address.encode(), digest_size=20).hexdigest()}"
