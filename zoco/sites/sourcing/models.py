"""What a site adds to the source channels, and runs of the rules over its history."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.kit.hosts import host_named
from zoco.ledger.asking.within import WithinManager

PATTERNS = ("source", "medium", "campaign", "referrer")
STARS_MOST = 8


def _pattern(label: object, *, help_text: object = "") -> "models.CharField[str, str]":
    return models.CharField(label, max_length=200, blank=True, help_text=help_text)  # type: ignore[arg-type]


class SourceRule(models.Model):
    """A rule; what its fields mean stands at `sources.own.OwnRule`."""

    site = models.ForeignKey(
        "zoco_sites.Site", models.CASCADE, related_name="source_rules", verbose_name=_("site")
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=1, help_text=_("Rules are asked in this order; the first that fits wins.")
    )
    channel = models.CharField(
        _("source channel"),
        max_length=40,
        help_text=_("One of the list, or a new one of your own, such as Partners."),
    )
    source = _pattern(
        pgettext_lazy("touchpoint", "source"),
        help_text=_("Left empty, anything fits. * stands for any text: partner-*. Capitals do not matter."),
    )
    medium = _pattern(_("medium"))
    campaign = _pattern(_("campaign"))
    referrer = _pattern(_("referring host"), help_text=_("Such as *.partner.example."))

    objects = WithinManager()

    class Meta:
        verbose_name = _("rule of source channels")
        verbose_name_plural = _("rules of source channels")
        ordering = ["site", "position", "id"]

    def __str__(self) -> str:
        return f"{self.position}. {self.channel}"

    def clean(self) -> None:
        """Hold the rule to what can be matched. Raises ValidationError."""
        for name in PATTERNS:
            setattr(self, name, getattr(self, name).strip())
        if not any(getattr(self, name) for name in PATTERNS):
            raise ValidationError({"source": _("Say at least one thing that visits must fit.")})
        for name in PATTERNS:
            text = getattr(self, name)
            if not text.replace("*", "").strip() and text:
                raise ValidationError({name: _("Write more than *: this would be every visit.")})
            if text.count("*") > STARS_MOST:
                raise ValidationError({name: _("At most 8 *.")})
        self.channel = " ".join(self.channel.split())
        if self.channel and not any(letter.isalnum() for letter in self.channel):
            raise ValidationError({"channel": _("Give the channel a name of letters.")})


class SourceNetwork(models.Model):
    """A network of the site's own, or another name for a known one."""

    class Category(models.TextChoices):
        """What kind it is."""

        SEARCH = "search", _("Search engine")
        SOCIAL = "social", _("Social network")
        VIDEO = "video", _("Video site")
        SHOPPING = "shopping", _("Shopping site")
        EMAIL = "email", _("Mailbox on the web")
        AI = "ai", _("AI assistant")
        NONE = "none", _("None of these")

    site = models.ForeignKey(
        "zoco_sites.Site", models.CASCADE, related_name="source_networks", verbose_name=_("site")
    )
    host = models.CharField(
        _("host"), max_length=253, help_text=_("Such as forum.example; hosts below it belong to it too.")
    )
    name = models.CharField(
        pgettext_lazy("network", "name"), max_length=60, help_text=_("The source that reports show.")
    )
    category = models.CharField(_("kind"), max_length=10, choices=Category.choices)

    objects = WithinManager()

    class Meta:
        verbose_name = _("network of one's own")
        verbose_name_plural = _("networks of one's own")
        ordering = ["site", "host"]
        constraints = [models.UniqueConstraint(fields=["site", "host"], name="zoco_sites_one_network_a_host")]

    def __str__(self) -> str:
        return f"{self.host} ({self.name})"

    def clean(self) -> None:
        """Bring host and name into the form in which they are compared. Raises ValidationError."""
        host = host_named(self.host)
        if not host or "." not in host:
            said = _("%(host)s is no host name. Write it as www.shop.example.")
            raise ValidationError({"host": ValidationError(said, params={"host": self.host})})
        self.host = host
        self.name = " ".join(self.name.lower().split())


class SourceName(models.Model):
    """A name that a network of the site's own has or had: facts of the past bear it."""

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="source_names")
    host = models.CharField(max_length=253)
    name = models.CharField(max_length=60)

    objects = WithinManager()

    class Meta:
        default_permissions = ()
        ordering = ["site", "host", "name"]
        constraints = [models.UniqueConstraint(fields=["site", "host", "name"], name="zoco_sites_one_name")]

    def __str__(self) -> str:
        return f"{self.host} ({self.name})"


class SourceRun(models.Model):
    """The rules of today applied to a site's history; what is right already is not touched."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", pgettext_lazy("state", "Failed")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    is_to_stop = models.BooleanField(default=False)
    facts = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    without_evidence = models.PositiveBigIntegerField(default=0)
    said = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(auto_now=True)

    objects = WithinManager()

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="zoco_sites_one_source_run",
            )
        ]

    def __str__(self) -> str:
        return f"{self.site_id} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to do."""
        return self.state in (self.State.WAITING, self.State.RUNNING)
