"""The letter that invites. It goes to the account that waits, by the one door for letters to accounts."""

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from zoco.kit import staff_mail
from zoco.sites.access.models import Invitation
from zoco.sites.access.services import invitation_proof

NOWHERE = ("console", "dummy")


def can_mail() -> bool:
    """Return whether letters go anywhere."""
    return not any(word in settings.EMAIL_BACKEND for word in NOWHERE)


def invitation_path(invitation: Invitation) -> str:
    """Return the path of the link."""
    return reverse("zoco_invited", args=[invitation.pk, invitation_proof(invitation)])


def invitation_mail(*, invitation: Invitation, base: str) -> None:
    """Send it. Raises NotStaff, OSError and SMTPException when the server fails."""
    user = invitation.user
    if user is None:
        raise staff_mail.NotStaff("The invitation has no account any more.")
    base = getattr(settings, "WAGTAILADMIN_BASE_URL", "") or base
    lines = [
        _("%(name)s invites you to Zoco, where the visits of websites are counted.")
        % {"name": invitation.made_by},
        _("Choose a password here: %(url)s") % {"url": base.rstrip("/") + invitation_path(invitation)},
        _("Then log in as %(name)s. The link opens until %(day)s.")
        % {"name": user.get_username(), "day": date_format(invitation.expires_at, "DATETIME_FORMAT")},
        _("If you know nothing of this, do nothing: the link ends by itself."),
    ]
    staff_mail.invite(
        user,
        subject=_("You are invited to Zoco"),
        text="\n\n".join(lines),
        key=f"invitation {invitation.pk} {invitation.seed}",
    )
