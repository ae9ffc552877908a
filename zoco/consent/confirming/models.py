"""What somebody was asked to confirm, and what came of it."""

from uuid import uuid4

from django.db import models


class Confirmation(models.Model):
    """A question by letter: `topics` are confirmed together, once. It goes with its person.

    `given` is what the form said of the person and `known` the browser that consented (0: none): both hold
    from the confirmation on, for before it nobody proved whose address it is.
    """

    uid = models.UUIDField(unique=True, default=uuid4, editable=False)
    person = models.ForeignKey("zoco_people.Person", models.CASCADE, related_name="+")
    to = models.CharField(max_length=254)
    mailbox = models.CharField(max_length=254, blank=True)
    """The mailbox that the address leads to; other spellings of it lead there as well."""
    topics = models.JSONField(default=list)
    form = models.CharField(max_length=40, blank=True)
    site = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=12, blank=True)
    proof = models.JSONField(default=dict)
    given = models.JSONField(default=dict)
    known = models.BigIntegerField(default=0)
    onward = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    letters = models.PositiveSmallIntegerField(default=0)
    lettered_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index("person", "asked_at", name="zoco_consent_asked"),
            models.Index("mailbox", "asked_at", name="zoco_consent_asked_mailbox"),
        ]

    def __str__(self) -> str:
        return str(self.uid)
