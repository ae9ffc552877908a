"""Accounts by which things leave, and messages with their fates."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.channels.bulk.models import Batch
from zoco.channels.domains.models import DkimKey, DomainChange, SendingDomain
from zoco.channels.rates.models import Bucket, Destination, Rate, WarmUp
from zoco.consent.models import Purpose

__all__ = [
    "KEY_LONGEST", "OPEN", "Account", "Batch", "Bucket", "Destination", "DkimKey", "DomainChange", "Message",
    "Proof", "Rate", "SendingDomain", "Told", "WarmUp",
]  # fmt: skip
KEY_LONGEST = 100


class Account(models.Model):
    """One way out of an adapter: a mail server, an address that is told. Its secrets are sealed."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    adapter = models.CharField(_("kind"), max_length=40, editable=False)
    name = models.CharField(
        pgettext_lazy("account", "name"), max_length=80, unique=True, help_text=_("Only you see it.")
    )
    options = models.JSONField(_("settings"), default=dict, editable=False)
    secrets = models.TextField(_("secrets"), blank=True, editable=False)
    is_on = models.BooleanField(pgettext_lazy("account", "on"), default=True, editable=False)
    is_default = models.BooleanField(
        _("usual"),
        default=False,
        editable=False,
        help_text=_("What names no account leaves by this one."),
    )
    checked_at = models.DateTimeField(_("last test"), null=True, editable=False)
    failure = models.CharField(_("last test failed with"), max_length=300, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = pgettext_lazy("channels", "account")
        verbose_name_plural = pgettext_lazy("channels", "accounts")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["adapter"],
                condition=models.Q(is_default=True),
                name="zoco_channels_one_usual_account",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """One message and its fate. `body` is kept only as long as it may have to be sent from here."""

    class State(models.TextChoices):
        """How far it is. What is claimed has not been handed over; what is handed over may have arrived."""

        WAITS = "waits", pgettext_lazy("message", "waits")
        CLAIMED = "claimed", pgettext_lazy("message", "is next")
        HANDED = "handed", pgettext_lazy("message", "is being handed over")
        SENT = "sent", pgettext_lazy("message", "sent")
        REFUSED = "refused", pgettext_lazy("message", "not allowed")
        FAILED = "failed", pgettext_lazy("message", "failed")
        UNCERTAIN = "uncertain", pgettext_lazy("message", "not known whether it arrived")

    uid = models.UUIDField(unique=True)
    key = models.CharField(max_length=KEY_LONGEST, unique=True)
    account = models.ForeignKey(
        Account,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("channels", "account"),
    )
    adapter = models.CharField(_("kind"), max_length=40)
    batch = models.ForeignKey(
        Batch, models.CASCADE, null=True, editable=False, related_name="+", db_index=False
    )
    person = models.ForeignKey(
        "zoco_people.Person", models.CASCADE, null=True, related_name="+", verbose_name=_("person")
    )
    to = models.CharField(_("to"), max_length=254, blank=True)
    purpose = models.CharField(_("purpose"), max_length=13, choices=Purpose.choices, blank=True)
    topic = models.CharField(_("topic"), max_length=40, blank=True)
    campaign = models.CharField(_("campaign"), max_length=100, blank=True)
    about_kind = models.CharField(max_length=40, blank=True)
    about = models.CharField(max_length=100, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.JSONField(null=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITS)
    because = models.CharField(max_length=20, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    code = models.CharField(max_length=40, blank=True)
    known_as = models.CharField(max_length=250, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    unknowns = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("created"))
    next_at = models.DateTimeField(_("not before"), null=True)
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index("state", "next_at", name="zoco_channels_due"),
            models.Index("person", "id", name="zoco_channels_of_person"),
            models.Index("account", "state", "id", name="zoco_channels_of_account"),
            models.Index(
                "batch",
                "state",
                "next_at",
                "id",
                condition=models.Q(batch__isnull=False),
                name="zoco_channels_of_batch",
            ),
            models.Index(
                "done_at", "about_kind", name="zoco_channels_over", condition=models.Q(batch__isnull=True)
            ),
            models.Index(
                Lower("to"), name="zoco_channels_to_nobody", condition=models.Q(person__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.key


class Told(models.Model):
    """Something that another side told of a message, once under its name there. `batch` is the message's."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    event = models.CharField(max_length=100)
    told = models.CharField(max_length=12)
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="told")
    batch = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                "batch",
                "told",
                "id",
                condition=models.Q(batch__isnull=False),
                name="zoco_channels_told_of_batch",
            ),
            models.Index("account", "told", "at", name="zoco_channels_told_of_account"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["account", "event"], name="zoco_channels_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.told} {self.event}"


class Proof(models.Model):
    """The mark of a request that told something, kept as long as it would be taken: it serves once."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    mark = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["account", "mark"], name="zoco_channels_proof_once"),
        ]

    def __str__(self) -> str:
        return self.mark


OPEN = (Message.State.WAITS, Message.State.CLAIMED, Message.State.HANDED)
"""States in which something may still become of a message."""
