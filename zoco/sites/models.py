"""Sites. Salts and keys are not here: they live in files outside every backup (see `salts`)."""

import secrets
import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from zoco.ledger.asking.within import SitesManager
from zoco.sites.access.models import Invitation, SiteLimit
from zoco.sites.blocking.models import Exclusion
from zoco.sites.consenting.models import VisitorRequest
from zoco.sites.sourcing.models import SourceName, SourceNetwork, SourceRule, SourceRun

__all__ = [
    "CountingOrigin", "Exclusion", "GoneSite", "Hostname", "Invitation", "SharedKey", "Site", "SiteLimit",
    "SourceName", "SourceNetwork", "SourceRule", "SourceRun", "VisitorRequest",
]  # fmt: skip


def validate_zone(value: str) -> None:
    """Raise ValidationError unless the value names a time zone."""
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationError(
            _("%(zone)s is no time zone. Write it as Europe/Madrid."), params={"zone": value}
        ) from None


def new_key_name() -> str:
    """Return a fresh name for the folder of a site's keys."""
    return secrets.token_hex(8)


class Weekday(models.IntegerChoices):
    """The day on which a week begins."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class PrivacySignals(models.TextChoices):
    """What is done with a browser that says Global Privacy Control or Do Not Track."""

    ANONYMOUS = "anonymous", _("count them without an id")
    NOTHING = "nothing", _("do not count them at all")


class Site(models.Model):
    """One site whose visits are counted. The first one is the default."""

    slug = models.SlugField(_("short name"), unique=True, help_text=_("Used in addresses and commands."))
    name = models.CharField(_("name"), max_length=120)
    zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="UTC",
        validators=[validate_zone],
        help_text=_("Days in reports begin at midnight here."),
    )
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default="EUR",
        validators=[RegexValidator(r"^[A-Z]{3}\Z", _("Write the three letters of ISO 4217, such as EUR."))],
    )
    week_start = models.PositiveSmallIntegerField(
        _("first day of the week"), choices=Weekday.choices, default=Weekday.MONDAY
    )
    retention_days = models.PositiveIntegerField(
        _("days to keep"), default=0, help_text=_("Older facts are erased each night. 0 keeps everything.")
    )
    search_parameters = models.CharField(
        _("search parameters"),
        max_length=200,
        blank=True,
        default="q,s,search,query",
        help_text=_("Names of address parameters that hold what was searched for on the site."),
    )
    privacy_signals = models.CharField(
        _("browsers that ask for privacy"),
        max_length=9,
        choices=PrivacySignals.choices,
        default=PrivacySignals.ANONYMOUS,
        help_text=_(
            "What Global Privacy Control and Do Not Track mean here. Either way such a browser gets no id, "
            "and nothing of it is kept as evidence."
        ),
    )
    has_banner = models.BooleanField(
        _("ask for consent"),
        default=False,
        help_text=_("Shows our banner on pages that carry consent.js."),
    )
    banner_text = models.TextField(
        _("text of the banner"),
        blank=True,
        max_length=2_000,
        help_text=_("Left empty, the banner speaks the language of the page, in our own words."),
    )
    banner_link = models.CharField(
        _("page about privacy"),
        max_length=200,
        blank=True,
        validators=[
            RegexValidator(r"^(https?://|/)\S*\Z", _("Write it as /privacy or https://shop.example/privacy."))
        ],
        help_text=_("The banner leads there."),
    )
    is_demo = models.BooleanField(_("demo data"), default=False, editable=False)
    key_name = models.CharField(max_length=32, unique=True, default=new_key_name, editable=False)
    staff_renewals = models.PositiveIntegerField(
        _("renewals of the link for colleagues"), default=0, editable=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = SitesManager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Hostname(models.Model):
    """A host name under which a site is reached; it belongs to one site."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="hostnames", verbose_name=_("site"))
    name = models.CharField(_("host name"), max_length=253, unique=True)

    class Meta:
        verbose_name = _("host name")
        verbose_name_plural = _("host names")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class CountingOrigin(models.Model):
    """From the local day `since` on, page views of a site are those of this origin."""

    class Origin(models.TextChoices):
        """Where the page views that count come from."""

        TRACKER = "tracker", _("the tracker in the pages")
        LOG = "log", _("the server's log")

    site = models.ForeignKey(Site, models.CASCADE, related_name="counting_origins", verbose_name=_("site"))
    origin = models.CharField(_("count page views from"), max_length=8, choices=Origin.choices)
    since = models.DateField(_("since"))

    class Meta:
        verbose_name = _("counting origin")
        verbose_name_plural = _("counting origins")
        ordering = ["site", "since", "id"]
        constraints = [
            models.UniqueConstraint(fields=["site", "since"], name="zoco_sites_one_origin_a_day"),
        ]

    def __str__(self) -> str:
        return str(self.since)


class GoneSite(models.Model):
    """A site that was deleted: its facts are still to be erased, those that come late as well."""

    site = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=120, blank=True)
    deleted_at = models.DateTimeField()
    facts = models.PositiveBigIntegerField(default=0)
    """How many were erased, by what is over."""
    going = models.PositiveBigIntegerField(default=0)
    left = models.PositiveBigIntegerField(default=0)
    """How many went by what is under way, and how many were there still when it last said so."""

    class Meta:
        default_permissions = ()
        verbose_name = _("deleted site")
        verbose_name_plural = _("deleted sites")
        ordering = ["site"]

    def __str__(self) -> str:
        return self.name or str(self.site)


class SharedKey(models.Model):
    """A salt or key of a site that several machines agreed upon; hexadecimal, sealed (see `shared`)."""

    site_key = models.CharField(max_length=32)
    name = models.CharField(max_length=32)
    sealed = models.CharField(max_length=64)
    proof = models.CharField(max_length=32)

    class Meta:
        default_permissions = ()
        ordering = ["site_key", "name"]
        constraints = [
            models.UniqueConstraint(fields=["site_key", "name"], name="zoco_sites_one_shared_key"),
        ]

    def __str__(self) -> str:
        return f"{self.site_key}/{self.name}"
