"""Invite people, let them in, and say which sites an account sees."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from zoco.sites.access.models import MANAGE, Invitation, Role, SiteLimit, new_seed
from zoco.sites.models import Site

# 192 bits, in hexadecimal: logs know such a word for a secret and mask it.
PROOF_LENGTH = 48
WITHIN = "zoco.sites.access.within.WithinSites"


class AccessWrong(ValueError):
    """Somebody cannot be invited, let in or limited so; the message says why."""


@transaction.atomic
def invitation_make(
    *, address: str, role: str, sites: Sequence[Site] | None, by: User, at: datetime, days: int
) -> Invitation:
    """Invite an address to a role on some sites, None: all. Raises AccessWrong.

    Invited again before it came, it gets a new link, and the old one ends.
    """
    address = address.strip().lower()
    if role == Role.OWNER and sites is not None:
        raise AccessWrong(_("An owner sees all sites. Choose all sites, or another role."))
    if sites is not None and not sites:
        raise AccessWrong(_("Choose at least one site."))
    made = Invitation.objects.select_for_update().filter(address=address, accepted_at=None).first()
    if made is None or made.user is None or made.user.is_active:
        made = Invitation(address=address, user=_account(address))
    made.role, made.all_sites, made.seed = Role(role), sites is None, new_seed()
    made.made_by, made.made_at, made.expires_at = by, at, at + timedelta(days=days)
    made.revoked_at = None
    made.save()
    made.sites.set(sites or [])
    return made


def _account(address: str) -> User:
    """Make the account that waits: closed, without password and role. Raises AccessWrong."""
    users = get_user_model()
    named = {users.USERNAME_FIELD: address, "email": address}
    if users.objects.filter(
        Q(email__iexact=address) | Q((f"{users.USERNAME_FIELD}__iexact", address))
    ).exists():
        raise AccessWrong(_("%(address)s has an account already.") % {"address": address})
    user = users(**named, is_active=False)
    user.set_unusable_password()
    try:
        user.full_clean(exclude=["password"])
        with transaction.atomic():
            user.save()
    except ValidationError as error:
        raise AccessWrong(" ".join(error.messages)) from error
    except IntegrityError as error:
        raise AccessWrong(_("%(address)s has an account already.") % {"address": address}) from error
    return user


def invitation_proof(invitation: Invitation) -> str:
    """Return the signature in the link; it fits this invitation as it was made, and no other."""
    said = f"{invitation.pk} {invitation.seed} {invitation.expires_at.timestamp()}"
    return salted_hmac("zoco.sites.invited", said, algorithm="sha256").hexdigest()[:PROOF_LENGTH]


def invitation_found(pk: int, proof: str, *, at: datetime) -> Invitation | None:
    """Return the invitation that a link belongs to while it is open."""
    known = Invitation.objects.select_related("user", "made_by").filter(pk=pk).first()
    if known is None or not constant_time_compare(proof, invitation_proof(known)):
        return None
    return known if known.state(at) == Invitation.State.OPEN else None


@transaction.atomic
def invitation_accept(*, invitation: Invitation, password: str, at: datetime) -> User:
    """Open the account with its password, role and sites, once. Raises AccessWrong."""
    current = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if current.state(at) != Invitation.State.OPEN or current.user is None or current.seed != invitation.seed:
        raise AccessWrong(_("This invitation is no longer open. Ask for a new one."))
    user: User = current.user
    user.set_password(password)
    user.is_active = True
    user.save(update_fields=["password", "is_active"])
    user.groups.set([Group.objects.get(name=current.role)])
    _limit(user, None if current.all_sites else list(current.sites.all()))
    current.accepted_at = at
    current.save(update_fields=["accepted_at"])
    return user


@transaction.atomic
def invitation_revoke(*, invitation: Invitation, at: datetime) -> None:
    """Take an invitation back; the account that waited goes. A second time changes nothing."""
    current = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if current.accepted_at is not None or current.revoked_at is not None:
        return
    current.revoked_at = at
    current.save(update_fields=["revoked_at"])
    if current.user is not None and not current.user.is_active and current.user.last_login is None:
        current.user.delete()


@transaction.atomic
def sites_seen_set(*, user: User, sites: Sequence[Site] | None) -> None:
    """Limit an account to some sites, None: let it see all. Raises AccessWrong for whoever sees all."""
    if sites is not None and user.has_perm(MANAGE):
        raise AccessWrong(
            _("This account says what others see, so it sees all sites. Change its role first.")
        )
    if sites is not None and not sites:
        raise AccessWrong(_("Choose at least one site, or close the account."))
    _limit(user, sites)


def _limit(user: User, sites: Sequence[Site] | None) -> None:
    if sites is None:
        for each in SiteLimit.objects.filter(user=user):
            each.delete()
        return
    if WITHIN not in settings.MIDDLEWARE:
        raise AccessWrong(
            _("This project holds nobody to sites: add %(name)s to MIDDLEWARE.") % {"name": WITHIN}
        )
    limit, _new = SiteLimit.objects.get_or_create(user=user)
    limit.sites.set(sites)
