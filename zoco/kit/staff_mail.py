"""Mail to accounts of the admin, and to nobody else: no address is taken, only accounts."""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from smtplib import SMTPException, SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException
from typing import TYPE_CHECKING, Any

from zoco.kit import conf

if TYPE_CHECKING:
    from email.mime.image import MIMEImage

    from django.contrib.auth.models import User

log = logging.getLogger(__name__)

MAIL_FROM = conf.declare(
    "MAIL_FROM",
    "",
    str,
    "Whom mail to accounts is from, such as Zoco <zoco@example.org>; without it zoco@ and the public host.",
)
ACCESS = "wagtailadmin.access_admin"


class NotStaff(ValueError):
    """The account may not get this mail: closed, without the permission, or without an address."""


class FateUnknown(OSError):
    """The server was told, and did not say whether it took the letter: it may arrive, or not."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes with a letter. With a `cid` it is a picture of its HTML: `<img src="cid:…">`."""

    name: str
    content: bytes
    kind: str
    cid: str = ""


def may_get(user: "User", permission: str = "") -> bool:
    """Return whether an account gets mail: open, with an address, in the admin, with the permission."""
    if not user.is_active or not user.email:
        return False
    from django.apps import apps

    # In a host project without Wagtail the admin is Django's own.
    is_in = user.has_perm(ACCESS) if apps.is_installed("wagtail.admin") else user.is_staff
    return is_in and (not permission or user.has_perm(permission))


def staff(*, roles: Iterable[str] = (), users: Iterable[int] = (), permission: str = "") -> list["User"]:
    """Return the accounts of these roles and keys that may get mail, each once, by key."""
    from django.contrib.auth import get_user_model
    from django.db.models import Q

    named = Q(groups__name__in=list(roles)) | Q(pk__in=list(users))
    found = get_user_model().objects.filter(named, is_active=True).distinct().order_by("pk")
    return [each for each in found if may_get(each, permission)]


def language_of(user: "User") -> str:
    """Return the language that an account chose in the admin, else the installation's."""
    from django.conf import settings

    profile: Any = getattr(user, "wagtail_userprofile", None)
    return str(getattr(profile, "preferred_language", "") or settings.LANGUAGE_CODE)


def send(
    user: "User",
    *,
    subject: str,
    text: str,
    key: str,
    html: str = "",
    files: Sequence[Attached] = (),
    permission: str = "",
) -> None:
    """Send one letter to one account. Raises NotStaff, OSError and SMTPException when the server fails.

    Of these FateUnknown says that the letter may arrive all the same. `key` names the letter: sent twice, it
    has the same Message-ID, so that programs can tell. At least once.
    """
    if not may_get(user, permission):
        raise NotStaff(f"The account {user.pk} is closed, has no address, or may not see this.")
    _send(user, subject, text, key, html, files)


def owners_tell(*, key: str, permission: str, words: Callable[[], tuple[str, str]]) -> int:
    """Send owners with a permission what `words` says, subject and text, each in the language of the account.

    Returns how many were told; whom it fails for is left out. At most once.
    """
    from django.utils.translation import override

    told = 0
    for user in staff(roles=["owner"], permission=permission):
        with override(language_of(user)):
            subject, text = words()
        try:
            send(user, subject=subject, text=text, key=key, permission=permission)
        except (NotStaff, SMTPException, OSError) as error:
            log.warning("An owner was not told. user=%s key=%s why=%s", user.pk, key, type(error).__name__)
            continue
        told += 1
    return told


def invite(user: "User", *, subject: str, text: str, key: str) -> None:
    """Send the letter that lets somebody in: to an account that waits, closed and never used.

    Raises NotStaff for any other account; otherwise as `send`.
    """
    if user.is_active or user.last_login is not None or user.has_usable_password() or not user.email:
        raise NotStaff(f"The account {user.pk} does not wait to be let in.")
    _send(user, subject, text, key)


def _send(
    user: "User", subject: str, text: str, key: str, html: str = "", files: Sequence[Attached] = ()
) -> None:
    from django.core.mail import EmailMultiAlternatives, get_connection

    domain = public_host()
    letter = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=text,
        from_email=MAIL_FROM() or f"Zoco <zoco@{domain}>",
        to=[user.email],
        headers={"Message-ID": _message_id(key, user.pk, domain), "Auto-Submitted": "auto-generated"},
    )
    if html:
        letter.attach_alternative(html, "text/html")
    for each in files:
        if each.cid:
            letter.attach(_picture(each))
        else:
            letter.attach(each.name, each.content, each.kind)
    letter.connection = get_connection()
    letter.connection.open()  # whatever fails until here, nothing was sent
    try:
        letter.send()
    except (SMTPResponseException, SMTPRecipientsRefused, SMTPNotSupportedError):
        raise  # the server said no
    except OSError as error:
        raise FateUnknown(f"{type(error).__name__}: {error}") from error
    finally:
        with suppress(OSError):
            letter.connection.close()
    log.info("Mail sent. user=%s key=%s", user.pk, key)


def _picture(file: Attached) -> "MIMEImage":
    from email.mime.image import MIMEImage

    made = MIMEImage(file.content, file.kind.partition("/")[2])
    made["Content-ID"] = f"<{file.cid}>"
    made.add_header("Content-Disposition", "inline", filename=file.name)
    return made


def _message_id(key: str, user: int, domain: str) -> str:
    return f"<{blake2b(f'{key} {user}'.encode(), digest_size=16).hexdigest()}@{domain}>"


def public_host() -> str:
    """Return the host of the public address."""
    from urllib.parse import urlsplit

    from django.conf import settings

    return urlsplit(getattr(settings, "WAGTAILADMIN_BASE_URL", "")).hostname or "localhost"
