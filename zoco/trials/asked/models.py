"""Questions about trials that are answered in the background, with their answers."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger.asking.within import within


class TrialQuestion(models.Model):
    """What was asked (`kind`, `given`), how far the answer is, and the answer."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", pgettext_lazy("state", "Failed")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)
    given = models.JSONField(default=dict)
    answer = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    is_to_stop = models.BooleanField(default=False)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=3)
    said = models.CharField(max_length=300, blank=True)
    said_places = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField()
    told_at = models.DateTimeField()

    objects = within("site")

    class Meta:
        app_label = "zoco_trials"
        default_permissions = ()
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "kind", "-id"], name="zoco_trials_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.site_id} {self.created_at}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be answered."""
        return self.state in (self.State.WAITING, self.State.RUNNING)
