"""A sending is one letter to one audience; its legs are what leaves together, each a batch of its own."""

from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.consent.models import Purpose

REST = "rest"
"""The leg of all who are in no test."""
ARMS = ("a", "b", "c", "d")


class Sending(models.Model):
    """A letter to an audience. From its start on it stands by itself: later changes of either change nothing.

    `people` is a roaring bitmap of whom it was started for, `total` how many these were.
    """

    class State(models.TextChoices):
        """How far it is. How far its messages are, its batches say."""

        DRAFT = "draft", pgettext_lazy("state of a sending", "being prepared")
        PLANNED = "planned", pgettext_lazy("state of a sending", "planned")
        TESTING = "testing", pgettext_lazy("state of a sending", "being tested")
        GOING = "going", pgettext_lazy("state of a sending", "being sent")
        ENDED = "ended", pgettext_lazy("state of a sending", "sent")
        STOPPED = "stopped", pgettext_lazy("state of a sending", "stopped")

    class Metric(models.TextChoices):
        """What a test is decided by; only what people did counts."""

        CLICKS = "clicks", pgettext_lazy("test of letters", "people who followed a link")
        CONVERSIONS = "conversions", pgettext_lazy("test of letters", "people who did something afterwards")

    class Verdict(models.TextChoices):
        """How a test ended."""

        WON = "won", pgettext_lazy("test of letters", "one is better")
        TIE = "tie", pgettext_lazy("test of letters", "no difference that is sure")

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(
        pgettext_lazy("sending", "name"), max_length=120, help_text=_("Only you and your colleagues see it.")
    )
    letter = models.ForeignKey(
        "zoco_mail.Letter", models.PROTECT, related_name="sendings", verbose_name=_("letter")
    )
    audience = models.ForeignKey(
        "zoco_people.Audience",
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("sending", "audience"),
    )
    account = models.ForeignKey(
        "zoco_channels.Account",
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("letter", "sent by"),
    )
    subjects = models.JSONField(default=dict, editable=False)
    """What takes the place of the letter's subjects, by language: those of the arm that won before."""
    campaign = models.CharField(
        _("campaign"), max_length=100, blank=True, help_text=_("Visits by its links count under this name.")
    )
    purpose = models.CharField(max_length=13, choices=Purpose.choices, blank=True, editable=False)
    topic = models.CharField(max_length=40, blank=True, editable=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT, editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    starts_at = models.DateTimeField(
        _("not before"), null=True, blank=True, help_text=_("Left empty, it begins as soon as it is started.")
    )
    is_public = models.BooleanField(
        _("in the public archive"),
        default=False,
        help_text=_("Everybody may read it, as somebody would of whom nothing is known."),
    )
    people = models.BinaryField(default=b"", editable=False)
    total = models.PositiveIntegerField(default=0, editable=False)
    again_of = models.ForeignKey("self", models.SET_NULL, null=True, editable=False, related_name="+")
    is_again = models.BooleanField(default=False, editable=False)
    test_share = models.PositiveSmallIntegerField(
        _("tested on"),
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Percent of the people, all arms together."),
    )
    test_metric = models.CharField(
        _("decided by"), max_length=11, choices=Metric.choices, default=Metric.CLICKS
    )
    test_fact = models.CharField(
        _("what they did afterwards"),
        max_length=120,
        default="shop.order.placed",
        help_text=_("Such as shop.order.placed."),
    )
    test_hours = models.PositiveSmallIntegerField(
        _("decided after"),
        default=4,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
        help_text=_("Hours after the letters of the last arm have left."),
    )
    verdict = models.CharField(max_length=4, choices=Verdict.choices, blank=True, editable=False)
    winner = models.CharField(max_length=4, blank=True, editable=False)
    decision = models.JSONField(default=dict, editable=False)
    override = models.CharField(max_length=300, blank=True, editable=False)
    """Why it was begun although something spoke against it."""
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    decides_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("sending")
        verbose_name_plural = _("sendings")
        ordering = ["-id"]
        permissions = [("start_sending", _("Can start, pause and stop sendings"))]
        indexes = [
            models.Index("state", "id", name="zoco_mail_sending_state"),
            models.Index(fields=["is_public", "-started_at"], name="zoco_mail_sending_public"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def trial(self) -> str:
        """The key under which its people are drawn and dealt."""
        return f"sending-{self.uid}"

    @property
    def is_open(self) -> bool:
        """Whether it was started and is not over."""
        return self.state in OPEN


OPEN = (Sending.State.PLANNED, Sending.State.TESTING, Sending.State.GOING)
"""States of what was started and is not over."""


class Leg(models.Model):
    """What leaves together: an arm of a test, or all the others.

    `subjects` take the place of the letter's own, by language; `editions` are frozen at the start, and so is
    whether openings and clicks are counted. One whose `begins_at` is empty waits for the end of the test.
    """

    sending = models.ForeignKey(Sending, models.CASCADE, related_name="legs")
    arm = models.CharField(max_length=4)
    letter = models.ForeignKey("zoco_mail.Letter", models.PROTECT, related_name="+", verbose_name=_("letter"))
    subjects = models.JSONField(default=dict)
    after_minutes = models.PositiveIntegerField(default=0)
    editions = models.JSONField(default=list)
    people = models.BinaryField(default=b"")
    size = models.PositiveIntegerField(default=0)
    is_counted = models.BooleanField(default=True)
    begins_at = models.DateTimeField(null=True)
    batch = models.OneToOneField("zoco_channels.Batch", models.SET_NULL, null=True, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["arm", "id"]
        constraints = [
            models.UniqueConstraint(fields=["sending", "arm"], name="zoco_mail_one_leg_of_an_arm"),
        ]

    def __str__(self) -> str:
        return f"{self.sending_id}/{self.arm}"


class ListErased(models.Model):
    """How many people of a list (a topic by its key, an audience by its number) were erased on a day.

    Rows of kind `person` say that somebody was counted, by a keyed hash.
    """

    kind = models.CharField(max_length=8)
    key = models.CharField(max_length=40)
    on = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "on"], name="zoco_mail_erased_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.count}"
