"""Forms to sign up, counts of what became of their fillings, and proofs of work that were used."""

from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KEY = RegexValidator(r"^[a-z][a-z0-9-]*\Z", _("Write small letters, digits and -."))


class Form(models.Model):
    """A form by which people sign up to topics. `fields` maps what is asked to whether it is needed.

    `texts` holds for each language the heading, the words above the fields, what is agreed to, the words on
    the button, and what is said afterwards; what a language lacks is said in our own words.
    """

    key = models.CharField(
        _("key"),
        max_length=40,
        unique=True,
        validators=[KEY],
        help_text=_("Part of its address; it stays as it is."),
    )
    name = models.CharField(pgettext_lazy("form", "name"), max_length=80, help_text=_("Only you see it."))
    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    topics = models.ManyToManyField("zoco_consent.Topic", related_name="+", verbose_name=_("topics"))
    fields = models.JSONField(default=dict, blank=True)
    texts = models.JSONField(default=dict, blank=True)
    is_confirmed = models.BooleanField(
        _("confirmed by e-mail"),
        default=True,
        help_text=_(
            "Without it an address is believed as it was typed. Topics that want it are confirmed anyway."
        ),
    )
    onward = models.CharField(
        _("page to go on to"),
        max_length=500,
        blank=True,
        validators=[URLValidator(["https", "http"])],
        help_text=_("Of your own site, opened afterwards; empty: a few words of thanks."),
    )
    is_on = models.BooleanField(_("takes sign-ups"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("sign-up form")
        verbose_name_plural = _("sign-up forms")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class FormDay(models.Model):
    """How often a form came to one end on one day (UTC)."""

    form = models.ForeignKey(Form, models.CASCADE, related_name="days")
    on = models.DateField()
    outcome = models.CharField(max_length=20)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["form", "on", "outcome"], name="zoco_consent_form_day"),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} {self.on} {self.outcome}: {self.count}"


class Spent(models.Model):
    """A challenge that was used; kept until it would not hold any more anyway."""

    nonce = models.CharField(max_length=32, primary_key=True)
    until = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.nonce
