"""The rows of a file of costs: tried out and added up, then written, some hundred sums at a time.

Each few sums are one transaction with the place behind them, so that a process may die anywhere: whoever goes
on begins where the last transaction ended.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone

from zoco.campaigns.costs.importing.made import Line, Options
from zoco.campaigns.costs.importing.mapping import CostRefused, Mapper
from zoco.campaigns.costs.importing.passing import passed_over
from zoco.campaigns.costs.importing.summing import sums_from, sums_write
from zoco.campaigns.costs.models import Cost, CostImport
from zoco.campaigns.costs.services import costs_planned, costs_put, costs_voided, sources_of
from zoco.campaigns.models import Campaign
from zoco.kit.runs import Tell
from zoco.people.importing.files.reading import rows_from
from zoco.people.importing.files.refusals import refusal_packed
from zoco.people.importing.uploaded import REFUSED as REFUSED
from zoco.people.importing.uploaded import ROWS as ROWS

CHUNK = 1_000
"""Sums of one transaction: more would let others who write wait for seconds."""
UNKNOWN_MOST = 20
SUMS = "sums.jsonl"


def campaigns_named(site: int) -> dict[str, int]:
    """Return keys of the campaigns of a site, by name and by code in small letters; codes go first."""
    found = list(Campaign.objects.filter(site=site).order_by("id").values_list("name", "code", "pk"))
    by_name = {name.casefold(): pk for name, _code, pk in found}
    return by_name | {code.casefold(): pk for _name, code, pk in found}


def mapper_of(run: CostImport) -> Mapper:
    """Return what reads the rows of an import."""
    today = run.created_at.astimezone(ZoneInfo(run.site.zone)).date()
    options = Options(**run.options)
    return Mapper(
        run.columns,
        run.mapping,
        options,
        campaigns=campaigns_named(run.site_id),
        today=today,
        sources=sources_of(run.site_id),
    )


def cost_of(line: Line, options: Options) -> Cost:
    """Return a sum as the cost that it is to be."""
    _day, campaign, source, medium, creative, account, currency = line.key
    return Cost(
        campaign_id=campaign, on=line.on, source=source, medium=medium, creative=creative, account=account,
        currency=currency, amount=line.amount, impressions=line.impressions, clicks=line.clicks,
        with_vat=options.with_vat, vat_percent=options.vat,
    )  # fmt: skip


def plan(run: CostImport, folder: Path, scratch: Path, tell: Tell) -> None:
    """Add the rows up, note those that are refused, and see what would come of it. Raises RunStopped."""
    counts, unknown = Counter[str](), Counter[str]()
    sums = sums_write(_lines(run, folder, tell, counts, unknown), folder / SUMS, scratch)
    found: dict[str, Any] = {"sums": sums, "rows": run.found.get("rows", run.total)}
    options, currencies, days = Options(**run.options), dict[str, str](), list[str]()
    lines = sums_from(folder / SUMS, 0)
    while some := [line for _place, line in islice(lines, CHUNK)]:
        counts += costs_planned([cost_of(each, options) for each in some])
        for each in some:
            currencies.setdefault(each.key[-1], each.key[0])
        days = [days[0] if days else some[0].key[0], some[-1].key[0]]
        tell()
    passed = passed_over(run.site_id, folder / SUMS, days)
    counts += Counter({name: len(keys) for name, keys in passed.items()})
    run.plan = dict(counts)
    names = [name for name, _count in unknown.most_common(UNKNOWN_MOST)]
    run.found = found | {"days": days, "currencies": currencies, "unknown": names}


def _lines(
    run: CostImport, folder: Path, tell: Tell, counts: Counter[str], unknown: Counter[str]
) -> Iterator[Line]:
    """Yield the rows that can be read; the others are counted and written down."""
    mapper = mapper_of(run)
    with (folder / REFUSED).open("wb") as report:
        for number, (_place, row) in enumerate(rows_from(folder / ROWS, 0), 1):
            if number % CHUNK == 0:
                tell(done=number)
            if mapper.is_total(row):
                counts["totals"] += 1
                continue
            try:
                line = mapper.line(row)
            except CostRefused as wrong:
                counts["refused"] += 1
                if name := wrong.places.get("name"):
                    unknown[str(name)] += 1
                report.write(refusal_packed(row, wrong))
            else:
                counts["rows"] += 1
                yield line


def write(run: CostImport, folder: Path, tell: Tell) -> None:
    """Write sums from where it stopped to the end. Raises RunStopped."""
    options = Options(**run.options)
    sums = sums_from(folder / SUMS, run.place)
    while some := list(islice(sums, CHUNK)):
        for is_last in (False, True):
            try:
                _chunk(run, [cost_of(line, options) for _place, line in some], some[-1][0])
            except IntegrityError:  # somebody wrote one of these days, or deleted a campaign, meanwhile
                if is_last:
                    raise
            else:
                break
        tell(done=run.done)
    _passed(run, folder, tell)


def _passed(run: CostImport, folder: Path, tell: Tell) -> None:
    """Let count 0 what the file passes over; what did so before this was cut off is not found again."""
    passed = passed_over(run.site_id, folder / SUMS, run.found.get("days", []))
    for name, keys in passed.items():
        for place in range(0, len(keys), CHUNK):
            some = keys[place : place + CHUNK]
            with transaction.atomic():
                at = timezone.now()
                counts = Counter(run.counts) + Counter({name: costs_voided(keys=some, run=run, at=at)})
                CostImport.objects.filter(pk=run.pk).update(counts=dict(counts), told_at=at)
            run.counts = dict(counts)
            tell(done=run.done)


def _chunk(run: CostImport, costs: list[Cost], place: int) -> None:
    with transaction.atomic():
        at = timezone.now()
        there = set(
            Campaign.objects.filter(pk__in={each.campaign_id for each in costs}).values_list("pk", flat=True)
        )
        kept = [each for each in costs if each.campaign_id in there]
        counts = Counter(run.counts) + (costs_put(costs=kept, run=run, at=at) if kept else Counter())
        if gone := len(costs) - len(kept):
            counts["gone"] += gone
        done = run.done + len(costs)
        CostImport.objects.filter(pk=run.pk).update(counts=dict(counts), done=done, place=place, told_at=at)
    run.counts, run.done, run.place = dict(counts), done, place


def day_of(text: str) -> date:
    """Return a day of `found`."""
    return date.fromisoformat(text)
