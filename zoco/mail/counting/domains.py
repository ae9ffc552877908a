"""What became of letters by the domain that they went to: each large mailbox treats senders its own way."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Expression, F, QuerySet, Value
from django.db.models.functions import Lower, StrIndex, Substr

from zoco.channels.models import Message, Told
from zoco.mail.counting.figures import Share, share
from zoco.mail.counting.models import Look
from zoco.mail.counting.scope import Scope

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


def domain_figures(scope: Scope) -> list[DomainFigures]:
    """Return the figures of each domain, the largest first. Five queries for any number of messages."""
    ended = scope.messages.exclude(to="").filter(
        state__in=(Message.State.SENT, Message.State.FAILED, Message.State.UNCERTAIN)
    )
    states = _counted(ended, "", "state")
    told = _counted(Told.objects.filter(message__in=scope.sent), "message__", "told")
    looks = Look.objects.filter(
        batch__in=scope.batches, message__in=scope.sent.values("uid"), verdict=Look.Verdict.PERSON
    )
    opened = _counted(looks.exclude(kind=Look.Kind.TRAP), "message__")
    clicked = _counted(looks.filter(kind=Look.Kind.CLICK), "message__")
    sizes: Counter[str] = Counter()
    for (domain, _state), n in states.items():
        sizes[domain] += n
    order = sorted(sizes, key=lambda each: (-sizes[each], each))
    groups = [[each] for each in order[:DOMAINS_MOST]]
    rest = order[DOMAINS_MOST:]
    return [_figures(each, states, told, opened, clicked) for each in ([*groups, rest] if rest else groups)]


def _figures(
    domains: list[str],
    states: Counter[tuple[str, str]],
    told: Counter[tuple[str, str]],
    opened: Counter[tuple[str, str]],
    clicked: Counter[tuple[str, str]],
) -> DomainFigures:
    def of(counted: Counter[tuple[str, str]], name: str = "") -> int:
        return sum(counted[domain, name] for domain in domains)

    sent, failed = of(states, Message.State.SENT), of(states, Message.State.FAILED)
    tried = sent + failed + of(states, Message.State.UNCERTAIN)
    bounced = min(of(told, "bounced"), sent)
    delivered = sent - bounced
    return DomainFigures(
        domain=domains[0] if len(domains) == 1 else "",
        tried=tried,
        delivered=share(delivered, tried),
        failed=share(failed, tried),
        bounced=share(bounced, sent),
        opened=share(of(opened), delivered),
        clicked=share(of(clicked), delivered),
        complained=share(of(told, "complained"), delivered),
    )


def _counted(rows: QuerySet[Any], way: str, name: str = "") -> Counter[tuple[str, str]]:
    """Count messages by domain and one more column."""
    columns = ("domain", name) if name else ("domain",)
    message = f"{way.removesuffix('__')}" if way else "pk"
    listed = rows.order_by().annotate(domain=domain_of_address(f"{way}to")).values_list(*columns)
    found: Counter[tuple[str, str]] = Counter()
    for row in listed.annotate(n=Count(message, distinct=True)):
        found[row[0], row[1] if name else ""] += row[-1]
    return found


def domain_of_address(column: str) -> Expression:
    """Return what stands behind the @ of an address."""
    return Lower(Substr(F(column), StrIndex(F(column), Value("@")) + 1))
