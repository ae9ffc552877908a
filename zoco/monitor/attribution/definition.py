"""The definition of a site's conversions: kept as rules, used by every report that speaks of conversions."""

from collections.abc import Sequence

from django.db import transaction

from zoco.ledger.asking import goals
from zoco.monitor.attribution.models import ConversionRule
from zoco.monitor.reports.conversions.defined import Definition


def rule_of(site: int) -> ConversionRule:
    """Return the rule that holds for a site, by its key; where nobody wrote one, one that is not saved."""
    latest = ConversionRule.objects.filter(site=site).order_by("-id").first()
    return latest or ConversionRule(site_id=site)


def definition_of(site: int) -> Definition:
    """Return what reports count by. Goals that are gone count no more; nor do visits that last."""
    rule = rule_of(site)
    wanted = {name.casefold() for name in rule.goals}
    known = goals.goals_of_facts(site)
    chosen = tuple(each for each in known if not wanted or each.name.casefold() in wanted)
    return Definition(chosen, rule.lookback_days, rule.is_by_person)


def rule_set(
    *, site: int, goals: Sequence[str], lookback_days: int, is_by_person: bool, by: int | None
) -> ConversionRule:
    """Let a site count by other words from now on. Earlier rules stay, to be read. Raises ValidationError."""
    rule = ConversionRule(
        site_id=site,
        goals=list(goals),
        lookback_days=lookback_days,
        is_by_person=is_by_person,
        created_by_id=by,
    )
    rule.full_clean()
    rule.save()
    return rule


@transaction.atomic
def rules_follow(*, site: int, was: str, now: str) -> None:
    """Let the rule of a site, by its key, go on by a goal that gets another name."""
    rule = ConversionRule.objects.select_for_update().filter(site=site).order_by("-id").first()
    if rule is not None:
        rule.goals = [now if name.casefold() == was.casefold() else name for name in rule.goals]
        rule.save(update_fields=["goals"])
