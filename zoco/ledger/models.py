"""The outbox in the database: facts that wait for the spool and for those who subscribed to them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutboxRow(models.Model):
    """One fact, written in the transaction of the change that it tells of.

    `id` says who asked first, `position` who committed first; only positions may be read in order.
    """

    fact_id = models.UUIDField(unique=True)
    name = models.CharField(max_length=120)
    site = models.PositiveIntegerField()
    visitor = models.BigIntegerField(default=0)
    person = models.BigIntegerField(default=0)
    # Text, not JSON: PostgreSQL's jsonb refuses an escaped NUL and would rewrite the line.
    fact = models.TextField()
    position = models.BigIntegerField(null=True, unique=True)
    created_at = models.DateTimeField()
    spooled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="outbox_unplaced", condition=models.Q(position=None)),
            models.Index(fields=["position"], name="outbox_unspooled", condition=models.Q(spooled_at=None)),
            models.Index(fields=["name", "position"], name="outbox_by_name"),
            models.Index(fields=["person"], name="outbox_by_person"),
            models.Index(fields=["visitor"], name="outbox_by_visitor"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.fact_id}"


class OutboxHead(models.Model):
    """The last position given: one row, whose lock makes the sequencer the only one."""

    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"position {self.position}"


class SubscriberPosition(models.Model):
    """How far one subscriber has come, and what holds it up. `key` is the subscriber's."""

    key = models.CharField(max_length=200, primary_key=True)
    position = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="", blank=True)
    failed_position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.key

    @property
    def state(self) -> str:
        """Return "running" or "failing"."""
        return "failing" if self.failures else "running"


class Access(models.Model):
    """No table: it carries the permissions to see reports and the facts behind them."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_reports", _("May see reports")),
            ("view_facts", _("May see the facts behind reports")),
        ]
        verbose_name = _("access to the ledger")

    def __str__(self) -> str:
        return "access"
