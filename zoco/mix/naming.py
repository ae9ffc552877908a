"""What channels and outcomes are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zoco.ledger.asking.converting import goals_converting
from zoco.mix.weeks import HOLIDAYS, REST, UNNAMED

if TYPE_CHECKING:
    from zoco.mix.models import ChannelTest, MediaMix, RegionalTest


def channel_name(name: str) -> str:
    """Return what a channel is called."""
    return {REST: _("All other sources"), UNNAMED: _("Without a source"), HOLIDAYS: _("Public holidays")}.get(
        name, name
    )


def outcome_name(row: MediaMix | ChannelTest | RegionalTest) -> str:
    """Return what a model explains, or a test measured."""
    if row.is_revenue:
        return _("Revenue")
    return row.goal or _("All conversions")


def goals_now(site: int) -> list[str]:
    """Return by which goals conversions are counted now."""
    return sorted(goal.name for goal in goals_converting(site))
