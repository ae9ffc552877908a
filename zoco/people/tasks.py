"""Background work on people. It may run twice."""

from django.utils import timezone
from django_tasks import task


@task()
def person_erase(person: int) -> None:
    """Erase a person from everything, and give the bytes back."""
    from zoco.ledger.erasing import facts_erase
    from zoco.ledger.store.opening import store
    from zoco.people.models import NUMBER_BASE

    facts_erase(store=store(), persons=[NUMBER_BASE | person], at=timezone.now())
