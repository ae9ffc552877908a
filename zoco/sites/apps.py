"""The sites as a Django app; it tells the ledger which sites there are."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SitesConfig(AppConfig):
    """Sites and what is published of them."""

    name = "zoco.sites"
    label = "zoco_sites"
    verbose_name = _("Sites")
    default_auto_field = "django.db.models.BigAutoField"
    area = ""

    def ready(self) -> None:
        """Provide the ledger's book of sites, and why a visit is of its channel."""
        from django.contrib.auth.signals import user_logged_in

        from zoco.ledger import sitebook
        from zoco.ledger.views.facts import explain
        from zoco.sites import reads
        from zoco.sites.consenting.persons import logged_in
        from zoco.sites.sourcing.asking import why_url

        sitebook.provide(reads.site_infos)
        explain("channel", why_url)
        user_logged_in.connect(logged_in, dispatch_uid="zoco_sites")
