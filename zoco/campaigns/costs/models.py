"""What was spent: an amount of a campaign, a day, an account and a creative, with what stood there before.

Beside it what amounts are converted by, what was planned, and the files that amounts came from.
"""

from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.campaigns.days import days_check
from zoco.ledger.asking.within import WithinManager, within
from zoco.sites.stepped import SteppedRun

AMOUNT_MOST = Decimal(10) ** 11
VAT_MOST = Decimal(100)
SOURCES_MOST = 200
"""So many sources a site's costs may have: each is a channel of reports and of the media mix."""
CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", _("Write the currency as three capitals, such as EUR."))
PERCENT = (MinValueValidator(Decimal(0)), MaxValueValidator(VAT_MOST))


class Spent(models.Model):
    """An amount as it was charged, and how often the ads were seen and clicked; null is not known."""

    amount = models.DecimalField(
        _("amount"),
        max_digits=20,
        decimal_places=6,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(AMOUNT_MOST)],
    )
    with_vat = models.BooleanField(_("with VAT"), default=False)
    vat_percent = models.DecimalField(
        _("VAT in percent"), max_digits=5, decimal_places=2, default=Decimal(0), validators=PERCENT
    )
    impressions = models.PositiveBigIntegerField(_("impressions"), null=True, blank=True)
    clicks = models.PositiveBigIntegerField(_("clicks"), null=True, blank=True)

    class Meta:
        abstract = True


VALUES = ("amount", "with_vat", "vat_percent", "impressions", "clicks")
"""What a later file, or somebody, may say anew of the same day."""


class Cost(Spent):
    """A day's spend of a campaign. Written again, it takes the place of the old one, which is kept beside it.

    One that a later file passes over (see `zoco.campaigns.costs.importing.passing`) stays, with amount 0.

    What it is the spend of are the campaign, the day, where the ad stood, its creative, account and currency.
    """

    campaign = models.ForeignKey(
        "zoco_campaigns.Campaign", models.CASCADE, related_name="costs", verbose_name=_("campaign")
    )
    on = models.DateField(_("day"))
    source = models.CharField(pgettext_lazy("touchpoint", "source"), max_length=100, blank=True)
    medium = models.CharField(_("medium"), max_length=100, blank=True)
    creative = models.CharField(_("creative"), max_length=200, blank=True)
    account = models.CharField(_("account"), max_length=100, blank=True)
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY])
    is_imported = models.BooleanField(default=False, editable=False)
    run = models.ForeignKey(
        "zoco_campaigns.CostImport", models.SET_NULL, null=True, editable=False, related_name="costs"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    objects = within("campaign__site")

    class Meta:
        verbose_name = _("cost")
        verbose_name_plural = _("costs")
        ordering = ["-on", "source", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "on", "source", "medium", "creative", "account", "currency"],
                name="zoco_campaigns_one_cost_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.source} {self.amount} {self.currency}"


KEY = ("campaign_id", "on", "source", "medium", "creative", "account", "currency")


class CostBefore(Spent):
    """What a cost was before it was stated anew."""

    cost = models.ForeignKey(Cost, models.CASCADE, related_name="before", verbose_name=_("cost"))
    replaced_at = models.DateTimeField(_("replaced"))
    replaced_by = models.ForeignKey(
        "zoco_campaigns.CostImport", models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = within("cost__campaign__site")

    class Meta:
        verbose_name = _("earlier cost")
        verbose_name_plural = _("earlier costs")
        ordering = ["-replaced_at", "-id"]

    def __str__(self) -> str:
        return f"{self.replaced_at} {self.amount}"


class Rate(models.Model):
    """What one unit of a currency is worth in the site's own, from a day on until the next one."""

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY])
    on = models.DateField(_("in force from"))
    rate = models.DecimalField(
        _("worth in the site's currency"),
        max_digits=20,
        decimal_places=10,
        validators=[MinValueValidator(Decimal("0.0000000001")), MaxValueValidator(Decimal(10) ** 9)],
    )

    objects = WithinManager()

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["currency", "-on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "currency", "on"], name="zoco_campaigns_one_rate_a_day_and_currency"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.currency} {self.rate}"

    def clean(self) -> None:
        """Hold the day to what is likely. Raises ValidationError."""
        days_check(on=self.on)


class Plan(models.Model):
    """What a campaign may cost, and is expected to bring, over some days."""

    campaign = models.ForeignKey(
        "zoco_campaigns.Campaign", models.CASCADE, related_name="plans", verbose_name=_("campaign")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    budget = models.DecimalField(
        _("budget"),
        max_digits=14,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(AMOUNT_MOST)],
        help_text=_("In the site's currency, without VAT."),
    )
    conversions = models.PositiveBigIntegerField(
        _("expected conversions"), null=True, blank=True, validators=[MaxValueValidator(10**12)]
    )
    revenue = models.DecimalField(
        _("expected revenue"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(AMOUNT_MOST)],
    )

    objects = within("campaign__site")

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["starts_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "starts_on"], name="zoco_campaigns_one_plan_from_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} {self.ends_on} {self.budget}"

    def clean(self) -> None:
        """Hold the days to their order, and plans apart. Raises ValidationError."""
        if not self.starts_on or not self.ends_on:
            return
        days_check(starts_on=self.starts_on, ends_on=self.ends_on)
        if self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day comes before the first.")})
        if (self.ends_on - self.starts_on).days >= 732:
            raise ValidationError({"ends_on": _("A plan is for two years at most.")})
        others = Plan.objects.filter(
            campaign=self.campaign_id, starts_on__lte=self.ends_on, ends_on__gte=self.starts_on
        )
        if others.exclude(pk=self.pk).exists():
            raise ValidationError(_("Another plan of the campaign has some of these days."))


class CostImport(SteppedRun):
    """One uploaded file of costs.

    `found` is what was seen of the file: its days, currencies, and names of campaigns that are not known.
    """

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    found = models.JSONField(default=dict)

    objects = WithinManager()

    class Meta(SteppedRun.Meta):
        abstract = False
        verbose_name = _("import of costs")
        verbose_name_plural = _("imports of costs")
