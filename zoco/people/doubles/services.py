"""What is proposed, and saying that two are two."""

from django.db.models import QuerySet

from zoco.people.doubles.models import Likeness
from zoco.people.editing import Hand


def proposed() -> QuerySet[Likeness]:
    """Return the pairs that nobody decided upon, the newest first."""
    return (
        Likeness.objects.filter(state=Likeness.State.PROPOSED, low__merged_into=None, high__merged_into=None)
        .select_related("low", "high")
        .order_by("-id")
    )


def likeness_reject(*, key: int, hand: Hand) -> bool:
    """Remember that two are not the same; returns whether that is new. They may still be merged by hand."""
    some = Likeness.objects.filter(pk=key, state=Likeness.State.PROPOSED)
    return bool(some.update(state=Likeness.State.NOT_SAME, decided_by=hand.by, decided_at=hand.at))
