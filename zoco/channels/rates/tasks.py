"""Background work of rates. It may run twice: each letter has its key."""

from django_tasks import task

from zoco.channels.rates.models import Destination
from zoco.channels.rates.telling import block_told


@task()
def block_tell(destination: int) -> None:
    """Tell owners that a destination blocks an account."""
    found = Destination.objects.select_related("account").filter(pk=destination, is_block=True).first()
    if found is not None:
        block_told(found)
