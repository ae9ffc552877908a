"""Surveys, what each reader answered, and counts of what became of everything that was sent."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger.asking.within import WithinManager, within
from zoco.surveys.designs import Question, questions_read

TEXTS = ("heading", "intro", "button", "thanks")


class Survey(models.Model):
    """A survey of a site. What it asks is frozen when it begins (`zoco.surveys.services`).

    `texts` holds for each language what of TEXTS somebody wrote; the rest is said in our own words.
    """

    class State(models.TextChoices):
        """How far it is."""

        DRAFT = "draft", pgettext_lazy("survey", "Draft")
        RUNNING = "running", pgettext_lazy("survey", "Running")
        CLOSED = "closed", pgettext_lazy("survey", "Closed")

    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    name = models.CharField(pgettext_lazy("survey", "name"), max_length=80, help_text=_("Only you see it."))
    key = models.CharField(
        _("key"),
        max_length=32,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9-]{0,31}\Z", _("Write small letters, digits and -."))],
        help_text=_("Part of its address; it stays as it is."),
    )
    questions = models.JSONField(default=list)
    texts = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.DRAFT, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = WithinManager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions."""
        return questions_read(self.questions)

    @property
    def named(self) -> str:
        """Its name in placeholders of letters, where - would be minus."""
        return self.key.replace("-", "_")


class Response(models.Model):
    """What somebody answered at once: `answers` by the key of the question.

    A number of a scale is kept as such, options as the list of their keys, words as text. `who` says by what
    a second answer is told: a person, a browser that consented, a visitor of the day; "" for nobody.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="responses")
    at = models.DateTimeField()
    language = models.CharField(max_length=20)
    way = models.CharField(max_length=10)
    person = models.ForeignKey("zoco_people.Person", models.CASCADE, null=True, related_name="+")
    visitor = models.BigIntegerField(default=0)
    known = models.BigIntegerField(default=0)
    who = models.CharField(max_length=24)
    answers = models.JSONField(default=dict)

    objects = within("survey__site")

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        indexes = [
            models.Index(fields=["survey", "at"], name="zoco_surveys_by_at"),
            models.Index(fields=["visitor"], name="zoco_surveys_visitor", condition=~models.Q(visitor=0)),
            models.Index(fields=["known"], name="zoco_surveys_known", condition=~models.Q(known=0)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "who"], condition=~models.Q(who=""), name="zoco_surveys_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.at}"

    def answer(self, key: str) -> Any:
        """Return what was answered to a question, None for nothing."""
        return self.answers.get(key)


class SurveyDay(models.Model):
    """How often a survey came to one end on one day (UTC)."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="days")
    on = models.DateField()
    outcome = models.CharField(max_length=20)
    count = models.PositiveIntegerField(default=0)

    objects = within("survey__site")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["survey", "on", "outcome"], name="zoco_surveys_day"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.on} {self.outcome}: {self.count}"
