"""Notices for owners on the admin's home page: the findings of `zoco check` that cannot wait.

A warning can be put away for a month by each account, an error cannot. Looked at once a minute a process.
"""

import time
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone, translation
from wagtail.admin.ui.components import Component  # type: ignore[attr-defined]

from zoco.project.health import checks
from zoco.project.health.findings import Finding
from zoco.project.health.page import line

NOTICED = ("disk", "salts", "worker", "addresses", "places", "spool", "destinations", "confirmations")
AWAY_DAYS = 30
KEPT_SECONDS = 60.0

_kept: dict[str, tuple[float, list[Finding]]] = {}


class NoticesPanel(Component):  # type: ignore[misc]
    """Stands above everything on the admin's home page, if there is anything to say."""

    name = "zoco-notices"
    order = 1
    template_name = "zoco/project/notices.html"

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Return the notices that this account has not put away."""
        found = notices_for(self.request.user)
        return {
            "notices": [(line(each), each.level == "warning") for each in found],
            "csrf_token": get_token(self.request),
        }


def forget() -> None:
    """Look again next time."""
    _kept.clear()


def notices_for(user: Any) -> list[Finding]:
    """Return what an account should know now, errors first."""
    away = _dismissed(user)
    now = timezone.now()
    return [
        each
        for each in sorted(_found(), key=lambda each: each.level != "error")
        if each.level == "error" or each.check not in away or away[each.check] < now
    ]


def dismiss(user: Any, check: str, *, until: datetime) -> None:
    """Put the notices of a check away for an account."""
    from wagtail.users.models import UserProfile

    profile = UserProfile.get_for_user(user)
    profile.dismissibles = {**profile.dismissibles, _key(check): until.isoformat()}
    profile.save(update_fields=["dismissibles"])


def _dismissed(user: Any) -> dict[str, datetime]:
    from wagtail.users.models import UserProfile

    kept = UserProfile.get_for_user(user).dismissibles
    found = {}
    for check in NOTICED:
        try:
            found[check] = datetime.fromisoformat(str(kept[_key(check)]))
        except (KeyError, ValueError):
            continue
    return found


def _key(check: str) -> str:
    return f"zoco-notice-{check}"


def _found() -> list[Finding]:
    code = translation.get_language() or ""
    now = time.monotonic()
    at, found = _kept.get(code, (0.0, []))
    if code not in _kept or now - at > KEPT_SECONDS:
        found = [each for each in checks.findings(NOTICED) if each.level != "ok"]
        _kept[code] = (now, found)
    return found
