"""Accounts that see some sites only, and invitations. Their links are nowhere: they are worked out."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MANAGE = "zoco_sites.manage_access"


def new_seed() -> str:
    """Return what makes a link unlike the one before."""
    return secrets.token_hex(16)


class Role(models.TextChoices):
    """The roles; groups of accounts have these names."""

    ANALYST = "analyst", _("Analyst: reads reports")
    MARKETER = "marketer", _("Marketer: also makes goals, campaigns, links and imports")
    OWNER = "owner", _("Owner: may do everything, on all sites")


class SiteLimit(models.Model):
    """The account sees these sites and no other; none are left when all of them were deleted."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    sites = models.ManyToManyField("zoco_sites.Site", verbose_name=_("sites"), blank=True, related_name="+")

    class Meta:
        default_permissions = ()
        permissions = [("manage_access", _("May invite people and say which sites they see"))]
        verbose_name = _("limit to sites")
        verbose_name_plural = _("limits to sites")
        ordering = ["user"]

    def __str__(self) -> str:
        return str(self.user)


class Invitation(models.Model):
    """Somebody was asked in. His account waits, closed and without password and role, until he comes."""

    class State(models.TextChoices):
        """Whether the link opens."""

        OPEN = "open", pgettext_lazy("invitation", "waiting")
        ACCEPTED = "accepted", pgettext_lazy("invitation", "accepted")
        EXPIRED = "expired", pgettext_lazy("invitation", "expired")
        REVOKED = "revoked", pgettext_lazy("invitation", "taken back")
        ENDED = "ended", pgettext_lazy("invitation", "whoever invited may no longer do so")

    address = models.EmailField(_("e-mail"), max_length=150)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    all_sites = models.BooleanField(_("all sites"), default=False)
    sites = models.ManyToManyField("zoco_sites.Site", verbose_name=_("sites"), blank=True, related_name="+")
    seed = models.CharField(max_length=32, default=new_seed)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.address

    def state(self, at: datetime) -> State:
        """Return whether the link opens. It never does when its account is gone or was opened otherwise."""
        if self.accepted_at is not None:
            return self.State.ACCEPTED
        if self.revoked_at is not None or self.user is None or self.user.is_active:
            return self.State.REVOKED
        if self.expires_at <= at:
            return self.State.EXPIRED
        if self.made_by is None or not self.made_by.has_perm(MANAGE):
            return self.State.ENDED
        return self.State.OPEN
