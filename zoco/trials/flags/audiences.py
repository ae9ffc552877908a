"""Audiences as flags know them: which there are, who is in one. A host without people has none."""

from __future__ import annotations

from django.apps import apps


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
