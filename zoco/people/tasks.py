"""Background work on people. It may run twice."""

from collections.abc import Sequence

from django.utils import timezone
from django_tasks import task


@task()
def person_erase(person: int, merged: Sequence[int] = ()) -> None:
    """Erase a person from everything, and give the bytes back.

    Who was merged is named by whoever asks: killed once the people are gone, a second run would find no trace
    of them, and their numbers would stay in sets. Who was merged since is named as well.
    """
    from zoco.ledger.erasing import facts_erase
    from zoco.ledger.store.opening import store
    from zoco.people.erasing import merged_with
    from zoco.people.models import NUMBER_BASE

    persons = [NUMBER_BASE | each for each in sorted(merged_with([person, *merged]))]
    facts_erase(store=store(), persons=persons, at=timezone.now())
