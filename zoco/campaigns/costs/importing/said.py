"""What came, or would come, of an import of costs in words."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from zoco.campaigns.costs.importing import running, steps
from zoco.campaigns.costs.importing.made import Options
from zoco.campaigns.costs.importing.mapping import CostRefused
from zoco.campaigns.costs.models import CostImport
from zoco.campaigns.costs.rates import rates_of, taxed
from zoco.campaigns.models import Campaign
from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.people.importing.files.reading import rows_from
from zoco.sites.wording import said_whole

COUNTS: dict[str, Any] = {
    "new": pgettext_lazy("costs", "New costs"),
    "changed": pgettext_lazy("costs", "Stated anew: the earlier amount is kept beside it"),
    "same": pgettext_lazy("costs", "There already"),
    "absent": pgettext_lazy(
        "costs", "Gone from the file: they count 0, the earlier amount is kept beside it"
    ),
    "typed": pgettext_lazy(
        "costs", "Typed, and in the file in parts: they count 0, the sum is kept beside it"
    ),
    "refused": pgettext_lazy("costs", "Rows that are refused"),
    "totals": pgettext_lazy("costs", "Rows that add others up, left out"),
    "gone": pgettext_lazy("costs", "Left out: their campaign was deleted meanwhile"),
}
ALWAYS = ("new", "changed", "same", "refused")
SHOWN = 8
CENT = Decimal("0.01")


def counted(run: CostImport) -> list[tuple[str, str]]:
    """Return labels and figures, those first that are always told."""
    is_plan = run.state == CostImport.State.PLANNED
    plan: Mapping[str, int] = run.plan
    counts = plan if is_plan else run.counts | {name: plan.get(name, 0) for name in ("refused", "totals")}
    if not (plan if is_plan else run.counts):
        return []
    told = [each for each in COUNTS if each in ALWAYS or counts.get(each)]
    return [(str(COUNTS[each]), formats.count(counts.get(each, 0))) for each in told]


def warnings(run: CostImport) -> list[str]:
    """Say what the file leaves open: rates that are missing, campaigns that are not known."""
    site = sitebook.site(run.site.slug)
    rates = rates_of(site)
    said = [
        _("%(currency)s has no exchange rate on %(day)s: its amounts are kept, and not converted until you "
          "give one.") % {"currency": currency, "day": formats.day(steps.day_of(day))}
        for currency, day in sorted(run.found.get("currencies", {}).items())
        if rates.at(currency, steps.day_of(day)) is None
    ]  # fmt: skip
    if run.plan.get("absent") and run.plan.get("refused"):
        said.append(
            _("Amounts may be gone from the file only because rows are refused: look at these first.")
        )
    if names := run.found.get("unknown"):
        words = _("No campaign has these codes or names: %(names)s.")
        said.append(words % {"names": ", ".join(names)})
    return said


def period_said(run: CostImport) -> str:
    """Return the days that the file is about."""
    days = run.found.get("days")
    return formats.span(*(steps.day_of(each) for each in days)) if days else ""


def preview(run: CostImport) -> list[dict[str, Any]]:
    """Return the first rows as they will become."""
    mapper, options = steps.mapper_of(run), Options(**run.options)
    names = dict(Campaign.objects.filter(site=run.site_id).values_list("pk", "name"))
    found: list[dict[str, Any]] = []
    path = running.RUNS.path_of(run.pk) / steps.ROWS
    rows = (row for _place, row in rows_from(path, 0) if not mapper.is_total(row))
    for row in islice(rows, SHOWN):
        try:
            line = mapper.line(row)
        except CostRefused as wrong:
            found.append({"line": row[1], "wrong": said_whole(wrong)})
            continue
        _on, campaign, source, medium, creative, account, currency = line.key
        net = taxed(line.amount, with_vat=options.with_vat, vat_percent=options.vat, basis="net")
        found.append(
            {
                "line": row[1],
                "day": formats.day(line.on),
                "campaign": names.get(campaign, ""),
                "where": " / ".join(filter(None, (source, medium, account))),
                "creative": creative,
                "amount": formats.money_charged(net.quantize(CENT), currency),
                "impressions": "–" if line.impressions is None else formats.count(line.impressions),
                "clicks": "–" if line.clicks is None else formats.count(line.clicks),
            }
        )
    return found
