"""What the worker and the accounts must remember: live workers, turns of periodic work, log-ins."""

from django.conf import settings
from django.db import models


class Worker(models.Model):
    """A worker process. `place` names machine and process space, within which `pid` means something."""

    id = models.CharField(primary_key=True, max_length=64)
    place = models.CharField(max_length=200)
    pid = models.PositiveIntegerField()
    pid_started = models.CharField(max_length=32)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["started_at", "id"]

    def __str__(self) -> str:
        return self.id


class Turn(models.Model):
    """When a piece of periodic work is due next. `worker` is the id of who runs it now, or ""."""

    key = models.CharField(primary_key=True, max_length=100)
    next_at = models.DateTimeField()
    worker = models.CharField(max_length=64, default="", blank=True)
    ran_at = models.DateTimeField(null=True)
    failure = models.TextField(default="", blank=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class FirstPassword(models.Model):
    """The account has a password that somebody else has seen; it must be changed at the log-in."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["made_at"]

    def __str__(self) -> str:
        return str(self.user_id)


class Brake(models.Model):
    """Failed log-ins under one key (a digest of account or address) within a window."""

    key = models.CharField(primary_key=True, max_length=64)
    failures = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["until", "key"]

    def __str__(self) -> str:
        return self.key
