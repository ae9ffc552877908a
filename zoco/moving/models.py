"""Sites that begin anew: one row for each time that an owner asked for it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger.asking.within import WithinManager
from zoco.sites.runs import BackgroundRun


class SiteReset(models.Model):
    """Everything that happened until `asked_at` is erased. What is counted later stays."""

    is_to_stop = False
    """No column: what is begun is not stopped half-way, for some of it would be gone."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", pgettext_lazy("state", "Failed")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    facts = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    said = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    told_at = models.DateTimeField()

    objects = WithinManager()

    class Meta:
        default_permissions = ()
        verbose_name = _("reset of a site")
        verbose_name_plural = _("resets of sites")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="zoco_moving_one_reset",
            )
        ]

    def __str__(self) -> str:
        return str(self.site)

    @property
    def is_open(self) -> bool:
        """Whether it is still to do."""
        return self.state in (self.State.WAITING, self.State.RUNNING)


class SiteMove(BackgroundRun):
    """A site written into an archive, or taken out of one. `origin` tells the site from all others.

    `target` is a site that is here and that an archive would go into; a person makes it sure.
    """

    class Kind(models.TextChoices):
        """Which way."""

        OUT = "out", pgettext_lazy("moving", "Exported")
        IN = "in", pgettext_lazy("moving", "Imported")

    class State(models.TextChoices):
        """How far it is."""

        UPLOADING = "uploading", _("Not uploaded in full")
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        ASKING = "asking", _("Asks which site")
        FAILED = "failed", pgettext_lazy("state", "Failed")

    kind = models.CharField(max_length=3, choices=Kind.choices)
    site = models.ForeignKey(
        "zoco_sites.Site", models.CASCADE, null=True, related_name="+", verbose_name=_("site")
    )
    target = models.ForeignKey(
        "zoco_sites.Site", models.SET_NULL, null=True, related_name="+", verbose_name=_("site asked about")
    )
    is_sure = models.BooleanField(_("confirmed"), default=False)
    name = models.CharField(max_length=200)
    path = models.CharField(max_length=1_000, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    is_fresh = models.BooleanField(default=False)
    origin = models.CharField(max_length=32, blank=True, db_index=True)
    digest = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    received = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    facts = models.PositiveBigIntegerField(default=0)
    before = models.PositiveBigIntegerField(default=0)
    added = models.PositiveBigIntegerField(default=0)
    found = models.JSONField(default=dict)
    said = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(auto_now_add=True)

    objects = WithinManager()

    class Meta:
        default_permissions = ()
        permissions = [("move_site", _("May move sites between installations"))]
        verbose_name = _("move of a site")
        verbose_name_plural = _("moves of sites")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether it is still to do."""
        return self.state in (self.State.WAITING, self.State.RUNNING)
