"""Background work on people. It may run twice."""

from django.utils import timezone
from django_tasks import task


@task()
def person_erase(person: int) -> None:
    """Erase a person from everything, and give the bytes back.

    Who was merged a moment ago is named as well: the ledger may not have heard of it yet.
    """
    from zoco.ledger.erasing import facts_erase
    from zoco.ledger.store.opening import store
    from zoco.people.erasing import merged_with
    from zoco.people.models import NUMBER_BASE

    persons = [NUMBER_BASE | each for each in sorted(merged_with([person]))]
    facts_erase(store=store(), persons=persons, at=timezone.now())
