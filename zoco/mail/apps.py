"""Mail as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

STEPS = ("waits", "choices", "changing", "leaving", "messages.step", "merging")
"""Modules of journeys that register themselves."""


class MailConfig(AppConfig):
    """What comes back to us by mail, and what follows from it."""

    name = "zoco.mail"
    label = "zoco_mail"
    verbose_name = _("Mail")
    default_auto_field = "django.db.models.BigAutoField"
    area = "retain"

    def ready(self) -> None:
        """Let channels know dead addresses and where bounces come back to, and journeys hear of facts."""
        from zoco.channels import hearing as told
        from zoco.channels import judging, returning
        from zoco.channels.keeping import retaining
        from zoco.channels.rates import resting, waking
        from zoco.consent.suppressing import forget_by
        from zoco.kit.plugs import load_modules
        from zoco.mail import naming, past, surveys  # noqa: F401
        from zoco.mail.editing.single import ABOUT
        from zoco.mail.inbox import erasing, merging, panels, proofs  # noqa: F401
        from zoco.mail.inbox.judging import said_judge
        from zoco.mail.inbox.resting import addresses_resting, failure_count, failures_forget
        from zoco.mail.inbox.returning import verp_sender
        from zoco.mail.journeys import hearing, running
        from zoco.mail.sending import keeping, making  # noqa: F401
        from zoco.mail.sending.told import look_told

        judging.provide(said_judge, failure_count)
        returning.provide(verp_sender)
        retaining.provide({ABOUT})
        told.provide(look_told)
        resting.provide(addresses_resting)
        forget_by(failures_forget)
        waking.provide(running.steps_wake)
        load_modules(f"zoco.mail.journeys.{name}" for name in STEPS)
        hearing.subscribe()
