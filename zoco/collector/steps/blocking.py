"""The site's block lists: what is on them is refused, each kind with a reason of its own."""

from zoco.collector.event import Event
from zoco.collector.reasons import Reason, Refused
from zoco.collector.steps.verdict import Judgement
from zoco.sites.blocking.lists import Guard, guard_of

# Refusals that somebody wished for: nothing is wrong with what was sent.
WISHED = frozenset((Reason.BLOCKED_HOST, Reason.BLOCKED_PAGE, Reason.BLOCKED_ADDRESS, Reason.BLOCKED_COUNTRY))
FROM_OFFICE = Judgement("staff", "address of own staff")
MARKED = Judgement("staff", "browser marked as own staff")


def check_host(guard: Guard | None, host: str) -> None:
    """Raise Refused for a host that is blocked."""
    if guard is not None and guard.is_host(host):
        raise Refused(Reason.BLOCKED_HOST)


def check_page(guard: Guard | None, path: str) -> None:
    """Raise Refused for a page that is blocked."""
    if guard is not None and guard.is_page(path):
        raise Refused(Reason.BLOCKED_PAGE)


def check_caller(guard: Guard | None, address: str, country: str) -> None:
    """Raise Refused for an address, or a country, that is blocked."""
    if guard is None:
        return
    if guard.is_address(address):
        raise Refused(Reason.BLOCKED_ADDRESS)
    if country in guard.countries:
        raise Refused(Reason.BLOCKED_COUNTRY)


def staff_of(guard: Guard | None, address: str, mark: str, mark_of_site: str) -> Judgement | None:
    """Return the verdict on the site's own people, None for everybody else."""
    if mark and mark == mark_of_site:
        return MARKED
    return FROM_OFFICE if guard is not None and guard.is_staff(address) else None


def step(event: Event) -> Event:
    """Pass on what is on no list. Raises Refused."""
    guard = guard_of(event.site.left_out)
    check_host(guard, event.fact.host)
    check_page(guard, event.fact.path)
    check_caller(guard, event.address, event.fact.country)
    return event
