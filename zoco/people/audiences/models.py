"""Audiences, and what became of their size."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

NAME_LONGEST = 80


class Audience(models.Model):
    """A named set of people. `members` is a roaring bitmap of their keys, as it was at `counted_at`."""

    class Kind(models.TextChoices):
        """Who says who is in."""

        LIVE = "live", pgettext_lazy("audience", "by rules")
        STATIC = "static", pgettext_lazy("audience", "by hand")

    name = models.CharField(pgettext_lazy("audience", "name"), max_length=NAME_LONGEST)
    note = models.CharField(_("note"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices, default=Kind.LIVE)
    rules = models.JSONField(_("rules"), default=dict, blank=True)
    members = models.BinaryField(default=b"", editable=False)
    size = models.PositiveBigIntegerField(_("people"), default=0, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)
    seconds = models.FloatField(default=0.0, editable=False)
    wrong = models.CharField(max_length=500, blank=True, editable=False)
    """Why the last count failed, empty where it did not; what stands at its places is beside it."""
    wrong_places = models.JSONField(default=dict, editable=False)
    due_at = models.DateTimeField(null=True, editable=False)
    """When it is counted next; None for one by hand."""
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        ordering = ["name", "id"]
        permissions = [("export_audience", "Can export the members of audiences")]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="zoco_people_one_audience_of_a_name"),
        ]
        indexes = [models.Index("due_at", "id", name="zoco_people_audience_due")]

    def __str__(self) -> str:
        return self.name


class AudienceChange(models.Model):
    """That people entered or left, as bitmaps; `told` of them, in order, stand in the ledger already."""

    audience = models.ForeignKey(Audience, models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    size = models.PositiveBigIntegerField()
    entered = models.BinaryField(default=b"")
    left = models.BinaryField(default=b"")
    entered_size = models.PositiveBigIntegerField(default=0)
    left_size = models.PositiveBigIntegerField(default=0)
    told = models.PositiveBigIntegerField(default=0)
    is_told = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("change of an audience")
        verbose_name_plural = _("changes of audiences")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index("audience", "at", name="zoco_people_audience_change"),
            models.Index("is_told", "id", name="zoco_people_change_untold"),
        ]

    def __str__(self) -> str:
        return f"{self.audience_id}: +{self.entered_size} −{self.left_size}"
