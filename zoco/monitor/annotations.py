"""Annotations: what somebody wrote down about a day, or a release; curves show them."""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zoco.kit.periods import Period
from zoco.ledger.asking.within import WithinManager
from zoco.ledger.pictures.marks import Mark
from zoco.ledger.sitebook import SiteInfo


class Annotation(models.Model):
    """A sentence about a local day of a site."""

    class Kind(models.TextChoices):
        """What it tells of."""

        NOTE = "note", _("Note")
        RELEASE = "release", _("Release")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    on = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.NOTE)
    text = models.CharField(
        _("text"), max_length=200, help_text=_("Such as: the shop was down until noon. Curves show it.")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = WithinManager()

    class Meta:
        app_label = "zoco_monitor"
        verbose_name = _("annotation")
        verbose_name_plural = _("annotations")
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "on", "kind", "text"], name="zoco_monitor_one_annotation_of_a_text"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        """Bring the text onto one line. Raises ValidationError."""
        self.text = " ".join(self.text.split())
        if not any(letter.isalnum() for letter in self.text):
            raise ValidationError({"text": _("Write a sentence.")})


def annotate(*, site: int, on: date, text: str, kind: str = Annotation.Kind.NOTE) -> bool:
    """Write one down; return whether it is new. Raises ValidationError."""
    made = Annotation(site_id=site, on=on, text=text, kind=kind)
    made.full_clean(validate_constraints=False)
    _kept, is_new = Annotation.objects.get_or_create(site_id=site, on=on, kind=kind, text=made.text)
    return is_new


def marks(site: SiteInfo, period: Period) -> Iterable[Mark]:
    """Return the annotations of a period as marks."""
    found = Annotation.objects.filter(site=site.id, on__gte=period.first, on__lte=period.last)
    for each in found.order_by("on", "id"):
        text = gettext("Release: %(name)s") % {"name": each.text} if each.kind == "release" else each.text
        yield Mark(each.on, text)
