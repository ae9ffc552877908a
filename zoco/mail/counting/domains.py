"""What became of letters by the domain that they went to: each large mailbox treats senders its own way."""

from dataclasses import dataclass

from zoco.mail.counting.figures import Share, share
from zoco.mail.counting.tallies import NONE, OTHERS, Counts, Tally, added

DOMAINS_MOST = 25


@dataclass(frozen=True, slots=True)
class DomainFigures:
    """Letters to one domain; an empty one stands for all that are not shown by themselves."""

    domain: str
    tried: int
    """Of which something became: taken, not taken, or nobody knows."""
    delivered: Share
    failed: Share
    bounced: Share
    opened: Share
    clicked: Share
    complained: Share


def domain_figures(tally: Tally) -> list[DomainFigures]:
    """Return the figures of each domain, the largest first."""
    named = [each for each, counts in tally.domains.items() if each not in ("", OTHERS) and counts.tried]
    order = sorted(named, key=lambda each: (-tally.domains[each].tried, each))
    rest = tally.domains.get(OTHERS, NONE)
    for each in order[DOMAINS_MOST:]:
        rest = added(rest, tally.domains[each])
    found = [_figures(each, tally.domains[each]) for each in order[:DOMAINS_MOST]]
    return [*found, _figures("", rest)] if rest.tried else found


def _figures(domain: str, counts: Counts) -> DomainFigures:
    return DomainFigures(
        domain=domain,
        tried=counts.tried,
        delivered=share(counts.delivered, counts.tried),
        failed=share(counts.failed, counts.tried),
        bounced=share(counts.bounced, counts.sent),
        opened=share(counts.opened, counts.delivered),
        clicked=share(counts.clicked, counts.delivered),
        complained=share(counts.complained, counts.delivered),
    )
