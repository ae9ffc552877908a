"""Moving as a Django app."""

from datetime import datetime

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MovingConfig(AppConfig):
    """Sites that begin anew, and sites that move between installations."""

    name = "zoco.moving"
    label = "zoco_moving"
    verbose_name = _("Moving of sites")
    default_auto_field = "django.db.models.BigAutoField"
    area = ""

    def ready(self) -> None:
        """Take part where sites are forgotten, uploads are counted and known visitors looked for."""
        from zoco.moving import erasing  # noqa: F401
        from zoco.sites import leaving, uploads
        from zoco.sites.consenting import visitors

        leaving.forget_by("moving", _site_forget)
        uploads.begun_by("archives", _uploads_to_come)
        visitors.NUMBERED_ELSEWHERE.append(_is_numbered_elsewhere)


def _is_numbered_elsewhere(site: int) -> bool:
    from zoco.moving.running import came_from_elsewhere

    return came_from_elsewhere(site)


def _site_forget(site: int, until: datetime) -> None:
    from zoco.moving.running import site_forget

    site_forget(site, until)


def _uploads_to_come() -> list[int]:
    from zoco.moving.moving import uploads_to_come

    return uploads_to_come()
