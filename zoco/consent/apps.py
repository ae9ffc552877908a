"""Consent as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    """Choices, suppressed addresses, caps and quiet hours."""

    name = "zoco.consent"
    label = "zoco_consent"
    verbose_name = _("Permission")
    default_auto_field = "django.db.models.BigAutoField"
    area = "retain"

    def ready(self) -> None:
        """Let choices be merged, imported and erased with people, be a rule of audiences, stand on a page."""
        from zoco.consent import erasing, importing, leaves, merging, naming, panels  # noqa: F401
