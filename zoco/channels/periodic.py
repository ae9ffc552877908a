"""Periodic work of channels: what waited, what a crash left, secrets that an older key sealed."""

from django.utils import timezone

from zoco.channels import due, services
from zoco.kit.periodic import PERIODIC, Periodic


def send() -> None:
    """Send what is due."""
    due.due_send(now=timezone.now())


def reseal() -> None:
    """Seal secrets with the key that is in force."""
    services.accounts_reseal()


PERIODIC.add(Periodic("channels.due", 20, send))
PERIODIC.add(Periodic("channels.secrets", 3_600, reseal))
