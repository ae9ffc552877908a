"""Batches: what all messages of one share, and how far it is."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.consent.models import Purpose


class Batch(models.Model):
    """Many messages that leave together. `total` is fixed when it is filled; `trouble` is why it waits.

    `held_because` says which rate holds it, until when.
    """

    class State(models.TextChoices):
        """How far it is. A stopped one has ended once nothing of it is under way."""

        FILLING = "filling", pgettext_lazy("batch", "is being filled")
        RUNNING = "running", pgettext_lazy("batch", "is being sent")
        PAUSED = "paused", pgettext_lazy("batch", "paused")
        STOPPED = "stopped", pgettext_lazy("batch", "stopped")
        FINISHED = "finished", pgettext_lazy("batch", "finished")

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    maker = models.CharField(max_length=40)
    account = models.ForeignKey("zoco_channels.Account", models.SET_NULL, null=True, related_name="+")
    adapter = models.CharField(max_length=40)
    purpose = models.CharField(max_length=13, choices=Purpose.choices)
    topic = models.CharField(max_length=40, blank=True)
    campaign = models.CharField(max_length=100, blank=True)
    about_kind = models.CharField(max_length=40, blank=True)
    about = models.CharField(max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.FILLING)
    total = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)
    trouble_until = models.DateTimeField(null=True)
    held_because = models.CharField(max_length=20, blank=True)
    held_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("created"))
    filled_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        indexes = [models.Index("state", "ended_at", name="zoco_channels_batches")]

    def __str__(self) -> str:
        return f"{self.maker} {self.pk}"
