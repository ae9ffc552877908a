"""Who knows what was spent: reports ask here, and know no tables of the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from zoco.kit.periods import Period
    from zoco.ledger.sitebook import SiteInfo

NUMBERS = {
    "cost": "decimal(18,4)", "lacks": "int64", "impressions": "int64", "clicks": "int64",
    "planned": "decimal(18,4)", "margin_percent": "decimal(18,4)",
}  # fmt: skip
COLUMNS = ("campaign", "channel", "source", "medium", "content", "is_plan", *NUMBERS)
"""Of a line of what is listed, in this order, with the types of those that are numbers or "".

`lacks` is 1 where some of the cost has no exchange rate; a line of a plan has no cost, and `is_plan` 1.
"""
Basis = Literal["net", "gross"]
Provider = Callable[["SiteInfo", "Period", Basis, bool], str]

_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Register who lists costs of a site and period: "net" or "gross", by creative or not."""
    _providers[:] = [provider]


def costs_listed(site: SiteInfo, period: Period, basis: str, *, with_creatives: bool) -> str:
    """Return the costs as lines of cells for `expr.listed`, "" where there are none."""
    return _providers[0](site, period, cast("Basis", basis), with_creatives) if _providers else ""
