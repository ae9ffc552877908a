"""What the worker and the accounts must remember: live workers, turns, log-ins, second steps, keys."""

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import models
from django.utils.translation import gettext_lazy as _


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


class RoleGrant(models.Model):
    """A right that `roles_ensure` has given to a role; only such a right does it ever take away."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="+")
    permission = models.ForeignKey(Permission, models.CASCADE, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["group", "permission"], name="zoco_role_grant_once")]

    def __str__(self) -> str:
        return f"{self.group_id} {self.permission_id}"


class SecondStep(models.Model):
    """The account logs in with a code besides its password.

    The secret that makes the codes is not here: it is worked out of `seed` and the installation's
    secret key, so that a copy of the database makes no codes. `used` is the last time step that a
    code was taken for; that one and older ones are refused.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    seed = models.CharField(max_length=64)
    used = models.BigIntegerField(default=0)
    since = models.DateTimeField()

    class Meta:
        default_permissions = ()
        permissions = [("reset_second_step", _("May turn off the second step of other accounts"))]
        ordering = ["since"]

    def __str__(self) -> str:
        return str(self.user_id)


class RecoveryCode(models.Model):
    """A code that stands in for the second step once, as a digest."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="zoco_recovery_code_once")]

    def __str__(self) -> str:
        return str(self.user_id)


class ApiKey(models.Model):
    """A key for a program. The token itself is nowhere; `prefix` is its beginning, to know it again."""

    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(_("may"), default=list)
    all_sites = models.BooleanField(_("all sites"), default=True)
    sites = models.ManyToManyField("zoco_sites.Site", verbose_name=_("sites"), blank=True, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        permissions = [("manage_keys", _("May make and revoke keys of the API"))]
        verbose_name = _("key of the API")
        verbose_name_plural = _("keys of the API")
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.name


class Change(models.Model):
    """A line of the log of changes: who did what to what, from where. Lines are only ever added.

    Names are kept as they were, since accounts and things go. `details` holds, by field, what it was and
    what it is; never a secret. Lines go when their time is up.
    """

    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, db_constraint=False, related_name="+"
    )
    by_name = models.CharField(_("who"), max_length=200)
    action = models.CharField(_("what"), max_length=40, db_index=True)
    kind = models.CharField(max_length=100, db_index=True)
    subject = models.CharField(max_length=64)
    subject_name = models.CharField(max_length=200)
    details = models.JSONField(default=dict)
    address = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        default_permissions = ()
        permissions = [("view_changes", _("May see the log of changes"))]
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["-at", "-id"], name="zoco_change_newest")]

    def __str__(self) -> str:
        return f"{self.by_name} {self.action} {self.subject_name}"
