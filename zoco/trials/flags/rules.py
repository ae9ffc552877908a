"""What a flag is made of: variants with what programs are told, and rules; the first that fits holds.

A rule fits by what the asker says of himself (a property of the context), by an audience for known persons,
and by a percentage of units: those stay in it as it grows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext_noop

from zoco.trials.designs import KEY, DesignWrong

VARIANTS_MOST, RULES_MOST, VALUES_MOST = 10, 20, 100
VALUE_LONGEST, WORD_LONGEST = 1_000, 100


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the things that are told: its key and its value, as text."""

    key: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Whoever fits gets `variant`, as far as the percentage goes.

    `prop` is a property of the context and `values` what it may be; "" for whoever asks. `audience` is the
    number of an audience, 0 for none. Both must fit where both are given.
    """

    variant: str
    percent: float = 100.0
    prop: str = ""
    values: tuple[str, ...] = ()
    audience: int = 0


def variants_read(kept: Any) -> tuple[Variant, ...]:
    """Return variants as they were kept. Raises DesignWrong."""
    found: tuple[Variant, ...] = _read(kept, Variant)
    return found


def rules_read(kept: Any) -> tuple[Rule, ...]:
    """Return rules as they were kept. Raises DesignWrong."""
    found: tuple[Rule, ...] = _read(kept, Rule)
    return found


def kept_of(parts: Sequence[Variant] | Sequence[Rule]) -> list[dict[str, Any]]:
    """Return variants or rules as they are kept."""
    found: list[dict[str, Any]] = msgspec.to_builtins(list(parts))
    return found


def value_of(kind: str, text: str) -> bool | float | int | str:
    """Return what programs are told. Raises DesignWrong."""
    if kind == "boolean":
        if text not in ("true", "false"):
            raise DesignWrong(gettext_noop("The values of a flag that is on or off are true and false."))
        return text == "true"
    if kind == "number":
        return _number(text)
    return text


def _number(text: str) -> float | int:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or len(text) > 30:
        raise DesignWrong(gettext_noop("“%(value)s” is no number; write it like 12.5."), value=text[:40])
    return int(number) if number == int(number) and abs(number) < 2**53 else number


def flag_check(
    kind: str, variants: Sequence[Variant], rules: Sequence[Rule], chosen: Sequence[str], *, unit: str
) -> None:
    """Hold a flag to what can be told; `chosen` are its variants off and by default. Raises DesignWrong."""
    keys = [each.key for each in variants]
    if not 1 <= len(variants) <= VARIANTS_MOST:
        raise DesignWrong(gettext_noop("A flag has 1 to %(most)s variants."), most=VARIANTS_MOST)
    if len(set(keys)) < len(keys):
        raise DesignWrong(gettext_noop("Two variants have the same key; give each its own."))
    for each in variants:
        if not KEY.fullmatch(each.key):
            words = gettext_noop(
                "%(key)s is no key: small letters without accents, digits, hyphens, underscores and points."
            )
            raise DesignWrong(words, key=each.key[:40].replace("\0", "") or "“”")
        if len(each.value) > VALUE_LONGEST or "\0" in each.value:
            raise DesignWrong(gettext_noop("The value of a variant is too long, or holds what is no text."))
        value_of(kind, each.value)
    if len(rules) > RULES_MOST:
        raise DesignWrong(gettext_noop("A flag has at most %(most)s rules."), most=RULES_MOST)
    for name in [*chosen, *(each.variant for each in rules)]:
        if name not in keys:
            words = gettext_noop("The flag has no variant %(key)s; choose one of its own.")
            raise DesignWrong(words, key=name[:40].replace("\0", "") or "“”")
    for rule in rules:
        _rule_check(rule, unit)


def _rule_check(rule: Rule, unit: str) -> None:
    if not (math.isfinite(rule.percent) and 0 < rule.percent <= 100):
        raise DesignWrong(gettext_noop("The percentage of a rule lies above 0, up to 100."))
    words = (rule.prop, *rule.values)
    if len(rule.values) > VALUES_MOST or any(len(each) > WORD_LONGEST or "\0" in each for each in words):
        raise DesignWrong(gettext_noop("A rule has too many or too long values."))
    if bool(rule.prop) != bool(rule.values):
        raise DesignWrong(gettext_noop("A rule names a property and at least one value of it, or neither."))
    if rule.audience and unit != "person":
        raise DesignWrong(gettext_noop("Only known persons are in an audience; let the flag be of persons."))


def _read(kept: Any, kind: Any) -> Any:
    try:
        return tuple(msgspec.convert(kept, list[kind]))
    except msgspec.ValidationError as error:
        raise DesignWrong(
            gettext_noop("What is kept of a flag cannot be read: %(why)s."), why=str(error)
        ) from error
