"""Periodic work of the project: what accounts leave behind, verdicts after the fact."""

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.utils import timezone

from zoco.kit.periodic import PERIODIC, Periodic
from zoco.project.env import CHANGES_DAYS
from zoco.project.worker import judging


def sessions_clear() -> None:
    """Delete log-ins that have expired."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


def changes_drop() -> None:
    """Drop lines of the log of changes whose time is up."""
    from zoco.project.models import Change

    if days := CHANGES_DAYS():
        Change.objects.filter(at__lt=timezone.now() - timedelta(days=days)).delete()


PERIODIC.add(Periodic("project.changes", 86_400, changes_drop))
PERIODIC.add(Periodic("project.judging", judging.EVERY_SECONDS, judging.recent))
PERIODIC.add(Periodic("project.sessions", 86_400, sessions_clear))
