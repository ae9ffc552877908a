"""Journeys, their versions, who is on them, and the one table of steps that are due."""

from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

NAME_LONGEST = 120
STEP_LONGEST = 40


class Journey(models.Model):
    """A journey. While it is paused people are held where they are, and nobody leaves it."""

    class State(models.TextChoices):
        """Whether it moves people."""

        DRAFT = "draft", pgettext_lazy("journey", "being drawn")
        RUNNING = "running", pgettext_lazy("journey", "running")
        PAUSED = "paused", pgettext_lazy("journey", "paused")
        ENDED = "ended", pgettext_lazy("journey", "ended")

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(pgettext_lazy("journey", "name"), max_length=NAME_LONGEST)
    state = models.CharField(max_length=7, choices=State.choices, default=State.DRAFT, editable=False)
    draft = models.JSONField(default=dict, editable=False)
    version = models.ForeignKey(
        "zoco_mail.JourneyVersion", models.SET_NULL, null=True, editable=False, related_name="+"
    )
    entries = models.JSONField(default=list, editable=False)
    again_days = models.PositiveSmallIntegerField(
        _("again after days"),
        null=True,
        blank=True,
        default=None,
        help_text=_("Left empty, everybody goes through it once."),
    )
    looked = models.JSONField(default=dict, editable=False)
    """On which day it was last looked whose date it is, by attribute."""
    goal = models.CharField(
        _("goal"), max_length=120, blank=True, help_text=_("The name of a fact, such as shop.order.placed.")
    )
    is_left_at_goal = models.BooleanField(_("whoever reaches the goal leaves"), default=True)
    held_out = models.PositiveSmallIntegerField(
        _("held out"),
        default=5,
        validators=[MaxValueValidator(50)],
        help_text=_("Percent who get nothing, so that it is seen what the journey brings about."),
    )
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")
        ordering = ["-id"]
        default_permissions = ("add", "change", "view")
        permissions = [("run_journey", _("Can start, pause and end journeys"))]

    def __str__(self) -> str:
        return self.name

    @property
    def trial(self) -> str:
        """Return the key under which people are held out."""
        return f"journey-{self.uid}"


class JourneyVersion(models.Model):
    """What a journey was at a time; never changed, for people are on it."""

    journey = models.ForeignKey(Journey, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    graph = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        default_permissions = ()
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["journey", "number"], name="zoco_mail_one_version"),
        ]

    def __str__(self) -> str:
        return f"{self.journey_id}.{self.number}"


class Traveller(models.Model):
    """Somebody on a journey, the n-th time. `seen` are the first moments of facts that its steps ask for."""

    class State(models.TextChoices):
        """Where somebody is."""

        GOING = "going", pgettext_lazy("traveller", "on the way")
        HELD_OUT = "held_out", pgettext_lazy("traveller", "held out")
        DONE = "done", pgettext_lazy("traveller", "at the end")
        LEFT = "left", pgettext_lazy("traveller", "left")

    journey = models.ForeignKey(Journey, models.CASCADE, related_name="travellers")
    version = models.ForeignKey(JourneyVersion, models.CASCADE, related_name="+")
    person = models.ForeignKey("zoco_people.Person", models.CASCADE, related_name="+")
    turn = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=8, choices=State.choices, default=State.GOING)
    because = models.CharField(max_length=20, blank=True)
    entered_by = models.CharField(max_length=120, blank=True)
    data = models.JSONField(default=dict)
    seen = models.JSONField(default=dict)
    entered_at = models.DateTimeField()
    goal_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["journey", "person", "turn"], name="zoco_mail_one_turn"),
        ]
        indexes = [
            models.Index("person", "state", name="zoco_mail_travels"),
            models.Index("journey", "state", name="zoco_mail_on_journey"),
        ]

    def __str__(self) -> str:
        return f"{self.journey_id}/{self.person_id}"


class StepDue(models.Model):
    """A step that somebody stands at, or stood at. Its end and the next one are one transaction."""

    class State(models.TextChoices):
        """What is to become of it."""

        DUE = "due", pgettext_lazy("step", "due")
        LISTENS = "listens", pgettext_lazy("step", "waits for a fact")
        DONE = "done", pgettext_lazy("step", "done")
        FAILED = "failed", pgettext_lazy("step", "failed")

    traveller = models.ForeignKey(Traveller, models.CASCADE, related_name="steps")
    visit = models.PositiveIntegerField()
    step = models.CharField(max_length=STEP_LONGEST)
    state = models.CharField(max_length=7, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    """Leases so far: whoever holds an earlier one does nothing more."""
    failures = models.PositiveSmallIntegerField(default=0)
    way = models.CharField(max_length=STEP_LONGEST, blank=True)
    fact = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    arrived_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["traveller", "visit"], name="zoco_mail_one_visit"),
        ]
        indexes = [
            models.Index("state", "due_at", name="zoco_mail_step_due"),
            models.Index("step", "state", name="zoco_mail_at_step"),
        ]

    def __str__(self) -> str:
        return f"{self.traveller_id}.{self.visit} {self.step}"
