"""Campaigns, the links that lead to them, and the words that tags may be."""

import re
import secrets
from collections.abc import Collection
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator, URLValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.campaigns.days import days_check
from zoco.campaigns.tags import TAGS, tagged
from zoco.ledger import sitebook
from zoco.ledger.asking.within import WithinManager

ADDRESS_LONGEST = 2_000
# Without letters that are taken for one another when read aloud or from paper.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
SLUG_LENGTH = 6
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,59}")


class Campaign(models.Model):
    """A goal, a budget and a period; visits that bear its code are its own."""

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    name = models.CharField(pgettext_lazy("campaign", "name"), max_length=120)
    code = models.CharField(
        _("code"),
        max_length=100,
        validators=[RegexValidator(r"^[^\s@]+\Z", _("Write the code without spaces, such as spring-sale."))],
        help_text=_(
            "The value of utm_campaign, such as spring-sale. Visits that bore another code before keep it."
        ),
    )
    goal = models.CharField(_("goal"), max_length=80, blank=True, help_text=_("What it is meant to reach."))
    budget = models.DecimalField(
        _("budget"),
        max_digits=14,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(10) ** 11)],
        help_text=_("In the site's currency. 0: none is set."),
    )
    margin_percent = models.DecimalField(
        _("margin in percent"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        help_text=_("Of its revenue, what is left once goods and handling are paid. Empty: not known."),
    )
    roas_least = models.DecimalField(
        _("least return on ad spend"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text=_("Revenue for each unit spent, under which an alarm is raised. Empty: the alarm's own."),
    )
    cac_most = models.DecimalField(
        _("most that a visitor who converts may cost"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text=_("In the site's currency; over it an alarm is raised. Empty: the alarm's own."),
    )
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = WithinManager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint("site", Lower("code"), name="zoco_campaigns_one_campaign_of_a_code"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Hold the campaign to what it must be. Raises ValidationError."""
        days_check(starts_on=self.starts_on, ends_on=self.ends_on)
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day comes before the first.")})
        others = Campaign.objects.filter(site=self.site_id, code__iexact=self.code).exclude(pk=self.pk)
        if others.exists():
            raise ValidationError({"code": _("The site has a campaign of this code; choose another.")})


class Link(models.Model):
    """A short address that leads to a tagged one and counts the people who follow it."""

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    slug = models.CharField(
        _("short name"),
        max_length=60,
        unique=True,
        blank=True,
        validators=[RegexValidator(rf"^{SLUG.pattern}\Z", _("Write 2 to 60 letters, digits, - or _."))],
        help_text=_("The last part of the short address. Left empty, one is made."),
    )
    target = models.CharField(
        _("leads to"),
        max_length=ADDRESS_LONGEST,
        validators=[URLValidator(schemes=["http", "https"])],
        help_text=_("The whole address of the page, with https://."),
    )
    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, null=True, blank=True, related_name="links", verbose_name=_("campaign")
    )
    source = models.CharField(pgettext_lazy("touchpoint", "source"), max_length=100, blank=True)
    medium = models.CharField(_("medium"), max_length=100, blank=True)
    code = models.CharField(_("campaign code"), max_length=100, blank=True, editable=False)
    content = models.CharField(_("content"), max_length=100, blank=True)
    term = models.CharField(_("keyword"), max_length=100, blank=True)
    is_open = models.BooleanField(
        _("leads on"), default=True, help_text=_("Switched off, the link says that it has ended.")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = WithinManager()

    class Meta:
        verbose_name = _("short link")
        verbose_name_plural = _("short links")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.slug

    @property
    def tags(self) -> dict[str, str]:
        """The tags that the link puts on its target."""
        code = self.campaign.code if self.campaign else self.code
        return {**{name: getattr(self, name) for name in TAGS if name != "campaign"}, "campaign": code}

    @property
    def address(self) -> str:
        """Where the link leads, with its tags."""
        return tagged(self.target, self.tags)

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        """Hold the short name against those of all sites. Raises ValidationError."""
        with sitebook.everything():
            super().validate_unique(exclude)

    def clean(self) -> None:
        """Give a short name where there is none. Raises ValidationError for a campaign of another site."""
        self.slug = self.slug or new_slug()
        if self.campaign is not None and self.campaign.site_id != self.site_id:
            raise ValidationError({"campaign": _("This campaign belongs to another site.")})


def new_slug() -> str:
    """Return a short name that nobody guesses from another one."""
    return "".join(secrets.choice(LETTERS) for _each in range(SLUG_LENGTH))


class Word(models.Model):
    """A value that a tag may have on a site. Where a tag has any, others are warned about."""

    class Tag(models.TextChoices):
        """The tags that a vocabulary is kept for; campaigns are their own."""

        SOURCE = "source", pgettext_lazy("touchpoint", "source")
        MEDIUM = "medium", _("medium")
        CONTENT = "content", _("content")
        TERM = "term", _("keyword")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    tag = models.CharField(_("tag"), max_length=8, choices=Tag.choices)
    value = models.CharField(pgettext_lazy("tag", "value"), max_length=100)
    meaning = models.CharField(_("meaning"), max_length=200, blank=True)

    objects = WithinManager()

    class Meta:
        verbose_name = _("word for tags")
        verbose_name_plural = _("words for tags")
        ordering = ["site", "tag", "value"]
        constraints = [
            models.UniqueConstraint("site", "tag", Lower("value"), name="zoco_campaigns_one_word_of_a_tag"),
        ]

    def __str__(self) -> str:
        return self.value

    def clean(self) -> None:
        """Bring the value into the form in which it is compared. Raises ValidationError."""
        self.value = self.value.strip()
        others = Word.objects.filter(site=self.site_id, tag=self.tag, value__iexact=self.value)
        if others.exclude(pk=self.pk).exists():
            raise ValidationError({"value": _("The tag has this word already.")})


# They refer to campaigns by name.
from zoco.campaigns.costs.models import Cost as Cost  # noqa: E402
from zoco.campaigns.costs.models import CostBefore as CostBefore  # noqa: E402
from zoco.campaigns.costs.models import CostImport as CostImport  # noqa: E402
from zoco.campaigns.costs.models import Plan as Plan  # noqa: E402
from zoco.campaigns.costs.models import Rate as Rate  # noqa: E402
