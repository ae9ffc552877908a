"""The ledger as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """Facts, the store and the reports that ask it."""

    name = "zoco.ledger"
    label = "zoco_ledger"
    verbose_name = _("Ledger")
    default_auto_field = "django.db.models.BigAutoField"
    area = ""

    def ready(self) -> None:
        """Share turns at the store, and know the plugs of others before any process answers."""
        from zoco.kit import conf
        from zoco.ledger.asking.others import load_plugs
        from zoco.ledger.outbox.copy import copy_from_segment
        from zoco.ledger.outbox.turns import turn_by_database
        from zoco.ledger.spool.folder import BEFORE_REMOVAL
        from zoco.ledger.store import opening

        if copy_from_segment not in BEFORE_REMOVAL:
            BEFORE_REMOVAL.append(copy_from_segment)
        opening.share_turns(turn_by_database)
        load_plugs(conf.PLUGS())
