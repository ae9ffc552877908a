"""A batch: many messages that leave together. Each of its messages is a row with a lease and a due time."""

from uuid import uuid4

from django.db import models
from django.utils.translation import pgettext_lazy

from zoco.consent.models import Purpose


class Batch(models.Model):
    """Messages of one making to many people. `total` is fixed once all of them are there."""

    class State(models.TextChoices):
        """How far it is. One that is stopped or finished stays so."""

        FILLING = "filling", pgettext_lazy("batch", "is being filled")
        RUNNING = "running", pgettext_lazy("batch", "is being sent")
        PAUSED = "paused", pgettext_lazy("batch", "paused")
        STOPPED = "stopped", pgettext_lazy("batch", "stopped")
        FINISHED = "finished", pgettext_lazy("batch", "finished")

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    maker = models.CharField(max_length=40)
    account = models.ForeignKey("zoco_channels.Account", models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=13, choices=Purpose.choices)
    topic = models.CharField(max_length=40, blank=True)
    campaign = models.CharField(max_length=100, blank=True)
    about_kind = models.CharField(max_length=40, blank=True)
    about = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.FILLING)
    reason = models.CharField(max_length=300, blank=True)
    retry_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    filled_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index("state", "id", name="zoco_channels_batches")]

    def __str__(self) -> str:
        return str(self.uid)
