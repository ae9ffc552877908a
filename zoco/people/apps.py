"""People as a Django app."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class PeopleConfig(AppConfig):
    """People, their identities and attributes."""

    name = "zoco.people"
    label = "zoco_people"
    verbose_name = pgettext_lazy("area", "People")
    default_auto_field = "django.db.models.BigAutoField"
    area = "research"

    def ready(self) -> None:
        """Let people be forgotten with their facts, rules of audiences be known, and uploads be counted."""
        from zoco.people import erasing  # noqa: F401
        from zoco.people.audiences import behaviour, keeping, membership, plain  # noqa: F401
        from zoco.sites import uploads

        uploads.begun_by("people", _uploads_to_come)


def _uploads_to_come() -> list[int]:
    from zoco.people.importing.running import RUNS

    return RUNS.to_come()
