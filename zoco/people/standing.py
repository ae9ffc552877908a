"""Who stands for whom: whoever was merged is whom he was merged into, also by way of others."""

from zoco.people.models import Person


def standing(person: Person) -> Person:
    """Return who stands for a person now."""
    while person.merged_into_id is not None:
        person = Person.objects.get(pk=person.merged_into_id)
    return person


def standing_for(key: int) -> int | None:
    """Return who stands for a person now, by key; None where nobody is there any more."""
    seen: set[int] = set()
    while key not in seen:
        seen.add(key)
        into = list(Person.objects.filter(pk=key).values_list("merged_into_id", flat=True))
        if not into:
            return None
        if into[0] is None:
            return key
        key = into[0]
    return None


def known_of(keys: list[int]) -> set[int]:
    """Return which of these numbers are of people, of those who were merged too."""
    return set(Person.objects.filter(pk__in=keys).values_list("pk", flat=True))
