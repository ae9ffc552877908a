"""Destinations that are left alone for a while, by account; rates, what is left of them, and warm-ups."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Destination(models.Model):
    """A domain of addresses that did not take what an account sent. `strikes` make the next rest longer."""

    account = models.ForeignKey("zoco_channels.Account", models.CASCADE, related_name="destinations")
    domain = models.CharField(max_length=253)
    is_block = models.BooleanField(default=False)
    because = models.CharField(max_length=300, blank=True)
    strikes = models.PositiveSmallIntegerField(default=0)
    struck_at = models.DateTimeField()
    paused_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["domain", "id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["account", "domain"], name="zoco_channels_one_destination"),
        ]

    def __str__(self) -> str:
        return self.domain


class Rate(models.Model):
    """So many messages at most leave in a span of time: by one account or by all, to one destination or any.

    Without an account it is of all together. `domain` is empty for all destinations together, `*` for each.
    """

    class Per(models.IntegerChoices):
        """The span, in seconds."""

        MINUTE = 60, _("a minute")
        HOUR = 3_600, _("an hour")
        DAY = 86_400, _("a day")

    account = models.ForeignKey("zoco_channels.Account", models.CASCADE, null=True, related_name="rates")
    domain = models.CharField(max_length=253, blank=True)
    most = models.PositiveIntegerField()
    per_seconds = models.PositiveIntegerField(choices=Per.choices, default=Per.MINUTE)

    class Meta:
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.most} / {self.per_seconds} s {self.domain}"


class Bucket(models.Model):
    """What is left of a rate: so many places at a moment. `slot_at` is when the last that waits may go."""

    rate = models.ForeignKey(Rate, models.CASCADE, related_name="+")
    domain = models.CharField(max_length=253, blank=True)
    places = models.FloatField()
    at = models.DateTimeField()
    slot_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["rate", "domain"], name="zoco_channels_one_bucket"),
        ]

    def __str__(self) -> str:
        return f"{self.rate_id} {self.domain}"


class WarmUp(models.Model):
    """How an account that is new to its servers begins: `first` messages a day, then `factor` times as many.

    `step` counts the days on which something left: a day without letters teaches nobody to know us.
    """

    account = models.OneToOneField("zoco_channels.Account", models.CASCADE, related_name="warm_up")
    is_on = models.BooleanField(default=True)
    first = models.PositiveIntegerField(default=50)
    factor = models.FloatField(default=1.5)
    full = models.PositiveIntegerField(default=10_000)
    step = models.PositiveIntegerField(default=0)
    day = models.DateField(null=True)
    left = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.account_id} {self.first} × {self.factor}"
