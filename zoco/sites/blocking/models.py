"""One line of a site's block lists, or an address of its own people."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from zoco.ledger.asking.within import WithinManager
from zoco.ledger.pictures.countries import country_name
from zoco.sites.blocking.kinds import KINDS

ENTRIES_MOST = 1_000


class Exclusion(models.Model):
    """What a site does not count; of addresses of staff: whom it counts as its own people."""

    site = models.ForeignKey(
        "zoco_sites.Site", models.CASCADE, related_name="exclusions", verbose_name=_("site")
    )
    kind = models.CharField(
        _("kind"), max_length=7, choices=[(key, kind.choice) for key, kind in KINDS.items()]
    )
    value = models.CharField(
        _("which"),
        max_length=253,
        help_text=_(
            "An address or a range: 192.0.2.7, 192.0.2.0/24, 2001:db8::/48. A country: its name or two "
            "letters. A page: /internal/*, a host name: *.test.example; * stands for any text."
        ),
    )
    note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("Why, for your colleagues."))

    objects = WithinManager()

    class Meta:
        verbose_name = _("entry of a block list")
        verbose_name_plural = _("entries of block lists")
        ordering = ["site", "kind", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "kind", "value"],
                name="zoco_sites_blocked_once",
                violation_error_message=_("This is on the list already."),
            )
        ]

    def __str__(self) -> str:
        return self.value

    @property
    def shown(self) -> str:
        """Return the value as a person reads it."""
        if self.kind == "country":
            return f"{country_name(self.value)} ({self.value})"
        return self.value

    def clean(self) -> None:
        """Bring the value into the form in which it is compared. Raises ValidationError."""
        if self.kind not in KINDS or not self.value.strip():
            return  # the field says so
        self.value = KINDS[self.kind].plain(self.value.strip())
        others = Exclusion.objects.filter(site=self.site_id, kind=self.kind).exclude(pk=self.pk)
        if others.count() >= ENTRIES_MOST:
            said = _("A list has %(most)s lines at most. Block a range or a pattern instead of each one.")
            raise ValidationError(said, params={"most": ENTRIES_MOST})
