"""Units of bandits whose arm must stay although shares move: the batch by whose shares each was dealt."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from zoco.ledger.asking.within import within


class TrialUnit(models.Model):
    """A browser or person of a bandit, and the number of the batch in which it was dealt first."""

    trial = models.ForeignKey("zoco_trials.Trial", models.CASCADE, related_name="+")
    unit = models.BigIntegerField()
    batch = models.PositiveSmallIntegerField()

    objects = within("trial__site")

    class Meta:
        app_label = "zoco_trials"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["trial", "unit"], name="zoco_trials_one_of_a_unit"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit"], name="zoco_trials_unit")]

    def __str__(self) -> str:
        return f"{self.trial_id} {self.batch}"
