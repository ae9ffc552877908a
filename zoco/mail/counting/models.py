"""Where links of letters lead, and what was seen of letters."""

from uuid import UUID

from django.db import models

from zoco.kit.ids import uuid7

ADDRESS_LONGEST = 2_000


def _new_uid() -> UUID:
    return UUID(uuid7())


class LetterLink(models.Model):
    """Where one link of a batch leads, counted from 1 in each language. Never changed: letters hold it."""

    batch = models.BigIntegerField()
    language = models.CharField(max_length=10)
    number = models.PositiveSmallIntegerField()
    address = models.CharField(max_length=ADDRESS_LONGEST)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "language", "number"], name="zoco_mail_one_address_of_a_link"
            ),
        ]

    def __str__(self) -> str:
        return self.address


class Look(models.Model):
    """One opening or click: its signs, and once that is settled who it was. Goes with its message."""

    class Kind(models.TextChoices):
        """What was asked for: the image, a link, or the link that no person sees."""

        OPEN = "open"
        CLICK = "click"
        TRAP = "trap"

    class Verdict(models.TextChoices):
        """Who it was."""

        PERSON = "person"
        PRIVACY = "privacy"
        SCANNER = "scanner"

    uid = models.UUIDField(default=_new_uid, unique=True)
    message = models.ForeignKey(
        "zoco_channels.Message", models.CASCADE, to_field="uid", db_constraint=False, related_name="+"
    )
    batch = models.BigIntegerField()
    kind = models.CharField(max_length=5, choices=Kind.choices)
    language = models.CharField(max_length=10, blank=True)
    number = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()
    signs = models.CharField(max_length=200, blank=True)
    verdict = models.CharField(max_length=7, choices=Verdict.choices, blank=True)
    reason = models.CharField(max_length=100, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index("batch", "verdict", "kind", "id", name="zoco_mail_looks_by_batch"),
            models.Index("at", condition=models.Q(verdict=""), name="zoco_mail_looks_open"),
            models.Index("kind", "verdict", "at", name="zoco_mail_looks_of_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class TallyKept(models.Model):
    """What came of a batch that is over, added up, and of each of its messages; holds as long as `mark`."""

    batch = models.OneToOneField("zoco_channels.Batch", models.CASCADE, primary_key=True, related_name="+")
    mark = models.CharField(max_length=64)
    counted = models.JSONField()
    fates = models.BinaryField(default=b"")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.batch_id}"
