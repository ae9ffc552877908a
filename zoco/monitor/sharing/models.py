"""Shared links. The address itself is nowhere: only a digest of its secret part is kept."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zoco.ledger.asking.within import WithinManager
from zoco.sites.access.reads import sees

LEAST_GIVEN, LEAST_MOST = 5, 1_000
PUBLIC = gettext_noop("Public dashboard")

Sees = Callable[[User | AnonymousUser, int], bool]


class SharedLink(models.Model):
    """What strangers who have the address may see. Filters, verdicts and site are fixed for them."""

    class State(models.TextChoices):
        """Whether the address opens."""

        OPEN = "open", pgettext_lazy("shared link", "open")
        EXPIRED = "expired", pgettext_lazy("shared link", "expired")
        REVOKED = "revoked", pgettext_lazy("shared link", "revoked")
        ENDED = "ended", _("its account is closed")

    name = models.CharField(max_length=100)
    site = models.ForeignKey("zoco_sites.Site", models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    board = models.CharField(max_length=60)
    filters = models.JSONField(default=dict, blank=True)
    verdicts = models.CharField(max_length=100, default="people")
    period = models.CharField(max_length=40, default="30d")
    may_change_period = models.BooleanField(default=True)
    may_filter = models.BooleanField(default=True)
    least = models.PositiveSmallIntegerField(default=LEAST_GIVEN, validators=[MaxValueValidator(LEAST_MOST)])
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    objects = WithinManager()

    class Meta:
        default_permissions = ("view", "add", "change")
        verbose_name = _("shared link")
        verbose_name_plural = _("shared links")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(least__lte=LEAST_MOST), name="zoco_shared_link_least")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> str:
        """Its name; a public dashboard's is ours, kept in English and said in the reader's language."""
        return gettext(self.name) if self.name == PUBLIC else self.name

    def state(self, at: datetime, sees: Sees = sees) -> State:
        """Return whether the address opens; it ends when its maker may see them no more.

        `sees` says whether an account sees a site; a list asks once for each account and site.
        """
        if self.revoked_at is not None:
            return self.State.REVOKED
        if self.expires_at is not None and self.expires_at <= at:
            return self.State.EXPIRED
        maker = self.created_by
        if maker is None or not maker.has_perm("zoco_ledger.view_reports") or not sees(maker, self.site_id):
            return self.State.ENDED
        return self.State.OPEN
