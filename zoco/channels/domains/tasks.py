"""Background work of sending domains. Each task may run twice."""

from django.utils import timezone
from django_tasks import task

from zoco.channels.domains.looking import domain_look, domains_due
from zoco.channels.domains.models import SendingDomain
from zoco.channels.domains.telling import owners_tell


@task()
def domain_renew(domain: int) -> None:
    """Look at a domain again."""
    now = timezone.now()
    if domain not in domains_due(now):
        return
    found = SendingDomain.objects.get(pk=domain)
    if domain_look(domain=found, at=now):
        owners_tell(found)


@task()
def domain_tell(domain: int) -> None:
    """Tell owners that a domain went bad."""
    found = SendingDomain.objects.filter(pk=domain).first()
    if found is not None:
        owners_tell(found)
