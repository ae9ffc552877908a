"""Who looked: a person, a service that fetches for its readers, or a scanner.

Evidence has weights; what reaches 1 is a scanner's. One weak sign alone makes nobody a machine: people press
links quickly, too. The heaviest evidence is the reason. What a trap or a burst tells holds for what was
seen before it as well, so verdicts are settled only when TRAP_REACH has passed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from zoco.mail.counting import signs as seen

TRAP_REACH = timedelta(minutes=10)
"""For how long before and after the hidden link was followed a message is in a machine's hands."""
BURST = timedelta(seconds=5)
BURST_LINKS = 3
ALL_WITHIN = timedelta(seconds=10)
AT_ONCE, SOON = timedelta(seconds=3), timedelta(seconds=15)
ENOUGH = 1.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at a message; `link` tells its links apart, empty for openings."""

    kind: str
    at: datetime
    link: str = ""
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on one look and its reason; people need none."""

    verdict: str
    reason: str = ""


def judged(looks: Sequence[Seen], *, sent_at: datetime | None, links: int) -> list[Judged]:
    """Return the verdict on each look of one message, in their order. `links` are those that it has."""
    return [_one(each, looks, sent_at, links) for each in looks]


def _one(look: Seen, looks: Sequence[Seen], sent_at: datetime | None, links: int) -> Judged:
    privacy = next((each for each in look.signs if each.startswith(seen.PRIVACY)), "")
    if look.kind == "open" and privacy:
        return Judged("privacy", privacy)
    found = [*_own(look), *_early(look, sent_at), *_beside(look, looks, links)]
    if sum(weight for weight, _reason in found) < ENOUGH:
        return Judged("person")
    return Judged("scanner", max(found, key=lambda each: each[0])[1])


def _own(look: Seen) -> Iterator[tuple[float, str]]:
    """Yield what the request itself says."""
    for sign in look.signs:
        if sign == seen.HEAD or sign.startswith(seen.PROGRAM):
            yield ENOUGH, sign
        elif sign.startswith(seen.GATEWAY):
            yield 0.7, sign
        elif sign == seen.NO_LANGUAGE and look.kind == "click":
            yield 0.4, sign


def _early(look: Seen, sent_at: datetime | None) -> Iterator[tuple[float, str]]:
    """Yield how soon after sending it was: nobody reads a letter that arrives this second."""
    if sent_at is None:
        return
    after = look.at - sent_at
    if after < AT_ONCE:
        yield 0.7, "seconds after sending"
    elif after < SOON:
        yield 0.3, "seconds after sending"


def _beside(look: Seen, looks: Sequence[Seen], links: int) -> Iterator[tuple[float, str]]:
    """Yield what else was done with the message around that time."""
    if any(each.kind == "trap" and abs(each.at - look.at) <= TRAP_REACH for each in looks):
        yield ENOUGH, "hidden link followed"
    if look.kind != "click":
        return
    near = [each for each in looks if each.kind == "click" and abs(each.at - look.at) <= ALL_WITHIN]
    if links >= BURST_LINKS and len({each.link for each in near}) >= links:
        yield ENOUGH, "all links at once"
    elif len({each.link for each in near if abs(each.at - look.at) <= BURST}) >= BURST_LINKS:
        yield 0.7, "many links at once"
    heads = (each for each in looks if seen.HEAD in each.signs and each.link == look.link)
    if any(timedelta(0) <= look.at - each.at <= TRAP_REACH for each in heads):
        yield 0.7, "asked for the head before"
