"""Destinations that are left alone for a while, by account: one may be blocked where another is not."""

from django.db import models


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
