"""Costs that a file passes over: they stand where it says all, and it names them no more.

A seller who renames an ad, or parts a day otherwise than before, would else be counted twice. What a file
says all of is its cover: each campaign, source, medium, account and currency that it names, from the first to
the last day that it has of that source and account.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from django.db.models import Q

from zoco.campaigns.costs.importing.made import Key
from zoco.campaigns.costs.importing.summing import sums_from
from zoco.campaigns.costs.models import Cost

COUNTS = Q(amount__gt=0) | Q(impressions__gt=0) | Q(clicks__gt=0)
SCOPE = ("campaign", "source", "medium", "account", "currency")
BEHIND = ("~", 0)
Scope = tuple[int, str, str, str, str]


def passed_over(site: int, sums: Path, days: list[str]) -> dict[str, list[int]]:
    """Return keys of costs that a file takes the place of without naming them.

    `absent` are imported ones in its cover; `typed` are those that somebody typed as one sum of a campaign,
    day and source, of which the file has parts. `days` are the first and last of the file.
    """
    found: dict[str, list[int]] = {"absent": [], "typed": []}
    if not days:
        return found
    rows = Cost.objects.filter(COUNTS, campaign__site=site, on__gte=days[0], on__lte=days[-1])
    scopes, spans = _cover(sums, set(rows.order_by().values_list(*SCOPE).distinct()))
    named = rows.order_by("on", "campaign_id", "pk").values_list(
        "pk", "is_imported", "on", "campaign", "source", "medium", "creative", "account", "currency"
    )
    groups, at, keys, sources = _groups(sums), ("", 0), set[Key](), set[str]()
    for pk, is_imported, on, campaign, source, medium, creative, account, currency in named.iterator():
        day = on.isoformat()
        while at < (day, campaign):
            at, keys = next(groups, (BEHIND, set()))
            sources = {key[2] for key in keys}
        is_here = at == (day, campaign)
        if is_here and (day, campaign, source, medium, creative, account, currency) in keys:
            continue
        if not is_imported:
            if is_here and source in sources and not (medium or creative or account):
                found["typed"].append(pk)
        elif (campaign, source, medium, account, currency) in scopes:
            first, last = spans[source, account]
            if first <= day <= last:
                found["absent"].append(pk)
    return found


def _cover(sums: Path, there: set[Scope]) -> tuple[set[Scope], dict[tuple[str, str], tuple[str, str]]]:
    """Return what a file says all of, so far as costs are `there`, and its days of sources and accounts."""
    scopes, spans = set[Scope](), dict[tuple[str, str], tuple[str, str]]()
    accounts = {(source, account) for _campaign, source, _medium, account, _currency in there}
    for _place, line in sums_from(sums, 0):
        day, campaign, source, medium, _creative, account, currency = line.key
        scope = (campaign, source, medium, account, currency)
        if scope in there:
            scopes.add(scope)
        if (source, account) in accounts:  # sums are sorted by day
            spans[source, account] = (spans.get((source, account), (day, day))[0], day)
    return scopes, spans


def _groups(sums: Path) -> Iterator[tuple[tuple[str, int], set[Key]]]:
    """Yield what a file names of each day and campaign, in this order."""
    lines = (line for _place, line in sums_from(sums, 0))
    for at, same in groupby(lines, key=lambda line: line.key[:2]):
        yield at, {line.key for line in same}
