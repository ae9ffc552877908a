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
        """Let people be forgotten with their facts, and rules of audiences be known."""
        from zoco.people import erasing  # noqa: F401
        from zoco.people.audiences import behaviour, keeping, membership, plain  # noqa: F401
