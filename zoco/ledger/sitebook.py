"""What the ledger must know of sites. The app `sites` lies above and says it through this."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop

from zoco.kit.commands import program
from zoco.kit.periods import Period, midnight
from zoco.kit.said import Said

DEFAULT_ORIGIN = "tracker"
# What counts on days that are given to an import: no page view of the site's own.
ELSEWHERE = "import"
PLAIN_TRACKER = "/z.js"


class SiteUnknown(Said, LookupError):
    """There is no such site."""


class NoSiteSeen(SiteUnknown):
    """There are sites, but none that may be seen."""

    def __init__(self) -> None:
        super().__init__(gettext_noop("Your account may see no site; ask an owner for one."))


class NoSiteYet(SiteUnknown):
    """There is no site at all. `command` makes one."""

    def __init__(self) -> None:
        self.command = f'{program()} site add "My shop" --host shop.example --counting log'
        super().__init__(gettext_noop("There is no site yet; make one: %(command)s"), command=self.command)


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """A site as reports see it. `counting` is the origin whose page views count today: tracker or log.

    `counted` says from which local day on each origin counted, earliest first; empty: always today's.
    """

    id: int
    slug: str
    name: str
    zone: str
    currency: str
    week_start: int
    counting: str
    is_demo: bool
    hostnames: tuple[str, ...] = ()
    counted: tuple[tuple[date, str], ...] = ()
    tracker: str = PLAIN_TRACKER
    """Address of the tracker on the site's own host."""

    @property
    def image(self) -> str:
        """Address of the image that counts browsers without scripts."""
        return "/e.gif" if self.tracker == PLAIN_TRACKER else self.tracker.removesuffix(".js") + ".gif"

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """Its host names with and without www, as collectors take both for the site's own."""
        bare = dict.fromkeys(name.removeprefix("www.") for name in self.hostnames)
        return tuple(name for each in bare for name in (each, f"www.{each}"))

    def counting_in(self, period: Period) -> tuple[tuple[int, str], ...]:
        """Return the origins that count in a period and from when on (UTC microseconds), never none."""
        changes = self.counted or ((date.min, self.counting),)
        origin = DEFAULT_ORIGIN
        for since, chosen in changes:
            origin = chosen if since <= period.first else origin
        found = [(period.start, origin)]
        for since, chosen in changes:
            if period.first < since <= period.last and chosen != found[-1][1]:
                found.append((midnight(since, period.zone), chosen))
        return tuple(found)


_providers: list[Callable[[], list[SiteInfo]]] = []


def provide(provider: Callable[[], list[SiteInfo]]) -> None:
    """Register who knows the sites; called once, by the app that owns them."""
    _providers[:] = [provider]


_only: ContextVar[frozenset[str] | None] = ContextVar("zoco_sites", default=None)


def sites() -> list[SiteInfo]:
    """Return all sites, the default one first; those of `only` where it was said."""
    known = _providers[0]() if _providers else []
    some = _only.get()
    return known if some is None else [info for info in known if info.slug in some]


_asks_for_all: ContextVar[bool] = ContextVar("zoco_sites_all", default=False)
NOBODYS = 0
"""In place of a site's key: facts that belong to no site."""


def only(slugs: Iterable[str] | None, *, asks: bool = False) -> None:
    """Leave nothing but some sites, by slug, for the rest of this request; None: all of them again.

    Whoever answers requests in reused threads says None before each. `asks`: it is somebody who sees these,
    and not work in the background, which sees all sites whomever it is for.
    """
    _only.set(None if slugs is None else frozenset(slugs))
    _asks_for_all.set(asks and slugs is None)


def sees_nobodys() -> bool:
    """Say whether who asks now sees what belongs to no site: somebody who sees all sites."""
    return _asks_for_all.get()


@contextmanager
def everything() -> Iterator[None]:
    """See all sites meanwhile: what is published or kept is of all, whoever gave the occasion."""
    token = _only.set(None)
    try:
        yield
    finally:
        _only.reset(token)


def seen() -> frozenset[int] | None:
    """Return the keys of the sites that may be seen, None where that is all of them."""
    return None if _only.get() is None else frozenset(info.id for info in sites())


def site(slug: str = "") -> SiteInfo:
    """Return the site with this slug, or the default one. Raises SiteUnknown, NoSiteYet, NoSiteSeen."""
    known = sites()
    for info in known:
        if slug in ("", info.slug):
            return info
    if not known:
        raise NoSiteYet if _only.get() is None else NoSiteSeen
    there = ", ".join(info.slug for info in known)
    words = gettext_noop("There is no site %(slug)r; there are: %(there)s.")
    raise SiteUnknown(words, slug=slug, there=there)
