"""An import of people, from its upload to the report of what was refused."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PeopleImport(models.Model):
    """One uploaded file of people.

    `columns` are its columns as they were read, `mapping` says what becomes of each, by key; `options` hold
    for all rows. `place` is where in the rows it goes on, `refused_bytes` how much of the report is sure.
    """

    class State(models.TextChoices):
        """How far it is."""

        UPLOADING = "uploading", _("Not uploaded in full")
        WORKING = "working", pgettext_lazy("import", "Being worked on")
        READ = "read", pgettext_lazy("import", "Read: say what the columns are")
        PLANNED = "planned", pgettext_lazy("import", "Ready to be imported")
        DONE = "done", pgettext_lazy("import", "Imported")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", pgettext_lazy("state", "Failed")

    class Step(models.TextChoices):
        """What is, or was, being done with it."""

        READ = "read", pgettext_lazy("import", "reading the file")
        PLAN = "plan", pgettext_lazy("import", "trying it out")
        WRITE = "write", pgettext_lazy("import", "importing")

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.UPLOADING)
    step = models.CharField(max_length=5, choices=Step.choices, default=Step.READ)
    is_to_stop = models.BooleanField(default=False)
    size = models.PositiveBigIntegerField(default=0)
    received = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    place = models.PositiveBigIntegerField(default=0)
    refused_bytes = models.PositiveBigIntegerField(default=0)
    forms = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    plan = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    said = models.CharField(max_length=500, blank=True)
    said_places = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    told_at = models.DateTimeField()

    class Meta:
        verbose_name = _("import of people")
        verbose_name_plural = _("imports of people")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def asked(self) -> dict[str, Any]:
        """What becomes of columns, and what holds for all rows."""
        return {"mapping": self.mapping, "options": self.options}
