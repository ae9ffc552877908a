"""Which identity of a person is used: one of each kind and system, the oldest unless it was chosen."""

from collections.abc import Iterable

from zoco.people.models import Identity, Person


def mains_of(person: Person) -> dict[tuple[str, str], int]:
    """Return what is used, by kind and system."""
    rows = person.identities.filter(is_main=True).order_by("-pk")
    return {(kind, space): pk for kind, space, pk in rows.values_list("kind", "space", "pk")}


def mains_fill(person: Person, *, rather: Iterable[int] = ()) -> None:
    """Let one be used of each kind and system where none is: one of these if there is, else the oldest."""
    has, preferred = mains_of(person), set(rather)
    rows = person.identities.order_by("pk").values_list("kind", "space", "pk")
    for kind, space, pk in sorted(rows, key=lambda row: (row[2] not in preferred, row[2])):
        if (kind, space) not in has:
            has[kind, space] = pk
            Identity.objects.filter(pk=pk).update(is_main=True)


def mains_taken_over(gone: Person, kept: Person) -> list[int]:
    """Let the survivor's stay used, before identities move; returns what `mains_given_back` needs."""
    mine, used = mains_of(kept), Identity.objects.filter(person__in=(gone, kept), is_main=True)
    before = sorted(used.values_list("pk", flat=True))
    theirs = used.filter(person=gone).values_list("kind", "space", "pk")
    spare = [pk for kind, space, pk in theirs if (kind, space) in mine]
    Identity.objects.filter(pk__in=spare).update(is_main=False)
    return before


def mains_given_back(gone: Person, kept: Person, before: Iterable[int]) -> None:
    """Let be used what was before a merge, after identities moved back; what was chosen since stays so."""
    gone.identities.exclude(pk__in=before).update(is_main=False)
    gone.identities.filter(pk__in=before).update(is_main=True)
    mains_fill(gone)
    mains_fill(kept, rather=before)
