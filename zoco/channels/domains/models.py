"""Sending domains, their keys, and how what was found of them changed."""

from uuid import uuid4

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

NAME = r"^(?=.{4,253}\Z)(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.)+(?!-)[a-z0-9-]{2,63}(?<!-)\Z"
SELECTOR = r"^(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*\Z"


class SendingDomain(models.Model):
    """The part behind the @ of addresses that mail comes from, in ASCII. `findings` are of the last look."""

    class State(models.TextChoices):
        """What the last look found."""

        NEW = "new", pgettext_lazy("sending domain", "not looked at yet")
        GOOD = "good", pgettext_lazy("sending domain", "good")
        WARNING = "warning", pgettext_lazy("sending domain", "could be better")
        BAD = "bad", pgettext_lazy("sending domain", "mail is at risk")

    name = models.CharField(
        pgettext_lazy("sending domain", "domain"),
        max_length=253,
        unique=True,
        validators=[RegexValidator(NAME, _("Write a domain such as shop.example."))],
    )
    hosts = models.CharField(
        _("own mail servers"),
        max_length=500,
        blank=True,
        help_text=_(
            "Names or addresses of the servers from which mail of this domain goes out into the world, "
            "where they are your own. Empty where a provider sends."
        ),
    )
    selectors = models.CharField(
        _("selectors of a provider"),
        max_length=300,
        blank=True,
        help_text=_("Where a provider signs: the names of keys (DKIM) that it gave you, such as s1 s2."),
    )
    is_signing = models.BooleanField(
        _("sign here"),
        default=True,
        help_text=_("What leaves by a mail server is signed with the key of this domain, if it has one."),
    )
    keep_days = models.PositiveSmallIntegerField(
        _("days that an old key is kept"),
        default=7,
        help_text=_("Letters on their way still need it. After that take its record out of DNS."),
    )
    state = models.CharField(
        pgettext_lazy("sending domain", "state"),
        max_length=7,
        choices=State.choices,
        default=State.NEW,
        editable=False,
    )
    findings = models.JSONField(default=list, editable=False)
    checked_at = models.DateTimeField(_("last look"), null=True, editable=False)
    excuse = models.CharField(_("reason to send all the same"), max_length=300, blank=True, editable=False)
    excused_at = models.DateTimeField(null=True, editable=False)
    excused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("sending domain")
        verbose_name_plural = _("sending domains")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DkimKey(models.Model):
    """A key of a domain. Its private half is sealed; the public one is what DNS must tell."""

    class State(models.TextChoices):
        """A new one signs once DNS has its record; the one before it stays for what is on its way."""

        NEW = "new", pgettext_lazy("key", "waits for its record")
        CURRENT = "current", pgettext_lazy("key", "signs")
        OLD = "old", pgettext_lazy("key", "was replaced")

    class Kind(models.TextChoices):
        """What large mailboxes know is RSA; Ed25519 goes beside it."""

        RSA = "rsa", "RSA-2048"
        ED25519 = "ed25519", "Ed25519"

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    domain = models.ForeignKey(SendingDomain, models.CASCADE, related_name="keys")
    selector = models.CharField(
        _("selector"),
        max_length=63,
        validators=[RegexValidator(SELECTOR, _("Write small letters, digits and hyphens."))],
    )
    kind = models.CharField(pgettext_lazy("key", "kind"), max_length=7, choices=Kind.choices)
    secret = models.TextField(editable=False)
    public = models.TextField(editable=False)
    state = models.CharField(pgettext_lazy("key", "state"), max_length=7, choices=State.choices)
    seen_at = models.DateTimeField(_("seen in DNS"), null=True, editable=False)
    replaced_at = models.DateTimeField(_("replaced"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = pgettext_lazy("mail", "key")
        verbose_name_plural = pgettext_lazy("mail", "keys")
        ordering = ["-id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["domain", "selector"], name="zoco_channels_one_selector"),
            models.UniqueConstraint(
                fields=["domain", "kind"],
                condition=models.Q(state="current"),
                name="zoco_channels_one_key_signs",
            ),
            models.UniqueConstraint(
                fields=["domain", "kind"],
                condition=models.Q(state="new"),
                name="zoco_channels_one_key_waits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.selector}._domainkey.{self.domain.name}"


class DomainChange(models.Model):
    """What one check found otherwise than before; the lines stay as long as the domain."""

    domain = models.ForeignKey(SendingDomain, models.CASCADE, related_name="changes")
    check_key = models.CharField(max_length=20)
    was = models.CharField(max_length=7, blank=True)
    now = models.CharField(max_length=7)
    said = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        indexes = [models.Index("domain", "id", name="zoco_channels_changes")]

    def __str__(self) -> str:
        return f"{self.check_key} {self.was} → {self.now}"
