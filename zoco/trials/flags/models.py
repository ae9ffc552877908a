"""Flags and their changes."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger.asking.within import WithinManager, within
from zoco.trials.flags.rules import Rule, Variant, rules_read, variants_read


class Kind(models.TextChoices):
    """What programs are told."""

    BOOLEAN = "boolean", _("on or off")
    TEXT = "text", _("a text")
    NUMBER = "number", _("a number")


class Whom(models.TextChoices):
    """By what percentages are dealt."""

    VISITOR = "visitor", _("a visitor of a day, also without consent")
    BROWSER = "browser", _("a browser that consented, for as long as it keeps its id")
    PERSON = "person", _("a known person, told by your own programs")


class Flag(models.Model):
    """A switch of a site: off, everybody gets `off_variant`; on, the first rule that fits says what."""

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    name = models.CharField(pgettext_lazy("flag", "name"), max_length=80)
    key = models.CharField(
        _("key"),
        max_length=40,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9_.-]{0,39}\Z")],
        help_text=_("What pages and programs call it: small letters, digits, hyphens. It stays."),
    )
    note = models.TextField(_("note"), max_length=2_000, blank=True, help_text=_("What it is for."))
    unit = models.CharField(_("who is dealt"), max_length=8, choices=Whom.choices, default=Whom.VISITOR)
    kind = models.CharField(
        _("what programs are told"), max_length=8, choices=Kind.choices, default=Kind.BOOLEAN
    )
    is_on = models.BooleanField(pgettext_lazy("flag", "is on"), default=False)
    is_public = models.BooleanField(
        _("pages may ask"),
        default=True,
        help_text=_("Pages and browsers are told it. Off, only programs with a key are."),
    )
    variants = models.JSONField(_("variants"), default=list)
    off_variant = models.CharField(
        _("when it is off"), max_length=40, help_text=_("The key of the variant that everybody gets then.")
    )
    default_variant = models.CharField(
        _("where no rule fits"), max_length=40, help_text=_("The key of the variant.")
    )
    rules = models.JSONField(_("rules"), default=list)
    hash_site = models.PositiveBigIntegerField(null=True, editable=False)
    """By the number of which site units are dealt: that of the site where it was made, also when it moved."""
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    changed_at = models.DateTimeField(editable=False)

    objects = WithinManager()

    class Meta:
        app_label = "zoco_trials"
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        ordering: ClassVar[list[str]] = ["key"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "key"], name="zoco_trials_one_flag_of_a_key"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def variants_read(self) -> tuple[Variant, ...]:
        """What may be told."""
        return variants_read(self.variants)

    @property
    def rules_read(self) -> tuple[Rule, ...]:
        """Who gets which, the first that fits."""
        return rules_read(self.rules)

    @property
    def scope(self) -> str:
        """What its hashes are of."""
        return f"{self.hash_site or self.site_id}/flag/{self.key}"


class FlagChange(models.Model):
    """How a flag was after a change, by whom and when; rows are only added."""

    flag = models.ForeignKey(Flag, models.CASCADE, related_name="changes")
    what = models.CharField(max_length=10)
    fields = models.JSONField(default=list)
    after = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField()

    objects = within("flag__site")

    class Meta:
        app_label = "zoco_trials"
        default_permissions = ()
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.flag_id} {self.what} {self.at}"
