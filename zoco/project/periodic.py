"""Periodic work of the project: what accounts leave behind."""

from importlib import import_module

from django.conf import settings

from zoco.kit.periodic import PERIODIC, Periodic


def sessions_clear() -> None:
    """Delete log-ins that have expired."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


PERIODIC.add(Periodic("project.sessions", 86_400, sessions_clear))
