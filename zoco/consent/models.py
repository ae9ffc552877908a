"""What people chose, which addresses are never written to, how often is too often, and what was sent."""

from datetime import time

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zoco.consent.confirming.models import Confirmation
from zoco.consent.signup.models import Form, FormDay, Spent

__all__ = [
    "Choice", "Confirmation", "Contact", "Form", "FormDay", "Purpose", "Reservation", "Rule", "Spent",
    "Standing", "Suppression", "SuppressionEvent", "Topic",
]  # fmt: skip
KEY = RegexValidator(r"^[a-z][a-z0-9-]*\Z", _("Write small letters, digits and -."))


class Purpose(models.TextChoices):
    """What a message is for, in the order in which one may be sent where the next may not."""

    TRANSACTIONAL = "transactional", _("transactional")
    SERVICE = "service", _("service")
    MARKETING = "marketing", _("marketing")


class Topic(models.Model):
    """What marketing is about; people agree to it by topic."""

    key = models.CharField(_("key"), max_length=40, unique=True, validators=[KEY])
    label = models.CharField(_("label"), max_length=80)
    note = models.CharField(_("what it is about"), max_length=200, blank=True)
    is_public = models.BooleanField(
        _("open"), default=True, help_text=_("People may choose it where they choose what they get.")
    )
    is_confirmed = models.BooleanField(
        _("confirmed by e-mail"),
        default=True,
        help_text=_("Whoever signs up gets a letter first, and is on the list once its link was used."),
    )
    position = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("Small numbers come first.")
    )
    words = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["position", "label", "id"]

    def __str__(self) -> str:
        return self.label

    def said(self, name: str, language: str = "") -> str:
        """Return label or note as a language has it, as it was first written where it has none."""
        held = self.words.get(language or get_language() or "") or {}
        return str(held.get(name) or getattr(self, name))


class Choice(models.Model):
    """What somebody chose, and the proof of it. Only added to; an empty topic or adapter means all."""

    class State(models.TextChoices):
        """What a choice may be; asked is one that waits to be confirmed."""

        ASKED = "asked", pgettext_lazy("consent", "asked")
        GIVEN = "given", pgettext_lazy("consent", "given")
        WITHDRAWN = "withdrawn", pgettext_lazy("consent", "withdrawn")

    person = models.ForeignKey("zoco_people.Person", models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=13, choices=Purpose.choices)
    topic = models.CharField(max_length=40, blank=True)
    adapter = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=9, choices=State.choices)
    at = models.DateTimeField()
    proof = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index("person", "at", name="zoco_consent_of_person"),
            models.Index("at", "id", name="zoco_consent_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}/{self.topic or '*'}/{self.adapter or '*'}: {self.state}"


class Standing(models.Model):
    """What holds now for a person, purpose, topic and adapter; made from choices, never edited."""

    person = models.ForeignKey("zoco_people.Person", models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=13, choices=Purpose.choices)
    topic = models.CharField(max_length=40, blank=True)
    adapter = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=9, choices=Choice.State.choices)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose", "topic", "adapter"], name="zoco_consent_one_standing"
            ),
        ]
        indexes = [models.Index("purpose", "topic", "state", "person", name="zoco_consent_of_topic")]

    def __str__(self) -> str:
        return f"{self.purpose}/{self.topic or '*'}/{self.adapter or '*'}: {self.state}"


class Suppression(models.Model):
    """An address that is not written to, known by a keyed hash alone: it outlives whoever had it."""

    class Why(models.TextChoices):
        """What led to it. Dead addresses get nothing at all, of the others no marketing and no service."""

        DEAD = "dead", _("the address is dead")
        COMPLAINT = "complaint", _("a complaint")
        UNSUBSCRIBED = "unsubscribed", _("wants nothing more")
        BY_HAND = "by_hand", _("by hand")
        IMPORTED = "imported", _("by an import")

    hash = models.CharField(max_length=64)
    why = models.CharField(max_length=12, choices=Why.choices)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        constraints = [
            models.UniqueConstraint(fields=["hash", "why"], name="zoco_consent_suppressed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.hash[:8]}: {self.why}"


class SuppressionEvent(models.Model):
    """That an address was suppressed, or a reason lifted, and what decided it. Only added to.

    Words that might tell of somebody go when he is erased; that it was done, and by what rule, stays.
    """

    class By(models.TextChoices):
        """Who decided."""

        SERVER = "server"
        PERSON = "person"
        COMPLAINT = "complaint"
        IMPORT = "import"
        STAFF = "staff"

    hash = models.CharField(max_length=64)
    why = models.CharField(max_length=12, choices=Suppression.Why.choices)
    is_lift = models.BooleanField(default=False)
    by = models.CharField(max_length=9, choices=By.choices)
    rule = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=12, blank=True)
    said = models.CharField(max_length=300, blank=True)
    letter = models.UUIDField(null=True)
    subject = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)
    notice = models.CharField(max_length=100, blank=True)
    note = models.CharField(max_length=200, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        indexes = [models.Index("hash", "why", "id", name="zoco_consent_decided")]

    def __str__(self) -> str:
        return f"{self.hash[:8]}: {self.why}, {self.by}"


DAYS = [0, 1, 2, 3, 4, 5, 6]


def all_days() -> list[int]:
    """Return all days of a week, Monday as 0."""
    return list(DAYS)


class Rule(models.Model):
    """How often, and when, people get messages of a purpose, over all adapters together."""

    purpose = models.CharField(
        max_length=13, unique=True, choices=[each for each in Purpose.choices if each[0] != "transactional"]
    )
    most = models.PositiveSmallIntegerField(
        _("at most"),
        default=2,
        validators=[MaxValueValidator(1_000)],
        help_text=_("0: as often as you like."),
    )
    days = models.PositiveSmallIntegerField(
        _("in so many days"), default=7, validators=[MinValueValidator(1), MaxValueValidator(366)]
    )
    opens_at = models.TimeField(_("not before"), default=time(8))
    closes_at = models.TimeField(
        _("not after"),
        default=time(21),
        help_text=_("On each person's own clock. The same hour: at any time."),
    )
    weekdays = models.JSONField(_("on weekdays"), default=all_days)

    class Meta:
        verbose_name = _("rule of sending")
        verbose_name_plural = _("rules of sending")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_purpose_display()


class Contact(models.Model):
    """The row that is locked while somebody is written to, and how often that person wants it at most."""

    person = models.OneToOneField("zoco_people.Person", models.CASCADE, primary_key=True, related_name="+")
    most = models.PositiveSmallIntegerField(null=True, blank=True)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.person_id)


class Reservation(models.Model):
    """A message that counts against the cap: it was sent, or is being sent. A failed one is released."""

    person = models.ForeignKey("zoco_people.Person", models.CASCADE, related_name="+")
    key = models.CharField(max_length=100, unique=True)
    adapter = models.CharField(max_length=40)
    purpose = models.CharField(max_length=13, choices=Purpose.choices)
    topic = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    is_released = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index("person", "at", name="zoco_consent_reserved")]

    def __str__(self) -> str:
        return self.key
