"""Letters, one edition for each language, and what editions were before."""

from uuid import uuid4

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.consent.models import KEY, Purpose
from zoco.ledger.pictures.labels import language_within

SUBJECT_LONGEST = 250
LANGUAGE = RegexValidator(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}\Z", _("Write a language as es or zh-Hans."))


class Letter(models.Model):
    """What is written to people. `key` names it to programs; marketing of no topic is about all of it."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(
        pgettext_lazy("letter", "name"), max_length=120, help_text=_("Only you and your colleagues see it.")
    )
    key = models.CharField(
        _("key for programs"),
        max_length=60,
        blank=True,
        validators=[KEY],
        help_text=_("A program sends this letter by its key, such as order-confirmed. Empty: none may."),
    )
    purpose = models.CharField(
        _("purpose"), max_length=13, choices=Purpose.choices, default=Purpose.MARKETING
    )
    topic = models.CharField(_("topic"), max_length=40, blank=True)
    account = models.ForeignKey(
        "zoco_channels.Account",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("letter", "sent by"),
    )
    site = models.ForeignKey(
        "zoco_sites.Site",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("site"),
        help_text=_("Addresses without a host lead there."),
    )
    is_counted = models.BooleanField(
        _("count openings and clicks"),
        default=True,
        help_text=_("By a small image, and by links that lead through this installation."),
    )
    look = models.JSONField(default=dict, blank=True, editable=False)
    is_template = models.BooleanField(_("template"), default=False, editable=False)
    """New letters may begin as this one."""
    is_archived = models.BooleanField(_("archived"), default=False, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("created"))
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-changed_at", "-id"]
        permissions = [("send_letter", "Can send letters")]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=~models.Q(key=""),
                name="zoco_mail_one_letter_of_a_key",
                violation_error_message=_("Another letter has this key."),
            ),
        ]
        indexes = [
            models.Index(fields=["is_archived", "-changed_at", "-id"], name="zoco_mail_letters_listed")
        ]

    def __str__(self) -> str:
        return self.name


class Written(models.Model):
    """What somebody wrote in one language: blocks, or a source of his own."""

    class Kind(models.TextChoices):
        """Of what it is made."""

        BLOCKS = "blocks", _("blocks")
        MJML = "mjml", "MJML"
        HTML = "html", "HTML"

    language = models.CharField(_("language"), max_length=20, validators=[LANGUAGE])
    subject = models.CharField(_("subject"), max_length=SUBJECT_LONGEST, blank=True)
    preview = models.CharField(
        _("preview line"),
        max_length=SUBJECT_LONGEST,
        blank=True,
        help_text=_("What stands beside the subject in a list of mails."),
    )
    kind = models.CharField(_("made of"), max_length=6, choices=Kind.choices, default=Kind.BLOCKS)
    blocks = models.JSONField(default=list, blank=True)
    source = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def tongue(self) -> str:
        """The name of its language within a sentence."""
        return language_within(self.language)


class Edition(Written):
    """A letter in one language. The first one is read by whoever reads none of the others."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="editions")
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = pgettext_lazy("letter", "edition")
        verbose_name_plural = pgettext_lazy("letter", "editions")
        ordering = ["letter_id", "id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["letter", "language"], name="zoco_mail_one_edition_a_language"),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id}: {self.language}"


class EditionChange(Written):
    """An edition as it was until somebody changed it."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="changes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = pgettext_lazy("letter", "earlier edition")
        verbose_name_plural = pgettext_lazy("letter", "earlier editions")
        ordering = ["-at", "-id"]
        default_permissions = ()
        indexes = [models.Index(fields=["letter", "language", "-id"], name="zoco_mail_changes_of_edition")]

    def __str__(self) -> str:
        return f"{self.letter_id}: {self.language} {self.at:%Y-%m-%d}"


class LinkFollowed(models.Model):
    """What was found where a link of a letter leads, when it was followed last; empty where a page is."""

    mark = models.CharField(max_length=40, unique=True)
    """A digest of its address."""
    wrong = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.mark[:8]}: {self.wrong}"
