"""Mailboxes that are read, what came in by them, and what people wrote."""

from uuid import uuid4

from django.db import models


class Mailbox(models.Model):
    """A mailbox (IMAP) to which answers come. Its password is sealed; `last_uid` is how far it was read."""

    class Encryption(models.TextChoices):
        """How the connection is encrypted."""

        TLS = "tls"
        STARTTLS = "starttls"
        PLAIN = "plain"

    class Afterwards(models.TextChoices):
        """What becomes of a mail that was read; none is deleted."""

        SEEN = "seen"
        MOVE = "move"

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80, unique=True)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=993)
    encryption = models.CharField(max_length=8, choices=Encryption.choices, default=Encryption.TLS)
    user = models.CharField(max_length=254)
    secrets = models.TextField(blank=True, editable=False)
    folder = models.CharField(max_length=100, default="INBOX")
    afterwards = models.CharField(
        max_length=4,
        choices=Afterwards.choices,
        default=Afterwards.SEEN,
    )
    read_folder = models.CharField(max_length=100, default="Read", blank=True)
    accounts = models.ManyToManyField(
        "zoco_channels.Account",
        blank=True,
        related_name="+",
    )
    bounce_address = models.EmailField(blank=True)
    is_on = models.BooleanField(default=True)
    uid_validity = models.BigIntegerField(default=0, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    failure = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        ordering = ["name", "id"]
        default_permissions = ("add", "change", "view")

    def __str__(self) -> str:
        return self.name


class Arrival(models.Model):
    """A mail that came in: what it was, of which letter, and what followed. Its text is not kept."""

    class Kind(models.TextChoices):
        """What it was; see `zoco.mail.answers.kinds`."""

        BOUNCE = "bounce"
        DELAYED = "delayed"
        COMPLAINT = "complaint"
        AUTO_REPLY = "auto_reply"
        REPLY = "reply"
        CHALLENGE = "challenge"
        UNSUBSCRIBE = "unsubscribe"
        NOTICE = "notice"
        UNKNOWN = "unknown"
        UNREADABLE = "unreadable"

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="+")
    uid_validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    digest = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    why = models.CharField(max_length=200, blank=True)
    message = models.ForeignKey("zoco_channels.Message", models.SET_NULL, null=True, related_name="+")
    person = models.ForeignKey("zoco_people.Person", models.CASCADE, null=True, related_name="+")
    reason = models.CharField(max_length=20, blank=True)
    effect = models.CharField(max_length=20, blank=True)
    said = models.CharField(max_length=300, blank=True)
    away_since = models.DateField(null=True)
    away_until = models.DateField(null=True)
    at = models.DateTimeField()
    is_put_away = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "uid_validity", "uid"], name="zoco_mail_read_once"),
        ]
        indexes = [
            models.Index("person", "id", name="zoco_mail_of_person"),
            models.Index("at", "kind", name="zoco_mail_by_kind"),
            models.Index(
                "mailbox", "uid", name="zoco_mail_to_put_away", condition=models.Q(is_put_away=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"


class SoftCount(models.Model):
    """How often an address did not take a letter lately, and until when it rests; see `answers.fates`."""

    hash = models.CharField(max_length=64, unique=True)
    points = models.FloatField(default=0.0)
    at = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.hash[:12]


class Reply(models.Model):
    """What a person whom we know wrote, without what is quoted; kept until the person is erased."""

    arrival = models.OneToOneField(Arrival, models.CASCADE, related_name="reply")
    person = models.ForeignKey("zoco_people.Person", models.CASCADE, related_name="+")
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [models.Index("person", "id", name="zoco_mail_reply_of_person")]

    def __str__(self) -> str:
        return self.subject
