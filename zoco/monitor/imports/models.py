"""An import of another program's export, from its upload to its undoing."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger.asking.within import WithinManager
from zoco.sites.runs import BackgroundRun


class ImportRun(BackgroundRun):
    """One uploaded file. `key` marks its sums in the store; `digest` tells them from others'."""

    class State(models.TextChoices):
        """How far it is."""

        UPLOADING = "uploading", _("Not uploaded in full")
        READING = "reading", _("Being read")
        READY = "ready", _("Read, not imported")
        IMPORTING = "importing", _("Being imported")
        DONE = "done", pgettext_lazy("import", "Imported")
        REPEATED = "repeated", _("In already; nothing changed")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", pgettext_lazy("state", "Failed")
        UNDONE = "undone", pgettext_lazy("import", "Undone")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    website = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADING)
    size = models.PositiveBigIntegerField(default=0)
    received = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    days = models.PositiveIntegerField(default=0)
    days_in = models.PositiveIntegerField(default=0)
    is_preferred = models.BooleanField(default=False)
    """Its days count instead of the site's own; `spans` are their first and last ones."""
    spans = models.JSONField(default=list)
    totals = models.JSONField(default=dict)
    refused = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    said = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(auto_now=True)

    objects = WithinManager()

    class Meta:
        verbose_name = pgettext_lazy("noun", "import")
        verbose_name_plural = pgettext_lazy("noun", "imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def key(self) -> str:
        """Its key in the store."""
        return f"{self.kind}-{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether something is done with it right now."""
        return self.state in (self.State.READING, self.State.IMPORTING)
