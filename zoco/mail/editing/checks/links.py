"""Whether links lead somewhere: followed at once, in a bounded time; what was found holds for an hour.

It is kept in rows, so that every process knows what one has seen.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from hashlib import blake2b
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.kit.http import AddressRefused, FetchFailed, Limits, fetch
from zoco.mail.editing.checks.found import Check
from zoco.mail.editing.models import LinkFollowed

LINKS_MOST = 60
AT_ONCE = 8
SECONDS = 6.0
SECONDS_ALL = 20.0
HOLDS = timedelta(hours=1)
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
    now = timezone.now()
    rows = [LinkFollowed(mark=_mark(asked[each]), wrong=each.result()[:300], at=now) for each in done]
    LinkFollowed.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["mark"], update_fields=["wrong", "at"]
    )
    LinkFollowed.objects.filter(at__lt=now - HOLDS).delete()
    return len(late) + len(wanted[LINKS_MOST:])


def links_checked(addresses: Iterable[str], language: str) -> Iterator[Check]:
    """Give what is wrong with links, as far as they were followed within the last hour."""
    unknown = 0
    wanted = list(dict.fromkeys(addresses))
    marks = [_mark(each.partition("#")[0]) for each in wanted if _is_plain(each)]
    fresh = LinkFollowed.objects.filter(mark__in=marks, at__gt=timezone.now() - HOLDS)
    known = dict(fresh.values_list("mark", "wrong"))
    for address in wanted:
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
            found = known.get(_mark(address.partition("#")[0]))
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


def _mark(address: str) -> str:
    return blake2b(address.encode(), digest_size=20).hexdigest()
