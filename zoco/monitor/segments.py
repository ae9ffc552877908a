"""Segments: which filters, and who counts."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger.asking.within import WithinManager


class Segment(models.Model):
    """Filters as they stand in an address ({"f.os": ["iOS"]}), and verdicts as a question has them."""

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    name = models.CharField(
        pgettext_lazy("segment", "name"), max_length=80, help_text=_("Reports offer it under this name.")
    )
    filters = models.JSONField(_("filters"), default=dict)
    verdicts = models.CharField(_("who counts"), max_length=100, default="people")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = WithinManager()

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["site", "name", "id"]
        constraints = [
            models.UniqueConstraint("site", Lower("name"), name="zoco_monitor_one_segment_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a name that the site's segments have already. Raises ValidationError."""
        others = Segment.objects.filter(site=self.site_id, name__iexact=self.name).exclude(pk=self.pk)
        if others.exists():
            raise ValidationError({"name": _("The site has a segment of this name already; choose another.")})
