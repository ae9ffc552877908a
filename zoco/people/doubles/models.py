"""What people share, and the pairs that are likely one person."""

from django.conf import settings
from django.db import models


class LikeKey(models.Model):
    """Something by which a person may be recognised in another, as a number that tells nothing by itself."""

    key = models.BigIntegerField()
    person = models.ForeignKey("zoco_people.Person", models.CASCADE, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["key", "person"], name="zoco_people_like_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.key}"


class Likeness(models.Model):
    """Two people who are likely one, and because of what; `low` has the smaller key."""

    class State(models.TextChoices):
        """What somebody said of it."""

        PROPOSED = "proposed"
        NOT_SAME = "not_same"

    low = models.ForeignKey("zoco_people.Person", models.CASCADE, related_name="+")
    high = models.ForeignKey("zoco_people.Person", models.CASCADE, related_name="+")
    why = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    found_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="zoco_people_pair_once"),
            models.CheckConstraint(
                condition=models.Q(low__lt=models.F("high")), name="zoco_people_pair_sorted"
            ),
        ]
        indexes = [models.Index("state", "id", name="zoco_people_pairs")]

    def __str__(self) -> str:
        return f"{self.low_id} and {self.high_id}"
