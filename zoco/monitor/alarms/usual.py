"""The kinds of alarms, and how careful each is at the three settings that a person may choose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.monitor.alarms.detecting import Rule
from zoco.monitor.alarms.others.kinds import OF_COSTS, OF_LETTERS, OTHERS
from zoco.monitor.alarms.watched import PAGE, SECTION

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Kind:
    """What may go wrong. `measure` "" lets a person choose it; without a `rule` the newest fact tells."""

    key: str
    label: StrOrPromise
    measure: str
    rule: Rule | None


KINDS: dict[str, Kind] = {
    each.key: each
    for each in (
        Kind("silence", _("No facts arrive"), "facts", None),
        Kind("tracker", _("The tracker is gone from pages"), "page_views",
             Rule(is_fall=True, share=0.95, part_odds=1e-6, only=(PAGE, SECTION), is_gone=True)),
        Kind("fall", _("Something falls"), "", Rule(is_fall=True, share=0.25, odds=1e-3, part_odds=3e-5)),
        Kind("rise", _("Something rises"), "", Rule(is_fall=False, share=1.0, odds=1e-6, least=20)),
        Kind("not_found", _("A wave of pages not found"), "not_found",
             Rule(is_fall=False, share=2.0, odds=1e-6, least=20)),
        Kind("failures", _("A wave of failed requests"), "failures",
             Rule(is_fall=False, share=2.0, odds=1e-6, least=15)),
        Kind("bots", _("A wave of bots"), "bots", Rule(is_fall=False, share=1.5, odds=1e-6, least=50)),
        Kind("spam", _("A wave of spam"), "spam", Rule(is_fall=False, share=2.0, odds=1e-6, least=20)),
        *(Kind(*each, None) for each in OTHERS),
    )
}  # fmt: skip

# Set for a site by one button: kind and measure.
USUAL: tuple[tuple[str, str], ...] = (
    ("silence", "facts"),
    ("tracker", "page_views"),
    ("fall", "visits"),
    ("fall", "page_views"),
    ("fall", "orders"),
    ("not_found", "not_found"),
    ("failures", "failures"),
    ("bots", "bots"),
    ("spam", "spam"),
    ("export", "exports"),
    *((kind, measure) for kind, _label, measure in OTHERS if kind in (*OF_COSTS, *OF_LETTERS)),
)

# How much more (or less) than usual chance must be ruled out, and how much larger a difference must be.
CARE: dict[str, tuple[float, float]] = {"calm": (0.01, 1.4), "usual": (1.0, 1.0), "keen": (10.0, 0.7)}


def rule_of(kind: str, care: str = "usual") -> Rule | None:
    """Return the rule of a kind of alarm at a setting."""
    rule = KINDS[kind].rule
    if rule is None:
        return None
    odds, share = CARE[care]
    wanted = min(rule.share * share, 0.95) if rule.is_fall else rule.share * share
    return replace(rule, odds=rule.odds * odds, part_odds=rule.part_odds * odds, share=wanted)
