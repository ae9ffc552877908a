"""What was spent: one amount for a campaign, a day, a source and a currency."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger.within import within

AMOUNT_MOST = Decimal(10) ** 11
CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", _("Write the currency as three capitals, such as EUR."))


class Cost(models.Model):
    """A day's spend of a campaign at one source. Written again, the amount takes the place of the old one."""

    campaign = models.ForeignKey(
        "zoco_campaigns.Campaign", models.CASCADE, related_name="costs", verbose_name=_("campaign")
    )
    on = models.DateField(_("day"))
    source = models.CharField(pgettext_lazy("touchpoint", "source"), max_length=100, blank=True)
    amount = models.DecimalField(
        _("amount"),
        max_digits=14,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(AMOUNT_MOST)],
    )
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY])
    is_imported = models.BooleanField(default=False, editable=False)
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
                fields=["campaign", "on", "source", "currency"], name="zoco_campaigns_one_cost_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.source} {self.amount} {self.currency}"
