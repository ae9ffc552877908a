"""What a flag tells a unit, and why, in OpenFeature's words. By hash, so that nothing is kept of anybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zoco.trials.assigning import place_of
from zoco.trials.deciding import Decision, Reason
from zoco.trials.flags.models import Flag, Kind
from zoco.trials.flags.rules import Rule, value_of

IsIn = Callable[[int, int], bool]
"""Whether a person (second) is in an audience (first), by their numbers."""


def evaluated(flag: Flag, unit: int, props: Mapping[str, str], is_in: IsIn) -> Decision:
    """Return what a unit gets; 0 is nobody, whom no percentage below 100 and no audience holds."""
    if not flag.is_on:
        return _told(flag, flag.off_variant, Reason.DISABLED)
    for rule in flag.rules_read:
        if _fits(flag, rule, unit, props, is_in):
            return _told(flag, rule.variant, _why(rule))
    return _told(flag, flag.default_variant, Reason.DEFAULT if flag.rules else Reason.STATIC)


def _fits(flag: Flag, rule: Rule, unit: int, props: Mapping[str, str], is_in: IsIn) -> bool:
    if rule.prop and props.get(rule.prop) not in rule.values:
        return False
    if rule.audience and not (unit and is_in(rule.audience, unit)):
        return False
    if rule.percent >= 100:
        return True
    # By the variant and not by the rule's place: moving rules about deals nobody anew.
    return bool(unit) and place_of(flag.scope, unit, purpose=rule.variant.encode()) < rule.percent / 100


def _why(rule: Rule) -> Reason:
    if rule.percent < 100:
        return Reason.SPLIT
    return Reason.TARGETING_MATCH if rule.prop or rule.audience else Reason.STATIC


def _told(flag: Flag, key: str, reason: Reason) -> Decision:
    value = next((each.value for each in flag.variants_read if each.key == key), "")
    told = value_of(flag.kind, value) if value or flag.kind != "text" else key
    if flag.kind == Kind.NUMBER and not all(
        isinstance(value_of(flag.kind, each.value), int) for each in flag.variants_read
    ):
        told = float(told)  # clients tell 1 from 1.0: all variants of a flag are of one type
    return Decision(flag.key, key, told, reason, key == flag.off_variant, is_trial=False)
