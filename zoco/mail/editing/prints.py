"""Letters that leave one by one: what they said then, and who got which on what way."""

from django.db import models
from django.utils.translation import pgettext_lazy

SINGLE = 1 << 31
"""Numbers of prints among those of batches, which are smaller: links and looks are kept by them."""


class Print(models.Model):
    """One language of a letter as it left, under a digest of what it says. Never changed."""

    letter = models.ForeignKey("zoco_mail.Letter", models.CASCADE, related_name="prints")
    language = models.CharField(max_length=20)
    digest = models.CharField(max_length=40)
    draft = models.JSONField()
    is_counted = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["letter", "digest"], name="zoco_mail_one_print"),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id}: {self.language}"

    @property
    def number(self) -> int:
        """Return the number that stands for it where others have that of a batch."""
        return SINGLE | int(self.pk)


class Copy(models.Model):
    """One message to one person that is of a print.

    `data` are what a program gave, kept only where the letter leads to itself in the browser and shows them.
    """

    class Way(models.TextChoices):
        """Who sent it."""

        PROGRAM = "program", pgettext_lazy("letter", "by programs")
        JOURNEY = "journey", pgettext_lazy("letter", "on journeys")
        TEST = "test", pgettext_lazy("letter", "as a test")

    message = models.OneToOneField(
        "zoco_channels.Message", models.CASCADE, to_field="uid", db_constraint=False, related_name="+"
    )
    print = models.ForeignKey(Print, models.CASCADE, related_name="copies")
    way = models.CharField(max_length=7, choices=Way.choices)
    journey = models.ForeignKey("zoco_mail.Journey", models.SET_NULL, null=True, related_name="+")
    data = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index("at", condition=models.Q(data__isnull=False), name="zoco_mail_copies_with_data"),
        ]

    def __str__(self) -> str:
        return f"{self.print_id}: {self.way}"
