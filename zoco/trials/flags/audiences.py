"""Audiences as flags know them: which there are, who is in one. A host without people has none."""

from __future__ import annotations

from functools import cache

from django.apps import apps

from zoco.trials.flags.evaluating import IsIn


def audiences_known() -> list[tuple[int, str]]:
    """Return the audiences that there are: number and name."""
    if not apps.is_installed("zoco.people"):
        return []
    from zoco.people.audiences.membership import audiences_known as known

    return known()


def is_in(audience: int, person: int) -> bool:
    """Return whether a person is in an audience, as it was when it was counted last."""
    if not apps.is_installed("zoco.people"):
        return False
    from zoco.people.audiences.membership import is_member

    return is_member(audience, person)


def is_in_kept() -> IsIn:
    """Return what asks whether a person is in an audience, once each: for one request with many flags."""
    return cache(is_in)


def those_there(persons: list[int]) -> set[int]:
    """Return which persons there are or were: also those who were merged. All, in a host without people."""
    if not apps.is_installed("zoco.people"):
        return set(persons)
    from zoco.people.standing import known_of

    return known_of(persons)


def ledger_number(person: int) -> int:
    """Return the number that the ledger has for a person whom programs tell by his own."""
    if not apps.is_installed("zoco.people"):
        return person
    from zoco.people.models import NUMBER_BASE

    return NUMBER_BASE | person
