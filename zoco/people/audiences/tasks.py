"""Background work of audiences. Each task may run twice."""

from django.utils import timezone
from django_tasks import task

from zoco.people.audiences import telling
from zoco.people.audiences.services import audience_count


@task()
def audience_renew(audience: int) -> None:
    """Count an audience by rules anew."""
    audience_count(key=audience, at=timezone.now())


@task()
def audience_tell(audience: int) -> None:
    """Tell who entered and left an audience."""
    telling.changes_tell(audience=audience)
